// Queues of messages and attempts in a line each, for the tests of the queue.
#pragma once

#include <gmock/gmock.h>

#include "actors/queue_state.h"

namespace stagecoach {
namespace queue_test {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;
using Kind = AttemptResult::Kind;
using ReportKind = QueueState::Verdict::Report::Kind;

inline constexpr std::int64_t k_minute = 60'000'000, k_hour = 60 * k_minute;
inline constexpr std::int64_t k_start = 500'000 * k_hour;

inline conf::SenderSettings relay() {
  conf::SenderSettings sender;
  sender.connection = "main";
  return sender;
}
inline conf::SenderSettings direct() {
  conf::SenderSettings sender = relay();
  sender.kind = conf::SenderKind::direct;
  return sender;
}

inline MessageQueued message(std::int64_t id, const std::vector<std::string>& recipients) {
  MessageQueued queued;
  queued.id = QueueId{id};
  queued.envelope.reverse_path = "fred@example.com";
  for (const std::string& address : recipients) queued.envelope.recipients.push_back({address, 0, {}});
  queued.size_bytes = 1000;
  queued.transmit_offset = 20;
  queued.queued_at = k_start;
  return queued;
}

inline QueueState state_with(const std::vector<MessageQueued>& messages) {
  QueueState state;
  for (const MessageQueued& queued : messages) state.add(queued);
  return state;
}

inline std::vector<std::string> recipients(const DeliveryTask& task) {
  std::vector<std::string> addresses;
  for (const EnvelopeRecipient& recipient : task.envelope.recipients) addresses.push_back(recipient.address);
  return addresses;
}

inline AttemptResult attempt(const std::string& address, Kind kind,
                             const std::string& reply = "450 4.2.1 later") {
  AttemptResult result;
  result.address = address;
  result.kind = kind;
  result.reply = reply;
  result.status = "4.2.1";
  return result;
}

inline std::vector<std::string> states(const QueueState& state) {
  std::vector<std::string> shown;
  for (const QueueEntry& entry : *state.list({})) shown.push_back(entry.to + " " + entry.state);
  return shown;
}

/// What a command makes of the queue.
inline Result<std::int64_t> run(QueueState& state, const QueueCommand& command, std::int64_t now = k_start) {
  auto updates = state.command(command, now);
  if (!updates) return std::move(updates.error());
  for (const QueueUpdate& update : *updates) state.apply(update);
  return static_cast<std::int64_t>(updates->size());
}

}  // namespace queue_test
}  // namespace stagecoach
