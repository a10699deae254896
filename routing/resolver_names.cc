// The part of the resolver that deals with names which stand for themselves: users, lists and groups.
#include "routing/access.h"
#include "routing/resolver.h"

namespace stagecoach::routing {
namespace {

constexpr const char* k_stage = "recipients";

}  // namespace

bool Resolver::implied(const OpenRecipient& recipient, const Way& way) {
  const bool disabled =
      collector_ ? collector_->disable_default_mapping : in_.directory.options().disable_default_mapping;
  if (!is_own(recipient.address)) return false;
  if (disabled) {
    say({k_stage, "disable_default_mapping", {}}, recipient.envelope.address + ": names alone do not count");
    return false;
  }
  const std::string& name = recipient.address.local;
  if (const User* user = in_.directory.find_user(name)) {
    const NamedBy by{k_stage, "user " + user->name, user->where.text()};
    return may_receive(*user, recipient.envelope, by) && to_user(*user, recipient.envelope, way, by);
  }
  if (const MailList* list = in_.directory.find_list(name)) {
    const NamedBy by{k_stage, "list " + list->name, list->where.text()};
    if (is_external() && !list->allow_incoming) {
      say(by, recipient.envelope.address + ": not open to external senders");
      return false;
    }
    return to_list(*list, recipient.envelope, way, by);
  }
  if (!in_.directory.is_group(name) || equals_ignoring_case(name, k_no_one)) return false;
  const Group* group = in_.directory.find_group(name);
  const NamedBy by{k_stage, "group " + name, group ? group->where.text() : std::string()};
  if (is_external()) {
    say(by, recipient.envelope.address + ": not open to external senders");
    return false;
  }
  return to_group(name, recipient.envelope, way, by);
}

bool Resolver::may_receive(const User& user, const EnvelopeRecipient& recipient, const NamedBy& by) {
  if (!is_external()) return true;
  const UserPermissions& permissions = user.profile->permissions;
  if (!permissions.receive_internet) {
    say(by, recipient.address + ": " + user.name + " gets no mail from external senders");
    return false;
  }
  const Directory& directory = in_.directory;
  const Address sender = split_address(in_.arrival.envelope.reverse_path);
  if (sender.local.empty() ||  // a report about his own mail
      is_permitted(sender, permissions.sender_whitelist, permissions.sender_blacklist,
                   directory.sender_whitelist(), directory.sender_blacklist()))
    return true;
  say(by, recipient.address + ": " + user.name + " gets no mail from " + sender.text());
  return false;
}

bool Resolver::to_user(const User& user, const EnvelopeRecipient& recipient, const Way& way,
                       const NamedBy& by) {
  if (came_through(way, "user " + to_lower(user.name))) {
    cycle(recipient, way, by, "user " + user.name);
    return true;
  }
  say(by, recipient.address + " -> " + user.name);
  draft_.targets.push_back({to_lower(user.name), recipient, way, by.as_assistant});
  return true;
}

}  // namespace stagecoach::routing
