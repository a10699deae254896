#include "actors/script_commands.h"

#include <filesystem>
#include <iostream>
#include <map>

#include "actors/command_tools.h"
#include "actors/directory_change_command.h"
#include "actors/script_hooks.h"
#include "actors/script_store.h"
#include "conf/reader.h"
#include "routing/model/address.h"

namespace stagecoach {

using nlohmann::json;

namespace {

constexpr const char* k_help =
    "script list                 all scripts, and the known ones that are missing\n"
    "script show NAME\n"
    "script new NAME             a frame of this script; others can include it with require\n"
    "script save NAME FILE       checks the file and puts it into the folder of scripts; - is stdin\n"
    "script check [NAME | FILE]  syntax only\n"
    "script run NAME | FILE      runs it as a whole and prints what it prints\n"
    "script errors [--clear]     what went wrong in scripts of the running server, newest first\n"
    "What new and save have written is in force after `stagecoach reload`.\n";

/// The configuration with its scripts as they are in the folder now.
struct Workplace {
  conf::Config config;
  LoadedScripts loaded;
};

Result<Workplace> open_workplace(const CommandLine& line) {
  conf::ReadConfig read = conf::read_config(config_path(line));
  if (!std::filesystem::exists(config_path(line))) return not_found("there is no " + config_path(line));
  if (read.config.resolve(read.config.scripts.folder).empty()) return not_found("[scripts] folder is empty");
  LoadedScripts loaded = load_scripts(read.config);
  return Workplace{std::move(read.config), std::move(loaded)};
}

Result<routing::Script> script_of(const Workplace& place, const std::string& name) {
  if (const routing::Script* script = place.loaded.scripts->find(name)) return *script;
  if (!name.ends_with(".lua")) return not_found("there is no script \"" + name + "\"");
  auto text = read_text(name);
  if (!text) return std::move(text.error());
  return routing::Script{std::filesystem::path(name).filename().string(), std::move(*text)};
}

int list(const CommandLine& line, const Workplace& place) {
  json rows = json::array();
  for (const auto& [name, script] : place.loaded.scripts->all())
    rows.push_back({{"name", name}, {"file", script.file}, {"bytes", script.text.size()}});
  for (const KnownScript& known : known_scripts())
    if (!place.loaded.scripts->find(known.name))
      rows.push_back({{"name", known.name}, {"file", ""}, {"bytes", 0}});
  if (line.has("json")) {
    std::cout << rows.dump(2) << "\n";
    return 0;
  }
  std::vector<std::vector<std::string>> table;
  for (const json& row : rows)
    table.push_back({row.value("name", ""),
                     row.value("file", "").empty() ? "does not exist" : row.value("file", ""),
                     std::to_string(row.value("bytes", 0LL))});
  print_table({"NAME", "FILE", "BYTES"}, table);
  return 0;
}

int show(const CommandLine& line, const Workplace& place) {
  const routing::Script* script = place.loaded.scripts->find(line.word(2));
  if (!script) return failure(not_found("there is no script \"" + line.word(2) + "\""));
  std::cout << script->text;
  return 0;
}

int write(const Workplace& place, const routing::Script& script, SaveMode mode) {
  auto path = save_script(place.config, script, mode);
  if (!path) return failure(path.error());
  std::cout << "wrote " << *path << "; `stagecoach reload` puts it into force\n";
  return 0;
}

int make(const CommandLine& line, const Workplace& place) {
  return write(place, {line.word(2), script_frame(line.word(2))}, SaveMode::create);
}

int save(const CommandLine& line, const Workplace& place) {
  if (line.word(3).empty()) return wrong_usage("script save needs a name and a file");
  auto text = read_text(line.word(3));
  if (!text) return failure(text.error());
  return write(place, {line.word(2), std::move(*text)}, SaveMode::replace);
}

int check(const CommandLine& line, const Workplace& place) {
  if (line.word(2).empty()) {
    for (const conf::Problem& problem : place.loaded.problems) std::cout << problem.text() << "\n";
    if (place.loaded.problems.empty())
      std::cout << place.loaded.scripts->all().size() << " scripts: no errors\n";
    return place.loaded.problems.empty() ? 0 : 1;
  }
  auto script = script_of(place, line.word(2));
  if (!script) return failure(script.error());
  if (auto right = routing::check_script(*script); !right) return failure(right.error());
  std::cout << script->file << ": no errors\n";
  return 0;
}

int run(const CommandLine& line, const Workplace& place) {
  auto script = script_of(place, line.word(2));
  if (!script) return failure(script.error());
  auto printed = run_script(*script, place.loaded.scripts, script_limits(place.config), script_moment());
  if (!printed) return failure(printed.error());
  std::cout << *printed << (printed->empty() ? "" : "\n");
  return 0;
}

int errors(const CommandLine& line) {
  return ask(line, "script errors", {{"clear", line.has("clear")}}, [&](const json& answer) {
    if (line.has("clear")) {
      std::cout << answer.value("cleared", 0LL) << " errors removed\n";
      return;
    }
    std::vector<std::vector<std::string>> rows;
    for (const json& one : answer)
      rows.push_back({one.value("last", ""), std::to_string(one.value("count", 0LL)),
                      one.value("message", ""), one.value("text", "")});
    if (rows.empty())
      std::cout << "no script has failed\n";
    else
      print_table({"LAST", "TIMES", "MESSAGE", "ERROR"}, rows);
  });
}

}  // namespace

const std::set<std::string>& script_options() {
  static const std::set<std::string> k_options = {"clear"};
  return k_options;
}

int script_command(const CommandLine& line) {
  static const std::map<std::string, int (*)(const CommandLine&, const Workplace&)> k_actions = {
      {"list", list}, {"show", show}, {"new", make}, {"save", save}, {"check", check}, {"run", run}};
  const std::string action = line.word(1);
  if (action == "help") {
    std::cout << k_help;
    return 0;
  }
  if (action == "errors") return errors(line);
  const auto known = k_actions.find(action);
  if (known == k_actions.end())
    return wrong_usage("there is no command \"script " + action + "\" (see script help)");
  if (line.word(2).empty() && action != "list" && action != "check")
    return wrong_usage("script " + action + " needs a name (see script help)");
  auto place = open_workplace(line);
  if (!place) return failure(place.error());
  return known->second(line, *place);
}

}  // namespace stagecoach
