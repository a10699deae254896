// Import and export of users and mappings as CSV. The files are read here; the server gets changes.
#include <iostream>
#include <set>
#include <sstream>
#include <unordered_map>

#include "actors/command_tools.h"
#include "actors/directory_change_command.h"
#include "actors/password.h"
#include "conf/entry_text.h"
#include "conf/mapping_csv.h"
#include "conf/reader.h"
#include "conf/user_csv.h"

namespace stagecoach {

using nlohmann::json;

namespace {

int report(const std::vector<conf::CsvProblem>& problems) {
  for (const conf::CsvProblem& problem : problems) std::cerr << "stagecoach: " << problem.text() << "\n";
  return problems.empty() ? 0 : 1;
}

std::vector<std::string> split_commas(const std::string& text) {
  std::vector<std::string> parts;
  std::istringstream stream(text);
  for (std::string part; std::getline(stream, part, ',');) parts.push_back(part);
  return parts;
}

// ---- users ----

Result<conf::UserCsvOptions> csv_options(const CommandLine& line) {
  conf::UserCsvOptions options;
  options.columns = split_commas(line.value("columns"));
  options.ignore_first_line = line.value("titles", "yes") != "no";
  options.passwords_encrypted = !line.has("plain-passwords");
  options.min_password_length = 1;  // the server knows the limit
  static const std::unordered_map<std::string, conf::PasswordMode> k_modes = {
      {"file", conf::PasswordMode::file},
      {"random", conf::PasswordMode::random},
      {"username", conf::PasswordMode::username},
      {"fixed", conf::PasswordMode::fixed}};
  const auto mode = k_modes.find(line.value("passwords", "random"));
  if (mode == k_modes.end()) return invalid_input("--passwords is one of file, random, username, fixed");
  options.passwords = mode->second;
  return options;
}

int preview(const std::string& text, const conf::UserCsvOptions& options, bool as_json) {
  auto preview = conf::preview_user_csv(text, options);
  if (!preview) return failure(preview.error());
  if (as_json) {
    json rows = json::array();
    for (const conf::CsvRow& row : preview->rows) rows.push_back(row.fields);
    std::cout
        << json{{"columns", preview->columns}, {"rows", rows}, {"rows_total", preview->rows_total}}.dump(2)
        << "\n";
    return 0;
  }
  for (std::size_t i = 0; i < preview->columns.size(); ++i) {
    std::cout << "column " << i + 1 << ", " << preview->columns[i] << ":";
    for (const conf::CsvRow& row : preview->rows)
      std::cout << " | " << (i < row.fields.size() ? row.fields[i] : "");
    std::cout << "\n";
  }
  std::cout << preview->rows_total << " rows; other columns with --columns A,B,… (ignore leaves one out)\n";
  return 0;
}

/// Makes the changes of an import; remembers which line each comes from, and the passwords that were made.
class UserImport {
 public:
  UserImport(const CommandLine& line, const conf::UserCsvOptions& options, const json& present)
      : line_(line), options_(options) {
    for (const json& user : present)
      present_.emplace(to_lower(user.value("name", "")), user.value("where", "") == "database");
  }

  void add(const conf::UserCsvRow& row) {
    named_.insert(to_lower(row.name));
    const bool exists = present_.contains(to_lower(row.name));
    if (exists && !line_.has("update")) return void(++left_alone_);
    json one = change(exists ? "set" : "add", "user", row.name);
    one["copy_from"] = exists ? "" : row.template_user;
    one["settings"] = json::array();
    for (const auto& [key, value] : row.settings) one["settings"].push_back({key, value});
    add_password(row, exists, one);
    changes_.push_back(std::move(one));
    labels_.push_back("line " + std::to_string(row.line));
  }
  /// Declared users are the configuration's.
  void remove_missing() {
    for (const auto& [name, stored] : present_) {
      if (!stored || named_.contains(name)) continue;
      changes_.push_back(change("remove", "user", name));
      labels_.push_back("removing " + name);
    }
  }
  /// The row is in the file although it cannot be imported: the user is not missing.
  void keep(const std::string& name) { named_.insert(to_lower(name)); }

  int send() const {
    const std::string done =
        std::to_string(changes_.size()) + " users, " + std::to_string(left_alone_) + " left alone";
    const int status = send_changes(line_, changes_, done, [this](std::size_t i) { return labels_.at(i); });
    if (made_.empty() || line_.has("dry-run") || (status != 0 && !line_.has("partial"))) return status;
    const std::string log = line_.value("log", "importusers.log");
    if (auto written = write_text(log, made_, true); !written) return failure(written.error());
    std::cerr << "the passwords are in " << log << "\n";
    return status;
  }

 private:
  void add_password(const conf::UserCsvRow& row, bool exists, json& one) {
    switch (options_.passwords) {
      case conf::PasswordMode::file:
        if (row.password && !row.password->empty())
          one[options_.passwords_encrypted ? "password_hash" : "password"] = *row.password;
        if (row.web_password && !row.web_password->empty())
          one[options_.passwords_encrypted ? "web_password_hash" : "web_password"] = *row.web_password;
        return;
      case conf::PasswordMode::random:
        if (exists) return;
        one["password"] = random_password();
        made_ += row.name + " " + one["password"].get<std::string>() + "\n";
        return;
      case conf::PasswordMode::username:
        if (!exists) one["password"] = to_lower(row.name);
        return;
      case conf::PasswordMode::fixed:
        if (!exists) one["password"] = "password";
        return;
    }
  }

