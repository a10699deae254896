#include "actors/directory_change_command.h"

#include <algorithm>
#include <iomanip>
#include <iostream>

#include "actors/command_tools.h"
#include "conf/entry_text.h"
#include "routing/model/mail_list.h"

namespace stagecoach {

using nlohmann::json;

json change(const char* verb, const char* kind, const std::string& name) {
  return {{"verb", verb}, {"kind", kind}, {"name", name}};
}

Result<json> settings_of(const CommandLine& line, std::size_t first_word) {
  json settings = json::array();
  for (std::size_t i = first_word; i < line.words().size(); ++i) {
    const std::string& word = line.words()[i];
    const auto equals = word.find('=');
    if (equals == 0 || equals == std::string::npos)
      return invalid_input("\"" + word + "\" is no KEY=VALUE (see the keys with `keys`)");
    settings.push_back({word.substr(0, equals), word.substr(equals + 1)});
  }
  return settings;
}

Result<json> choice_of(const CommandLine& line, const char* option) {
  json where = json::object();
  for (const std::string& condition : line.values(option)) {
    const auto end = condition.find_first_of("=<>");
    if (end == 0 || end == std::string::npos)
      return invalid_input("\"" + condition +
                           "\" is no condition like name=kate, size_bytes>1000 or inbox_messages=2..5");
    where[condition.substr(0, end)] = condition.substr(condition[end] == '=' ? end + 1 : end);
  }
  return json{{"where", std::move(where)}, {"sort", line.value("sort")}};
}

int send_changes(const CommandLine& line, const json& changes, const std::string& done,
                 const std::function<std::string(std::size_t)>& label, const json& more) {
  json arguments = {{"changes", changes}, {"partial", line.has("partial")}, {"dry_run", line.has("dry-run")}};
  if (line.has("welcome") || line.has("no-welcome")) arguments["welcome"] = line.has("welcome");
  if (line.has("with-mail")) arguments["with_mail"] = true;
  arguments.update(more);
  auto answer = call(line, "directory change", arguments);
  if (!answer) return failure(answer.error());
  for (const json& fault : (*answer)["faults"]) {
    const auto index = fault.value("index", std::size_t{0});
    std::cerr << "stagecoach: " << (label ? label(index) + ": " : "") << fault.value("reason", "") << "\n";
  }
  const bool refused = answer->contains("error");
  if (line.has("json")) {
    std::cout << answer->dump(2) << "\n";
  } else if (refused) {
    if (changes.size() > 1) std::cerr << "stagecoach: nothing was changed\n";
  } else {
    std::cout << done << (line.has("dry-run") ? ": would be done" : ": done") << "\n";
  }
  return refused || !(*answer)["faults"].empty() ? 1 : 0;
}

void print_table(const std::vector<std::string>& titles, const std::vector<std::vector<std::string>>& rows) {
  std::vector<std::size_t> widths;
  for (std::size_t i = 0; i < titles.size(); ++i) {
    std::size_t width = titles[i].size();
    for (const auto& row : rows) width = std::max(width, row[i].size());
    widths.push_back(std::min<std::size_t>(width, 60));
  }
  const auto print = [&](const std::vector<std::string>& row) {
    std::string text;
    for (std::size_t i = 0; i < row.size(); ++i) {
      text += row[i];
      if (i + 1 < row.size()) text.append(widths[i] + 2 - std::min(widths[i], row[i].size()), ' ');
    }
    text.erase(text.find_last_not_of(' ') + 1);
    std::cout << text << "\n";
  };
  print(titles);
  for (const auto& row : rows) print(row);
}

int show_entry(const CommandLine& line, const char* kind, const std::string& name) {
  if (name.empty()) return wrong_usage(std::string(kind) + " show needs a name");
  return ask(line, "directory list", {{"kind", kind}, {"name", name}, {"keys", {"*"}}, {"members", true}},
             [&](const json& entries) {
               const json& entry = entries.at(0);
               std::cout << "# " << kind << " " << entry.value("name", "") << ", " << entry.value("where", "")
                         << (entry.value("active", true) ? "" : ", inactive") << "\n"
                         << entry.value("text", "");
               for (const json& member : entry["members"])
                 std::cout << (std::string(kind) == "user" ? "# application password " : "# member ")
                           << member.get<std::string>() << "\n";
             });
}

int change_settings(const CommandLine& line, const char* verb, const char* kind) {
  if (line.word(2).empty()) return wrong_usage(line.word(0) + " " + line.word(1) + " needs a name");
  auto settings = settings_of(line, 3);
  if (!settings) return wrong_usage(settings.error().text());
  json one = change(verb, kind, line.word(2));
  one["settings"] = std::move(*settings);
  return send_changes(line, json::array({one}), std::string(kind) + " " + line.word(2));
}

int remove_entries(const CommandLine& line, const char* kind) {
  if (line.word(2).empty()) return wrong_usage(line.word(0) + " delete needs a name");
  json changes = json::array();
  for (std::size_t i = 2; i < line.words().size(); ++i)
    changes.push_back(change("remove", kind, line.word(i)));
  return send_changes(line, changes, std::to_string(changes.size()) + " deleted");
}

int print_keys(const CommandLine& line, const std::string& kind) {
  const auto& keys = kind == "user"   ? conf::list_keys<Profile>()
                     : kind == "list" ? conf::list_keys<MailList>()
                                      : conf::list_keys<Group>();
  json rows = json::array();
  for (const conf::KeyInfo& key : keys)
    rows.push_back(
        {{"key", key.key}, {"kind", key.kind}, {"initial", key.initial}, {"meaning", key.meaning}});
  if (line.has("json")) {
    std::cout << rows.dump(2) << "\n";
    return 0;
  }
  for (const conf::KeyInfo& key : keys)
    std::cout << key.key << " (" << key.kind << (key.initial.empty() ? "" : "; " + key.initial) << ")\n    "
              << key.meaning << "\n";
  return 0;
}

}  // namespace stagecoach
