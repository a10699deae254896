#include "conf/user_csv.h"

#include <algorithm>
#include <charconv>
#include <set>

#include "conf/checks.h"
#include "conf/entry_faults.h"
#include "conf/entry_text.h"
#include "routing/model/address.h"

namespace stagecoach::conf {
namespace {

struct Column {
  std::string_view title;
  std::string_view key;  // as in UserCsvOptions::columns
};

/// The columns of an export in their order.
constexpr Column k_columns[] = {
    {"User Id", "name"},
    {"Admin", "administrator"},
    {"Password", "password"},
    {"Web Password", "web_password"},
    {"Forward To", "routing.forward_to"},
    {"Use Forwarding", "routing.use_forwarding"},
    {"Assistant", "routing.assistants"},
    {"Send Only To Assistant", "routing.redirect_to_assistant"},
    {"Comments", "comments"},
    {"Reply Address", "advanced.reply_address"},
    {"In Everyone", "permissions.in_everyone"},
    {"Send Internet", "permissions.send_internet"},
    {"Receive Internet", "permissions.receive_internet"},
    {"Monitor", "permissions.monitor"},
    {"Max Outgoing Size", "max_outgoing_bytes"},
    {"Full Name", "full_name"},
    {"Enabled", "enabled"},
    {"Group", "primary_group"},
    {"Aliases", "aliases"},
    {"Quota", "quota"},
};
constexpr std::string_view k_special[] = {"ignore",   "name",  "password",          "web_password",
                                          "template", "other", "max_outgoing_bytes"};

const KeyInfo* find_key(std::string_view key) {
  for (const KeyInfo& info : list_keys<Profile>())
    if (info.key == key || (info.key.ends_with(".*") && key.size() + 1 > info.key.size() &&
                            key.starts_with(std::string_view(info.key).substr(0, info.key.size() - 1))))
      return &info;
  return nullptr;
}

bool is_column(std::string_view key) {
  return std::find(std::begin(k_special), std::end(k_special), key) != std::end(k_special) || find_key(key);
}

/// What a title stands for; empty: nothing known.
std::string column_of(std::string_view title) {
  for (const Column& column : k_columns)
    if (equals_ignoring_case(column.title, title)) return std::string(column.key);
  for (const auto& [other, key] :
       {Column{"Username", "name"}, Column{"Template User", "template"}, Column{"Other Options", "other"},
        Column{"Assistants", "routing.assistants"}})
    if (equals_ignoring_case(other, title)) return std::string(key);
  const std::string key = to_lower(title);
  return is_column(key) ? key : std::string();
}

std::string title_of(const std::string& key) {
  for (const Column& column : k_columns)
    if (column.key == key) return std::string(column.title);
  return key;
}

std::vector<std::string> assigned(const std::vector<CsvRow>& rows, const UserCsvOptions& options) {
  if (!options.columns.empty() || rows.empty()) return options.columns;
  std::vector<std::string> columns;
  for (const std::string& title : rows.front().fields) {
    const std::string key = column_of(title);
    columns.push_back(key.empty() ? "ignore" : key);
  }
  return columns;
}

std::string password_fault(const std::string& text, const UserCsvOptions& options) {
  if (options.passwords_encrypted)
    return text.starts_with('$') || (text.starts_with('{') && text.find('}') != std::string::npos &&
                                     !equals_ignoring_case(text.substr(0, 7), "{plain}"))
               ? ""
               : "is no hash of a password";
  if (text.find(' ') != std::string::npos) return "has a space";
  return static_cast<int>(text.size()) < options.min_password_length
             ? "is shorter than " + std::to_string(options.min_password_length) + " characters"
             : "";
}

/// Reads the cells of one row and collects what is wrong with it.
class RowReader {
 public:
  RowReader(const CsvRow& row, const UserCsvOptions& options, std::vector<CsvProblem>& problems)
      : options_(options), problems_(problems) {
    row_.line = row.line;
  }

  void read(const std::string& column, const std::string& cell) {
    if (column == "ignore") return;
    auto field = plain_field(cell);
    if (!field) return fail(column, field.error().reason);
    if (column == "name")
      read_name(*field);
    else if (column == "password")
      read_password(column, *field, row_.password);
    else if (column == "web_password")
      read_password(column, *field, row_.web_password);
    else if (column == "template")
      row_.template_user = *field;
    else if (column == "other")
      read_pairs(*field);
    else if (column == "max_outgoing_bytes")
      read_size(column, *field);
    else
      set(column, column, *field);
  }

  /// The row, when nothing is wrong with it. `seen`: the names of the rows before.
  std::optional<UserCsvRow> finish(std::set<std::string>& seen) {
    if (row_.name.empty() && ok_) fail("name", "is missing");
    if (!row_.name.empty() && !seen.insert(to_lower(row_.name)).second)
      fail("name", row_.name + " stands in the file already");
    for (const EntryFault& fault : faults_of(profile_)) fail(fault.key, fault.reason);
    return ok_ ? std::optional(std::move(row_)) : std::nullopt;
  }

  void fail(const std::string& column, std::string reason) {
    ok_ = false;
    problems_.push_back({row_.line, title_of(column), std::move(reason)});
  }

 private:
  void read_name(const std::string& text) {
    row_.name = text;
    if (const std::string fault = text.empty() ? "is missing" : user_name_fault(text); !fault.empty())
      fail("name", fault);
  }

