// `stagecoach user delete`: says what speaks against it, and asks before mail is gone for good.
#include <unistd.h>

#include <iostream>

#include "actors/command_tools.h"
#include "actors/directory_change_command.h"
#include "actors/user_removal.h"

namespace stagecoach {

using nlohmann::json;

namespace {

/// Whether the mail of these users may go. Nobody to ask: the server says what the command lacks.
bool may_delete_mail(const CommandLine& line, const json& users) {
  if (line.has("with-mail")) return true;
  if (!isatty(STDIN_FILENO)) return false;
  bool any = false;
  for (const json& user : users) {
    if (user.value("messages", 0LL) == 0 || !user["sessions"].empty()) continue;
    std::cerr << holdings_text(user.value("name", ""), user.value("messages", 0LL),
                               user.value("folders", 0LL))
              << ". Delete them for good? [y/N] ";
    std::string answer;
    std::getline(std::cin, answer);
    if (answer != "y" && answer != "Y" && answer != "yes") return false;
    any = true;
  }
  return any;
}

}  // namespace

int user_delete(const CommandLine& line) {
  if (line.word(2).empty()) return wrong_usage("user delete needs a name");
  json names = json::array(), changes = json::array();
  for (std::size_t i = 2; i < line.words().size(); ++i) {
    names.push_back(line.word(i));
    changes.push_back(change("remove", "user", line.word(i)));
  }
  auto users = call(line, "user removal", {{"users", names}});
  if (!users) return failure(users.error());
  const int status = send_changes(line, changes, std::to_string(changes.size()) + " deleted", {},
                                  {{"with_mail", may_delete_mail(line, *users)}});
  if (status != 0 || line.has("dry-run")) return status;
  for (const json& user : *users)
    for (const json& role : user["roles"])
      std::cerr << user.value("name", "") << " was " << role.get<std::string>()
                << " in the configuration; the main administrator has it now. Name somebody else there.\n";
  return 0;
}

}  // namespace stagecoach
