// Automatic answers of a user: definitions (what is sent) and rules (when which of them is sent), as
// docs/reference/autoresponder.md says.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "routing/model/provenance.h"

namespace stagecoach {

enum class SubjectMode : std::uint8_t { subject, prefix };
enum class AppendOriginal : std::uint8_t { no, headers, full };

/// What is sent. Texts hold replacements as "{Subject}", "{$name(default)}" and "{if $name}".
struct AutoresponderDefinition {
  std::string name;
  bool keep_original = true;  // false: the incoming message is discarded after the response
  std::string response_text;  // HTML between <HTML> and </HTML>, else plain text
  std::vector<std::string> copy_original_to;
  std::int64_t min_interval_hours = 168;  // no second response to one sender within it; 0: no limit
  std::string from_address;               // empty: the user's own
  std::string reply_to_address;           // empty: no-one@<default domain>; "*" stands for the user's name
  SubjectMode subject_mode = SubjectMode::prefix;
  std::string subject_text = "*";  // "*": the standard prefix of [autoresponder]
  AppendOriginal append_original = AppendOriginal::no;
  std::vector<std::string> send_response_to;
  bool send_to_original_sender = true;
  std::vector<std::string> attachments;  // names of the user's uploaded files
  Provenance where;
  bool operator==(const AutoresponderDefinition&) const = default;
};

/// When. Empty conditions always hold. Times are the server's local ones.
struct AutoresponderRule {
  std::string name;
  std::string autoresponder;  // a definition; "<None>": stop here, send nothing
  bool enabled = true;
  bool locked = false;                        // the user may not change it
  std::map<std::string, std::string> fields;  // values of the definition's custom replacements
  std::string date_from, date_to;             // "2026-08-01", inclusive days
  std::string time_from, time_to;             // "08:15", inclusive, each day; from > to: over midnight
  std::string datetime_from, datetime_to;     // "2026-08-01 08:15", one span, inclusive
  std::vector<int> days;                      // 0 = Sunday … 6; empty: all
  std::string sender, subject;                // wildcard or /regex/
  Provenance where;
  bool operator==(const AutoresponderRule&) const = default;
};

struct Autoresponder {
  std::vector<std::string> header_filters;   // "Field: pattern": any match suppresses all responses
  std::vector<std::string> header_triggers;  // at least one must match; none: everything triggers
  std::vector<AutoresponderDefinition> definitions;
  std::vector<AutoresponderRule> rules;  // the first that matches decides
  bool operator==(const Autoresponder&) const = default;
};

/// What holds for the responses of all users ([autoresponder]).
struct AutoresponderPolicy {
  std::string subject_prefix = "Auto: ";
  bool rfc3834 = true;
  std::string return_path;  // empty: the null path
  std::string precedence;   // empty: no such field
  std::vector<std::string> header_filters{"Precedence: Bulk", "Precedence: List", "X-Spam: *", "List-*: *"};
  std::vector<std::string> reply_filters{"!Mailer*Daemon@*", "!*-request@*", "!owner-*@*"};
  bool operator==(const AutoresponderPolicy&) const = default;
};

}  // namespace stagecoach
