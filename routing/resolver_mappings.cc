// The part of the resolver that deals with mappings and with aliases, which are mappings of a user.
#include "routing/resolver.h"

namespace stagecoach::routing {
namespace {

constexpr const char* k_stage = "recipients";

}  // namespace

bool Resolver::apply_all(const OpenRecipient& recipient, const std::vector<const Mapping*>& mappings,
                         const Way& way) {
  bool decided = false;
  for (const Mapping* mapping : mappings) decided |= apply_mapping(recipient, *mapping, way);
  return decided;
}

bool Resolver::apply_mapping(const OpenRecipient& recipient, const Mapping& mapping) {
  return apply_mapping(recipient, mapping, begin_way(recipient.envelope));
}

bool Resolver::apply_mapping(const OpenRecipient& recipient, const Mapping& mapping, const Way& way) {
  const NamedBy by{k_stage, (in_.directory.is_alias(mapping) ? "alias " : "mapping ") + mapping.address,
                   mapping.where.text()};
  const std::string path = recipient.envelope.address + " -> " + mapping.target;
  if (equals_ignoring_case(mapping.target, k_no_one)) {
    discard();
    say(by, path + ", discarded");
    return true;
  }
  if (equals_ignoring_case(mapping.target, k_remote)) return elsewhere(recipient, by, path);
  if (const User* user = in_.directory.find_user(mapping.target)) {
    if (!may_receive(*user, recipient.envelope, by)) return false;
    return to_user(*user, recipient.envelope, way, by);
  }
  // A mapping opens a list or a group to everybody whom the mapping applies to.
  if (const MailList* list = in_.directory.find_list(mapping.target)) {
    say(by, path);
    return to_list(*list, recipient.envelope, way, by);
  }
  if (in_.directory.is_group(mapping.target)) {
    say(by, path);
    return to_group(mapping.target, recipient.envelope, way, by);
  }
  broken_ = true;
  say(by, path + ": no such user, list or group");
  return false;
}

/// *REMOTE: the address exists on another server.
bool Resolver::elsewhere(const OpenRecipient& recipient, const NamedBy& by, const std::string& path) {
  if (collector_) {
    say(by, path + ", ignored in collected mail");
    discard();
    return true;
  }
  if (is_external() && !in_.facts.relay_allowed) {
    say(by, path + ": not for strangers");  // or a message could go round between the two servers
    return false;
  }
  say(by, path + ", outgoing");
  draft_.remote.push_back({recipient.envelope, {}, begin_way(recipient.envelope)});
  return true;
}

}  // namespace stagecoach::routing
