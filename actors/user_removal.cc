#include "actors/user_removal.h"

#include "routing/model/address.h"

namespace stagecoach {

namespace {

/// "1,204 messages"
std::string counted(std::int64_t count, const char* what) {
  std::string digits = std::to_string(count);
  for (auto place = static_cast<std::ptrdiff_t>(digits.size()) - 3; place > 0; place -= 3)
    digits.insert(static_cast<std::size_t>(place), ",");
  return digits + " " + what + (count == 1 ? "" : "s");
}

}  // namespace

std::string holdings_text(const std::string& name, std::int64_t messages, std::int64_t folders) {
  return name + " has " + counted(messages, "message") + " in " + counted(folders, "folder");
}

std::string removal_fault(const UserRemoval& removal, bool with_mail) {
  std::string sessions;
  for (const LoginEntry& session : removal.sessions)
    sessions += (sessions.empty() ? "" : ", ") + session.protocol + " from " + session.address;
  if (!sessions.empty()) return "the user \"" + removal.name + "\" is in use: " + sessions;
  if (removal.messages > 0 && !with_mail)
    return holdings_text(removal.name, removal.messages, removal.folders) +
           ": --with-mail deletes them for good";
  return {};
}

std::vector<std::string> roles_of(const routing::Directory& directory, const std::string& name) {
  std::vector<std::string> roles;
  if (equals_ignoring_case(directory.options().main_administrator, name))
    roles.emplace_back("main administrator");
  for (const auto& [key, target] : directory.policy().message_targets)
    if (equals_ignoring_case(target, name)) roles.push_back("message target " + key);
  return roles;
}

}  // namespace stagecoach
