#include "actors/directory_commands.h"

#include <iostream>
#include <map>

#include "actors/command_tools.h"
#include "actors/directory_change_command.h"

namespace stagecoach {

using nlohmann::json;

namespace {

int list_groups(const CommandLine& line) {
  auto arguments = choice_of(line);
  if (!arguments) return wrong_usage(arguments.error().text());
  (*arguments)["kind"] = "group";
  (*arguments)["filter"] = line.word(2);
  (*arguments)["keys"] = {"enabled", "force", "comments"};
  return ask(line, "directory list", *arguments, [](const json& groups) {
    std::vector<std::vector<std::string>> rows;
    for (const json& group : groups) {
      const json& settings = group.at("settings");
      rows.push_back({group.value("name", ""), group.value("active", true) ? "" : "disabled",
                      settings.value("force", "") == "true" ? "forced" : "",
                      std::to_string(group.value("member_count", 0)), settings.value("comments", ""),
                      group.value("where", "")});
    }
    print_table({"NAME", "STATE", "FORCE", "USERS", "COMMENTS", "WHERE"}, rows);
  });
}

int list_mappings(const CommandLine& line) {
  auto arguments = choice_of(line);
  if (!arguments) return wrong_usage(arguments.error().text());
  (*arguments)["kind"] = "mapping";
  (*arguments)["keys"] = {"address", "target", "type", "collector", "comments"};
  return ask(line, "directory list", *arguments, [](const json& mappings) {
    std::vector<std::vector<std::string>> rows;
    for (const json& mapping : mappings) {
      const json& settings = mapping.at("settings");
      rows.push_back({mapping.value("name", ""), settings.value("address", ""), settings.value("target", ""),
                      settings.value("type", ""), settings.value("collector", ""),
                      settings.value("comments", ""),
                      mapping.at("marks").empty() ? "" : mapping.at("marks").at(0).get<std::string>(),
                      mapping.value("where", "")});
    }
    print_table({"ID", "ADDRESS", "TARGET", "TYPE", "COLLECTOR", "COMMENTS", "MARK", "WHERE"}, rows);
  });
}

int add_mapping(const CommandLine& line) {
  if (line.word(2).empty() || line.word(3).empty())
    return wrong_usage("mapping add needs an address and a target");
  json one = change("add", "mapping", "");
  one["settings"] = {{"address", line.word(2)}, {"target", line.word(3)}};
  constexpr std::pair<const char*, const char*> k_options[] = {
      {"type", "type"}, {"collector", "collector"}, {"comment", "comments"}};
  for (const auto& [option, key] : k_options)
    if (line.has(option)) one["settings"][key] = line.value(option);
  return send_changes(line, json::array({one}), "mapping " + line.word(2) + " -> " + line.word(3));
}

constexpr const char* k_group_help =
    "group list [PART OF A NAME] [--where COLUMN=EXPRESSION …] [--sort [-]COLUMN]\n"
    "group show NAME\n"
    "group add NAME [KEY=VALUE …]\n"
    "group set NAME KEY=VALUE …\n"
    "group delete NAME …                its users stay, without a group\n"
    "group keys                         all settings with their meaning\n"
    "Who is in a group says the user: stagecoach user set NAME primary_group=GROUP\n";
constexpr const char* k_mapping_help =
    "mapping list [--where COLUMN=EXPRESSION …] [--sort [-]COLUMN]\n"
    "mapping add ADDRESS TARGET [--type always|pop3|smtp|from] [--collector NAME] [--comment TEXT]\n"
    "mapping set ID KEY=VALUE …\n"
    "mapping delete ID …\n"
    "mapping import FILE [--dry-run] [--partial] | export [FILE]\n";

using Actions = std::map<std::string, int (*)(const CommandLine&)>;

int run(const Actions& actions, const CommandLine& line) {
  const auto known = actions.find(line.word(1));
  if (known == actions.end())
    return wrong_usage("there is no command \"" + line.word(0) + " " + line.word(1) + "\"");
  return known->second(line);
}

}  // namespace

int group_command(const CommandLine& line) {
  static const Actions k_actions = {
      {"list", list_groups},
      {"show", [](const CommandLine& line) { return show_entry(line, "group", line.word(2)); }},
      {"add", [](const CommandLine& line) { return change_settings(line, "add", "group"); }},
      {"set", [](const CommandLine& line) { return change_settings(line, "set", "group"); }},
      {"delete", [](const CommandLine& line) { return remove_entries(line, "group"); }},
      {"keys", [](const CommandLine& line) { return print_keys(line, "group"); }},
      {"help",
       [](const CommandLine&) {
         std::cout << k_group_help;
         return 0;
       }},
  };
  return run(k_actions, line);
}

int mapping_command(const CommandLine& line) {
  static const Actions k_actions = {
      {"list", list_mappings},
      {"add", add_mapping},
      {"import", mapping_import},
      {"export", mapping_export},
      {"set", [](const CommandLine& line) { return change_settings(line, "set", "mapping"); }},
      {"delete", [](const CommandLine& line) { return remove_entries(line, "mapping"); }},
      {"help",
       [](const CommandLine&) {
         std::cout << k_mapping_help;
         return 0;
       }},
  };
  return run(k_actions, line);
}

const std::set<std::string>& directory_flags() {
  static const std::set<std::string> k_flags = {
      "password-stdin", "random-password", "web",    "partial", "dry-run",         "preview",
      "update",         "remove-missing",  "all",    "force",   "plain-passwords", "with-passwords",
      "brief",          "no-titles",       "replace"};
  return k_flags;
}

const std::set<std::string>& directory_options() {
  static const std::set<std::string> k_options = [] {
    std::set<std::string> options = directory_flags();
    options.insert({"full-name", "alias", "administrator", "enabled", "copy-from", "where", "sort", "columns",
                    "titles", "passwords", "log", "type", "collector", "comment", "member", "protocol",
                    "expires"});
    return options;
  }();
  return k_options;
}

std::optional<int> run_directory_command(const CommandLine& line) {
  static const Actions k_commands = {
      {"user", user_command}, {"list", list_command}, {"group", group_command}, {"mapping", mapping_command}};
  const auto known = k_commands.find(line.word(0));
  if (known == k_commands.end()) return std::nullopt;
  return known->second(line);
}

}  // namespace stagecoach
