// One condition of a message rule, compiled: which value of the message it looks at, and how.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "routing/civil_time.h"
#include "routing/header_field.h"
#include "routing/model/message_rule.h"
#include "routing/text_match.h"

namespace stagecoach::routing {

/// The message as the rules have left it so far.
struct RuleState {
  const HeaderFields& header;
  const std::function<std::string_view()>& body;
  std::int64_t size_bytes;
  std::optional<double> spam_score;
  LocalTime now;
  std::optional<LocalTime> message_date;
  bool quarantined, read, flagged;
  const std::vector<std::string>& keywords;
  const std::vector<std::string>& matched_rules;
};

class RuleTest {
 public:
  static RuleTest compile(const RuleCondition& condition);

  bool holds(const RuleState& state) const;
  /// "Subject contains \"WARNING\"", for the trace.
  const std::string& text() const { return text_; }
  /// Why the condition cannot be read, and so never holds; empty: it can.
  const std::string& fault() const { return fault_; }

 private:
  using Test = std::function<bool(const RuleState&)>;
  Result<Test> make(const RuleCondition& condition) const;

  Test test_;
  bool negated_ = false;
  std::string text_, fault_;
};

/// "10", "10k", "2 M", "1G" in bytes (k = 1,024); nothing for other text.
std::optional<std::int64_t> parse_size(std::string_view text);

}  // namespace stagecoach::routing
