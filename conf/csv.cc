#include "conf/csv.h"

#include <algorithm>
#include <array>

namespace stagecoach::conf {
namespace {

constexpr std::size_t k_rows_max = 1'000'000, k_fields_max = 500, k_field_bytes_max = 64 << 10;

char find_separator(std::string_view text) {
  constexpr std::array k_separators{',', ';', '\t'};
  std::array<int, k_separators.size()> counts{};
  bool quoted = false;
  for (const char c : text) {
    if (c == '"') quoted = !quoted;
    if (c == '\n' && !quoted) break;
    for (std::size_t i = 0; i < k_separators.size() && !quoted; ++i) counts[i] += c == k_separators[i];
  }
  return k_separators[static_cast<std::size_t>(std::max_element(counts.begin(), counts.end()) -
                                               counts.begin())];
}

class CsvParser {
 public:
  CsvParser(std::string_view text, char separator) : rest_(text), separator_(separator) {}

  Result<std::vector<CsvRow>> run() {
    std::vector<CsvRow> rows;
    while (!rest_.empty()) {
      CsvRow row{line_, {}};
      if (auto read = read_row(row); !read) return std::move(read.error());
      if (row.fields.size() == 1 && row.fields.front().empty()) continue;  // an empty line
      if (rows.size() == k_rows_max) return fail("more than a million rows");
      rows.push_back(std::move(row));
    }
    return rows;
  }

 private:
  Error fail(const std::string& reason) const {
    return invalid_input("line " + std::to_string(line_) + ": " + reason);
  }

  Result<void> read_row(CsvRow& row) {
    while (true) {
      if (row.fields.size() == k_fields_max) return fail("more than 500 fields");
      std::string field;
      auto read = rest_.starts_with('"') ? read_quoted(field) : read_bare(field);
      if (!read) return read;
      row.fields.push_back(std::move(field));
      if (rest_.starts_with('\r')) rest_.remove_prefix(1);
      if (rest_.empty()) return {};
      const char end = rest_.front();
      rest_.remove_prefix(1);
      if (end == '\n') {
        ++line_;
        return {};
      }
      if (end != separator_) return fail("text behind a closing quote");
    }
  }

  Result<void> read_bare(std::string& field) {
    const char stops[] = {separator_, '\r', '\n'};
    const auto end = std::min(rest_.find_first_of(std::string_view(stops, sizeof stops)), rest_.size());
    if (end > k_field_bytes_max) return fail("a field has more than 64 kB");
    field = rest_.substr(0, end);
    rest_.remove_prefix(end);
    if (rest_.starts_with('\r') && !rest_.starts_with("\r\n") && rest_.size() > 1)
      return fail("a CR without LF");
    return {};
  }

  Result<void> read_quoted(std::string& field) {
    const Error not_closed = fail("a quote is not closed");
    rest_.remove_prefix(1);
    while (true) {
      const auto end = rest_.find('"');
      if (end == std::string_view::npos) return not_closed;
      if (field.size() + end > k_field_bytes_max) return fail("a field has more than 64 kB");
      field += rest_.substr(0, end);
      line_ += static_cast<int>(std::count(rest_.begin(), rest_.begin() + static_cast<long>(end), '\n'));
      rest_.remove_prefix(end + 1);
      if (!rest_.starts_with('"')) return {};
      field += '"';
      rest_.remove_prefix(1);
    }
  }

  std::string_view rest_;
  char separator_;
  int line_ = 1;
};

/// Spreadsheets calculate what begins so. A sign before a number is none of it: "+49 30 1234", "-1".
bool is_formula(std::string_view field) {
  if (field.empty()) return false;
  const char first = field.front();
  if (first == '=' || first == '@' || first == '\t' || first == '\r') return true;
  return (first == '+' || first == '-') &&
         (field.size() == 1 || field.find_first_not_of("0123456789 ./()-", 1) != std::string_view::npos);
}

}  // namespace

std::string CsvProblem::text() const {
  return "line " + std::to_string(line) + ": " + (column.empty() ? "" : column + ": ") + reason;
}

Result<std::vector<CsvRow>> parse_csv(std::string_view text, char separator) {
  if (text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);
  if (text.find('\0') != std::string_view::npos)
    return invalid_input("the file has a NUL character: it is no UTF-8 text");
  return CsvParser(text, separator != 0 ? separator : find_separator(text)).run();
}

std::string csv_row(const std::vector<std::string>& fields, char separator) {
  std::string row;
  for (const std::string& field : fields) {
    if (&field != &fields.front()) row += separator;
    const std::string text = (is_formula(field) ? "'" : "") + field;
    if (text.find_first_of(std::string("\"\r\n,;\t") + separator) == std::string::npos) {
      row += text;
      continue;
    }
    row += '"';
    for (const char c : text) row += c == '"' ? std::string("\"\"") : std::string(1, c);
    row += '"';
  }
  return row + "\r\n";
}

Result<std::string> plain_field(std::string_view field) {
  const bool control = std::any_of(field.begin(), field.end(),
                                   [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
  if (control) return invalid_input("has a line break or another control character");
  if (field.starts_with('\'') && is_formula(field.substr(1))) return std::string(field.substr(1));
  if (is_formula(field))
    return invalid_input("begins like a formula of a spreadsheet; an apostrophe in front makes it text");
  return std::string(field);
}

}  // namespace stagecoach::conf
