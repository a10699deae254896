#include "actors/mailbox_commands.h"

#include <iostream>

#include "actors/command_tools.h"
#include "actors/directory_change_command.h"

namespace stagecoach {

using nlohmann::json;

namespace {

constexpr const char* k_folder_help =
    "folder list USER\n"
    "folder empty|delete USER FOLDER …     the recycle bin keeps what is deleted\n"
    "folder rename USER FOLDER NEW-NAME\n"
    "folder copy|move USER FOLDER … --to OTHER-USER\n"
    "folder rights USER FOLDER … full|fixed   fixed: the owner may not rename, move or delete them\n"
    "folder export USER [FOLDER …] --to FILE.zip [--format eml|mbox]   with the folders below; none: all\n";

std::string number(const json& row, const char* key) { return std::to_string(row.value(key, 0LL)); }

json words_from(const CommandLine& line, std::size_t first) {
  json words = json::array();
  for (std::size_t i = first; i < line.words().size(); ++i) words.push_back(line.word(i));
  return words;
}

int undelete(const CommandLine& line) {
  if (line.word(2).empty() || line.value("since").empty())
    return wrong_usage("user undelete needs a user and --since TIME, a moment just before the deletion");
  const auto since = parse_since(line.value("since"));
  if (!since) return failure(since.error());
  const json arguments = {{"user", line.word(2)},
                          {"since", *since},
                          {"unread", line.has("unread")},
                          {"flagged", line.has("flagged")},
                          {"count_only", line.has("count")}};
  return ask(line, "user undelete", arguments, [&](const json& answer) {
    std::cout << line.word(2) << ": " << answer.value("messages", 0) << " messages and "
              << answer.value("folders", 0) << " folders"
              << (line.has("count") ? " were deleted since then\n" : " are back\n");
  });
}

int list_folders(const CommandLine& line) {
  return ask(line, "folder list", {{"user", line.word(2)}}, [](const json& folders) {
    std::vector<std::vector<std::string>> rows;
    for (const json& folder : folders)
      rows.push_back({folder.value("name", ""), number(folder, "messages"), number(folder, "unread"),
                      number(folder, "size_bytes"), folder.value("rights", "")});
    print_table({"FOLDER", "MESSAGES", "UNREAD", "BYTES", "RIGHTS"}, rows);
  });
}

int change_folders(const CommandLine& line) {
  const std::string action = line.word(1);
  json arguments = {{"user", line.word(2)}, {"action", action}, {"folders", words_from(line, 3)}};
  if (action == "rename") {
    if (line.words().size() != 5) return wrong_usage("folder rename needs a user, a folder and its new name");
    arguments["folders"] = {line.word(3)};
    arguments["to"] = line.word(4);
  } else if (action == "copy" || action == "move") {
    if (line.value("to").empty()) return wrong_usage("folder " + action + " needs --to USER");
    arguments["to"] = line.value("to");
  }
  if (arguments["folders"].empty()) return wrong_usage("folder " + action + " needs a user and folders");
  return ask(line, "folder change", arguments, [&](const json& answer) {
    std::cout << action << ": " << answer.value("folders", 0) << " folders, " << answer.value("messages", 0)
              << " messages\n";
  });
}

int set_rights(const CommandLine& line) {
  json folders = words_from(line, 3);
  const std::string rights = folders.empty() ? "" : folders.back().get<std::string>();
  if (folders.size() < 2 || (rights != "full" && rights != "fixed"))
    return wrong_usage("folder rights needs a user, folders, and full or fixed");
  folders.erase(folders.size() - 1);
  const json arguments = {{"user", line.word(2)}, {"folders", folders}, {"fixed", rights == "fixed"}};
  return ask(line, "folder rights", arguments, [&](const json& answer) {
    std::cout << answer.value("folders", 0) << " folders: " << rights << "\n";
  });
}

int folder(const CommandLine& line) {
  const std::string action = line.word(1);
  if (action == "help") {
    std::cout << k_folder_help;
    return 0;
  }
  if (action == "list") return list_folders(line);
  if (action == "rights") return set_rights(line);
  if (action == "export") return export_folders(line);
  for (const char* known : {"empty", "delete", "rename", "copy", "move"})
    if (action == known) return change_folders(line);
  return wrong_usage("there is no command \"folder " + action + "\" (see folder help)");
}

int prune(const CommandLine& line) {
  if (!line.has("dry-run"))
    return wrong_usage("prune rules run once a day by themselves; --dry-run shows what they would delete");
  return ask(line, "prune preview", json::object(), [](const json& folders) {
    if (folders.empty()) std::cout << "the prune rules would delete nothing\n";
    std::vector<std::vector<std::string>> rows;
    for (const json& row : folders)
      rows.push_back({row.value("user", ""), row.value("folder", ""), number(row, "messages"),
                      number(row, "size_bytes")});
    if (!rows.empty()) print_table({"USER", "FOLDER", "MESSAGES", "BYTES"}, rows);
  });
}

}  // namespace

const std::set<std::string>& mailbox_flags() {
  static const std::set<std::string> k_flags = {"unread",    "flagged", "welcome", "no-welcome", "clear",
                                                "with-mail", "admins",  "guests",  "forget"};
  return k_flags;
}

const std::set<std::string>& mailbox_options() {
  static const std::set<std::string> k_options = [] {
    std::set<std::string> options = mailbox_flags();
    options.insert({"since", "text", "subject", "to", "definition", "format", "save", "saved", "except",
                    "group", "passwd", "group-file"});
    return options;
  }();
  return k_options;
}

std::optional<int> run_mailbox_command(const CommandLine& line) {
  const std::string command = line.word(0);
  if (command == "user" && line.word(1) == "undelete") return undelete(line);
  if (command == "folder") return folder(line);
  if (command == "prune") return prune(line);
  if (command == "message") return message_command(line);
  return std::nullopt;
}

}  // namespace stagecoach
