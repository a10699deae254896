// Comma separated values (RFC 4180): fields in double quotes may hold separators, line ends and doubled
// quotes. Lines end with CR LF or LF; a byte order mark is skipped. Texts are UTF-8. Who uploads a file is
// trusted with the directory, yet not to know CSV: mistakes are errors with the line, and everything has a
// limit.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "routing/model/result.h"

namespace stagecoach::conf {

struct CsvRow {
  int line = 0;  // where it begins
  std::vector<std::string> fields;
  bool operator==(const CsvRow&) const = default;
};

/// A mistake in one row of an import.
struct CsvProblem {
  int line = 0;
  std::string column;  // title of the column; empty: the row
  std::string reason;

  /// "line 7: Password: is shorter than 8 characters"
  std::string text() const;
  bool operator==(const CsvProblem&) const = default;
};

/// `separator` 0: comma, semicolon or tab, whichever the first line has most of. Empty lines are left out.
/// Fails for a quote that is not closed, text behind a closing quote, NUL, and beyond a limit: 1,000,000
/// rows, 500 fields a row, 64 kB a field.
Result<std::vector<CsvRow>> parse_csv(std::string_view text, char separator = 0);

/// One row with CR LF. What a spreadsheet would take for a formula gets an apostrophe in front.
std::string csv_row(const std::vector<std::string>& fields, char separator = ',');

/// A field without that apostrophe; fails when it looks like a formula, or has a line break or another
/// control character, which could begin a header field of its own later.
Result<std::string> plain_field(std::string_view field);

}  // namespace stagecoach::conf
