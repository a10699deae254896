// When an autoresponder fires: filters, triggers, rules and reply filters, read once with the directory.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "routing/autoresponder.h"
#include "routing/header_condition.h"
#include "routing/pattern.h"
#include "routing/time_window.h"

namespace stagecoach::routing {

class CompiledAnswerRule {
 public:
  static CompiledAnswerRule compile(const AutoresponderRule& rule);

  /// Why the rule does not match; empty: it matches.
  std::string mismatch(LocalTime now, std::string_view sender, std::string_view subject) const;
  const AutoresponderRule& rule() const { return rule_; }
  /// Why the rule cannot be read and so never matches; empty: it can.
  const std::string& fault() const { return fault_; }

  /// First and last moment of the rule by days and by date and time; nothing: open.
  std::optional<LocalTime> begin() const;
  std::optional<LocalTime> end() const;

 private:
  Result<void> read(const AutoresponderRule& rule);

  AutoresponderRule rule_;
  DailyWindow window_;
  std::optional<LocalTime> from_, to_;
  std::optional<Pattern> sender_, subject_;
  std::string fault_;
};

/// Which senders may be answered: the first pattern that matches decides, "!" before it refuses. Whom none
/// matches is answered unless the list has a pattern that allows.
class ReplyFilters {
 public:
  static ReplyFilters compile(const std::vector<std::string>& lines);

  /// The pattern that refuses the address, or why none allows it; empty: it may be answered.
  std::string refusal(std::string_view address) const;

 private:
  struct Entry {
    bool refuses;
    Pattern pattern;
  };
  std::vector<Entry> entries_;
};

struct CompiledAutoresponder::Compiled {
  std::vector<HeaderCondition> filters;  // global ones, then the user's
  std::vector<HeaderCondition> triggers;
  bool triggers_wanted = false;  // also when none of them could be read
  std::vector<CompiledAnswerRule> rules;
  ReplyFilters reply_filters;
};

}  // namespace stagecoach::routing
