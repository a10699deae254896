#include "actors/queue_state.h"

#include <algorithm>

#include "actors/queue_criteria.h"
#include "actors/queue_route.h"
#include "routing/model/address.h"

namespace stagecoach {

namespace {

constexpr std::int64_t k_minute = 60'000'000, k_hour = 60 * k_minute;

QueueChange unchanged(const QueueState::Waiting& waiting) {
  QueueChange change;
  change.address = waiting.recipient.address;
  change.held = waiting.held;
  change.final_try = waiting.final_try;
  change.held_until = waiting.held_until;
  change.attempts = waiting.attempts;
  change.next_attempt = waiting.next_attempt;
  change.last_reply = waiting.last_reply;
  return change;
}

QueueFacts facts_of(const QueueState::Item& item, const QueueState::Waiting& waiting, bool held) {
  return {item.envelope.reverse_path,
          waiting.recipient.address,
          item.subject,
          item.source_ip,
          item.auth_user,
          item.size_bytes,
          held};
}

bool is_held(const QueueState::Waiting& waiting, std::int64_t now) {
  return waiting.held || waiting.held_until > now;
}

const char* state_of(const QueueState::Waiting& waiting, std::int64_t now) {
  if (waiting.active) return "active";
  if (waiting.held) return "held";
  return waiting.held_until > now ? "timed" : "waiting";
}

bool is_due(const QueueState::Waiting& waiting, std::int64_t now) {
  return !is_held(waiting, now) && !waiting.active && waiting.destination.empty() &&
         waiting.next_attempt <= now;
}

std::string ip_or_unknown(const std::string& ip) { return ip.empty() ? std::string(k_unknown_ip) : ip; }

/// "2 days", "90 minutes".
std::string duration_text(std::int64_t microseconds) {
  const std::int64_t hours = microseconds / k_hour;
  if (hours >= 48) return std::to_string(hours / 24) + " days";
  return hours >= 3 ? std::to_string(hours) + " hours" : std::to_string(microseconds / k_minute) + " minutes";
}

}  // namespace

std::string destination_of(const conf::SenderSettings& sender, const std::string& address) {
  if (sender.kind == conf::SenderKind::relay) return sender.connection + "|relay";
  return sender.connection + "|" + to_lower(split_address(address).domain);
}

std::string domain_of(const std::string& destination) {
  return destination.substr(destination.find('|') + 1);
}
std::string connection_of(const std::string& destination) {
  return destination.substr(0, destination.find('|'));
}

namespace {

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
  item.subject = message.subject;
  return item;
}

}  // namespace

void QueueState::add(const storage::QueuedItem& stored) {
  Item item = item_of(stored);
  item.warned = stored.warned;
  for (const storage::QueuedRecipient& recipient : stored.recipients) {
    Waiting waiting{recipient.recipient, recipient.sender, recipient.route};
    waiting.held = recipient.held;
    waiting.final_try = recipient.final_try;
    waiting.held_until = recipient.held_until;
    waiting.attempts = recipient.attempts;
    waiting.next_attempt = recipient.next_attempt;
    waiting.last_reply = recipient.last_reply;
    item.recipients.push_back(std::move(waiting));
  }
  note_wakes(items_.emplace(stored.id.value, std::move(item)).first->second);
}

void QueueState::add(const MessageQueued& queued) {
  const auto at_or_empty = [](const std::vector<std::string>& texts, std::size_t i) {
    return i < texts.size() ? texts[i] : std::string();
  };
  Item item = item_of(queued);
  for (std::size_t i = 0; i < queued.envelope.recipients.size(); ++i) {
    Waiting waiting{queued.envelope.recipients[i], at_or_empty(queued.senders, i),
                    at_or_empty(queued.routes, i)};
    waiting.held_until = queued.held_until;
    waiting.next_attempt = queued.queued_at;
    item.recipients.push_back(std::move(waiting));
  }
  note_wakes(items_.emplace(queued.id.value, std::move(item)).first->second);
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
    if (!is_due(waiting, now) || !waiting.route.empty()) continue;
    if (!waiting.sender.empty() && waiting.sender != sender.connection) continue;
    make_ready(item, waiting, destination_of(sender, waiting.recipient.address), sender);
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
    if (waiting.route.empty() || !is_due(waiting, now)) continue;
    make_ready(found->second, waiting, route_destination(waiting.route), {});
    routes[waiting.destination] = waiting.route;
  }
  return routes;
}

