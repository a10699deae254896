// The part of the resolver that deals with return paths of our own making: those of SRS and of BATV
// (docs/reference/srs-and-batv.md). They come before mappings: a wildcard mapping would take them away.
#include "routing/refuse.h"
#include "routing/resolver.h"
#include "routing/sending/batv.h"
#include "routing/sending/srs.h"

namespace stagecoach::routing {
namespace {

constexpr const char* k_stage = "recipients";
constexpr const char* k_srs = "srs";
constexpr const char* k_batv = "batv";

}  // namespace

/// Takes a tag off. True: the recipient has been decided about.
bool Resolver::take_bounce_address(OpenRecipient& recipient) {
  const BounceAddresses& rules = in_.directory.options().bounce_addresses;
  if (recipient.address.domain.empty() || !is_own(recipient.address)) return false;
  if (rules.srs.on() && is_srs(recipient.address)) return srs_address(recipient);
  return rules.batv.on() && batv_address(recipient);
}

bool Resolver::srs_address(const OpenRecipient& recipient) {
  const auto no = [&](std::string why) {
    refuse(draft_, in_, k_stage, recipient.envelope, {550, "5.7.1", std::move(why)}, k_srs);
    return true;
  };
  if (!in_.arrival.envelope.reverse_path.empty()) return no("This address takes bounces only");
  const SrsRules& rules = in_.directory.options().bounce_addresses.srs;
  auto original = srs_reverse(recipient.address, rules, day_of(in_.facts.now));
  if (!original) return no(std::move(original.error().reason));
  const Way way = std::make_shared<const Step>(Step{k_srs, begin_way(recipient.envelope)});
  return apply_target(*original, recipient.envelope, way, {k_stage, k_srs, {}});
}

bool Resolver::batv_address(OpenRecipient& recipient) {
  const BatvRules& rules = in_.directory.options().bounce_addresses.batv;
  const auto tagged = batv_read(recipient.address, rules, day_of(in_.facts.now));
  const bool asked = rules.enforce && in_.arrival.envelope.reverse_path.empty() && is_external() &&
                     !in_.facts.relay_allowed && !collector_;
  const std::string& text = recipient.envelope.address;
  if (tagged) {
    recipient.address = tagged->address;
    const char* state = tagged->genuine   ? ", the tag is good"
                        : tagged->expired ? ", the tag is too old"
                                          : ", the tag is not ours";
    say({k_stage, k_batv, {}}, text + " is " + tagged->address.text() + state);
    if (tagged->genuine) return false;
  }
  const Address& address = recipient.address;
  if (!asked || equals_ignoring_case(address.local, "postmaster") || rules.exceptions.contains(address) ||
      in_.directory.special_address(address).kind != Directory::Special::none)
    return false;
  refuse(draft_, in_, k_stage, recipient.envelope, {550, "5.7.1", "This bounce is not for a message of ours"},
         k_batv);
  return true;
}

}  // namespace stagecoach::routing
