#include "actors/json_values.h"

#include <ctime>

#include "routing/explain.h"

namespace stagecoach {

using nlohmann::json;

std::string json_time(std::int64_t microseconds) {
  const std::time_t seconds = microseconds / 1000000;
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  char text[40];
  std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &parts);
  return text;
}

json json_of(const QueueEntry& entry) {
  return {{"id", std::to_string(entry.id.value)},
          {"from", entry.from},
          {"to", entry.to},
          {"state", entry.state},
          {"queued_at", json_time(entry.queued_at)},
          {"next_attempt", json_time(entry.next_attempt)},
          {"attempts", entry.attempts},
          {"size_bytes", entry.size_bytes},
          {"priority", entry.priority},
          {"last_reply", entry.last_reply},
          {"source_ip", entry.source_ip},
          {"auth_user", entry.auth_user},
          {"subject", entry.subject},
          {"sender", entry.sender},
          {"route", entry.route},
          {"held_until", entry.held_until ? json(json_time(entry.held_until)) : json()},
          {"delete_at", entry.delete_at ? json(json_time(entry.delete_at)) : json()},
          {"final", entry.final_try}};
}

json json_of(const storage::TraceEntry& entry) {
  json detail = json::parse(entry.detail, nullptr, false);
  if (detail.is_discarded()) detail = json::object();
  return {{"id", std::to_string(entry.id.value)},
          {"at", json_time(entry.at)},
          {"event", entry.event},
          {"session", entry.session},
          {"from", entry.reverse_path},
          {"to", entry.recipients},
          {"message_id", entry.message_id},
          {"size_bytes", entry.size_bytes},
          {"detail", std::move(detail)}};
}

json json_of_plan(const Plan& plan) {
  const routing::ExplainedRoute explained = routing::explain(plan);
  json reasons = json::array();
  for (const Reason& reason : explained.reasons)
    reasons.push_back(
        {{"stage", reason.stage}, {"rule", reason.rule}, {"where", reason.where}, {"text", reason.text}});
  json refused;
  if (explained.refused)
    refused = {{"code", explained.refused->code},
               {"enhanced", explained.refused->enhanced},
               {"text", explained.refused->text}};
  return {{"users", explained.users},
          {"remote", explained.remote},
          {"refused", std::move(refused)},
          {"reasons", std::move(reasons)},
          {"plan", explained.plan}};
}

}  // namespace stagecoach
