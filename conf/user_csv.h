// Users as CSV, for spreadsheets: what a file asks for, checked row by row, and `userlist.csv`
// (docs/reference/users.md). Nothing is changed here: who imports decides what becomes of existing and
// missing users and makes the passwords.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "conf/csv.h"
#include "routing/model/directory_entry.h"

namespace stagecoach::conf {

/// How new users get a password: the column's, a random one, their name, or the text "password".
enum class PasswordMode { file, random, username, fixed };

struct UserCsvOptions {
  /// What each column of the file is: "ignore", "name", "password", "web_password", "template" (a user whose
  /// settings are copied), "max_outgoing_bytes", "other" (pairs key=value, separated by '|'), or any key of
  /// set_key<Profile>. Empty: by the titles in the first line.
  std::vector<std::string> columns;
  bool ignore_first_line = true;
  char separator = 0;  // as in parse_csv
  PasswordMode passwords = PasswordMode::random;
  bool passwords_encrypted = true;  // with `file`: hashes, as an export writes them
  int min_password_length = 8;      // of plain ones
};

struct UserCsvRow {
  int line = 0;
  std::string name;
  /// With PasswordMode::file: what the cells held; nothing where there was none.
  std::optional<std::string> password, web_password;
  std::string template_user;
  std::vector<std::pair<std::string, std::string>> settings;  // for set_key, in the order of the columns
  bool operator==(const UserCsvRow&) const = default;
};

struct UserCsv {
  std::vector<std::string> columns;  // as assigned
  std::vector<UserCsvRow> rows;      // those without a problem
  std::vector<CsvProblem> problems;
};

/// An empty cell empties a text or a list and leaves flags and numbers as they are. Fails when the text is no
/// CSV or no column holds the name.
Result<UserCsv> parse_user_csv(std::string_view text, const UserCsvOptions& options);

struct CsvPreview {
  std::vector<CsvRow> rows;          // the first 5
  std::vector<std::string> columns;  // what parse_user_csv would take them for: "ignore" when unknown
  std::size_t rows_total = 0;
};

Result<CsvPreview> preview_user_csv(std::string_view text, const UserCsvOptions& options);

struct UserCsvExport {
  bool titles = true;
  bool verbose = true;     // false: name, administrator and, if wanted, passwords
  bool passwords = false;  // hashes; a password that is kept in plain text is left out
};

std::string write_user_csv(const std::vector<User>& users, const UserCsvExport& options);

}  // namespace stagecoach::conf