  const CommandLine& line_;
  const conf::UserCsvOptions& options_;
  std::unordered_map<std::string, bool> present_;  // lower case -> whether the database has him
  std::set<std::string> named_;
  json changes_ = json::array();
  std::vector<std::string> labels_;
  std::string made_;  // "kate k7mw-…" lines
  std::size_t left_alone_ = 0;
};

/// Users as the server shows them, with their stored passwords.
Result<std::vector<User>> exported_users(const CommandLine& line) {
  auto entries =
      call(line, "directory list", {{"kind", "user"}, {"keys", {"*", "password", "scram", "web_password"}}});
  if (!entries) return std::move(entries.error());
  std::vector<User> users;
  for (const json& entry : *entries) {
    auto profile = conf::parse_entry<Profile>(entry.value("text", ""));
    if (!profile) return std::move(profile.error());
    const json& settings = entry.at("settings");
    User user;
    user.name = entry.value("name", "");
    user.credentials = {
        settings.value("password", ""), settings.value("scram", ""), settings.value("web_password", ""), {}};
    if (user.credentials.password.empty() && !user.credentials.scram.empty())
      user.credentials.password = "{SCRAM}" + user.credentials.scram;
    user.profile = std::make_shared<const Profile>(std::move(*profile));
    users.push_back(std::move(user));
  }
  return users;
}

// ---- mappings ----

std::vector<conf::CollectorName> collectors_of(const CommandLine& line) {
  std::vector<conf::CollectorName> names;
  for (const conf::CollectorSettings& collector : conf::read_config(config_path(line)).config.collectors)
    names.push_back({collector.id, collector.name});
  return names;
}

}  // namespace

int user_import(const CommandLine& line) {
  if (line.word(2).empty()) return wrong_usage("user import needs a file");
  auto options = csv_options(line);
  if (!options) return wrong_usage(options.error().text());
  auto text = read_text(line.word(2));
  if (!text) return failure(text.error());
  if (line.has("preview")) return preview(*text, *options, line.has("json"));
  auto csv = conf::parse_user_csv(*text, *options);
  if (!csv) return failure(csv.error());
  const int problems = report(csv->problems);
  if (problems != 0 && !line.has("partial")) return failure(invalid_input("nothing was imported"));
  if (problems != 0 && line.has("remove-missing"))
    return failure(invalid_input("with faulty lines nobody is removed: correct them first"));
  auto present = call(line, "user list", json::object());
  if (!present) return failure(present.error());
  UserImport import(line, *options, *present);
  for (const conf::UserCsvRow& row : csv->rows) import.add(row);
  if (line.has("remove-missing")) import.remove_missing();
  const int status = import.send();
  return status != 0 ? status : problems;
}

int user_export(const CommandLine& line) {
  auto users = exported_users(line);
  if (!users) return failure(users.error());
  conf::UserCsvExport options;
  options.titles = !line.has("no-titles");
  options.verbose = !line.has("brief");
  options.passwords = line.has("with-passwords");
  const std::string file = line.word(2).empty() ? "userlist.csv" : line.word(2);
  if (auto written = write_text(file, conf::write_user_csv(*users, options), true); !written)
    return failure(written.error());
  if (file != "-") std::cerr << users->size() << " users written to " << file << "\n";
  return 0;
}

int mapping_import(const CommandLine& line) {
  if (line.word(2).empty()) return wrong_usage("mapping import needs a file");
  auto text = read_text(line.word(2));
  if (!text) return failure(text.error());
  auto csv = conf::parse_mapping_csv(*text, collectors_of(line));
  if (!csv) return failure(csv.error());
  const int problems = report(csv->problems);
  if (problems != 0 && !line.has("partial")) return failure(invalid_input("nothing was imported"));
  json changes = json::array();
  for (const conf::MappingCsvRow& row : csv->rows) {
    json one = change("add", "mapping", "");
    one["settings"] = json::array();
    for (const char* key : {"address", "target", "type", "collector", "comments"})
      if (auto value = conf::get_key(row.mapping, key)) one["settings"].push_back({key, *value});
    changes.push_back(std::move(one));
  }
  const int status =
      send_changes(line, changes, std::to_string(changes.size()) + " mappings",
                   [&](std::size_t i) { return "line " + std::to_string(csv->rows.at(i).line); });
  return status != 0 ? status : problems;
}

int mapping_export(const CommandLine& line) {
  auto entries =
      call(line, "directory list",
           {{"kind", "mapping"}, {"keys", {"address", "target", "type", "collector", "comments"}}});
  if (!entries) return failure(entries.error());
  std::vector<Mapping> mappings;
  for (const json& entry : *entries) {
    if (!entry.at("marks").empty()) continue;  // an alias: it is exported with its user
    Mapping mapping;
    for (const auto& [key, value] : entry.at("settings").items())
      if (auto done = conf::set_key(mapping, key, value.get<std::string>()); !done)
        return failure(done.error());
    mappings.push_back(std::move(mapping));
  }
  const std::string file = line.word(2).empty() ? "-" : line.word(2);
  if (auto done = write_text(file, conf::write_mapping_csv(mappings, collectors_of(line)), false); !done)
    return failure(done.error());
  return 0;
}

}  // namespace stagecoach
