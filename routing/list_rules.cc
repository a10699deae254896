#include "routing/list_rules.h"

#include <algorithm>
#include <unordered_set>

#include "routing/pattern.h"

namespace stagecoach::routing {
namespace {

bool contains(const MailList& list, const Poster& poster, const Directory& directory,
              std::unordered_set<const MailList*>& seen) {
  if (!seen.insert(&list).second) return false;
  return std::any_of(list.members->begin(), list.members->end(), [&](const std::string& member) {
    if (is_same_person(member, poster, directory)) return true;
    if (member.find('@') != std::string::npos) return false;
    const MailList* inner = directory.find_list(member);
    return inner && contains(*inner, poster, directory, seen);
  });
}

}  // namespace

bool is_banned(const MailList& list, const std::string& address) {
  return std::any_of(list.banned.begin(), list.banned.end(), [&](const std::string& entry) {
    const auto pattern = Pattern::compile(entry);
    return pattern && pattern->matches(address);
  });
}

bool is_same_person(std::string_view entry, const Poster& poster, const Directory& directory) {
  if (entry.find('@') == std::string_view::npos) {
    if (!poster.user.empty() && equals_ignoring_case(entry, poster.user)) return true;
    const Address address = split_address(poster.address);
    return equals_ignoring_case(entry, address.local) && directory.is_local_domain(address) &&
           directory.find_user(entry);
  }
  if (equals_ignoring_case(entry, poster.address)) return true;
  const Address address = split_address(entry);
  return !poster.user.empty() && equals_ignoring_case(address.local, poster.user) &&
         directory.is_local_domain(address);
}

bool is_member(const MailList& list, const Poster& poster, const Directory& directory) {
  std::unordered_set<const MailList*> seen;
  return contains(list, poster, directory, seen);
}

const User* message_target(const Directory& directory, std::string_view key) {
  for (const auto& [name, target] : directory.policy().message_targets) {
    if (!equals_ignoring_case(name, key)) continue;
    if (equals_ignoring_case(target, "none")) return nullptr;
    if (const User* user = directory.find_user(target)) return user;
  }
  return directory.main_administrator();
}

std::vector<std::string> moderators_of(const MailList& list, const Directory& directory) {
  if (!list.moderator.empty()) {
    const MailList* several = directory.find_list(list.moderator);
    return several ? *several->members : std::vector<std::string>{list.moderator};
  }
  const User* user = message_target(directory, "MailingListDefaultModerator");
  return user ? std::vector<std::string>{user->name} : std::vector<std::string>{};
}

std::vector<std::string> moderator_addresses(const MailList& list, const Directory& directory) {
  std::vector<std::string> addresses = moderators_of(list, directory);
  for (std::string& one : addresses) one = directory.complete(split_address(one)).text();
  return addresses;
}

bool is_moderator(const MailList& list, const Poster& poster, const Directory& directory) {
  const auto moderators = moderators_of(list, directory);
  return std::any_of(moderators.begin(), moderators.end(), [&](const std::string& moderator) {
    return is_same_person(moderator, poster, directory);
  });
}

PostingVerdict may_post(const MailList& list, const Poster& poster, const Directory& directory) {
  using Kind = PostingVerdict::Kind;
  if (is_banned(list, poster.address)) return {Kind::refused, "You may not post to this list"};
  if (is_moderator(list, poster, directory)) return {Kind::allowed, "a moderator"};
  switch (list.posting) {
    case PostingPolicy::moderators: return {Kind::refused, "Only moderators may post to this list"};
    case PostingPolicy::members:
      if (!is_member(list, poster, directory)) return {Kind::refused, "Only members may post to this list"};
      break;
    case PostingPolicy::anyone: break;
  }
  if (list.moderated) return {Kind::moderated, "a moderator approves each message"};
  return {Kind::allowed, list.posting == PostingPolicy::members ? "a member" : "anyone may post"};
}

std::string list_address(const MailList& list, const Directory& directory) {
  return directory.address_of(list.name);
}

std::string list_return_path(const MailList& list, const Directory& directory) {
  return list.return_address.empty() ? directory.address_of(list.name + "_owner")
                                     : directory.complete(split_address(list.return_address)).text();
}

std::string list_server_address(const MailList& list, const Directory& directory) {
  return list.list_server.empty() || list.list_server == "*"
             ? directory.address_of("listserver")
             : directory.complete(split_address(list.list_server)).text();
}

}  // namespace stagecoach::routing
