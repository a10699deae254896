#include "routing/resolver.h"

#include "routing/lan_rules.h"
#include "routing/refuse.h"

namespace stagecoach::routing {
namespace {

constexpr const char* k_stage = "recipients";

const char* why_skipped(const Mapping& mapping, const CollectorRouting* collector) {
  if (mapping.type == MappingType::smtp) return "the mapping is for mail received by SMTP only";
  return collector ? "the mapping is for mail of another collector"
                   : "the mapping is for collected mail only";
}

}  // namespace

Way Resolver::begin_way(const EnvelopeRecipient& recipient) {
  return std::make_shared<const Step>(Step{"to " + recipient.address, nullptr});
}

bool Resolver::resolve(const OpenRecipient& recipient) {
  const Way way = begin_way(recipient.envelope);
  if (!recipient.final_target) {
    OpenRecipient plain = recipient;
    return take_bounce_address(plain) || find(plain, way);
  }
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
  if (const LanRule* rule = lan_rule_for(in_.directory, recipient.address, scope_))
    return apply_lan_rule(recipient, *rule, way);
  if (implied(recipient, way) || special(recipient, way)) return true;
  const auto rest = in_.directory.unrecognised_mappings_for(recipient.address, scope_);
  if (!rest.empty()) return apply_all(recipient, rest, way);
  const LanRule* rule = unrecognised_lan_rule_for(in_.directory, recipient.address, scope_);
  return rule && apply_lan_rule(recipient, *rule, way);
}

bool Resolver::is_own(const Address& address) const {
  return address.domain.empty() || (collector_ ? collector_->accepted_domains.contains(address)
                                               : in_.directory.is_local_domain(address));
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
