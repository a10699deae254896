#include "actors/lan_commands.h"

#include <iostream>

#include "actors/command_tools.h"

namespace stagecoach {

using nlohmann::json;

namespace {

constexpr const char* k_help =
    "lan list                        the rules in their order, with their matches since the start\n"
    "lan queue                       the first 100 messages that wait for servers\n"
    "lan queue delete ID …           without a report; not what is being sent\n"
    "lan queue retry [ID …]          now; without numbers: all\n"
    "lan pause | resume\n"
    "lan export [--server HOST]      rules with which another server forwards the mail for this one\n";

std::string text(const json& row, const char* key) { return row.value(key, ""); }

void print_state(const json& answer) {
  std::cout << (answer["paused"].get<bool>() ? "LAN forwarding is paused.\n" : "LAN forwarding is active.\n");
}

void print_rules(const json& answer) {
  print_state(answer);
  for (const json& rule : answer["rules"]) {
    std::cout << text(rule, "address") << " [" << text(rule, "condition") << "] -> " << text(rule, "server");
    if (!text(rule, "rewrite").empty()) std::cout << " as " << text(rule, "rewrite");
    if (rule["login"].get<bool>()) std::cout << ", logs in";
    if (rule["verify"].get<bool>()) std::cout << ", verified";
    std::cout << "; " << rule["matches"] << " matches (" << text(rule, "where") << ")\n";
  }
}

void print_queue(const json& answer) {
  print_state(answer);
  for (const json& row : answer["messages"]) {
    std::cout << text(row, "id") << "  " << text(row, "state") << "  <" << text(row, "from") << "> to "
              << text(row, "server") << ":";
    for (const json& one : row["to"]) std::cout << " " << one.get<std::string>();
    std::cout << "  " << text(row, "subject") << "\n";
    if (!text(row, "last_reply").empty())
      std::cout << "    " << row["attempts"] << " tries, next " << text(row, "next_attempt") << ": "
                << text(row, "last_reply") << "\n";
  }
  if (answer["more"].get<bool>()) std::cout << "There are more: stagecoach queue list --where route=SERVER\n";
}

int change_queue(const CommandLine& line) {
  const std::string action = line.word(2);
  json ids = json::array();
  for (std::size_t i = 3; i < line.words().size(); ++i) {
    if (line.word(i).empty() || line.word(i).size() > 18 ||
        line.word(i).find_first_not_of("0123456789") != std::string::npos)
      return wrong_usage("\"" + line.word(i) + "\" is no message number");
    ids.push_back(std::stoll(line.word(i)));
  }
  if (action != "retry" && (action != "delete" || ids.empty()))
    return wrong_usage("lan queue knows delete ID …, and retry [ID …]");
  return ask(line, "lan command", {{"action", action}, {"ids", std::move(ids)}}, [&](const json& answer) {
    std::cout << action << ": " << answer["messages"] << " messages, " << answer["recipients"]
              << " recipients\n";
  });
}

void print_export(const json& answer, std::string server) {
  if (server.empty()) server = text(answer, "hostname");
  std::cout << "[[lan_forward]]\nserver = " << json(server).dump() << "\naddresses = [\n";
  for (const json& address : answer["addresses"]) std::cout << "  " << address.dump() << ",\n";
  std::cout << "]\n";
}

}  // namespace

const std::set<std::string>& lan_options() {
  static const std::set<std::string> k_options = {"server"};
  return k_options;
}

int run_lan_command(const CommandLine& line) {
  const std::string what = line.word(1);
  if (what == "help") {
    std::cout << k_help;
    return 0;
  }
  if (what == "list") return ask(line, "lan list", json::object(), print_rules);
  if (what == "queue" && line.words().size() > 2) return change_queue(line);
  if (what == "queue") return ask(line, "lan queue", json::object(), print_queue);
  if (what == "pause" || what == "resume")
    return ask(line, "lan pause", {{"paused", what == "pause"}}, print_state);
  if (what == "export")
    return ask(line, "lan export", json::object(),
               [&](const json& answer) { print_export(answer, line.value("server")); });
  return wrong_usage("lan needs list, queue, pause, resume or export (see lan help)");
}

}  // namespace stagecoach
