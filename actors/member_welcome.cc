#include "actors/member_welcome.h"

#include <unordered_set>

#include "actors/list_conversation.h"
#include "actors/serialisation.h"
#include "routing/list_rules.h"

namespace stagecoach {

namespace {

std::unordered_set<std::string> member_keys(const MailList& list) {
  std::unordered_set<std::string> keys;
  if (list.members)
    for (const std::string& member : *list.members) keys.insert(to_lower(member));
  return keys;
}

bool is_mailing(const MailList* list) { return list && list->type == ListType::mailing; }

}  // namespace

std::vector<JoiningMember> joining_members(const routing::Directory& before, const ChangeDirectory& change) {
  std::vector<JoiningMember> joining;
  for (const EntryChange& one : change.changes) {
    if (one.kind != EntryKind::list || one.members_added.empty()) continue;
    const MailList* list = before.find_list(one.name);
    if (!is_mailing(list)) continue;
    auto known = member_keys(*list);
    for (const std::string& address : one.members_added)
      if (known.insert(to_lower(address)).second) joining.push_back({list->name, address});
  }
  return joining;
}

std::int64_t welcome_members(Node& node, const routing::Directory& after,
                             const std::vector<JoiningMember>& joining) {
  std::int64_t welcomed = 0;
  std::string name;
  const MailList* list = nullptr;
  std::unordered_set<std::string> members;
  for (const JoiningMember& member : joining) {
    if (member.list != name) {
      name = member.list;
      list = after.find_list(name);
      members = is_mailing(list) ? member_keys(*list) : std::unordered_set<std::string>{};
    }
    if (!members.contains(to_lower(member.address))) continue;
    routing::ListAnswer answer;
    answer.change = routing::ListAnswer::Change::add;
    answer.list = name;
    answer.address = member.address;
    answer.greet = true;
    ++welcomed;
    for (Arrival& arrival :
         membership_mail(node, after, routing::list_server_address(*list, after), answer)) {
      RouteMessage route;
      route.arrival = std::move(arrival);
      caf::anon_send(node.handles()->router, std::move(route));
    }
  }
  return welcomed;
}

}  // namespace stagecoach
