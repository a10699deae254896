#include "actors/autoresponder_commands.h"

#include <charconv>
#include <iostream>
#include <map>

#include "actors/autoresponder_import.h"
#include "actors/command_tools.h"
#include "actors/directory_change_command.h"
#include "conf/entry_text.h"
#include "routing/model/address.h"

namespace stagecoach {

using nlohmann::json;

namespace {

constexpr const char* k_keys[] = {"autoresponder.header_filters", "autoresponder.header_triggers",
                                  "autoresponder.definitions", "autoresponder.rules"};

constexpr const char* k_help =
    "autoresponder list USER                     definitions with their number of log entries, rules in "
    "order\n"
    "autoresponder show|export USER [DEFINITION]   as TOML, files by their names\n"
    "autoresponder import USER FILE [--replace]  adds definitions and rules; --replace: over those of the "
    "same name\n"
    "autoresponder rule move USER RULE --before OTHER-RULE | --to PLACE\n"
    "autoresponder templates [NAME]              those of the administrator\n"
    "autoresponder use USER TEMPLATE [--name NAME]   makes a definition of the user from a template\n"
    "autoresponder log USER [--definition NAME] [--clear]\n";

// ---- what the user has ----

Result<Autoresponder> answers_of(const CommandLine& line, const std::string& user) {
  auto entries = call(line, "directory list", {{"kind", "user"}, {"name", user}, {"keys", json(k_keys)}});
  if (!entries) return std::move(entries.error());
  if (entries->empty()) return not_found("there is no user \"" + user + "\"");
  Profile profile;
  for (const auto& [key, value] : entries->at(0).at("settings").items())
    if (auto set = conf::set_key(profile, key, value.get<std::string>()); !set) return std::move(set.error());
  return profile.autoresponder;
}

/// Text, name and provenance of the templates.
Result<json> templates_of(const CommandLine& line) {
  return call(line, "autoresponder templates", json::object());
}

std::vector<std::string> names_of(const json& templates) {
  std::vector<std::string> names;
  for (const json& one : templates) names.push_back(one.value("name", ""));
  return names;
}

/// Puts all of it into force; whoever declares the user in a file is told the line.
int save(const CommandLine& line, const std::string& user, const Autoresponder& answers,
         const std::string& done) {
  Profile profile;
  profile.autoresponder = answers;
  json one = change("set", "user", user);
  one["settings"] = json::array();
  for (const char* key : k_keys) {
    auto text = conf::get_key(profile, key);
    if (!text) return failure(text.error());
    one["settings"].push_back({key, *text});
  }
  return send_changes(line, json::array({one}), done);
}

/// Files that definitions name and the pool does not have.
void warn_of_missing(const CommandLine& line, const std::string& user) {
  const auto listing = call(line, "autoresponder list", {{"user", user}});
  if (!listing) return;
  for (const json& definition : listing->at("definitions"))
    for (const json& name : definition.at("missing"))
      std::cerr << "stagecoach: warning: " << definition.value("name", "") << ": there is no file \""
                << name.get<std::string>() << "\" (stagecoach media add " << user << " FILE)\n";
}

// ---- the commands ----

std::string range_text(const json& range) {
  const std::string from = range.at(0).get<std::string>(), to = range.at(1).get<std::string>();
  return from.empty() && to.empty() ? "" : from + ".." + to;
}

void print_listing(const json& listing) {
  std::vector<std::vector<std::string>> rows;
  for (const json& one : listing.at("definitions")) {
    std::string missing;
    for (const json& name : one.at("missing"))
      missing += (missing.empty() ? "" : ", ") + name.get<std::string>();
    rows.push_back({one.value("name", ""), std::to_string(one.value("entries", 0LL)), missing});
  }
  print_table({"DEFINITION", "ENTRIES", "MISSING FILES"}, rows);
  rows.clear();
  std::size_t place = 0;
  for (const json& rule : listing.at("rules"))
    rows.push_back({std::to_string(++place), rule.value("name", ""), rule.value("autoresponder", ""),
                    rule.value("enabled", true) ? "" : "off", rule.value("locked", false) ? "locked" : "",
                    std::to_string(rule.value("matches", 0LL)), range_text(rule.at("dates")),
                    range_text(rule.at("times")), range_text(rule.at("datetimes")), rule.value("days", ""),
                    rule.value("sender", ""), rule.value("subject", "")});
  std::cout << "\n";
  print_table({"#", "RULE", "DEFINITION", "STATE", "LOCKED", "MATCHES", "DATES", "TIMES", "DATE AND TIME",
               "DAYS", "SENDER", "SUBJECT"},
              rows);
}

int list(const CommandLine& line) {
  return ask(line, "autoresponder list", {{"user", line.word(2)}}, print_listing);
}

int export_answers(const CommandLine& line) {
  auto answers = answers_of(line, line.word(2));
  if (!answers) return failure(answers.error());
  auto chosen = select_answers(*answers, line.word(3));
  if (!chosen) return failure(chosen.error());
  std::cout << conf::entry_text(*chosen);
  return 0;
}

int import_answers(const CommandLine& line) {
  const std::string user = line.word(2), file = line.word(3);
  if (file.empty()) return wrong_usage("autoresponder import needs a user and a file");
  auto text = read_text(file);
  if (!text) return failure(text.error());
  auto answers = answers_of(line, user);
  if (!answers) return failure(answers.error());
  auto templates = templates_of(line);
  if (!templates) return failure(templates.error());
  auto added = read_answers(*text, file, *answers, names_of(*templates));
  if (!added) return failure(added.error());
  auto merged = merge_answers(*answers, *added, line.has("replace") ? SameNames::replace : SameNames::refuse);
  if (!merged) return failure(merged.error());
  const int status = save(line, user, *merged,
                          std::to_string(added->definitions.size()) + " definitions and " +
                              std::to_string(added->rules.size()) + " rules of " + user);
  if (status == 0) warn_of_missing(line, user);
  return status;
}

int move_rule(const CommandLine& line) {
  const std::string user = line.word(3), rule = line.word(4), place = line.value("to");
  if (line.word(2) != "move" || rule.empty() || line.has("before") == line.has("to"))
    return wrong_usage("autoresponder rule move needs a user, a rule, and --before RULE or --to PLACE");
  auto answers = answers_of(line, user);
  if (!answers) return failure(answers.error());
  std::size_t number = 0;
  const auto [end, error] = std::from_chars(place.data(), place.data() + place.size(), number);
  if (line.has("to") && (error != std::errc() || end != place.data() + place.size()))
    return wrong_usage("\"" + place + "\" is no place: the first is 1");
  auto moved = line.has("to") ? move_rule_to(std::move(*answers), rule, number)
                              : move_rule_before(std::move(*answers), rule, line.value("before"));
  if (!moved) return failure(moved.error());
  return save(line, user, *moved, "rule " + rule);
}

int templates(const CommandLine& line) {
  return ask(line, "autoresponder templates", json::object(), [&](const json& list) {
    for (const json& one : list) {
      const std::string name = one.value("name", "");
      if (line.word(2).empty())
        std::cout << name << "\n";
      else if (equals_ignoring_case(name, line.word(2)))
        std::cout << "# template " << name << ", " << one.value("where", "") << "\n" << one.value("text", "");
    }
  });
}

int use_template(const CommandLine& line) {
  const std::string user = line.word(2), wanted = line.word(3);
  if (wanted.empty()) return wrong_usage("autoresponder use needs a user and a template");
  auto templates = templates_of(line);
  if (!templates) return failure(templates.error());
  for (const json& one : *templates) {
    if (!equals_ignoring_case(one.value("name", ""), wanted)) continue;
    auto definition = conf::parse_entry<AutoresponderDefinition>(one.value("text", ""));
    if (!definition) return failure(definition.error());
    definition->name = line.value("name", definition->name);
    auto answers = answers_of(line, user);
    if (!answers) return failure(answers.error());
    Autoresponder added;
    added.definitions.push_back(std::move(*definition));
    auto merged =
        merge_answers(*answers, added, line.has("replace") ? SameNames::replace : SameNames::refuse);
    if (!merged) return failure(merged.error());
    return save(line, user, *merged, "definition " + added.definitions[0].name + " of " + user);
  }
  return failure(not_found("there is no template \"" + wanted + "\""));
}

void print_log(const json& answer) {
  std::map<std::string, int> counts;
  std::vector<std::vector<std::string>> rows;
  for (const json& row : answer) {
    rows.push_back(
        {row.value("at", ""), row.value("definition", ""), row.value("rule", ""), row.value("sender", "")});
    ++counts[row.value("definition", "")];
  }
  if (!rows.empty()) print_table({"AT", "DEFINITION", "RULE", "SENDER"}, rows);
  for (const auto& [definition, count] : counts) std::cout << definition << ": " << count << " entries\n";
  if (rows.empty()) std::cout << "no automatic answer was sent\n";
}

int log(const CommandLine& line) {
  const json arguments = {
      {"user", line.word(2)}, {"definition", line.value("definition")}, {"clear", line.has("clear")}};
  return ask(line, "autoresponder log", arguments, [&](const json& answer) {
    if (line.has("clear"))
      std::cout << answer.value("cleared", 0) << " entries removed\n";
    else
      print_log(answer);
  });
}

int autoresponder(const CommandLine& line) {
  static const std::map<std::string, int (*)(const CommandLine&)> k_actions = {
      {"list", list},      {"show", export_answers}, {"export", export_answers}, {"import", import_answers},
      {"rule", move_rule}, {"templates", templates}, {"use", use_template},      {"log", log},
  };
  const std::string action = line.word(1);
  if (action == "help") {
    std::cout << k_help;
    return 0;
  }
  const auto known = k_actions.find(action);
  if (known == k_actions.end())
    return wrong_usage("there is no command \"autoresponder " + action + "\" (see autoresponder help)");
  if (line.word(2).empty() && action != "templates")
    return wrong_usage("autoresponder " + action + " needs a user (see autoresponder help)");
  return known->second(line);
}

}  // namespace

const std::set<std::string>& autoresponder_flags() {
  static const std::set<std::string> k_flags = {"clear", "replace"};
  return k_flags;
}

const std::set<std::string>& autoresponder_options() {
  static const std::set<std::string> k_options = {"clear", "replace", "definition", "before",
                                                  "to",    "name",    "type"};
  return k_options;
}

std::optional<int> run_autoresponder_command(const CommandLine& line) {
  if (line.word(0) == "autoresponder") return autoresponder(line);
  if (line.word(0) == "media") return media_command(line);
  return std::nullopt;
}

}  // namespace stagecoach
