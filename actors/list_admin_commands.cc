// `stagecoach list …`: lists and their members.
#include <iostream>
#include <map>

#include "actors/command_tools.h"
#include "actors/directory_change_command.h"
#include "conf/member_file.h"

namespace stagecoach {

using nlohmann::json;

namespace {

json words_from(const CommandLine& line, std::size_t first) {
  json words = json::array();
  for (std::size_t i = first; i < line.words().size(); ++i) words.push_back(line.word(i));
  return words;
}

int show_lists(const CommandLine& line) {
  auto arguments = choice_of(line);
  if (!arguments) return wrong_usage(arguments.error().text());
  (*arguments)["kind"] = "list";
  (*arguments)["filter"] = line.word(2);
  (*arguments)["keys"] = {"type", "allow_incoming", "comment"};
  return ask(line, "directory list", *arguments, [](const json& lists) {
    std::vector<std::vector<std::string>> rows;
    for (const json& list : lists) {
      const json& settings = list.at("settings");
      rows.push_back({list.value("name", ""), settings.value("type", ""),
                      std::to_string(list.value("member_count", 0)),
                      settings.value("allow_incoming", "") == "true" ? "public" : "",
                      settings.value("comment", ""), list.value("where", "")});
    }
    print_table({"NAME", "TYPE", "MEMBERS", "INCOMING", "COMMENT", "WHERE"}, rows);
  });
}

/// Members whom an administrator adds get the list's welcome only when he says so.
json welcome_of(const CommandLine& line) {
  return line.has("welcome") ? json{{"welcome_members", true}} : json::object();
}

int add_list(const CommandLine& line) {
  if (line.word(2).empty()) return wrong_usage("list add needs a name");
  auto settings = settings_of(line, 3);
  if (!settings) return wrong_usage(settings.error().text());
  json one = change("add", "list", line.word(2));
  one["settings"] = std::move(*settings);
  one["members_added"] = line.values("member");
  return send_changes(line, json::array({one}), "list " + line.word(2));
}

Result<Members> present_members(const CommandLine& line) {
  auto entries = call(line, "directory list", {{"kind", "list"}, {"name", line.word(2)}, {"members", true}});
  if (!entries) return std::move(entries.error());
  return entries->at(0).at("members").get<Members>();
}

/// Display only: what --match leaves out stays a member.
int show_members(const CommandLine& line) {
  auto members = present_members(line);
  if (!members) return failure(members.error());
  std::cout << conf::write_member_file(conf::members_containing(*members, line.value("match")));
  return 0;
}

int export_members(const CommandLine& line) {
  auto members = present_members(line);
  if (!members) return failure(members.error());
  const std::string file = line.word(4).empty() ? "-" : line.word(4);
  if (auto written = write_text(file, conf::write_member_file(*members), false); !written)
    return failure(written.error());
  return 0;
}

int import_members(const CommandLine& line, json one) {
  auto text = read_text(line.word(4));
  if (!text) return failure(text.error());
  const conf::MemberFile file = conf::parse_member_file(*text);
  for (const conf::CsvProblem& problem : file.problems) std::cerr << "stagecoach: " << problem.text() << "\n";
  if (!file.problems.empty() && !line.has("partial")) return failure(invalid_input("nothing was imported"));
  one["members_added"] = file.members;
  one["replace_members"] = line.has("replace");
  const int status = send_changes(line, json::array({one}), std::to_string(file.members.size()) + " members",
                                  {}, welcome_of(line));
  return status != 0 ? status : file.problems.empty() ? 0 : 1;
}

/// Says first how many there are; only --force does it.
int delete_matching(const CommandLine& line, json one) {
  auto members = present_members(line);
  if (!members) return failure(members.error());
  auto matching = conf::members_matching(*members, line.word(4));
  if (!matching) return failure(matching.error());
  for (const std::string& member : *matching) std::cout << member << "\n";
  std::cout << matching->size() << " of " << members->size() << " members match\n";
  if (matching->empty()) return 0;
  if (!line.has("force")) {
    std::cout << "nothing was deleted: repeat it with --force\n";
    return 0;
  }
  one["members_removed"] = *matching;
  return send_changes(line, json::array({one}), std::to_string(matching->size()) + " members deleted");
}

int show_unsubscribe_link(const CommandLine& line) {
  if (line.word(3).empty())
    return wrong_usage("list unsubscribe-link needs a list and the address of a member");
  return ask(line, "list unsubscribe-link", {{"list", line.word(2)}, {"address", line.word(3)}},
             [](const json& link) { std::cout << link.value("url", "") << "\n"; });
}

constexpr const char* k_list_help =
    "list list [PART OF A NAME] [--where COLUMN=EXPRESSION …] [--sort [-]COLUMN]\n"
    "list show NAME\n"
    "list add NAME [KEY=VALUE …] [--member A …]      type=distribution|mailing|forwarding|external_db\n"
    "list set NAME KEY=VALUE …\n"
    "list members NAME [--match TEXT]                 shows them, or those with TEXT in them\n"
    "list members NAME add A … [--welcome] | remove A …\n"
    "list members NAME import FILE [--replace] [--partial] [--welcome] | export [FILE]\n"
    "list members NAME delete-matching PATTERN [--force]\n"
    "list delete NAME …\n"
    "list unsubscribe-link NAME ADDRESS               the link that takes a member off the list\n"
    "list keys                                        all settings with their meaning\n";

}  // namespace

int list_members(const CommandLine& line) {
  const std::string name = line.word(2), action = line.word(3);
  if (name.empty()) return wrong_usage("list members needs the name of a list");
  json one = change("set", "list", name);
  if (action.empty()) return show_members(line);
  if (line.has("match")) return wrong_usage("--match is for the display of members only");
  if (action == "export") return export_members(line);
  if (line.word(4).empty()) return wrong_usage("list members " + name + " " + action + " needs more words");
  if (action == "import") return import_members(line, std::move(one));
  if (action == "delete-matching") return delete_matching(line, std::move(one));
  if (action != "add" && action != "remove")
    return wrong_usage("list members knows add, remove, import, export, delete-matching");
  one[action == "add" ? "members_added" : "members_removed"] = words_from(line, 4);
  return send_changes(line, json::array({one}), "list " + name, {}, welcome_of(line));
}

int list_command(const CommandLine& line) {
  const std::string action = line.word(1);
  static const std::map<std::string, int (*)(const CommandLine&)> k_actions = {
      {"list", show_lists},
      {"add", add_list},
      {"members", list_members},
      {"unsubscribe-link", show_unsubscribe_link},
      {"show", [](const CommandLine& line) { return show_entry(line, "list", line.word(2)); }},
      {"set", [](const CommandLine& line) { return change_settings(line, "set", "list"); }},
      {"delete", [](const CommandLine& line) { return remove_entries(line, "list"); }},
      {"keys", [](const CommandLine& line) { return print_keys(line, "list"); }},
      {"help",
       [](const CommandLine&) {
         std::cout << k_list_help;
         return 0;
       }},
  };
  const auto known = k_actions.find(action);
  if (known == k_actions.end()) return wrong_usage("there is no command \"list " + action + "\"");
  return known->second(line);
}

}  // namespace stagecoach
