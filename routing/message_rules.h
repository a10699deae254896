// A user's message rules (docs/reference/message-rules.md): compiled once with the directory, run on each
// message that arrives in his INBOX. The result says what the rules want; who calls carries it out.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "routing/civil_time.h"
#include "routing/header_field.h"
#include "routing/model/message_rule.h"
#include "routing/model/plan.h"
#include "routing/model/result.h"

namespace stagecoach::routing {

struct RuleFacts {
  MessageKind kind = MessageKind::incoming;
  const HeaderFields& header;              // bodies unfolded, encoded words decoded
  std::function<std::string_view()> body;  // the text of the message; called once, and only for Body
  std::int64_t size_bytes = 0;
  std::optional<double> spam_score;  // nothing: there was no spam filter
  bool quarantined = false;          // what is decided already, before the rules …
  bool read = false, flagged = false;
  std::vector<std::string> keywords;
  LocalTime now{};
  std::optional<LocalTime> message_date;  // of the Date field, in the server's time zone
};

struct RuleForward {
  std::string address;  // user, list, address, or "SMTP:…"
  std::string sender;   // reverse path of this copy; empty: the message's own
  bool operator==(const RuleForward&) const = default;
};

/// What one rule did, or why it did nothing.
struct RuleReport {
  std::string rule;
  std::string where;
  std::string text;  // "Subject contains \"WARNING\"; copy to folder Alarms", "no: Subject does not …"
  bool matched = false;
  bool operator==(const RuleReport&) const = default;
};

/// Copies and forwards are made whatever else happens. Of the rest the strongest is left: removed, then
/// quarantined, then move_folder.
struct RuleOutcome {
  bool removed = false;
  bool quarantined = false;
  bool read = false, flagged = false;
  std::vector<std::string> keywords;      // without doubles, the given ones first
  std::vector<std::string> copy_folders;  // without doubles
  std::optional<std::string> move_folder;
  std::vector<RuleForward> forwards;
  std::vector<HeaderEdit> header;
  std::vector<RuleReport> reports;  // one for each enabled rule that was looked at

  /// "\\Seen", "\\Flagged" and the keywords, as Delivery::flags wants them.
  std::vector<std::string> flags() const;
};

/// Rules whose patterns are compiled. Copies share them.
class CompiledRules {
 public:
  CompiledRules() = default;
  bool empty() const { return !rules_ || rules_->empty(); }

 private:
  struct Rule;
  friend CompiledRules compile_rules(const std::vector<MessageRule>& rules);
  friend RuleOutcome run_rules(const CompiledRules& rules, const RuleFacts& facts);
  std::shared_ptr<const std::vector<Rule>> rules_;
};

/// A condition that cannot be read (check_rule) holds never, negated or not: `reports` says so.
CompiledRules compile_rules(const std::vector<MessageRule>& rules);

/// Whether a rule looks at the text of the message, not only at its header section.
bool look_at_text(const std::vector<MessageRule>& rules);

/// Why a rule cannot work as written: the first fault of its conditions and actions. For checks.
Result<void> check_rule(const MessageRule& rule);

RuleOutcome run_rules(const CompiledRules& rules, const RuleFacts& facts);

}  // namespace stagecoach::routing
