// Who gets the message (docs/reference/mappings.md). If any mapping matches an address, only mappings count
// and all their targets get it; a target is final, so that `fred -> fred` means the user fred. Then the
// implied addresses of users, then special addresses, then ~@domain. What is left is unrecognised, or remote.
#include "routing/collected_recipients.h"
#include "routing/no_recipient.h"
#include "routing/pipeline.h"
#include "routing/refuse.h"

namespace stagecoach::routing {
namespace {

constexpr const char* k_stage = "recipients";

class Resolver {
 public:
  Resolver(Draft& draft, const RoutingInput& in)
      : draft_(draft), in_(in), collector_(in.facts.collector.get()), scope_{collector_} {}

  /// Decides about one recipient. False: nobody knows it and it is no remote one either; nothing is recorded.
  bool resolve(const OpenRecipient& recipient) {
    if (recipient.final_user)
      return deliver_to(recipient, in_.directory.find_user(recipient.address.local), "target");
    const auto mappings = in_.directory.mappings_for(recipient.address, scope_);
    if (!mappings.empty()) return apply(recipient, mappings);
    if (implied(recipient) || special(recipient)) return true;
    const auto rest = in_.directory.unrecognised_mappings_for(recipient.address, scope_);
    return !rest.empty() && apply(recipient, rest);
  }

  /// Whether the address is one that this server, or the mailbox of this collector, is responsible for.
  bool is_own(const Address& address) const {
    return address.domain.empty() || (collector_ ? collector_->accepted_domains.contains(address)
                                                 : in_.directory.is_local_domain(address));
  }

  /// The target of one mapping. True: it decided something about the recipient.
  bool apply_target(const OpenRecipient& recipient, const Mapping& mapping) {
    const std::string rule = (in_.directory.is_alias(mapping) ? "alias " : "mapping ") + mapping.address;
    const std::string way = recipient.envelope.address + " -> " + mapping.target;
    if (equals_ignoring_case(mapping.target, k_no_one)) {
      draft_.plan.discard = true;
      say(rule, mapping, way + ", discarded");
      return true;
    }
    if (equals_ignoring_case(mapping.target, k_remote)) return elsewhere(recipient, mapping, rule, way);
    const User* user = in_.directory.find_user(mapping.target);
    if (!user) {
      broken_ = true;
      say(rule, mapping, way + ": no such user");
      return false;
    }
    if (is_external() && !user->receive_internet) {
      say(rule, mapping, way + ": gets no mail from external senders");
      return false;
    }
    say(rule, mapping, way);
    draft_.targets.push_back({to_lower(user->name), recipient.envelope});
    return true;
  }

  /// Whether a mapping named a target that does not exist and nothing else took the recipient.
  bool broken() const { return broken_; }

 private:
  bool is_external() const { return !draft_.local_sender; }

  bool apply(const OpenRecipient& recipient, const std::vector<const Mapping*>& mappings) {
    bool decided = false;
    for (const Mapping* mapping : mappings) decided |= apply_target(recipient, *mapping);
    return decided;
  }

  /// *REMOTE: the address exists on another server.
  bool elsewhere(const OpenRecipient& recipient, const Mapping& mapping, const std::string& rule,
                 const std::string& way) {
    if (collector_) {
      say(rule, mapping, way + ", ignored in collected mail");
      draft_.plan.discard = true;
      return true;
    }
    if (is_external() && !in_.facts.relay_allowed) {
      say(rule, mapping, way + ": not for strangers");  // or a message could go round between the two servers
      return false;
    }
    say(rule, mapping, way + ", outgoing");
    draft_.remote.push_back(recipient.envelope);
    return true;
  }

  bool implied(const OpenRecipient& recipient) {
    const bool disabled =
        collector_ ? collector_->disable_default_mapping : in_.directory.options().disable_default_mapping;
    if (disabled || !is_own(recipient.address)) return false;
    const User* user = in_.directory.find_user(recipient.address.local);
    if (user && is_external() && !user->receive_internet) {
      draft_.reason(k_stage, "user " + user->name, user->where.text(),
                    recipient.envelope.address + ": " + user->name + " gets no mail from external senders");
      return false;
    }
    return deliver_to(recipient, user, "user");
  }

  /// RFC 5321 section 4.5.1: mail for postmaster is always accepted.
  bool special(const OpenRecipient& recipient) {
    if (!equals_ignoring_case(recipient.address.local, "postmaster") || !is_own(recipient.address))
      return false;
    return deliver_to(recipient, in_.directory.postmaster(), "postmaster");
  }

