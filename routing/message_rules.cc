#include "routing/message_rules.h"

#include <algorithm>

#include "routing/header_edit.h"
#include "routing/model/address.h"
#include "routing/rule_condition.h"
#include "routing/text.h"

namespace stagecoach::routing {
namespace {

constexpr std::size_t k_folder_bytes_max = 500;

bool has_controls(std::string_view text) {
  return std::any_of(text.begin(), text.end(), [](unsigned char c) { return c < ' ' || c == 127; });
}

/// An atom of RFC 3501: what else would break the line that IMAP sends.
bool is_keyword(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return c > ' ' && c < 127 && std::string_view("(){%*\"\\]").find(c) == std::string_view::npos;
  });
}

bool is_folder(std::string_view name) {
  return !name.empty() && name.size() <= k_folder_bytes_max && !has_controls(name) && name.front() != '/' &&
         name.back() != '/';
}

/// Why the action cannot be carried out; empty: it can.
std::string fault_of(const RuleAction& action) {
  const auto data = trimmed(action.data);
  switch (action.verb) {
    case RuleVerb::add_keyword:
      return is_keyword(data) ? "" : "\"" + std::string(data) + "\" is no IMAP keyword";
    case RuleVerb::copy_to_folder:
    case RuleVerb::move_to_folder:
      return is_folder(data) ? "" : "\"" + std::string(data) + "\" is no folder name";
    case RuleVerb::forward_to:
    case RuleVerb::set_forward_sender:
      return data.empty() || has_controls(data) ? "an address is missing" : "";
    case RuleVerb::modify_headers:
      return parse_header_modifier(data) ? "" : "\"" + std::string(data) + "\" is not \"Field: data\"";
    default: return "";
  }
}

void add_once(std::vector<std::string>& list, std::string_view text) {
  const auto same = [&](const std::string& entry) { return equals_ignoring_case(entry, text); };
  if (std::none_of(list.begin(), list.end(), same)) list.emplace_back(text);
}

std::string text_of(const RuleAction& action) {
  static constexpr std::string_view k_words[] = {
      "stop",           "flag",           "delete",     "quarantine",         "mark read",    "add keyword",
      "copy to folder", "move to folder", "forward to", "sender of forwards", "modify header"};
  std::string text(k_words[static_cast<std::size_t>(action.verb)]);
  if (!trimmed(action.data).empty()) text += " " + std::string(trimmed(action.data));
  return text;
}

std::string_view text_of(MessageKind kind) {
  return kind == MessageKind::incoming ? "incoming" : kind == MessageKind::local ? "local" : "system";
}

}  // namespace

struct CompiledRules::Rule {
  std::string name, where;
  bool all_conditions = true;
  std::vector<MessageKind> kinds;
  std::vector<RuleTest> tests;
  std::vector<RuleAction> actions;  // those that can be carried out
  std::string forward_sender;
  std::string does;    // "copy to folder Alarms, stop"
  std::string faults;  // "; not done: …"
  bool stops = false;
};

namespace {

/// One run: the message as earlier rules have left it, and what came of them.
class RuleRun {
 public:
  explicit RuleRun(const RuleFacts& facts) : facts_(facts) {
    outcome_.quarantined = facts.quarantined;
    outcome_.read = facts.read;
    outcome_.flagged = facts.flagged;
    outcome_.keywords = facts.keywords;
    if (!facts.body) return;
    body_ = [this]() -> std::string_view {
      if (!body_text_) body_text_ = facts_.body();
      return *body_text_;
    };
  }
  RuleRun(const RuleRun&) = delete;
  RuleRun& operator=(const RuleRun&) = delete;

  /// Whether the rule matched; the report says why not.
  template <class Rule>
  bool run(const Rule& rule) {
    std::string why;
    const bool matched = matches(rule, why);
    if (matched) {
      matched_.push_back(rule.name);
      for (const RuleAction& action : rule.actions) carry_out(action, rule.forward_sender);
      why += (why.empty() ? "" : ": ") + rule.does;
    }
    outcome_.reports.push_back({rule.name, rule.where, why + rule.faults, matched});
    return matched;
  }

  RuleOutcome finish() && {
    if (outcome_.removed) outcome_.quarantined = false;
    if (outcome_.removed || outcome_.quarantined) outcome_.move_folder.reset();
    return std::move(outcome_);
  }

 private:
  RuleState state() const {
    return {changed_ ? *changed_ : facts_.header,
            body_,
            facts_.size_bytes,
            facts_.spam_score,
            facts_.now,
            facts_.message_date,
            outcome_.quarantined,
            outcome_.read,
            outcome_.flagged,
            outcome_.keywords,
            matched_};
  }

