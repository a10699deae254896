#include "actors/queue_state.h"

#include <algorithm>

#include "routing/model/address.h"

namespace stagecoach {

namespace {

constexpr std::int64_t k_minute = 60'000'000, k_hour = 60 * k_minute;

QueueChange unchanged(const QueueState::Waiting& waiting) {
  QueueChange change;
  change.address = waiting.recipient.address;
  change.held = waiting.held;
  change.attempts = waiting.attempts;
  change.next_attempt = waiting.next_attempt;
  change.last_reply = waiting.last_reply;
  return change;
}

bool matches(const QueueState::Item& item, const QueueState::Waiting& waiting, const std::string& filter) {
  const std::string wanted = to_lower(filter);
  return filter.empty() || to_lower(waiting.recipient.address).find(wanted) != std::string::npos ||
         to_lower(item.envelope.reverse_path).find(wanted) != std::string::npos;
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

void QueueState::add(const storage::QueuedItem& stored) {
  Item item{stored.id,        stored.envelope, stored.size_bytes, stored.transmit_offset,
            stored.queued_at, stored.priority, stored.warned,     {}};
  for (const storage::QueuedRecipient& recipient : stored.recipients)
    item.recipients.push_back({recipient.recipient,
                               recipient.sender,
                               {},
                               recipient.held,
                               false,
                               recipient.attempts,
                               recipient.next_attempt,
                               recipient.last_reply});
  items_.emplace(stored.id.value, std::move(item));
}

void QueueState::add(const MessageQueued& queued) {
  Item item{queued.id,
            queued.envelope,
            queued.size_bytes,
            queued.transmit_offset,
            queued.queued_at,
            queued.priority,
            false,
            {}};
  for (std::size_t i = 0; i < queued.envelope.recipients.size(); ++i)
    item.recipients.push_back({queued.envelope.recipients[i],
                               i < queued.senders.size() ? queued.senders[i] : std::string(),
                               {},
                               false,
                               false,
                               0,
                               queued.queued_at,
                               {}});
  item.envelope.recipients.clear();
  items_.emplace(queued.id.value, std::move(item));
}

const QueueState::Item* QueueState::find(QueueId id) const {
  const auto found = items_.find(id.value);
  return found == items_.end() ? nullptr : &found->second;
}

QueueState::Rank QueueState::rank_of(const Item& item, const conf::SenderSettings& sender) const {
  std::int64_t order = sender.advanced.smaller_first ? item.size_bytes : item.queued_at;
  if (sender.advanced.reverse_order) order = -order;
  return {item.priority, order, item.id.value};
}

std::set<std::string> QueueState::make_ready(QueueId id, const conf::SenderSettings& sender,
                                             std::int64_t now) {
  std::set<std::string> destinations;
  const auto found = items_.find(id.value);
  if (found == items_.end()) return destinations;
  Item& item = found->second;
  for (Waiting& waiting : item.recipients) {
    if (waiting.held || waiting.active || !waiting.destination.empty() || waiting.next_attempt > now)
      continue;
    if (!waiting.sender.empty() && waiting.sender != sender.connection) continue;
    waiting.destination = destination_of(sender, waiting.recipient.address);
    ready_[waiting.destination].insert({rank_of(item, sender), id.value});
    destinations.insert(waiting.destination);
  }
  return destinations;
}

std::set<std::string> QueueState::make_all_ready(const conf::SenderSettings& sender, std::int64_t now) {
  std::set<std::string> destinations;
  for (const auto& [id, item] : items_) destinations.merge(make_ready(QueueId{id}, sender, now));
  return destinations;
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
  const std::int64_t deadline = item->queued_at + sender.advanced.max_retry_hours * k_hour;
  for (const AttemptResult& result : results) {
    const auto waiting =
        std::find_if(item->recipients.begin(), item->recipients.end(),
                     [&](const Waiting& one) { return one.recipient.address == result.address; });
    if (waiting == item->recipients.end()) continue;
    QueueChange change = unchanged(*waiting);
    ++change.attempts;
    change.last_reply = result.reply;
    const bool expired = result.kind == AttemptResult::Kind::temporary && now >= deadline;
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
  item.warned = item.warned || update.warned;
  if (update.priority) item.priority = *update.priority;
  for (const QueueChange& change : update.changes) {
    const auto waiting =
        std::find_if(item.recipients.begin(), item.recipients.end(),
                     [&](const Waiting& one) { return one.recipient.address == change.address; });
    if (waiting == item.recipients.end()) continue;
    forget_ready(item, *waiting);
    if (change.finished) {
      item.recipients.erase(waiting);
      continue;
    }
    waiting->held = change.held;
    waiting->attempts = change.attempts;
    waiting->next_attempt = change.next_attempt;
    waiting->last_reply = change.last_reply;
    if (!change.new_address.empty()) waiting->recipient.address = change.new_address;
  }
  if (item.recipients.empty()) items_.erase(found);
}

void QueueState::release_active(const std::string& destination) {
  if (!active_.contains(destination)) return;  // mostly: no need to look through the whole queue
  for (auto& [id, item] : items_)
    for (Waiting& waiting : item.recipients)
      if (waiting.active && waiting.destination == destination) forget_ready(item, waiting);
}

std::vector<QueueEntry> QueueState::list(const ListQueue& wanted) const {
  std::vector<QueueEntry> entries;
  for (const auto& [id, item] : items_) {
    if (wanted.id != 0 && wanted.id != id) continue;
    for (const Waiting& waiting : item.recipients) {
      if (!matches(item, waiting, wanted.filter)) continue;
      entries.push_back({item.id, item.envelope.reverse_path, waiting.recipient.address,
                         waiting.held ? "held" : (waiting.active ? "active" : "waiting"), item.queued_at,
                         waiting.next_attempt, waiting.attempts, item.size_bytes, item.priority,
                         waiting.last_reply, waiting.sender});
    }
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
    {"release", [](QueueChange& change, const QueueCommand&, std::int64_t) { change.held = false; }},
    {"redirect",
     [](QueueChange& change, const QueueCommand& command, std::int64_t now) {
       change.new_address = command.argument;
       change.next_attempt = now;
     }},
    {"bounce", [](QueueChange& change, const QueueCommand&, std::int64_t) { change.finished = true; }},
    {"delete", [](QueueChange& change, const QueueCommand&, std::int64_t) { change.finished = true; }},
    {"priority", [](QueueChange&, const QueueCommand&, std::int64_t) {}},
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
  return known->change;
}

}  // namespace

Result<std::vector<QueueUpdate>> QueueState::command(const QueueCommand& command, std::int64_t now) const {
  auto change_recipient = find_command(command);
  if (!change_recipient) return std::move(change_recipient.error());
  std::vector<QueueUpdate> updates;
  for (const auto& [id, item] : items_) {
    const bool chosen = command.ids.empty()
                            ? !command.filter.empty()
                            : std::find(command.ids.begin(), command.ids.end(), id) != command.ids.end();
    if (!chosen) continue;
    QueueUpdate update;
    update.id = item.id;
    if (command.action == "priority") update.priority = std::atoi(command.argument.c_str());
    std::set<std::string> addresses;
    for (const Waiting& waiting : item.recipients) addresses.insert(waiting.recipient.address);
    for (const Waiting& waiting : item.recipients) {
      if (waiting.active || !matches(item, waiting, command.filter)) continue;
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
