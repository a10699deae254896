#include "actors/queue_trace.h"

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>

#include "actors/node.h"

namespace stagecoach {

namespace {

using nlohmann::json;

const char* event_of(const AttemptResult& result) {
  switch (result.kind) {
    case AttemptResult::Kind::delivered: return "delivered";
    case AttemptResult::Kind::temporary: return "deferred";
    case AttemptResult::Kind::permanent: return "failed";
    case AttemptResult::Kind::cancelled: return "cancelled";
  }
  return "?";
}

/// What the trace calls a command of an administrator.
std::string event_of(const std::string& action) {
  static const std::map<std::string, std::string> k_events = {
      {"retry", "retried"},  {"hold", "held"},      {"release", "released"},       {"redirect", "redirected"},
      {"bounce", "bounced"}, {"delete", "deleted"}, {"priority", "reprioritised"}, {"final", "final try"},
      {"copy", "copied"},    {"move", "moved"}};
  const auto known = k_events.find(action);
  return known == k_events.end() ? action : known->second;
}

std::string dumped(const json& detail) { return detail.dump(-1, ' ', false, json::error_handler_t::replace); }

/// What is left of a message that has left the queue: `queue list --sent` shows it.
json history_of(const QueueState::Item* item) {
  if (!item) return json::object();
  return {{"from", item->envelope.reverse_path}, {"source_ip", item->source_ip},
          {"auth_user", item->auth_user},        {"subject", item->subject},
          {"size_bytes", item->size_bytes},      {"queued_at", item->queued_at},
          {"priority", item->priority}};
}

bool ends(const QueueUpdate& update, const std::string& address) {
  return std::any_of(update.changes.begin(), update.changes.end(),
                     [&](const QueueChange& change) { return change.address == address && change.finished; });
}

}  // namespace

TraceNote attempt_note(const AttemptResult& result, const std::string& destination,
                       const QueueState::Item* item, const QueueUpdate& update) {
  json detail = history_of(item);
  detail.update({{"to", result.address},
                 {"destination", destination},
                 {"host", result.host},
                 {"reply", result.reply},
                 {"status", result.status},
                 {"outcome_unknown", result.unknown}});
  if (!result.security.empty()) detail["security"] = result.security;
  if (result.maybe_repeated) detail["maybe_repeated"] = true;
  const bool failed = result.kind == AttemptResult::Kind::temporary && ends(update, result.address);
  return {failed ? "failed" : event_of(result), dumped(detail), {result.address}};
}

TraceNote command_note(const QueueCommand& command, const QueueChange& change, const QueueState::Item* item) {
  json detail = history_of(item);
  detail.update({{"by", "administrator"}, {"argument", command.argument}});
  return {event_of(command.action), dumped(detail), {change.address}};
}

dsn::RecipientReport dsn_report(const QueueState::Verdict::Report& report) {
  using Kind = QueueState::Verdict::Report::Kind;
  dsn::RecipientReport result;
  result.final_recipient = report.recipient.address;
  result.original_recipient = report.recipient.original_recipient;
  result.action = report.kind == Kind::failed    ? dsn::Action::failed
                  : report.kind == Kind::delayed ? dsn::Action::delayed
                                                 : dsn::Action::relayed;
  result.status = report.kind == Kind::relayed ? "2.0.0" : report.result.status;
  result.remote_mta = report.result.host;
  result.diagnostic = report.result.reply;
  result.diagnostic_from_remote = !report.result.host.empty();
  result.last_attempt = std::chrono::floor<std::chrono::seconds>(current_time());
  if (report.kind == Kind::delayed)
    result.will_retry_until = std::chrono::sys_seconds{std::chrono::seconds{report.retry_until / 1000000}};
  return result;
}

}  // namespace stagecoach