  void read_password(const std::string& column, const std::string& text, std::optional<std::string>& out) {
    if (options_.passwords != PasswordMode::file || text.empty()) return;
    if (const std::string fault = password_fault(text, options_); !fault.empty()) return fail(column, fault);
    out = text;
  }

  void read_size(const std::string& column, const std::string& text) {
    if (text.empty()) return;
    std::int64_t bytes = -1;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), bytes);
    if (error != std::errc() || end != text.data() + text.size() || bytes < 0)
      return fail(column, "\"" + text + "\" is no number of bytes");
    set(column, "permissions.max_outgoing_kb", std::to_string(bytes / 1024 + (bytes % 1024 != 0)));
  }

  void read_pairs(std::string_view text) {
    while (!text.empty()) {
      const auto end = std::min(text.find('|'), text.size());
      const std::string_view pair = text.substr(0, end);
      text.remove_prefix(std::min(end + 1, text.size()));
      const auto sign = pair.find('=');
      if (sign == std::string_view::npos || sign == 0)
        fail("other", "\"" + std::string(pair) + "\" is no key=value");
      else
        set("other", std::string(pair.substr(0, sign)), std::string(pair.substr(sign + 1)));
    }
  }

  void set(const std::string& column, std::string key, std::string text) {
    const KeyInfo* info = find_key(key);
    const bool list = info && info->kind.starts_with("list of");
    const bool clears =
        list || (info && (info->kind.starts_with("text") || info->kind.starts_with("secret")));
    if (text.empty() && !clears) return;
    if (list) text.insert(0, "=");  // a cell is the whole list
    if (auto done = set_key(profile_, key, text); !done) {
      std::string reason = std::move(done.error().reason);
      if (reason.starts_with(key + ": ")) reason.erase(0, key.size() + 2);  // the column says it
      return fail(column, std::move(reason));
    }
    row_.settings.emplace_back(std::move(key), std::move(text));
  }

  const UserCsvOptions& options_;
  std::vector<CsvProblem>& problems_;
  UserCsvRow row_;
  Profile profile_;  // what the row sets, to see whether it fits together
  bool ok_ = true;
};

std::string cell_of(const User& user, std::string_view key) {
  const auto hash = [](const std::string& password) {
    return equals_ignoring_case(password.substr(0, 7), "{plain}") ? std::string() : password;
  };
  if (key == "name") return user.name;
  if (key == "password") return hash(user.credentials.password);
  if (key == "web_password") return hash(user.credentials.web_password);
  if (key == "max_outgoing_bytes") return std::to_string(user.profile->permissions.max_outgoing_kb * 1024);
  const std::string text = get_key(*user.profile, key).value_or(std::string());
  return text == "true" ? "1" : text == "false" ? "0" : text;
}

}  // namespace

Result<UserCsv> parse_user_csv(std::string_view text, const UserCsvOptions& options) {
  auto rows = parse_csv(text, options.separator);
  if (!rows) return std::move(rows.error());
  UserCsv result;
  result.columns = assigned(*rows, options);
  for (const std::string& column : result.columns)
    if (!is_column(column)) return invalid_input("there is no column \"" + column + "\"");
  if (std::count(result.columns.begin(), result.columns.end(), "name") != 1)
    return invalid_input("exactly one column must be the name");
  std::set<std::string> seen;
  const std::size_t first = options.ignore_first_line || options.columns.empty() ? 1 : 0;
  for (std::size_t i = first; i < rows->size(); ++i) {
    const CsvRow& row = (*rows)[i];
    RowReader reader(row, options, result.problems);
    for (std::size_t j = 0; j < row.fields.size() && j < result.columns.size(); ++j)
      reader.read(result.columns[j], row.fields[j]);
    if (row.fields.size() > result.columns.size()) reader.fail("", "has more fields than there are columns");
    if (auto read = reader.finish(seen)) result.rows.push_back(std::move(*read));
  }
  return result;
}

Result<CsvPreview> preview_user_csv(std::string_view text, const UserCsvOptions& options) {
  constexpr std::size_t k_preview_rows = 5;
  auto rows = parse_csv(text, options.separator);
  if (!rows) return std::move(rows.error());
  CsvPreview preview;
  preview.rows_total = rows->size();
  preview.columns = assigned(*rows, options);
  rows->resize(std::min(rows->size(), k_preview_rows));
  preview.rows = std::move(*rows);
  return preview;
}

std::string write_user_csv(const std::vector<User>& users, const UserCsvExport& options) {
  std::vector<Column> columns;
  for (const Column& column : k_columns) {
    const bool password = column.key == "password" || column.key == "web_password";
    const bool short_form = column.key == "name" || column.key == "administrator";
    if (password ? options.passwords : options.verbose || short_form) columns.push_back(column);
  }
  std::vector<std::string> cells(columns.size());
  std::string text;
  const auto add_row = [&](const auto& cell) {
    std::transform(columns.begin(), columns.end(), cells.begin(), cell);
    text += csv_row(cells);
  };
  if (options.titles) add_row([](const Column& column) { return std::string(column.title); });
  for (const User& user : users) add_row([&](const Column& column) { return cell_of(user, column.key); });
  return text;
}

}  // namespace stagecoach::conf
