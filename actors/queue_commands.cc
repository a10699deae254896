#include "actors/queue_commands.h"

#include <iostream>

#include "actors/command_output.h"
#include "actors/command_tools.h"
#include "actors/directory_change_command.h"

namespace stagecoach {

using nlohmann::json;

namespace {

constexpr const char* k_help =
    "queue list [--sent] [CRITERIA] [--where COLUMN=EXPRESSION …] [--sort [-]COLUMN]\n"
    "queue show ID                      envelope, tries, last reply, the beginning of the message\n"
    "queue retry|hold|release|delete ID … | CRITERIA\n"
    "queue redirect ID … --to ADDRESS\n"
    "queue bounce ID … [--reason TEXT]\n"
    "queue priority ID … --priority N   smaller is earlier\n"
    "queue final ID … [--off]           the next try is the last one\n"
    "queue copy|move ID … --user NAME   into the INBOX of a user\n"
    "\n"
    "CRITERIA: --match TEXT (sender or recipient), --from, --recipient, --subject, --source-ip, "
    "--auth-sender\n"
    "(a part, * and ? as wildcards, or /regex/i), --size-min KB, --size-max KB, --held yes|no|any.\n"
    "With --count a command only says how many it would concern.\n";

struct Criterion {
  const char* option;
  const char* argument;
};
constexpr Criterion k_texts[] = {{"match", "filter"},        {"from", "from"},
                                 {"recipient", "to"},        {"subject", "subject"},
                                 {"source-ip", "source_ip"}, {"auth-sender", "auth_sender"}};
constexpr Criterion k_sizes[] = {{"size-min", "size_min_kb"}, {"size-max", "size_max_kb"}};

Result<void> add_sizes(const CommandLine& line, json& arguments) {
  for (const auto& [option, argument] : k_sizes) {
    if (!line.has(option)) continue;
    const std::string text = line.value(option);
    if (text.empty() || text.size() > 9 || text.find_first_not_of("0123456789") != std::string::npos)
      return invalid_input(std::string("--") + option + " takes a number of kB");
    arguments[argument] = std::atoll(text.c_str());
  }
  return {};
}

/// `held`: what holds when --held says nothing.
Result<json> criteria_of(const CommandLine& line, const std::string& held) {
  json arguments = json::object();
  for (const auto& [option, argument] : k_texts)
    if (line.has(option)) arguments[argument] = line.value(option);
  if (auto added = add_sizes(line, arguments); !added) return std::move(added.error());
  const std::string wanted = line.value("held", held);
  if (wanted != "yes" && wanted != "no" && wanted != "any")
    return invalid_input("--held takes yes, no or any");
  if (wanted != "any") arguments["held"] = wanted == "yes";
  return arguments;
}

int list(const CommandLine& line) {
  auto arguments = criteria_of(line, "any");
  if (!arguments) return wrong_usage(arguments.error().text());
  auto choice = choice_of(line);
  if (!choice) return wrong_usage(choice.error().text());
  arguments->update(*choice);
  if (line.has("sent")) return ask(line, "queue sent", *arguments, print_queue_ends);
  return ask(line, "queue list", *arguments, print_queue);
}

std::string argument_of(const std::string& action, const CommandLine& line) {
  if (action == "redirect") return line.value("to");
  if (action == "priority") return line.value("priority");
  if (action == "bounce") return line.value("reason");
  if (action == "copy" || action == "move") return line.value("user");
  return line.has("off") ? "off" : "";
}

/// What a command concerns besides numbers: held messages only when they are asked for, and to release the
/// others makes no sense.
Result<json> bulk_criteria(const std::string& action, const CommandLine& line) {
  return criteria_of(line, action == "release" ? "yes" : "no");
}

int change(const std::string& action, const CommandLine& line) {
  json ids = json::array();
  for (std::size_t i = 2; i < line.words().size(); ++i) ids.push_back(std::atoll(line.word(i).c_str()));
  auto arguments = ids.empty() ? bulk_criteria(action, line) : criteria_of(line, "any");
  if (!arguments) return wrong_usage(arguments.error().text());
  const bool searches = arguments->size() > (arguments->contains("held") && !line.has("held") ? 1u : 0u);
  if (ids.empty() && !searches)
    return wrong_usage("queue " + action + " needs the numbers of messages, or criteria (see queue help)");
  arguments->update({{"action", action},
                     {"ids", std::move(ids)},
                     {"argument", argument_of(action, line)},
                     {"count_only", line.has("count")}});
  return ask(line, "queue command", *arguments, [&](const json& answer) {
    std::cout << action << ": " << answer.value("messages", 0) << " messages, "
              << answer.value("recipients", 0) << " recipients" << (line.has("count") ? " match\n" : "\n");
  });
}

}  // namespace

const std::set<std::string>& queue_flags() {
  static const std::set<std::string> k_flags = {"sent", "count", "off"};
  return k_flags;
}

const std::set<std::string>& queue_options() {
  static const std::set<std::string> k_options = {
      "sent",    "count",     "off",         "match",    "from",     "to",   "recipient", "reason",
      "subject", "source-ip", "auth-sender", "size-min", "size-max", "held", "priority",  "user"};
  return k_options;
}

int run_queue_command(const CommandLine& line) {
  const std::string action = line.word(1);
  if (action == "help") {
    std::cout << k_help;
    return 0;
  }
  if (action == "list") return list(line);
  if (action == "show")
    return ask(line, "queue show", {{"id", std::atoll(line.word(2).c_str())}}, print_queue_entries);
  for (const char* known :
       {"retry", "hold", "release", "delete", "redirect", "bounce", "priority", "final", "copy", "move"})
    if (action == known) return change(action, line);
  return wrong_usage("there is no command \"queue " + action + "\" (see queue help)");
}

}  // namespace stagecoach
