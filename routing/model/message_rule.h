// A user's message rules: conditions on a message that arrives in his INBOX, and what is done with it
// (docs/reference/message-rules.md).
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "routing/model/provenance.h"

namespace stagecoach {

/// Which messages a rule looks at: from external senders, from local senders, from the server itself.
enum class MessageKind : std::uint8_t { incoming, local, system };

enum class RuleMatch : std::uint8_t {
  contains,
  equals,
  begins_with,
  ends_with,
  wildcard,  // of the whole value
  regex,     // "/…/flags", or the bare expression
  greater,
  less,
  is_true,
};

struct RuleCondition {
  /// A header field, several separated by commas, or one of: "To or Cc", "From, To or Cc", Body, Size, "Spam
  /// score", Quarantined, "Marked read", Keyword, Flagged, "Previous Rule Match", "Date now", "Time now",
  /// "Message date". Compared without regard to case.
  std::string field;
  bool ignore_case = true;
  bool negated = false;
  RuleMatch match = RuleMatch::contains;
  std::string data;
  bool operator==(const RuleCondition&) const = default;
};

enum class RuleVerb : std::uint8_t {
  stop,
  flag,
  remove,  // written "delete"
  quarantine,
  mark_read,
  add_keyword,
  copy_to_folder,
  move_to_folder,
  forward_to,
  set_forward_sender,
  modify_headers,
};

struct RuleAction {
  RuleVerb verb = RuleVerb::stop;
  std::string data;
  bool operator==(const RuleAction&) const = default;
};

struct MessageRule {
  std::string name;
  bool enabled = true;
  bool all_conditions = true;  // false: any
  std::vector<MessageKind> kinds{MessageKind::incoming, MessageKind::local, MessageKind::system};
  std::vector<RuleCondition> conditions;
  std::vector<RuleAction> actions;
  Provenance where;
  bool operator==(const MessageRule&) const = default;
};

}  // namespace stagecoach
