#include "actors/plan_writer.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "actors/node.h"
#include "protocols/mime/header.h"
#include "routing/explain.h"

namespace stagecoach {

namespace {

using nlohmann::json;

struct FlagName {
  const char* name;
  MessageFlag flag;
};
constexpr FlagName k_flag_names[] = {{"\\Seen", flag_seen},
                                     {"\\Answered", flag_answered},
                                     {"\\Flagged", flag_flagged},
                                     {"\\Deleted", flag_deleted},
                                     {"\\Draft", flag_draft}};

void set_flag(storage::NewCopy& copy, const std::string& flag) {
  for (const FlagName& known : k_flag_names) {
    if (!equals_ignoring_case(flag, known.name)) continue;
    copy.flags |= known.flag;
    return;
  }
  copy.keywords.push_back(storage::clean_text(flag));
}

const char* name(Source source) {
  switch (source) {
    case Source::smtp: return "smtp";
    case Source::submission: return "submission";
    case Source::lmtp: return "lmtp";
    case Source::collector: return "collector";
    case Source::system: return "system";
  }
  return "?";
}

/// The Message-ID field without its brackets.
std::string message_id_of(const Content& content) {
  std::string id = mime::parse_header_section(content.head).text("Message-ID");
  if (id.size() > 1 && id.front() == '<' && id.back() == '>') id = id.substr(1, id.size() - 2);
  return storage::clean_text(id);
}

storage::TraceEntry accepted_trace(const Arrival& arrival, const Plan& plan) {
  storage::TraceEntry trace;
  trace.id = arrival.id;
  trace.at = microseconds(arrival.received);
  trace.event = "accepted";
  trace.session = arrival.origin.session;
  trace.reverse_path = storage::clean_text(to_lower(arrival.envelope.reverse_path));
  for (const EnvelopeRecipient& recipient : arrival.envelope.recipients)
    trace.recipients.push_back(storage::clean_text(to_lower(recipient.address)));
  for (const Delivery& delivery : plan.deliveries)
    if (arrival.envelope.recipients.empty()) trace.recipients.push_back(to_lower(delivery.recipient));
  trace.message_id = message_id_of(*arrival.content);
  trace.size_bytes = arrival.content->size_bytes;
  trace.detail = trace_detail(arrival, plan);
  return trace;
}

storage::QueuedMessage queued_message(const Arrival& arrival, const Plan& plan) {
  storage::QueuedMessage queued;
  queued.envelope = arrival.envelope;
  queued.envelope.reverse_path = storage::clean_text(arrival.envelope.reverse_path);
  queued.envelope.envelope_id = storage::clean_text(arrival.envelope.envelope_id);
  queued.envelope.recipients.clear();
  queued.priority = plan.enqueue.front().priority;
  for (const Enqueue& enqueue : plan.enqueue) {
    EnvelopeRecipient recipient = enqueue.recipient;
    recipient.address = storage::clean_text(recipient.address);
    recipient.original_recipient = storage::clean_text(recipient.original_recipient);
    queued.envelope.recipients.push_back(std::move(recipient));
    queued.senders.push_back(enqueue.sender);
    queued.priority = std::min(queued.priority, enqueue.priority);
  }
  queued.queued_at = queued.next_attempt = microseconds(arrival.received);
  return queued;
}

}  // namespace

std::string trace_detail(const Arrival& arrival, const Plan& plan) {
  const routing::ExplainedRoute explained = routing::explain(plan);
  json reasons = json::array();
  for (const Reason& reason : explained.reasons)
    reasons.push_back(
        {{"stage", reason.stage}, {"rule", reason.rule}, {"where", reason.where}, {"text", reason.text}});
  const json detail = {{"source", name(arrival.origin.source)},
                       {"service", arrival.origin.service},
                       {"peer", arrival.origin.peer},
                       {"helo", arrival.origin.helo},
                       {"user", arrival.origin.authenticated_user},
                       {"tls", arrival.origin.tls},
                       {"reasons", std::move(reasons)},
                       {"plan", explained.plan}};
  return storage::clean_text(detail.dump(-1, ' ', false, json::error_handler_t::replace));
}

storage::AcceptMessage accept_request(const Arrival& arrival, const Plan& plan,
                                      const routing::Directory& directory) {
  storage::AcceptMessage accept;
  accept.id = arrival.id;
  accept.content = arrival.content;
  for (const Delivery& delivery : plan.deliveries) {
    const User* user = directory.find_user(delivery.user);
    if (!user) continue;  // the stages take names from this very directory
    // Several recipients may lead to one folder: it gets one copy.
    const bool there = std::any_of(
        accept.copies.begin(), accept.copies.end(),
        [&](const storage::NewCopy& one) { return one.user == user->id && one.folder == delivery.folder; });
    if (there) continue;
    storage::NewCopy copy;
    copy.user = user->id;
    copy.folder = delivery.folder;
    copy.internal_date = microseconds(arrival.received) / 1000000;
    for (const std::string& flag : delivery.flags) set_flag(copy, flag);
    accept.copies.push_back(std::move(copy));
  }
  if (!plan.enqueue.empty()) accept.queued = queued_message(arrival, plan);
  accept.trace = accepted_trace(arrival, plan);
  return accept;
}

storage::QueueOutcome outcome_request(const QueueUpdate& update, std::int64_t now) {
  storage::QueueOutcome outcome;
  outcome.id = update.id;
  outcome.warned = update.warned;
  outcome.priority = update.priority;
  for (const QueueChange& change : update.changes) {
    storage::QueueOutcome::Recipient recipient;
    recipient.address = change.address;
    recipient.finished = change.finished;
    recipient.held = change.held;
    recipient.attempts = change.attempts;
    recipient.next_attempt = change.next_attempt;
    recipient.last_reply = storage::clean_text(change.last_reply);
    if (!change.new_address.empty()) recipient.new_address = storage::clean_text(change.new_address);
    outcome.recipients.push_back(std::move(recipient));
  }
  for (const TraceNote& note : update.notes) {
    storage::TraceEntry trace;
    trace.id = MessageId{update.id.value};
    trace.at = now;
    trace.event = note.event;
    for (const std::string& recipient : note.recipients)
      trace.recipients.push_back(storage::clean_text(to_lower(recipient)));
    trace.detail = storage::clean_text(note.detail);
    outcome.traces.push_back(std::move(trace));
  }
  return outcome;
}

}  // namespace stagecoach
