#include "routing/download/rules.h"

#include <algorithm>

#include "routing/text.h"

namespace stagecoach::routing {
namespace {

constexpr std::size_t k_rules_field_max = 900;  // a header line has at most 998 characters (RFC 5322)

/// An If whose end has not come yet.
struct Block {
  bool outer;  // rules around it are looked at
  bool holds;  // its conditions matched
  bool in_else = false;
  bool active() const { return outer && holds != in_else; }
};

bool is_field_name(std::string_view name) {
  return !name.empty() &&
         std::all_of(name.begin(), name.end(), [](char c) { return c > ' ' && c < 127 && c != ':'; });
}

std::string label(const TriedRule& rule) {
  return std::to_string(rule.number) + (rule.name.empty() ? "" : " \"" + rule.name + "\"") + " " +
         std::string(meaning_of(rule.action).name);
}

}  // namespace

CollectedTarget parse_target(std::string_view text) {
  text = trimmed(text);
  const auto space = text.find(' ');
  if (space == std::string_view::npos) return {std::string(text), {}};
  return {std::string(text.substr(0, space)), std::string(trimmed(text.substr(space)))};
}

// ---- the decision ----

Redirection DownloadDecision::redirection() const {
  const Audience& mail = meaning().mail;
  return {mail.targets ? targets : std::vector<CollectedTarget>{}, mail.original};
}

std::string DownloadDecision::rules_field() const {
  std::string text;
  for (const TriedRule& rule : tried) {
    const Flow flow = meaning_of(rule.action).flow;
    if (!rule.matched || (flow != Flow::decides && flow != Flow::goes_on)) continue;
    text += (text.empty() ? "" : ", ") + label(rule);
  }
  return text.substr(0, k_rules_field_max);
}

DownloadDecision DownloadDecision::as_wanted() const {
  DownloadDecision wanted = *this;
  if (meaning().fetch == Fetch::whole) return wanted;
  switch (action) {
    case DownloadAction::redirect_query:
    case DownloadAction::redirect_headers_only: wanted.action = DownloadAction::redirect; break;
    case DownloadAction::copy_query:
    case DownloadAction::copy_headers_only: wanted.action = DownloadAction::copy; break;
    default: wanted.action = DownloadAction::download;
  }
  return wanted;
}

DownloadDecision DownloadRules::decide(const DownloadFacts& facts) const {
  DownloadDecision decision;
  std::vector<Block> blocks;
  for (std::size_t i = 0; i < rules_.size(); ++i) {
    const Rule& rule = rules_[i];
    const Flow flow = meaning_of(rule.text.action).flow;
    if (flow == Flow::begin_else || flow == Flow::end_if) {
      if (blocks.empty()) continue;
      blocks.back().in_else = true;
      if (flow == Flow::end_if) blocks.pop_back();
      continue;
    }
    TriedRule tried{i + 1, rule.text.name, rule.text.where.text(), rule.text.action, false, {}};
    const bool active = blocks.empty() || blocks.back().active();
    if (active)
      tried.matched = matches(rule, facts, tried.why);
    else
      tried.why = "skipped: it stands in a branch that does not hold";
    if (flow == Flow::begin_if) blocks.push_back({active, tried.matched});
    decision.tried.push_back(tried);
    if (!tried.matched || flow == Flow::begin_if) continue;
    if (!rule.header.name.empty()) decision.header.push_back(rule.header);
    if (flow == Flow::goes_on) continue;
    decision.action = rule.text.action;
    decision.targets = rule.targets;
    break;
  }
  return decision;
}

bool DownloadRules::matches(const Rule& rule, const DownloadFacts& facts, std::string& why) {
  if (rule.broken) {
    why = "a condition cannot be read";
    return false;
  }
  if (rule.tests.empty()) {
    why = "it has no conditions";
    return true;
  }
  const bool all = rule.text.match == ConditionMatch::all;
  for (const DownloadTest& test : rule.tests) {
    const bool holds = test.holds(facts);
    why += (why.empty() ? "" : "; ") + test.text() + (holds ? ": yes" : ": no");
    if (holds != all) return holds;
  }
  return all;
}

// ---- compilation ----

DownloadRules::DownloadRules(const std::vector<DownloadRule>& rules) {
  rules_.reserve(rules.size());
  for (std::size_t i = 0; i < rules.size(); ++i) rules_.push_back(compile(rules[i], i));
  check_blocks();
}

DownloadRules::Rule DownloadRules::compile(const DownloadRule& text, std::size_t place) {
  Rule rule;
  rule.text = text;
  check_shape(text, place);
  for (const DownloadCondition& condition : text.conditions) {
    auto test = DownloadTest::compile(condition);
    if (test) {
      rule.tests.push_back(std::move(*test));
    } else {
      faults_.push_back({place, "conditions", test.error().text()});
      rule.broken = true;
    }
  }
  for (const std::string& target : text.targets) rule.targets.push_back(parse_target(target));
  const auto colon = text.header_line.find(':');
  if (meaning_of(text.action).needs_header() && colon != std::string::npos)
    rule.header = {HeaderEdit::Kind::add, std::string(trimmed(text.header_line.substr(0, colon))),
                   std::string(trimmed(text.header_line.substr(colon + 1)))};
  return rule;
}

void DownloadRules::check_shape(const DownloadRule& text, std::size_t place) {
  const ActionMeaning& meaning = meaning_of(text.action);
  const std::string action(meaning.name);
  const auto fault = [&](const char* key, std::string why, bool is_warning = false) {
    faults_.push_back({place, key, std::move(why), is_warning});
  };
  if (meaning.needs_targets() && text.targets.empty()) fault("targets", action + " needs a target");
  if (!meaning.needs_targets() && !text.targets.empty())
    fault("targets", "has no effect with " + action, true);
  for (const std::string& target : text.targets)
    if (const CollectedTarget parsed = parse_target(target);
        !parsed.folder.empty() && parsed.target.find('@') != std::string::npos)
      fault("targets", "only a local user has folders: \"" + target + "\"");
  const auto colon = text.header_line.find(':');
  if (meaning.needs_header() &&
      (colon == std::string::npos || !is_field_name(trimmed(text.header_line.substr(0, colon)))))
    fault("header_line", action + " needs a line \"Name: value\"");
  if (!meaning.needs_header() && !text.header_line.empty())
    fault("header_line", "has no effect with " + action, true);
  if (!meaning.takes_conditions() && !text.conditions.empty()) fault("conditions", action + " takes none");
}

void DownloadRules::check_blocks() {
  struct Open {
    std::size_t place;
    bool has_else;
  };
  std::vector<Open> open;
  for (std::size_t i = 0; i < rules_.size(); ++i) {
    const Flow flow = meaning_of(rules_[i].text.action).flow;
    if (flow == Flow::begin_if) open.push_back({i, false});
    if (flow != Flow::begin_else && flow != Flow::end_if) continue;
    if (open.empty()) {
      faults_.push_back({i, "action", flow == Flow::end_if ? "endif without if" : "else without if"});
    } else if (flow == Flow::end_if) {
      open.pop_back();
    } else if (std::exchange(open.back().has_else, true)) {
      faults_.push_back({i, "action", "a second else"});
    }
  }
  for (const Open& one : open) faults_.push_back({one.place, "action", "if without endif"});
}

}  // namespace stagecoach::routing
