// A download rule as the configuration has it (docs/reference/download-rules.md): conditions on the header
// section of a message that still lies on a remote server, and what becomes of it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "routing/model/provenance.h"

namespace stagecoach::routing {

enum class DownloadAction : std::uint8_t {
  query,
  redirect_query,
  copy_query,
  download,
  redirect,
  copy,
  download_and_delete,
  redirect_download_and_delete,
  copy_download_and_delete,
  headers_only,
  redirect_headers_only,
  copy_headers_only,
  delete_and_warn,
  delete_and_warn_other_user,
  delete_and_copy_warning,
  delete_silently,
  ignore,
  reject,
  set_header_and_continue,
  set_header_and_stop,
  begin_if,    // written "if"
  begin_else,  // "else"
  end_if,      // "endif"
  stop,
};

enum class DownloadMatch : std::uint8_t {
  equals,
  not_equals,
  greater,
  greater_or_equal,
  less,
  less_or_equal,
  contains,
  wildcard,  // of the whole value
  begins_with,
  ends_with,
  regex,  // "/…/flags"
};

struct DownloadCondition {
  /// A header field, several separated by commas, or one of: Always, TimeNow, DayNow, Rcpt, Collector, Size,
  /// ValidRecipients, InvalidRecipients, Any.
  std::string type;
  bool negated = false;
  DownloadMatch match = DownloadMatch::contains;
  std::string data;
  bool operator==(const DownloadCondition&) const = default;
};

enum class ConditionMatch : std::uint8_t { all, any };

struct DownloadRule {
  std::string name;  // may be empty
  DownloadAction action = DownloadAction::download;
  std::vector<std::string> targets;  // "fred", "fred Customers", "bob@example.com"
  std::string header_line;           // "X-Group: customers"
  ConditionMatch match = ConditionMatch::all;
  std::vector<DownloadCondition> conditions;  // none: the rule always matches
  Provenance where;
  bool operator==(const DownloadRule&) const = default;
};

}  // namespace stagecoach::routing
