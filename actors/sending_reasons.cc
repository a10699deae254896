#include "actors/sending_reasons.h"

#include <algorithm>

#include "actors/json_values.h"
#include "actors/queue_route.h"
#include "actors/sender_rules.h"
#include "routing/sending/domain_filter.h"

namespace stagecoach {

namespace {

std::string way_of(const conf::SenderSettings& sender) {
  if (sender.kind == conf::SenderKind::direct) return "directly to the servers of its domain";
  std::string servers;
  for (const std::string& server : sender.relay.servers) servers += (servers.empty() ? "" : ", ") + server;
  return servers.empty() ? "" : "by the relay " + servers;
}

/// Why this sender does not take him; empty: it does.
std::string refusal_of(const conf::SenderSettings& sender, const SendingCase& wanted) {
  if (!wanted.sender.empty() && wanted.sender != sender.connection)
    return "a rule has chosen the connection " + wanted.sender;
  const auto filter = routing::DomainFilter::parse(sender.advanced.domain_filtering);
  if (filter) {
    const routing::SendingFacts facts{wanted.attempts, wanted.size_bytes, wanted.age, wanted.auth_user,
                                      wanted.from};
    if (const auto decision = filter->decide(facts, wanted.recipient); !decision.attempt)
      return decision.line == 0 ? "no line of its domain_filtering attempts it"
                                : "line " + std::to_string(decision.line) +
                                      " of its domain_filtering: " + std::string(decision.text);
  }
  return way_of(sender).empty() ? "its list of relay servers is empty" : "";
}

std::string place_of(const conf::SenderSettings& sender) { return " (" + sender.where.text() + ")"; }

}  // namespace

SendingCase sending_case(const Enqueue& entry, const Arrival& arrival) {
  SendingCase result;
  result.recipient = entry.recipient.address;
  result.from = arrival.envelope.reverse_path;
  result.auth_user = arrival.origin.authenticated_user;
  result.sender = entry.sender;
  if (!entry.route.empty()) result.server = route_server(entry.route);
  result.size_bytes = arrival.content ? arrival.content->size_bytes : 0;
  return result;
}

std::vector<std::string> sending_reasons(const conf::Config& config, const SendingCase& wanted, bool paused) {
  if (!wanted.server.empty())
    return {wanted.recipient + " goes to " + wanted.server + " without a connection"};
  std::vector<std::string> lines;
  const auto immediate = immediate_senders(config, paused);
  std::vector<const conf::SenderSettings*> takers;
  for (const conf::SenderSettings& sender : config.senders) {
    const std::string refusal = refusal_of(sender, wanted);
    if (refusal.empty())
      takers.push_back(&sender);
    else
      lines.push_back("connection " + sender.connection + " does not take " + wanted.recipient + ": " +
                      refusal + place_of(sender));
  }
  const auto at_once = std::find_if(immediate.begin(), immediate.end(), [&](const auto* one) {
    return std::find(takers.begin(), takers.end(), one) != takers.end();
  });
  if (at_once != immediate.end()) takers = {*at_once};
  for (const conf::SenderSettings* sender : takers)
    lines.push_back("connection " + sender->connection + " takes " + wanted.recipient + " " +
                    (at_once != immediate.end() ? "at once" : "when it runs") + ", " + way_of(*sender) +
                    place_of(*sender));
  if (config.senders.empty())
    lines.push_back("there is no [[sender]]: " + wanted.recipient + " waits");
  else if (takers.empty())
    lines.push_back("no sender takes " + wanted.recipient + ": it waits until one does, or its time is over");
  return lines;
}

std::vector<std::string> waiting_reasons(const conf::Config& config, const QueueEntry& entry, bool paused,
                                         std::int64_t now) {
  if (entry.state == "held") return {"held until an administrator releases it"};
  if (entry.state == "timed") return {"held until " + json_time(entry.held_until)};
  if (entry.state == "active") return {"a session has it"};
  std::vector<std::string> lines;
  if (entry.next_attempt > now)
    lines.push_back("attempt " + std::to_string(entry.attempts + 1) + " not before " +
                    json_time(entry.next_attempt));
  SendingCase wanted;
  wanted.recipient = entry.to;
  wanted.from = entry.from;
  wanted.auth_user = entry.auth_user;
  wanted.sender = entry.sender;
  wanted.server = entry.route;
  wanted.size_bytes = entry.size_bytes;
  wanted.attempts = entry.attempts;
  wanted.age = std::chrono::minutes((now - entry.queued_at) / 60'000'000);
  for (std::string& line : sending_reasons(config, wanted, paused)) lines.push_back(std::move(line));
  return lines;
}

}  // namespace stagecoach
