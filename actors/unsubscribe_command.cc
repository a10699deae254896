// `stagecoach list unsubscribe-link LIST ADDRESS` behind the control socket.
#include "actors/control_mail.h"
#include "actors/unsubscribe.h"
#include "routing/list_rules.h"

namespace stagecoach {

namespace {

/// The member as the list names him.
std::string member_of(const MailList& list, const std::string& address, const routing::Directory& directory) {
  for (const std::string& member : *list.members)
    if (equals_ignoring_case(member, address) || routing::is_same_person(member, {address, {}}, directory))
      return member;
  return {};
}

/// Why there is no link for a member of this list.
std::string objection(const Node& node, const MailList& list) {
  if (node.config()->list_options.unsubscribe_url.empty()) return "[lists] unsubscribe_url is not set";
  if (list.type != ListType::mailing) return "the list " + list.name + " is no mailing list";
  if (!list.one_click) return "the list " + list.name + " has one_click = false";
  if (!list.allow_subscribe) return "the list " + list.name + " has allow_subscribe = false";
  return "a list within the list has no link";
}

}  // namespace

void unsubscribe_link(ControlTask& task) {
  const std::string name = task.arguments().at("list").get<std::string>();
  const std::string address = task.arguments().at("address").get<std::string>();
  const DirectoryPtr directory = task.node().directory();
  if (!directory) return task.fail(unavailable("the directory is not loaded yet"));
  const MailList* list = directory->find_list(name);
  if (!list) return task.fail(not_found("there is no list \"" + name + "\""));
  const std::string member = member_of(*list, address, *directory);
  if (member.empty()) return task.fail(not_found(address + " is no member of the list " + list->name));
  const std::string url = unsubscribe_url(task.node(), *list, member);
  if (url.empty()) return task.fail(conflict(objection(task.node(), *list)));
  task.succeed({{"list", list->name}, {"member", member}, {"url", url}});
}

}  // namespace stagecoach
