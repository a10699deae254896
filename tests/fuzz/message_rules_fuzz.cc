// Lines "field|match|data|verb|data" are rules, the rest a message's header and body: rules of users meet
// messages of strangers.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "routing/message_rules.h"

using namespace stagecoach;
using namespace stagecoach::routing;

static void require(bool promise) {
  if (!promise) std::abort();
}

static std::string_view take(std::string_view& text, char end) {
  const auto at = std::min(text.find(end), text.size());
  const auto part = text.substr(0, at);
  text.remove_prefix(std::min(at + 1, text.size()));
  return part;
}

static MessageRule rule_of(std::string_view line) {
  MessageRule rule;
  const auto number = [&line](unsigned count) {
    const auto text = take(line, '|');
    return text.empty() ? 0U : static_cast<unsigned char>(text[0]) % count;
  };
  RuleCondition condition{.field = std::string(take(line, '|'))};
  condition.match = static_cast<RuleMatch>(number(9));
  condition.data = take(line, '|');
  rule.actions.push_back({static_cast<RuleVerb>(number(11)), std::string(line)});
  rule.name = condition.field;
  rule.conditions.push_back(std::move(condition));
  return rule;
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size > 4096) return 0;
  std::string_view text(reinterpret_cast<const char*>(data), size);
  std::vector<MessageRule> rules;
  while (!text.empty() && rules.size() < 10) {
    const auto line = take(text, '\n');
    if (line.empty()) break;
    rules.push_back(rule_of(line));
    (void)check_rule(rules.back());
  }
  const auto body = text;
  const HeaderFields header{{"Subject", std::string(take(text, '\n'))}, {std::string(take(text, '\n')), "x"}};
  const auto outcome = run_rules(compile_rules(rules), {.header = header,
                                                        .body = [body] { return body; },
                                                        .size_bytes = static_cast<std::int64_t>(size),
                                                        .message_date = parse_moment(body)});
  require(outcome.reports.size() <= rules.size());
  require(!outcome.removed || (!outcome.move_folder && !outcome.quarantined));
  for (const std::string& flag : outcome.flags()) require(flag.find_first_of("\r\n (") == std::string::npos);
  for (const std::string& folder : outcome.copy_folders)
    require(folder.find_first_of("\r\n") == std::string::npos);
  for (const HeaderEdit& edit : outcome.header)
    require(edit.value.find_first_of("\r\n") == std::string::npos);
  return 0;
}
