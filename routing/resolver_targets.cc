// The part of the resolver that deals with targets that lists, forwards and assistants name.
#include "routing/lan_target.h"
#include "routing/resolver.h"

namespace stagecoach::routing {

bool Resolver::apply_target(std::string_view target, const EnvelopeRecipient& recipient, const Way& way,
                            const NamedBy& by) {
  if (is_lan_target(target)) {
    auto lan = parse_lan_target(target);
    if (!lan) {
      say(by, lan.error().reason);
      return false;
    }
    say(by, recipient.address + " -> " + lan->address + " at its own server");
    draft_.remote.push_back(
        {{lan->address, recipient.notify, recipient.original_recipient}, lan->route, way});
    return true;
  }
  EnvelopeRecipient onward{std::string(target), recipient.notify, recipient.original_recipient};
  if (target.find('@') == std::string_view::npos) {
    if (const User* user = in_.directory.find_user(target)) {
      return may_receive(*user, recipient, by) && to_user(*user, recipient, way, by);
    }
    if (const MailList* list = in_.directory.find_list(target)) return to_list(*list, recipient, way, by);
    if (in_.directory.is_group(target)) return to_group(target, recipient, way, by);
  }
  const OpenRecipient open{onward, in_.directory.complete(split_address(target))};
  const std::size_t before = draft_.targets.size();
  if (find(open, way)) {
    for (std::size_t i = before; i < draft_.targets.size(); ++i)
      draft_.targets[i].as_assistant |= by.as_assistant;
    return true;
  }
  if (in_.directory.is_local_domain(open.address) || open.address.domain.empty()) {
    say(by, std::string(target) + ": nobody has this address");
    return false;
  }
  say(by, recipient.address + " -> " + std::string(target));
  draft_.remote.push_back({std::move(onward), {}, way});
  return true;
}

}  // namespace stagecoach::routing
