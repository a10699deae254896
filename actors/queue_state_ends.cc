// What happens to waiting messages by itself: holds end, messages are given up, their senders are told that
// they wait.
#include <algorithm>

#include "actors/queue_state.h"
#include "actors/queue_state_change.h"

namespace stagecoach {

namespace {

constexpr std::int64_t k_minute = 60'000'000, k_hour = 60 * k_minute;
// What had its time while the server was away is tried first: its sender hears of it, and it fails, so much
// later.
constexpr std::int64_t k_late_warning = 10 * k_minute, k_late_end = 24 * k_hour;
// A message whose time is over while a session has it is looked at again after so long.
constexpr std::int64_t k_look_again = 10'000'000;

/// "2 days", "90 minutes".
std::string duration_text(std::int64_t microseconds) {
  const std::int64_t hours = microseconds / k_hour;
  if (hours >= 48) return std::to_string(hours / 24) + " days";
  return hours >= 3 ? std::to_string(hours) + " hours" : std::to_string(microseconds / k_minute) + " minutes";
}

std::int64_t after_absence(std::int64_t time, std::int64_t began, std::int64_t grace) {
  return time < began ? began + grace : time;
}

/// Why it has not gone, as far as anybody has said so.
std::string reason_of(const QueueState::Waiting& waiting, const std::string& time) {
  const std::string none = "No connection has taken the message " + time;
  return waiting.last_reply.empty() ? none : waiting.last_reply;
}

}  // namespace

void QueueState::configure(const std::vector<conf::SenderSettings>& senders) {
  rules_.configure(senders);
  patience_.clear();
  Patience longest = {};
  for (const conf::SenderSettings& sender : senders) {
    const Patience patience{sender.advanced.warn_hours * k_hour, sender.advanced.max_retry_hours * k_hour};
    patience_[sender.connection] = patience;
    if (patience.end > longest.end) longest = patience;
  }
  const conf::SenderAdvanced none;
  patience_[""] =
      senders.empty() ? Patience{none.warn_hours * k_hour, none.max_retry_hours * k_hour} : longest;
  next_look_ = 0;
}

QueueState::Times QueueState::times_of(const Item& item, const Waiting& waiting) const {
  if (patience_.empty() || !waiting.way.route.empty() || waiting.held) return {};
  const auto known = patience_.find(waiting.way.sender);
  const Patience& patience = known == patience_.end() ? patience_.at("") : known->second;
  Times times;
  if (!item.warned && patience.warning > 0)
    times.warning = after_absence(item.queued_at + patience.warning, began_, k_late_warning);
  times.end = after_absence(item.queued_at + patience.end, began_, k_late_end);
  times.warning = std::max(times.warning, waiting.held_until);
  times.end = std::max(times.end, waiting.held_until);
  return times;
}

std::optional<QueueState::Verdict> QueueState::give_up(QueueId id, std::int64_t now) const {
  const Item* item = find(id);
  if (!item) return {};
  Verdict verdict;
  verdict.update.id = id;
  const bool deleted = item->delete_at > 0 && item->delete_at <= now;
  for (const Waiting& waiting : item->recipients) {
    if (waiting.active) continue;
    const Times times = times_of(*item, waiting);
    if (deleted)
      fail(verdict, waiting,
           "The message could not be sent within " + duration_text(item->delete_at - item->queued_at) +
               " and was deleted");
    else if (times.end <= now && waiting.destination.empty())
      fail(verdict, waiting, reason_of(waiting, "within " + duration_text(now - item->queued_at)));
    else if (times.warning <= now)
      warn(verdict, waiting, times.end);
  }
  if (verdict.update.changes.empty()) return {};
  return verdict;
}

void QueueState::fail(Verdict& verdict, const Waiting& waiting, std::string reply) {
  AttemptResult result;
  result.kind = AttemptResult::Kind::permanent;
  result.status = "4.4.7";
  result.reply = std::move(reply);
  result.address = waiting.recipient.address;
  QueueChange change = unchanged(waiting);
  change.finished = true;
  change.last_reply = result.reply;
  ++verdict.failed;
  verdict.reports.push_back({waiting.recipient, std::move(result), Verdict::Report::Kind::failed, 0});
  verdict.update.changes.push_back(std::move(change));
}

void QueueState::warn(Verdict& verdict, const Waiting& waiting, std::int64_t end) {
  AttemptResult result;
  result.kind = AttemptResult::Kind::temporary;
  result.status = "4.4.7";
  result.reply = reason_of(waiting, "yet");
  result.address = waiting.recipient.address;
  verdict.update.warned = true;
  verdict.again = true;
  verdict.reports.push_back({waiting.recipient, std::move(result), Verdict::Report::Kind::delayed, end});
  verdict.update.changes.push_back(unchanged(waiting));
}

void QueueState::note_wakes(const Item& item) {
  if (item.delete_at > 0) wakes_.insert({item.delete_at, item.id.value});
  for (const Waiting& waiting : item.recipients) {
    if (waiting.held_until > 0) wakes_.insert({waiting.held_until, item.id.value});
    if (!waiting.way.route.empty() && waiting.attempts > 0)
      wakes_.insert({waiting.next_attempt, item.id.value});
  }
  next_look_ = std::min(next_look_, time_of_look(item));
}

std::int64_t QueueState::time_of_look(const Item& item) const {
  std::int64_t time = INT64_MAX;
  for (const Waiting& waiting : item.recipients) {
    const Times times = times_of(item, waiting);
    time = std::min({time, times.warning, times.end});
  }
  return time;
}

void QueueState::forget_wakes(const Item& item) {
  wakes_.erase({item.delete_at, item.id.value});
  for (const Waiting& waiting : item.recipients) {
    wakes_.erase({waiting.held_until, item.id.value});
    wakes_.erase({waiting.next_attempt, item.id.value});
  }
}

std::optional<std::int64_t> QueueState::next_wake() const {
  const std::int64_t next = wakes_.empty() ? next_look_ : std::min(next_look_, wakes_.begin()->first);
  if (next == INT64_MAX) return {};
  return next;
}

std::set<std::int64_t> QueueState::take_woken(std::int64_t now) {
  std::set<std::int64_t> ids;
  while (!wakes_.empty() && wakes_.begin()->first <= now) {
    ids.insert(wakes_.begin()->second);
    wakes_.erase(wakes_.begin());
  }
  if (next_look_ > now) return ids;
  next_look_ = INT64_MAX;
  for (const auto& [id, item] : items_) {
    const std::int64_t time = time_of_look(item);
    if (time <= now) ids.insert(id);
    next_look_ = std::min(next_look_, time <= now ? now + k_look_again : time);
  }
  return ids;
}

}  // namespace stagecoach
