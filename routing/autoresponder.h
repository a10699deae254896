// Automatic answers (docs/reference/autoresponder.md, RFC 3834): whether a message that arrived in a user's
// INBOX is answered, by which rule and definition, and with what. Pure: log and match counters are facts.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "routing/civil_time.h"
#include "routing/header_field.h"
#include "routing/model/autoresponder.h"
#include "routing/model/directory_entry.h"
#include "routing/model/plan.h"
#include "routing/model/result.h"

namespace stagecoach::routing {

/// What a script sees and may change (docs/reference/autoresponder.md, "Scripts"). All values are expanded.
struct AutoresponseScope {
  const AutoresponderDefinition& definition;
  const User& user;
  std::map<std::string, std::string, std::less<>> replacements;  // "Subject", "StartDate-1": read only
  std::map<std::string, std::string, std::less<>> fields;        // custom replacements: read only
  // writable
  bool keep_original = true;
  std::int64_t min_interval_hours = 0;
  std::string sender, reply_to;
  std::string subject;  // the whole subject; empty: prefix and the original one
  std::string subject_prefix;
  AppendOriginal append_original = AppendOriginal::no;
  std::vector<std::string> to, copy_to, attachments;
  bool veto = false;                // true: nothing is sent
  std::vector<std::string> faults;  // errors of its scripts
};

/// Runs the script of one <lua> element; what it returns takes the element's place.
using LuaElement = std::function<std::string(std::string_view script, AutoresponseScope& scope)>;
/// Runs the global script once for each answer, before it is composed.
using LuaGlobal = std::function<void(AutoresponseScope& scope)>;

struct AutoresponseFacts {
  LocalTime now{};
  std::string_view reverse_path;  // of the message; empty: nobody to answer
  std::string_view recipient;     // the address that led to the user
  const HeaderFields& header;     // bodies unfolded, encoded words decoded
  std::string_view default_domain;
  std::function<std::int64_t(std::string_view rule)> matches;  // so far; none: 0
  /// Hours since this definition answered this sender; nothing: never, or storage will look itself.
  std::function<std::optional<std::int64_t>(std::string_view definition, std::string_view sender)>
      last_answer;
  LuaElement run_lua;    // none: <lua> elements are left out, with a reason
  LuaGlobal run_global;  // none: there is no such script
};

struct AutoresponseDecision {
  struct Response {
    std::string reverse_path;  // mostly empty
    std::vector<std::string> recipients;
    std::string sender;  // who is answered: key of the log
    std::int64_t min_interval_hours = 0;
    ComposedMail mail;
  };

  std::string rule, definition;  // empty: no rule matched; a rule without a definition: "<None>"
  std::optional<Response> response;
  bool keep_original = true;
  std::vector<std::string> copy_original_to;  // holds also without a response
  std::vector<Reason> reasons;                // every step, the last one says why nothing is sent
  std::vector<std::string> faults;            // what is wrong with the rules and the definition
};

/// The conditions of a user's autoresponder, with patterns and times read once with the directory.
class CompiledAutoresponder {
 public:
  CompiledAutoresponder() = default;
  bool empty() const { return !compiled_; }

  struct Compiled;  // autoresponder_conditions.h

 private:
  friend class AutoresponseRun;
  friend CompiledAutoresponder compile_autoresponder(const Autoresponder&, const AutoresponderPolicy&);
  std::shared_ptr<const Compiled> compiled_;
};
/// Empty when there is no rule. A rule with a condition that cannot be read never matches.
CompiledAutoresponder compile_autoresponder(const Autoresponder& autoresponder,
                                            const AutoresponderPolicy& policy);

/// `templates` are the definitions that all users may name in their rules; the user's own come first.
AutoresponseDecision decide_autoresponse(const CompiledAutoresponder& compiled, const User& user,
                                         const AutoresponderPolicy& policy,
                                         const std::vector<AutoresponderDefinition>& templates,
                                         const AutoresponseFacts& facts);

/// Why a rule cannot work as written: times and patterns. For checks.
Result<void> check_autoresponder_rule(const AutoresponderRule& rule);

/// The names and defaults of the custom replacements in all texts of a definition, in their order.
std::vector<std::pair<std::string, std::string>> custom_fields(const AutoresponderDefinition& definition);

}  // namespace stagecoach::routing
