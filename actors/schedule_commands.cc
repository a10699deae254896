#include "actors/schedule_commands.h"

#include <iostream>

#include "actors/command_tools.h"

namespace stagecoach {

using nlohmann::json;

namespace {

void print_state(const json& answer) {
  std::cout << (answer["paused"].get<bool>()
                    ? "Scheduling is paused: nothing is started by the clock or sent immediately.\n"
                    : "Scheduling is active.\n");
}

std::string joined(const json& names) {
  std::string text;
  for (const json& name : names) text += (text.empty() ? "" : ", ") + name.get<std::string>();
  return text;
}

void print_schedule(const json& answer) {
  print_state(answer);
  for (const json& item : answer["items"]) {
    const std::string name = item["name"].get<std::string>();
    std::cout << (item["enabled"].get<bool>() ? "  " : "- ") << (name.empty() ? "(no name)" : name) << ": "
              << joined(item["connect"]) << "\n      " << item["text"].get<std::string>();
    if (item["next"].is_string()) std::cout << "; next " << item["next"].get<std::string>();
    std::cout << "\n";
  }
}

}  // namespace

int run_schedule_command(const CommandLine& line) {
  const std::string& what = line.word(1);
  if (what == "list") return ask(line, "schedule list", json::object(), print_schedule);
  if (what == "pause" || what == "resume")
    return ask(line, "schedule pause", {{"paused", what == "pause"}}, print_state);
  return wrong_usage("schedule needs list, pause, or resume");
}

}  // namespace stagecoach