  template <class Rule>
  bool matches(const Rule& rule, std::string& why) const {
    if (std::find(rule.kinds.begin(), rule.kinds.end(), facts_.kind) == rule.kinds.end()) {
      why = "no: not for " + std::string(text_of(facts_.kind)) + " messages";
      return false;
    }
    const RuleState now = state();
    for (const RuleTest& test : rule.tests) {
      const bool holds = test.holds(now);
      if (holds == rule.all_conditions) continue;
      why = holds ? test.text() : "no: " + (test.fault().empty() ? "not " + test.text() : test.fault());
      return holds;
    }
    if (rule.all_conditions)
      why = rule.tests.empty()       ? "always"
            : rule.tests.size() == 1 ? rule.tests[0].text()
                                     : "all conditions hold";
    else
      why = rule.tests.empty() ? "no: there is no condition" : "no: none of the conditions holds";
    return rule.all_conditions;
  }

  void carry_out(const RuleAction& action, const std::string& forward_sender) {
    const std::string data(trimmed(action.data));
    switch (action.verb) {
      case RuleVerb::flag: outcome_.flagged = true; break;
      case RuleVerb::remove: outcome_.removed = true; break;
      case RuleVerb::quarantine: outcome_.quarantined = true; break;
      case RuleVerb::mark_read: outcome_.read = true; break;
      case RuleVerb::add_keyword: add_once(outcome_.keywords, data); break;
      case RuleVerb::copy_to_folder: add_once(outcome_.copy_folders, data); break;
      case RuleVerb::move_to_folder:
        if (!outcome_.move_folder) outcome_.move_folder = data;
        break;
      case RuleVerb::forward_to: forward(data, forward_sender); break;
      case RuleVerb::modify_headers: modify(*parse_header_modifier(data)); break;
      case RuleVerb::stop:
      case RuleVerb::set_forward_sender: break;  // taken with the rule
    }
  }

  void forward(std::string_view addresses, const std::string& sender) {
    while (!addresses.empty()) {
      const auto end = std::min(addresses.find(';'), addresses.size());
      RuleForward entry{std::string(trimmed(addresses.substr(0, end))), sender};
      const bool known =
          std::find(outcome_.forwards.begin(), outcome_.forwards.end(), entry) != outcome_.forwards.end();
      if (!entry.address.empty() && !known) outcome_.forwards.push_back(std::move(entry));
      addresses.remove_prefix(std::min(end + 1, addresses.size()));
    }
  }

  void modify(HeaderEdit edit) {
    if (!changed_) changed_ = facts_.header;
    apply_edit(*changed_, edit);
    outcome_.header.push_back(std::move(edit));
  }

  const RuleFacts& facts_;
  RuleOutcome outcome_;
  std::function<std::string_view()> body_;
  std::optional<std::string_view> body_text_;
  std::optional<HeaderFields> changed_;  // the header, once a rule has modified it
  std::vector<std::string> matched_;
};

}  // namespace

std::vector<std::string> RuleOutcome::flags() const {
  std::vector<std::string> result;
  if (read) result.push_back("\\Seen");
  if (flagged) result.push_back("\\Flagged");
  result.insert(result.end(), keywords.begin(), keywords.end());
  return result;
}

bool look_at_text(const std::vector<MessageRule>& rules) {
  return std::any_of(rules.begin(), rules.end(), [](const MessageRule& rule) {
    return std::any_of(rule.conditions.begin(), rule.conditions.end(),
                       [](const RuleCondition& one) { return equals_ignoring_case(one.field, "body"); });
  });
}

CompiledRules compile_rules(const std::vector<MessageRule>& rules) {
  auto compiled = std::make_shared<std::vector<CompiledRules::Rule>>();
  for (const MessageRule& rule : rules) {
    if (!rule.enabled) continue;
    CompiledRules::Rule entry{rule.name, rule.where.text(), rule.all_conditions, rule.kinds};
    for (const RuleCondition& condition : rule.conditions)
      entry.tests.push_back(RuleTest::compile(condition));
    for (const RuleAction& action : rule.actions) {
      if (const std::string fault = fault_of(action); !fault.empty()) {
        entry.faults += "; not done: " + fault;
        continue;
      }
      entry.actions.push_back(action);
      entry.does += (entry.does.empty() ? "" : ", ") + text_of(action);
      entry.stops = entry.stops || action.verb == RuleVerb::stop;
      if (action.verb == RuleVerb::set_forward_sender) entry.forward_sender = trimmed(action.data);
    }
    if (entry.does.empty()) entry.does = "nothing to do";
    compiled->push_back(std::move(entry));
  }
  CompiledRules result;
  result.rules_ = std::move(compiled);
  return result;
}

Result<void> check_rule(const MessageRule& rule) {
  for (const RuleCondition& condition : rule.conditions)
    if (const RuleTest test = RuleTest::compile(condition); !test.fault().empty())
      return invalid_input(test.fault());
  for (const RuleAction& action : rule.actions)
    if (std::string fault = fault_of(action); !fault.empty()) return invalid_input(std::move(fault));
  return {};
}

RuleOutcome run_rules(const CompiledRules& rules, const RuleFacts& facts) {
  RuleRun run(facts);
  if (rules.rules_)
    for (const CompiledRules::Rule& rule : *rules.rules_)
      if (run.run(rule) && rule.stops) break;
  return std::move(run).finish();
}

}  // namespace stagecoach::routing