  bool deliver_to(const OpenRecipient& recipient, const User* user, const char* rule) {
    if (!user) return false;
    draft_.reason(k_stage, std::string(rule) + " " + user->name, user->where.text(),
                  recipient.envelope.address + " -> " + user->name);
    draft_.targets.push_back({to_lower(user->name), recipient.envelope});
    return true;
  }

  void say(const std::string& rule, const Mapping& mapping, std::string text) {
    draft_.reason(k_stage, rule, mapping.where.text(), std::move(text));
  }

  Draft& draft_;
  const RoutingInput& in_;
  const CollectorRouting* collector_;
  MappingScope scope_;
  bool broken_ = false;
};

/// A recipient that resolve() did not know.
void unrecognised(Draft& draft, const RoutingInput& in, const OpenRecipient& recipient,
                  const Resolver& resolver) {
  if (resolver.broken())
    return refuse(draft, in, k_stage, recipient.envelope,
                  {451, "4.3.5", "A mapping of this address is broken"});
  if (!resolver.is_own(recipient.address)) {
    draft.reason(k_stage, "remote", {}, recipient.envelope.address + " is at no local domain");
    draft.remote.push_back(recipient.envelope);
  } else if (draft.local_sender && in.directory.options().unrecognised_local_to_outgoing &&
             !recipient.address.domain.empty()) {
    draft.reason(k_stage, "unrecognised_local_to_outgoing", {}, recipient.envelope.address + ", outgoing");
    draft.remote.push_back(recipient.envelope);
  } else {
    refuse(draft, in, k_stage, recipient.envelope, {550, "5.1.1", "No such recipient here"}, "unrecognised");
  }
}

/// The recipients of collected mail: those of the envelope when somebody knows it, else those that the
/// collector's method finds.
void open_collected(Draft& draft, const RoutingInput& in, std::vector<EnvelopeRecipient>& invalid) {
  const CollectorRouting& rules = *in.facts.collector;
  if (!draft.open.empty()) return;
  if (rules.method == RoutingMethod::single_user) {
    draft.open.push_back({{rules.target_user, notify_never, {}}, {rules.target_user, {}}, true});
    return;
  }
  for (const CollectedRecipient& found : collected_recipients(in.facts.header, rules, in.directory)) {
    const std::string text = found.address.text();
    draft.reason(k_stage, "header " + found.from, rules.where, text + (found.valid ? "" : ": unrecognised"));
    if (found.valid)
      draft.open.push_back({{text, notify_never, {}}, found.address});
    else
      invalid.push_back({text, notify_unset, {}});
  }
}

/// Mappings by sender: From, else the return path. Their targets get the message besides its recipients.
bool apply_from_mappings(const RoutingInput& in, Resolver& resolver) {
  std::vector<Address> senders;
  for (const HeaderField& field : in.facts.header)
    if (equals_ignoring_case(field.name, "From"))
      senders.insert(senders.end(), field.addresses.begin(), field.addresses.end());
  if (senders.empty()) senders.push_back(split_address(in.arrival.envelope.reverse_path));
  bool decided = false;
  for (const Address& sender : senders) {
    const OpenRecipient as_recipient{{sender.text(), notify_never, {}}, sender};
    for (const Mapping* mapping : in.directory.from_mappings_for(sender, {in.facts.collector.get()}))
      decided |= resolver.apply_target(as_recipient, *mapping);
  }
  return decided;
}

Draft resolve_collected(Draft draft, const RoutingInput& in) {
  std::vector<EnvelopeRecipient> invalid;
  open_collected(draft, in, invalid);
  bool decided = false;
  for (const OpenRecipient& recipient : std::exchange(draft.open, {})) {
    if (Resolver(draft, in).resolve(recipient))
      decided = true;
    else
      invalid.push_back(recipient.envelope);
  }
  Resolver by_sender(draft, in);
  if (in.facts.collector->method == RoutingMethod::parse_headers)
    decided |= apply_from_mappings(in, by_sender);
  return decided ? draft : route_without_recipient(std::move(draft), in, invalid);
}

}  // namespace

Draft recipients(Draft draft, const RoutingInput& in) {
  if (draft.loop) return draft;
  if (in.facts.collector) return resolve_collected(std::move(draft), in);
  for (const OpenRecipient& recipient : std::exchange(draft.open, {})) {
    Resolver resolver(draft, in);
    if (!resolver.resolve(recipient)) unrecognised(draft, in, recipient, resolver);
  }
  return draft;
}

}  // namespace stagecoach::routing