std::map<std::string, std::string> QueueState::make_all_routed_ready(std::int64_t now) {
  std::map<std::string, std::string> routes;
  for (const auto& [id, item] : items_) routes.merge(make_routed_ready(QueueId{id}, now));
  return routes;
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
  task.id = item.id;
  task.envelope = item.envelope;
  task.size_bytes = item.size_bytes;
  task.transmit_offset = item.transmit_offset;
  for (Waiting& waiting : item.recipients) {
    if (waiting.destination != destination || waiting.active) continue;
    if (recipients_max > 0 && task.envelope.recipients.size() == recipients_max) {
      left = true;
      break;
    }
    waiting.active = true;
    ++active_[destination];
    task.envelope.recipients.push_back(waiting.recipient);
  }
  if (!left) found->second.erase(first);
  if (found->second.empty()) ready_.erase(found);
  return task;
}

QueueState::Verdict QueueState::judge(QueueId id, const std::vector<AttemptResult>& results,
                                      const conf::SenderSettings& sender, std::int64_t now) const {
  Verdict verdict;
  verdict.update.id = id;
  const Item* item = find(id);
  if (!item) return verdict;
  std::int64_t deadline = item->queued_at + sender.advanced.max_retry_hours * k_hour;
  if (item->delete_at > 0) deadline = std::min(deadline, item->delete_at);
  for (const AttemptResult& result : results) {
    const auto waiting =
        std::find_if(item->recipients.begin(), item->recipients.end(),
                     [&](const Waiting& one) { return one.recipient.address == result.address; });
    if (waiting == item->recipients.end()) continue;
    QueueChange change = unchanged(*waiting);
    ++change.attempts;
    change.last_reply = result.reply;
    const bool expired =
        result.kind == AttemptResult::Kind::temporary && (now >= deadline || waiting->final_try);
    if (result.kind == AttemptResult::Kind::delivered) {
      change.finished = true;
      ++verdict.delivered;
      if ((waiting->recipient.notify & notify_success) && !result.reports_success)
        verdict.reports.push_back({waiting->recipient, result, Verdict::Report::Kind::relayed, 0});
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

std::optional<QueueState::Verdict> QueueState::give_up(QueueId id, std::int64_t now) const {
  const Item* item = find(id);
  if (!item || item->delete_at == 0 || item->delete_at > now) return {};
  Verdict verdict;
  verdict.update.id = id;
  AttemptResult result;
  result.kind = AttemptResult::Kind::permanent;
  result.status = "4.4.7";
  result.reply = "The message could not be sent within " + duration_text(item->delete_at - item->queued_at) +
                 " and was deleted";
  for (const Waiting& waiting : item->recipients) {
    if (waiting.active) continue;
    QueueChange change = unchanged(waiting);
    change.finished = true;
    change.last_reply = result.reply;
    ++verdict.failed;
    result.address = waiting.recipient.address;
    verdict.reports.push_back({waiting.recipient, result, Verdict::Report::Kind::failed, 0});
    verdict.update.changes.push_back(std::move(change));
  }
  if (verdict.update.changes.empty()) return {};
  return verdict;
}

void QueueState::note_wakes(const Item& item) {
  if (item.delete_at > 0) wakes_.insert({item.delete_at, item.id.value});
  for (const Waiting& waiting : item.recipients) {
    if (waiting.held_until > 0) wakes_.insert({waiting.held_until, item.id.value});
    if (!waiting.route.empty() && waiting.attempts > 0) wakes_.insert({waiting.next_attempt, item.id.value});
  }
}
void QueueState::forget_wakes(const Item& item) {
  wakes_.erase({item.delete_at, item.id.value});
  for (const Waiting& waiting : item.recipients) {
    wakes_.erase({waiting.held_until, item.id.value});
    wakes_.erase({waiting.next_attempt, item.id.value});
  }
}

std::optional<std::int64_t> QueueState::next_wake() const {
  if (wakes_.empty()) return {};
  return wakes_.begin()->first;
}

std::set<std::int64_t> QueueState::take_woken(std::int64_t now) {
  std::set<std::int64_t> ids;
  while (!wakes_.empty() && wakes_.begin()->first <= now) {
    ids.insert(wakes_.begin()->second);
    wakes_.erase(wakes_.begin());
  }
  return ids;
}

void QueueState::set_aside(const QueueUpdate& update) {
  const auto found = items_.find(update.id.value);
  if (found == items_.end()) return;
  for (const QueueChange& change : update.changes)
    for (Waiting& waiting : found->second.recipients)
      if (waiting.recipient.address == change.address && !waiting.active) {
        forget_ready(found->second, waiting);
        waiting.active = true;
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
  for (const QueueChange& change : update.changes) {
    const auto waiting =
        std::find_if(item.recipients.begin(), item.recipients.end(),
                     [&](const Waiting& one) { return one.recipient.address == change.address; });
    if (waiting == item.recipients.end()) continue;
    forget_ready(item, *waiting);
    waiting->active = false;
    if (change.finished) {
      item.recipients.erase(waiting);
      continue;
    }
    waiting->held = change.held;
    waiting->final_try = change.final_try;
    waiting->held_until = change.held_until;
    waiting->attempts = change.attempts;
    waiting->next_attempt = change.next_attempt;
    waiting->last_reply = change.last_reply;
    if (change.new_address.empty()) continue;
    waiting->recipient.address = change.new_address;
    waiting->route.clear();
  }
  if (item.recipients.empty())
    items_.erase(found);
  else
    note_wakes(item);
}

void QueueState::release_active(const std::string& destination) {
  if (!active_.contains(destination)) return;  // mostly: no need to look through the whole queue
  for (auto& [id, item] : items_)
    for (Waiting& waiting : item.recipients)
      if (waiting.active && waiting.destination == destination) {
        forget_ready(item, waiting);
        note_wakes(item);
      }
}

namespace {

QueueEntry entry_of(const QueueState::Item& item, const QueueState::Waiting& waiting, std::int64_t now) {
  QueueEntry entry;
  entry.id = item.id;
  entry.from = item.envelope.reverse_path;
  entry.to = waiting.recipient.address;
  entry.state = state_of(waiting, now);
  entry.queued_at = item.queued_at;
  entry.next_attempt = waiting.next_attempt;
  entry.attempts = waiting.attempts;
  entry.size_bytes = item.size_bytes;
  entry.priority = item.priority;
  entry.last_reply = waiting.last_reply;
  entry.sender = waiting.sender;
  entry.source_ip = item.source_ip;
  entry.auth_user = item.auth_user;
  entry.subject = item.subject;
  if (!waiting.route.empty()) entry.route = route_server(waiting.route);
  entry.held_until = waiting.held_until;
  entry.delete_at = item.delete_at;
  entry.final_try = waiting.final_try;
  return entry;
}

}  // namespace

Result<std::vector<QueueEntry>> QueueState::list(const ListQueue& wanted, std::int64_t now) const {
  const auto match = QueueMatch::compile(wanted.filter, wanted.criteria);
  if (!match) return match.error();
  std::vector<QueueEntry> entries;
  const auto first = wanted.id == 0 ? items_.begin() : items_.lower_bound(wanted.id);
  for (auto item = first; item != items_.end(); ++item) {
    if (wanted.id != 0 && wanted.id != item->first) break;
    for (const Waiting& waiting : item->second.recipients)
      if (match->matches(facts_of(item->second, waiting, is_held(waiting, now))))
        entries.push_back(entry_of(item->second, waiting, now));
  }
  return entries;
}

namespace {

/// What a command of an administrator makes of one recipient.
using ChangeRecipient = void (*)(QueueChange&, const QueueCommand&, std::int64_t now);
struct CommandEntry {
  const char* action;
  ChangeRecipient change;
};
constexpr CommandEntry k_commands[] = {
    {"retry", [](QueueChange& change, const QueueCommand&, std::int64_t now) { change.next_attempt = now; }},
    {"hold", [](QueueChange& change, const QueueCommand&, std::int64_t) { change.held = true; }},
    {"release",
     [](QueueChange& change, const QueueCommand&, std::int64_t) {
       change.held = false;
       change.held_until = 0;
     }},
    {"redirect",
     [](QueueChange& change, const QueueCommand& command, std::int64_t now) {
       change.new_address = command.argument;
       change.next_attempt = now;
     }},
    {"bounce", [](QueueChange& change, const QueueCommand&, std::int64_t) { change.finished = true; }},
    {"delete", [](QueueChange& change, const QueueCommand&, std::int64_t) { change.finished = true; }},
    {"priority", [](QueueChange&, const QueueCommand&, std::int64_t) {}},
    {"final", [](QueueChange& change, const QueueCommand& command,
                 std::int64_t) { change.final_try = command.argument != "off"; }},
    {"copy", [](QueueChange&, const QueueCommand&, std::int64_t) {}},
    {"move", [](QueueChange& change, const QueueCommand&, std::int64_t) { change.finished = true; }},
};

Result<ChangeRecipient> find_command(const QueueCommand& command) {
  const auto known = std::find_if(std::begin(k_commands), std::end(k_commands),
                                  [&](const CommandEntry& entry) { return command.action == entry.action; });
  if (known == std::end(k_commands)) return invalid_input("unknown queue command \"" + command.action + "\"");
  if (command.action == "redirect" && (split_address(command.argument).domain.empty() ||
                                       command.argument.find_first_of(" <>\r\n\t") != std::string::npos))
    return invalid_input("\"" + command.argument + "\" is no address to redirect to");
  const bool number = !command.argument.empty() && command.argument.size() < 8 &&
                      command.argument.find_first_not_of("0123456789", command.argument[0] == '-' ? 1 : 0) ==
                          std::string::npos;
  if (command.action == "priority" && !number)
    return invalid_input("\"" + command.argument + "\" is no priority: a whole number, smaller is earlier");
  if (command.action == "final" && !command.argument.empty() && command.argument != "off")
    return invalid_input("\"" + command.argument + "\" is not \"off\"");
  return known->change;
}

}  // namespace

Result<std::vector<QueueUpdate>> QueueState::command(const QueueCommand& command, std::int64_t now) const {
  auto change_recipient = find_command(command);
  if (!change_recipient) return std::move(change_recipient.error());
  const auto match = QueueMatch::compile(command.filter, command.criteria);
  if (!match) return match.error();
  const bool by_search = !command.filter.empty() || command.criteria.is_given();
  std::vector<QueueUpdate> updates;
  for (const auto& [id, item] : items_) {
    const bool chosen = command.ids.empty()
                            ? by_search
                            : std::find(command.ids.begin(), command.ids.end(), id) != command.ids.end();
    if (!chosen) continue;
    QueueUpdate update;
    update.id = item.id;
    if (command.action == "priority") update.priority = std::atoi(command.argument.c_str());
    std::set<std::string> addresses;
    for (const Waiting& waiting : item.recipients) addresses.insert(waiting.recipient.address);
    for (const Waiting& waiting : item.recipients) {
      if (waiting.active || !match->matches(facts_of(item, waiting, is_held(waiting, now)))) continue;
      QueueChange change = unchanged(waiting);
      (*change_recipient)(change, command, now);
      // The message waits for that address already: one copy is enough.
      if (!change.new_address.empty() && !addresses.insert(change.new_address).second) {
        change.finished = true;
        change.new_address.clear();
      }
      update.changes.push_back(std::move(change));
    }
    if (!update.changes.empty()) updates.push_back(std::move(update));
  }
  return updates;
}

}  // namespace stagecoach
