// Who gets the message (docs/reference/mappings.md). If any mapping matches an address, only mappings count
// and all their targets get it; a target is final, so that `fred -> fred` means the user fred. Then the
// implied addresses of users, lists and groups, then special addresses, then ~@domain. What is left is
// unrecognised, or remote.
#include <unordered_set>

#include "routing/collected_names.h"
#include "routing/collected_recipients.h"
#include "routing/lan_target.h"
#include "routing/no_recipient.h"
#include "routing/pipeline.h"
#include "routing/refuse.h"
#include "routing/resolver.h"

namespace stagecoach::routing {
namespace {

constexpr const char* k_stage = "recipients";

/// Not the sender but `who` sends it to this recipient.
Way way_by(std::string who, const EnvelopeRecipient& recipient) {
  const Way begin = std::make_shared<const Step>(Step{"to " + recipient.address, nullptr});
  return std::make_shared<const Step>(Step{std::move(who), begin});
}

/// The recipients of collected mail: those of the envelope when somebody knows it, else those that the
/// collector's method finds.
void open_collected(Draft& draft, const RoutingInput& in, std::vector<EnvelopeRecipient>& invalid) {
  const CollectorRouting& rules = *in.facts.collector;
  if (!draft.open.empty()) return;
  if (rules.method == RoutingMethod::forward_smtp) {
    const EnvelopeRecipient recipient{rules.target_address, notify_never, {}};
    draft.reason(k_stage, "forward_smtp", rules.where,
                 rules.target_address + " at " + std::string(route_without_login(rules.target_server)));
    draft.remote.push_back(
        {recipient, rules.target_server, way_by("collector " + rules.name, recipient), {}});
    return;
  }
  if (rules.method == RoutingMethod::single_user) {
    draft.open.push_back({{rules.target_user, notify_never, {}}, {rules.target_user, {}}, true});
    return;
  }
  if (rules.method != RoutingMethod::parse_headers) {
    for (std::string& name : collected_names(in.facts.header, rules.method, in.directory)) {
      draft.reason(k_stage, "header", rules.where, "names " + name);
      draft.open.push_back({{name, notify_never, {}}, {name, {}}, true});
    }
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
      decided |= resolver.apply_mapping(as_recipient, *mapping);
  }
  return decided;
}

/// Whose rules say where a target goes: a local address that the collector is not responsible for is one of
/// ours all the same.
const CollectorRouting* rules_for(const std::string& target, const RoutingInput& in) {
  const CollectorRouting* collector = in.facts.collector.get();
  const Address address = split_address(target);
  const bool ours = !address.domain.empty() && in.directory.is_local_domain(address) &&
                    !collector->accepted_domains.contains(address);
  return ours ? nullptr : collector;
}

/// The targets of a download rule, or of the external router. One with a folder is stored there, whatever its
/// user's own rules say.
bool redirect(Draft& draft, const RoutingInput& in) {
  bool decided = false;
  const std::string rule = in.facts.redirected_by.empty() ? "download rule" : in.facts.redirected_by;
  const NamedBy by{k_stage, rule, {}};
  for (const auto& [target, folder] : in.arrival.redirection.targets) {
    const EnvelopeRecipient recipient{target, notify_never, {}};
    const User* user = folder.empty() ? nullptr : in.directory.find_user(target);
    if (user) {
      Delivery delivery;
      delivery.user = to_lower(user->name);
      delivery.folder = folder;
      delivery.recipient = target;
      delivery.notify = notify_never;
      draft.plan.deliveries.push_back(std::move(delivery));
      draft.reason(k_stage, by.rule, {}, target + ", folder " + folder);
      decided = true;
      continue;
    }
    if (Resolver(draft, in, rules_for(target, in))
            .apply_target(target, recipient, way_by(rule, recipient), by))
      decided = true;
    else
      draft.reason(k_stage, by.rule, {}, "there is no target " + target);
  }
  return decided;
}

Draft resolve_collected(Draft draft, const RoutingInput& in) {
  std::vector<EnvelopeRecipient> invalid;
  bool decided = redirect(draft, in);
  // When no target is left, those whom the collector finds get the message rather than nobody.
  if (decided && !in.arrival.redirection.original) return draft;
  const std::size_t remote_before = draft.remote.size();
  open_collected(draft, in, invalid);
  decided |= draft.remote.size() > remote_before;
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

/// How much has been found: a recipient that adds nothing has only come back to where it was.
std::size_t found(const Draft& draft) {
  return draft.targets.size() + draft.remote.size() + draft.plan.list_work.size() + draft.again.size() +
         draft.plan.refused.size() + draft.plan.bounces.size() + draft.discards;
}

}  // namespace

Draft recipients(Draft draft, const RoutingInput& in) {
  if (draft.loop || draft.dropped) return draft;
  if (in.facts.collector) return resolve_collected(std::move(draft), in);
  for (const OpenRecipient& recipient : std::exchange(draft.open, {})) {
    const std::size_t found_before = found(draft), cycles_before = draft.cycles;
    std::unordered_set<std::string_view> lists_before;
    for (const auto& [list, reach] : draft.expanded) lists_before.insert(list);
    Resolver resolver(draft, in);
    if (!resolver.resolve(recipient)) {
      resolver.unrecognised(recipient);
    } else if (found(draft) == found_before && draft.cycles > cycles_before) {
      // Nobody has the message through the lists that this recipient led to.
      std::erase_if(draft.expanded, [&](const auto& one) { return !lists_before.contains(one.first); });
      refuse(draft, in, k_stage, recipient.envelope, {550, "5.4.6", "This address leads back to itself"},
             "cycle");
    }
  }
  return draft;
}

}  // namespace stagecoach::routing
