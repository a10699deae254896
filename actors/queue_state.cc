#include "actors/queue_state.h"

#include <algorithm>

#include "actors/queue_criteria.h"
#include "actors/queue_route.h"
#include "actors/queue_state_change.h"
#include "routing/model/address.h"

namespace stagecoach {

namespace {

constexpr std::int64_t k_minute = 60'000'000, k_hour = 60 * k_minute;

bool is_due(const QueueState::Waiting& waiting, std::int64_t now) {
  return !is_held(waiting, now) && !waiting.active && waiting.destination.empty() &&
         waiting.next_attempt <= now;
}

std::string ip_or_unknown(const std::string& ip) { return ip.empty() ? std::string(k_unknown_ip) : ip; }

/// What a stored message and one that has just come have in common.
template <class Message>
QueueState::Item item_of(const Message& message) {
  QueueState::Item item;
  item.id = message.id;
  item.envelope = message.envelope;
  item.envelope.recipients.clear();
  item.size_bytes = message.size_bytes;
  item.transmit_offset = message.transmit_offset;
  item.queued_at = message.queued_at;
  item.delete_at = message.delete_at;
  item.priority = message.priority;
  item.source_ip = ip_or_unknown(message.peer_ip);
  item.auth_user = message.auth_user;
  item.own = message.peer_ip.empty() || !message.auth_user.empty();
  item.subject = message.subject;
  return item;
}

/// A message of a list has thousands of recipients: they are found by their order.
void sort_recipients(QueueState::Item& item) {
  std::stable_sort(item.recipients.begin(), item.recipients.end(),
                   [](const auto& a, const auto& b) { return a.recipient.address < b.recipient.address; });
}
template <class Recipients>
auto find_recipient(Recipients& recipients, const std::string& address) {
  const auto found = std::lower_bound(
      recipients.begin(), recipients.end(), address,
      [](const auto& one, const std::string& wanted) { return one.recipient.address < wanted; });
  return found != recipients.end() && found->recipient.address == address ? found : recipients.end();
}

routing::SendingFacts sending_facts(const QueueState::Item& item, const QueueState::Waiting& waiting,
                                    std::int64_t now) {
  return {waiting.attempts, item.size_bytes, std::chrono::minutes((now - item.queued_at) / k_minute),
          item.auth_user, item.envelope.reverse_path};
}

/// The server takes no more recipients with this message: those that are left go in another one (RFC 5321
/// section 4.5.3.1.10).
bool is_one_too_many(const AttemptResult& result) {
  return result.kind == AttemptResult::Kind::temporary &&
         (result.status == "4.5.3" || result.reply.starts_with("452 "));
}

/// When it fails, if it is not sent by then.
std::int64_t deadline_of(const QueueState::Item& item, const conf::SenderSettings& sender) {
  const std::int64_t deadline = item.queued_at + sender.advanced.max_retry_hours * k_hour;
  return item.delete_at > 0 ? std::min(deadline, item.delete_at) : deadline;
}

}  // namespace

void QueueState::add(const storage::QueuedItem& stored) {
  Item item = item_of(stored);
  item.warned = stored.warned;
  for (const storage::QueuedRecipient& recipient : stored.recipients) {
    Waiting waiting{recipient.recipient, recipient.way};
    waiting.held = recipient.held;
    waiting.final_try = recipient.final_try;
    waiting.held_until = recipient.held_until;
    waiting.attempts = recipient.attempts;
    waiting.next_attempt = recipient.next_attempt;
    waiting.last_reply = recipient.last_reply;
    item.recipients.push_back(std::move(waiting));
  }
  add(std::move(item));
}

void QueueState::add(const MessageQueued& queued) {
  Item item = item_of(queued);
  for (std::size_t i = 0; i < queued.envelope.recipients.size(); ++i) {
    Waiting waiting{queued.envelope.recipients[i], i < queued.ways.size() ? queued.ways[i] : QueueWay{}};
    waiting.held_until = queued.held_until;
    waiting.next_attempt = queued.queued_at;
    item.recipients.push_back(std::move(waiting));
  }
  add(std::move(item));
}

void QueueState::add(Item item) {
  sort_recipients(item);
  const auto [place, is_new] = items_.emplace(item.id.value, std::move(item));
  if (is_new) size_bytes_ += place->second.size_bytes;
  note_wakes(place->second);
}

const QueueState::Item* QueueState::find(QueueId id) const {
  const auto found = items_.find(id.value);
  return found == items_.end() ? nullptr : &found->second;
}

QueueState::Rank QueueState::rank_of(const Item& item, const conf::SenderSettings& sender) const {
  std::int64_t order = sender.advanced.smaller_first ? item.size_bytes : item.queued_at;
  if (sender.advanced.reverse_order) order = -order;
  std::int64_t tries = 0;
  for (const Waiting& waiting : item.recipients) tries = std::max(tries, waiting.attempts);
  return {item.priority + tries, order, item.id.value};
}

std::set<std::string> QueueState::make_ready(QueueId id, const conf::SenderSettings& sender,
                                             std::int64_t now) {
  std::set<std::string> destinations;
  const auto found = items_.find(id.value);
  if (found == items_.end()) return destinations;
  Item& item = found->second;
  for (Waiting& waiting : item.recipients) {
    if (!is_due(waiting, now) || !waiting.way.route.empty()) continue;
    if (!waiting.way.sender.empty() && waiting.way.sender != sender.connection) continue;
    const routing::SendingFacts facts = sending_facts(item, waiting, now);
    if (!rules_.attempts(sender.connection, facts, waiting.recipient.address)) continue;
    std::string destination = rules_.destination(sender, facts, waiting.recipient.address, id);
    if (destinations_.is_left_alone(destination, now)) continue;
    make_ready(item, waiting, std::move(destination), sender);
    destinations.insert(waiting.destination);
  }
  return destinations;
}

void QueueState::make_ready(Item& item, Waiting& waiting, std::string destination,
                            const conf::SenderSettings& sender) {
  waiting.destination = std::move(destination);
  ready_[waiting.destination].insert({rank_of(item, sender), item.id.value});
}

std::set<std::string> QueueState::make_all_ready(const conf::SenderSettings& sender, std::int64_t now) {
  std::set<std::string> destinations;
  for (const auto& [id, item] : items_) destinations.merge(make_ready(QueueId{id}, sender, now));
  return destinations;
}

std::map<std::string, std::string> QueueState::make_routed_ready(QueueId id, std::int64_t now) {
  std::map<std::string, std::string> routes;
  const auto found = items_.find(id.value);
  if (found == items_.end()) return routes;
  for (Waiting& waiting : found->second.recipients) {
    if (waiting.way.route.empty() || !is_due(waiting, now)) continue;
    std::string destination = route_destination(waiting.way.route);
    if (destinations_.is_left_alone(destination, now)) continue;
    make_ready(found->second, waiting, std::move(destination), {});
    routes[waiting.destination] = waiting.way.route;
  }
  return routes;
}

std::map<std::string, std::string> QueueState::make_all_routed_ready(std::int64_t now) {
  std::map<std::string, std::string> routes;
  for (const auto& [id, item] : items_) routes.merge(make_routed_ready(QueueId{id}, now));
  return routes;
}

void QueueState::forget_ready() {
  ready_.clear();
  for (auto& [id, item] : items_)
    for (Waiting& waiting : item.recipients)
      if (!waiting.active) waiting.destination.clear();
}

std::int64_t QueueState::to_connections(std::int64_t now) const {
  return std::count_if(items_.begin(), items_.end(), [now](const auto& entry) {
    return std::any_of(entry.second.recipients.begin(), entry.second.recipients.end(),
                       [now](const Waiting& one) { return one.way.route.empty() && !is_held(one, now); });
  });
}

std::size_t QueueState::ready(const std::string& destination) const {
  const auto found = ready_.find(destination);
  return found == ready_.end() ? 0 : found->second.size();
}

bool QueueState::is_busy(const std::string& connection) const {
  for (const auto& [destination, messages] : ready_)
    if (!messages.empty() && connection_of(destination) == connection) return true;
  for (const auto& [destination, count] : active_)
    if (count > 0 && connection_of(destination) == connection) return true;
  return false;
}

DeliveryTask QueueState::take(const std::string& destination, std::size_t recipients_max) {
  DeliveryTask task;
  const auto found = ready_.find(destination);
  if (found == ready_.end() || found->second.empty()) return task;
  const auto first = *found->second.begin();
  Item& item = items_.at(first.second);
  bool left = false;
  const auto is_alone = [](const Waiting& waiting) {
    return waiting.way.mirror || !waiting.way.list.empty();
  };
  task.id = item.id;
  task.envelope = item.envelope;
  task.size_bytes = item.size_bytes;
  task.transmit_offset = item.transmit_offset;
  task.own = item.own;
  task.lan = is_route_destination(destination);
  const Waiting* last = nullptr;
  for (Waiting& waiting : item.recipients) {
    if (waiting.destination != destination || waiting.active) continue;
    const std::size_t taken = task.envelope.recipients.size();
    if ((taken > 0 && (is_alone(waiting) || is_alone(*last))) ||
        (recipients_max > 0 && taken == recipients_max)) {
      left = true;
      continue;
    }
    waiting.active = true;
    ++active_[destination];
    last = &waiting;
    task.envelope.recipients.push_back(waiting.recipient);
  }
  if (last && is_alone(*last)) task.way = last->way;
  if (!left) found->second.erase(first);
  if (found->second.empty()) ready_.erase(found);
  return task;
}

std::vector<DeliveryTask> QueueState::take_failed(const std::string& destination,
                                                  const conf::SenderSettings& sender, std::int64_t now,
                                                  std::size_t attempts_max) {
  std::vector<DeliveryTask> tasks;
  const auto presses = [&](const Item& item) {
    const bool late = sender.advanced.warn_hours > 0 && !item.warned &&
                      now - item.queued_at >= sender.advanced.warn_hours * k_hour;
    return late || now >= deadline_of(item, sender);
  };
  const auto found = ready_.find(destination);
  if (found == ready_.end()) return tasks;
  const auto ready = std::exchange(found->second, {});
  auto& next = found->second;
  for (const auto& entry : ready) {
    Item& item = items_.at(entry.second);
    if (tasks.size() >= attempts_max && !presses(item)) {
      for (Waiting& waiting : item.recipients)
        if (waiting.destination == destination && !waiting.active) waiting.destination.clear();
      continue;
    }
    next = {entry};
    tasks.push_back(take(destination));
    if (!ready_.contains(destination)) ready_[destination] = {};
  }
  ready_.erase(destination);
  return tasks;
}

QueueState::Verdict QueueState::judge(QueueId id, const std::vector<AttemptResult>& results,
                                      const conf::SenderSettings& sender, std::int64_t now) const {
  Verdict verdict;
  verdict.update.id = id;
  const Item* item = find(id);
  if (!item) return verdict;
  const std::int64_t deadline = deadline_of(*item, sender);
  const bool some_accepted = std::any_of(results.begin(), results.end(), [](const AttemptResult& one) {
    return one.kind == AttemptResult::Kind::delivered;
  });
  for (const AttemptResult& result : results) {
    const auto waiting = find_recipient(item->recipients, result.address);
    if (waiting == item->recipients.end()) continue;
    QueueChange change = unchanged(*waiting);
    change.last_reply = result.reply;
    if (some_accepted && is_one_too_many(result)) {
      change.next_attempt = now;
      verdict.again = true;
      verdict.update.changes.push_back(std::move(change));
      continue;
    }
    ++change.attempts;
    const bool expired =
        result.kind == AttemptResult::Kind::temporary && (now >= deadline || waiting->final_try);
    if (result.kind == AttemptResult::Kind::delivered) {
      change.finished = true;
      ++verdict.delivered;
      verdict.delivered_to.push_back(result.address);
      if (waiting->way.mirror) verdict.update.mirrors.push_back(waiting->way.mirror);
      if ((waiting->recipient.notify & notify_success) && !result.reports_success)
        verdict.reports.push_back({waiting->recipient, result, Verdict::Report::Kind::relayed, 0});
    } else if (result.kind == AttemptResult::Kind::cancelled) {
      change.finished = true;
    } else if (result.kind == AttemptResult::Kind::permanent || expired) {
      change.finished = true;
      ++verdict.failed;
      verdict.reports.push_back({waiting->recipient, result, Verdict::Report::Kind::failed, 0});
      if (expired) verdict.reports.back().result.status = "4.4.7";
    } else {
      ++verdict.deferred;
      change.next_attempt = now + sender.advanced.retry_after(change.attempts).count() * k_minute;
      const bool late =
          sender.advanced.warn_hours > 0 && now - item->queued_at >= sender.advanced.warn_hours * k_hour;
      if (late && !item->warned) {
        verdict.update.warned = true;
        verdict.reports.push_back({waiting->recipient, result, Verdict::Report::Kind::delayed, deadline});
      }
    }
    verdict.update.changes.push_back(std::move(change));
  }
  return verdict;
}

void QueueState::set_aside(const QueueUpdate& update) {
  const auto found = items_.find(update.id.value);
  if (found == items_.end()) return;
  for (const QueueChange& change : update.changes) {
    const auto waiting = find_recipient(found->second.recipients, change.address);
    if (waiting == found->second.recipients.end() || waiting->active) continue;
    forget_ready(found->second, *waiting);
    waiting->active = true;
  }
}

void QueueState::forget_ready(Item& item, Waiting& waiting) {
  if (waiting.destination.empty()) return;
  const std::string destination = std::exchange(waiting.destination, {});
  if (std::exchange(waiting.active, false)) {
    if (--active_[destination] <= 0) active_.erase(destination);
    return;
  }
  const bool others = std::any_of(item.recipients.begin(), item.recipients.end(), [&](const Waiting& one) {
    return !one.active && one.destination == destination;
  });
  const auto found = ready_.find(destination);
  if (others || found == ready_.end()) return;
  std::erase_if(found->second, [&](const auto& entry) { return entry.second == item.id.value; });
  if (found->second.empty()) ready_.erase(found);
}

void QueueState::apply(const QueueUpdate& update) {
  const auto found = items_.find(update.id.value);
  if (found == items_.end()) return;
  Item& item = found->second;
  forget_wakes(item);
  item.warned = item.warned || update.warned;
  if (update.priority) item.priority = *update.priority;
  // Nobody leaves or moves before all are found: they stand in their order.
  std::set<const Waiting*> finished;
  std::map<Waiting*, std::string> redirected;
  for (const QueueChange& change : update.changes) {
    const auto waiting = find_recipient(item.recipients, change.address);
    if (waiting == item.recipients.end()) continue;
    forget_ready(item, *waiting);
    waiting->active = false;
    if (change.finished) finished.insert(&*waiting);
    waiting->held = change.held;
    waiting->final_try = change.final_try;
    waiting->held_until = change.held_until;
    waiting->attempts = change.attempts;
    waiting->next_attempt = change.next_attempt;
    waiting->last_reply = change.last_reply;
    if (!change.new_address.empty()) redirected.emplace(&*waiting, change.new_address);
  }
  for (const auto& [waiting, address] : redirected) {
    waiting->recipient.address = address;
    waiting->way = {waiting->way.sender};
  }
  std::erase_if(item.recipients, [&](const Waiting& waiting) { return finished.contains(&waiting); });
  if (!redirected.empty()) sort_recipients(item);
  if (!item.recipients.empty()) return note_wakes(item);
  size_bytes_ -= item.size_bytes;
  items_.erase(found);
}

void QueueState::release_active(QueueId id, const std::string& destination) {
  const auto found = items_.find(id.value);
  if (found == items_.end()) return;
  for (Waiting& waiting : found->second.recipients)
    if (waiting.active && waiting.destination == destination) {
      forget_ready(found->second, waiting);
      note_wakes(found->second);
    }
}

}  // namespace stagecoach
