#include "routing/queue_scripts.h"

#include <unordered_set>

#include "routing/lan_target.h"

namespace stagecoach::routing {
namespace {

constexpr const char* k_stage = "dispatch";
constexpr const char* k_out_message = "outmessage.lua";
constexpr const char* k_lan_forwarding = "LanForwarding.lua";
constexpr std::size_t k_reasons_max = 50;  // of one script

/// Reasons of one script; of a long list only the first ones.
class Reasons {
 public:
  Reasons(Draft& draft, const char* script) : draft_(draft), script_(script) {}
  void add(std::string text) {
    if (++count_ <= k_reasons_max) draft_.reason(k_stage, script_, {}, std::move(text));
  }

 private:
  Draft& draft_;
  const char* script_;
  std::size_t count_ = 0;
};

std::string minutes_text(const char* what, std::int64_t minutes) {
  return std::string(what) + " " + std::to_string(minutes) + " minutes";
}

/// "priority 3, held for 20 minutes"
std::string text_of(const QueueChange& change) {
  std::string text;
  const auto add = [&](const std::string& part) { text += (text.empty() ? "" : ", ") + part; };
  if (change.drop) add("does not enter the queue");
  if (change.priority) add("priority " + std::to_string(*change.priority));
  if (change.hold_minutes) add(minutes_text("held for", *change.hold_minutes));
  if (change.delete_after_minutes) add(minutes_text("given up after", *change.delete_after_minutes));
  if (change.connection)
    add(change.connection->empty() ? "any connection" : "connection " + *change.connection);
  return text;
}

void apply(Enqueue& entry, const QueueChange& change) {
  if (change.priority) entry.priority = *change.priority;
  if (change.hold_minutes) entry.hold_minutes = *change.hold_minutes;
  if (change.delete_after_minutes) entry.delete_after_minutes = *change.delete_after_minutes;
  if (change.connection) entry.sender = *change.connection;
}

/// Takes entries out of the queue of the draft.
class Removal {
 public:
  void add(const Enqueue& entry) { gone_.insert(&entry); }
  void carry_out(Draft& draft) const {
    if (gone_.empty()) return;
    std::vector<Enqueue> kept;
    for (Enqueue& entry : draft.plan.enqueue)
      if (!gone_.contains(&entry)) kept.push_back(std::move(entry));
    draft.plan.enqueue = std::move(kept);
    draft.plan.discard = true;  // when nothing else is done with the message
  }

 private:
  std::unordered_set<const Enqueue*> gone_;
};

void ask_out_message(Draft& draft, const RoutingInput& in) {
  std::vector<const Enqueue*> entries;
  for (const Enqueue& entry : draft.plan.enqueue)
    if (entry.route.empty()) entries.push_back(&entry);
  if (entries.empty()) return;
  const auto change = in.facts.queue_scripts.out_message(entries);
  if (!change) return;
  Reasons reasons(draft, k_out_message);
  if (const std::string text = text_of(change->all); !text.empty()) reasons.add(text);
  Removal removal;
  for (Enqueue& entry : draft.plan.enqueue) {
    if (!entry.route.empty()) continue;
    apply(entry, change->all);
    bool drop = change->all.drop;
    if (const auto own = change->recipients.find(to_lower(entry.recipient.address));
        own != change->recipients.end()) {
      apply(entry, own->second);
      drop |= own->second.drop;
      if (const std::string text = text_of(own->second); !text.empty())
        reasons.add(entry.recipient.address + ": " + text);
    }
    if (drop) removal.add(entry);
  }
  removal.carry_out(draft);
}

/// The address of the rule that made the entry; empty: none did.
std::string_view rule_of(const Draft& draft, const Enqueue& entry) {
  for (const LanMatch& match : draft.plan.lan_matches)
    if (match.route == entry.route && equals_ignoring_case(match.recipient, entry.recipient.address))
      return std::string_view(match.rule).substr(0, match.rule.find(' '));  // LanRule::key()
  return {};
}

void ask_lan_forwarding(Draft& draft, const RoutingInput& in) {
  Reasons reasons(draft, k_lan_forwarding);
  Removal removal;
  std::unordered_set<std::string> there;  // what a change may come to be equal to
  for (Enqueue& entry : draft.plan.enqueue) {
    if (entry.route.empty()) continue;
    const std::string before =
        entry.recipient.address + " at " + std::string(route_without_login(entry.route));
    const auto change = in.facts.queue_scripts.lan_forwarding(
        {rule_of(draft, entry), entry.recipient.address, route_without_login(entry.route)});
    if (change && change->skip) {
      reasons.add(before + ": does not enter the queue");
      removal.add(entry);
      continue;
    }
    if (change && change->recipient) entry.recipient.address = *change->recipient;
    if (change && change->route) entry.route = *change->route;
    const std::string after =
        entry.recipient.address + " at " + std::string(route_without_login(entry.route));
    if (after != before) reasons.add(before + " -> " + after);
    if (entry.mirror_of.empty() && !there.insert(after).second) removal.add(entry);
  }
  removal.carry_out(draft);
}

}  // namespace

void ask_queue_scripts(Draft& draft, const RoutingInput& in) {
  if (!in.facts.has_message || draft.plan.enqueue.empty()) return;
  if (in.facts.queue_scripts.lan_forwarding) ask_lan_forwarding(draft, in);
  if (in.facts.queue_scripts.out_message) ask_out_message(draft, in);
}

}  // namespace stagecoach::routing
