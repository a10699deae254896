// What administrators see of the queue and do with it.
#include <algorithm>

#include "actors/queue_criteria.h"
#include "actors/queue_route.h"
#include "actors/queue_state_change.h"
#include "routing/model/address.h"

namespace stagecoach {

namespace {

QueueFacts facts_of(const QueueState::Item& item, const QueueState::Waiting& waiting, bool held) {
  return {item.envelope.reverse_path,
          waiting.recipient.address,
          item.subject,
          item.source_ip,
          item.auth_user,
          item.size_bytes,
          held,
          !waiting.way.route.empty()};
}

const char* state_of(const QueueState::Waiting& waiting, std::int64_t now) {
  if (waiting.active) return "active";
  if (waiting.held) return "held";
  return waiting.held_until > now ? "timed" : "waiting";
}

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
  entry.sender = waiting.way.sender;
  entry.source_ip = item.source_ip;
  entry.auth_user = item.auth_user;
  entry.subject = item.subject;
  if (!waiting.way.route.empty()) entry.route = route_server(waiting.way.route);
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

QueueState::Verdict QueueState::verdict_of(const QueueCommand& command, QueueUpdate update) const {
  Verdict verdict;
  const Item* item = find(update.id);
  if (command.action == "bounce" && item) {
    for (const QueueChange& change : update.changes) {
      AttemptResult result;
      result.status = "5.0.0";
      result.reply = command.argument.empty() ? "Returned by the administrator" : command.argument;
      for (const Waiting& waiting : item->recipients)
        if (waiting.recipient.address == change.address)
          verdict.reports.push_back({waiting.recipient, result, Verdict::Report::Kind::failed, 0});
    }
  }
  verdict.update = std::move(update);
  return verdict;
}

}  // namespace stagecoach
