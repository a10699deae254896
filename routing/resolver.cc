#include "routing/resolver.h"

#include "routing/access.h"
#include "routing/lan_target.h"
#include "routing/list_rules.h"
#include "routing/refuse.h"

namespace stagecoach::routing {
namespace {

constexpr const char* k_stage = "recipients";

Way begin_way(const EnvelopeRecipient& recipient) {
  return std::make_shared<const Step>(Step{"to " + recipient.address, nullptr});
}

const char* why_skipped(const Mapping& mapping, const CollectorRouting* collector) {
  if (mapping.type == MappingType::smtp) return "the mapping is for mail received by SMTP only";
  return collector ? "the mapping is for mail of another collector"
                   : "the mapping is for collected mail only";
}

}  // namespace

bool Resolver::resolve(const OpenRecipient& recipient) {
  const Way way = begin_way(recipient.envelope);
  if (!recipient.final_target) return find(recipient, way);
  const std::string& target = recipient.envelope.address;
  return apply_target(target, recipient.envelope, way, {k_stage, "target " + target, {}});
}

bool Resolver::find(const OpenRecipient& recipient, const Way& way) {
  std::vector<const Mapping*> skipped;
  const auto mappings = in_.directory.mappings_for(recipient.address, scope_, &skipped);
  for (const Mapping* mapping : skipped)
    say({k_stage, "mapping " + mapping->address, mapping->where.text()},
        recipient.envelope.address + ": " + why_skipped(*mapping, collector_));
  if (!mappings.empty()) return apply_all(recipient, mappings, way);
  if (implied(recipient, way) || special(recipient, way)) return true;
  const auto rest = in_.directory.unrecognised_mappings_for(recipient.address, scope_);
  return !rest.empty() && apply_all(recipient, rest, way);
}

bool Resolver::is_own(const Address& address) const {
  return address.domain.empty() || (collector_ ? collector_->accepted_domains.contains(address)
                                               : in_.directory.is_local_domain(address));
}

// ---- mappings ----

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

// ---- implied names and special addresses ----

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

bool Resolver::special(const OpenRecipient& recipient, const Way& way) {
  const Address& address = recipient.address;
  const auto special = in_.directory.special_address(address);
  switch (special.kind) {
    case Directory::Special::list_server:
      draft_.reason(k_stage, "list server", {}, recipient.envelope.address + " reads commands");
      draft_.plan.list_work.push_back({ListWork::Kind::command, address.key(), recipient.envelope.address});
      return true;
    case Directory::Special::list_return:
      draft_.reason(k_stage, "list " + special.list->name, special.list->where.text(),
                    recipient.envelope.address + " takes the bounces of the list");
      draft_.plan.list_work.push_back(
          {ListWork::Kind::bounce, to_lower(special.list->name), recipient.envelope.address});
      return true;
    case Directory::Special::vanishes:
      draft_.reason(k_stage, "No-one", {}, recipient.envelope.address + ", discarded");
      discard();
      return true;
    case Directory::Special::none: break;
  }
  if (!is_own(address)) return false;
  // RFC 5321 section 4.5.1: mail for postmaster is always accepted.
  if (equals_ignoring_case(address.local, "postmaster"))
    if (const User* user = in_.directory.postmaster())
      return to_user(*user, recipient.envelope, way,
                     {k_stage, "postmaster " + user->name, user->where.text()});
  if (equals_ignoring_case(address.local, "mailer_daemon") ||
      equals_ignoring_case(address.local, "mailer-daemon")) {
    const NamedBy by{k_stage, "mailer daemon", {}};
    const User* user = message_target(in_.directory, "BadMailerDaemonMessage");
    if (user) return to_user(*user, recipient.envelope, way, by);
    say(by, recipient.envelope.address + ", discarded: nobody shall get it");
    discard();
    return true;
  }
  return false;
}

// ---- users ----

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

// ---- targets of lists, forwards and assistants ----

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

void Resolver::cycle(const EnvelopeRecipient& recipient, const Way& way, const NamedBy& by,
                     const std::string& what) {
  std::string path = what;
  for (const Step* step = way.get(); step && step->before; step = step->before.get())
    path = step->name + " -> " + path;
  draft_.reason(by.stage, "cycle", by.where, recipient.address + ": " + path + ", not again");
  ++draft_.cycles;
}

void Resolver::unrecognised(const OpenRecipient& recipient) {
  if (broken_)
    return refuse(draft_, in_, k_stage, recipient.envelope,
                  {451, "4.3.5", "A mapping of this address is broken"});
  if (!is_own(recipient.address)) {
    draft_.reason(k_stage, "remote", {}, recipient.envelope.address + " is at no local domain");
    draft_.remote.push_back({recipient.envelope, {}, begin_way(recipient.envelope)});
  } else if (draft_.local_sender && in_.directory.options().unrecognised_local_to_outgoing &&
             !recipient.address.domain.empty()) {
    draft_.reason(k_stage, "unrecognised_local_to_outgoing", {}, recipient.envelope.address + ", outgoing");
    draft_.remote.push_back({recipient.envelope, {}, begin_way(recipient.envelope)});
  } else {
    refuse(draft_, in_, k_stage, recipient.envelope, {550, "5.1.1", "No such recipient here"},
           "unrecognised");
  }
}

void Resolver::say(const NamedBy& by, std::string text) {
  draft_.reason(by.stage, by.rule, by.where, std::move(text));
}

}  // namespace stagecoach::routing
