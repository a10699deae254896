#include "actors/plan_writer.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>
#include <unordered_set>

#include "actors/intake.h"
#include "actors/sender_rules.h"
#include "protocols/mime/header.h"
#include "protocols/mime/rewrite.h"
#include "routing/explain.h"

namespace stagecoach {

namespace {

using nlohmann::json;

struct FlagName {
  const char* name;
  MessageFlag flag;
};
constexpr std::int64_t k_minute = 60'000'000;  // microseconds
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

std::string ip_of(const std::string& peer) {
  const auto colon = peer.rfind(':');
  return colon == std::string::npos ? peer : peer.substr(0, colon);
}

/// The queue entries of one rendition; nothing when it has none.
std::optional<storage::QueuedMessage> queued_message(const Arrival& arrival, const Plan& plan,
                                                     const routing::Directory& directory, int rendition) {
  storage::QueuedMessage queued;
  queued.envelope = arrival.envelope;
  queued.envelope.recipients.clear();
  std::optional<int> priority;
  const std::int64_t now = microseconds(arrival.received);
  for (const Enqueue& entry : plan.enqueue) {
    if (entry.rendition != rendition) continue;
    EnvelopeRecipient recipient = entry.recipient;
    recipient.address = storage::clean_text(recipient.address);
    recipient.original_recipient = storage::clean_text(recipient.original_recipient);
    // A server of its own waits for nobody, and says nothing about the order of the others.
    if (entry.route.empty()) priority = std::min(priority.value_or(entry.priority), entry.priority);
    if (entry.hold_minutes > 0) queued.held_until = now + entry.hold_minutes * k_minute;
    if (entry.delete_after_minutes > 0) queued.delete_at = now + entry.delete_after_minutes * k_minute;
    queued.envelope.recipients.push_back(std::move(recipient));
    const User* mirrored = entry.mirror_of.empty() ? nullptr : directory.find_user(entry.mirror_of);
    queued.ways.push_back({entry.sender, storage::clean_text(entry.route), storage::clean_text(entry.list),
                           mirrored ? mirrored->id : UserId{}});
  }
  if (queued.envelope.recipients.empty()) return {};
  queued.priority = priority.value_or(0);
  if (rendition > 0 && plan.renditions[static_cast<std::size_t>(rendition) - 1].reverse_path)
    queued.envelope.reverse_path = *plan.renditions[static_cast<std::size_t>(rendition) - 1].reverse_path;
  queued.envelope.reverse_path = storage::clean_text(queued.envelope.reverse_path);
  queued.envelope.envelope_id = storage::clean_text(queued.envelope.envelope_id);
  queued.queued_at = queued.next_attempt = now;
  queued.peer_ip =
      arrival.origin.source == Source::system ? "" : storage::clean_text(ip_of(arrival.origin.peer));
  queued.auth_user = storage::clean_text(arrival.origin.authenticated_user);
  queued.subject = storage::clean_text(
      mime::decode_words(mime::parse_header_section(arrival.content->head).text("Subject")));
  return queued;
}

std::vector<storage::NewCopy> copies_of(const Arrival& arrival, const Plan& plan,
                                        const routing::Directory& directory, int rendition) {
  std::vector<storage::NewCopy> copies;
  std::unordered_set<std::string> there;  // several recipients may lead to one folder: it gets one copy
  for (const Delivery& delivery : plan.deliveries) {
    if (delivery.rendition != rendition) continue;
    const User* user = directory.find_user(delivery.user);
    if (!user) continue;  // the stages take names from this very directory
    if (!there.insert(std::to_string(user->id.value) + "/" + delivery.folder).second) continue;
    storage::NewCopy copy;
    copy.user = user->id;
    copy.folder = storage::clean_text(delivery.folder);
    copy.internal_date = microseconds(arrival.received) / 1000000;
    copy.fixed_folder = user->profile->permissions.default_folder_rights == k_fixed_folder_rights;
    for (const std::string& flag : delivery.flags) set_flag(copy, flag);
    copies.push_back(std::move(copy));
  }
  return copies;
}

/// The message with the changes of a rendition, as a content of its own. What our server put on top is not
/// part of what is changed.
std::shared_ptr<const Content> changed_content(PlanCommit& commit, Node& node, MessageId id,
                                               const Arrival& arrival, const Rendition& rendition,
                                               std::string_view whole) {
  const auto offset = static_cast<std::size_t>(arrival.content->transmit_offset);
  Counter uncounted{0};
  Intake intake(id, node.config()->limits.message_in_memory_max.bytes, uncounted);
  intake.add_prefix(whole.substr(0, offset), arrival.content->transmit_offset);
  intake.add(mime::rewrite(whole.substr(offset), rendition));
  while (auto chunk = intake.take_chunk()) commit.unit.emplace_back(std::move(*chunk));
  while (auto chunk = intake.take_last_chunk()) commit.unit.emplace_back(std::move(*chunk));
  return intake.finish();
}

/// Whether some sending session is likely to take it as soon as it is stored.
bool goes_at_once(const Node& node, const storage::QueuedMessage& queued) {
  return queued.held_until == 0 && (!immediate_senders(*node.config(), node.schedule_paused).empty() ||
                                    std::any_of(queued.ways.begin(), queued.ways.end(),
                                                [](const QueueWay& way) { return !way.route.empty(); }));
}

void announce(PlanCommit& commit, Node& node, const storage::AcceptMessage& accept) {
  if (!accept.list_work.empty()) commit.list_work = true;
  if (!accept.queued) return;
  const storage::QueuedMessage& queued = *accept.queued;
  if (goes_at_once(node, queued)) node.recent.put(accept.id, accept.content);
  commit.queued.push_back({QueueId{accept.id.value}, queued.envelope, queued.ways, accept.content->size_bytes,
                           accept.content->transmit_offset, queued.queued_at, queued.held_until,
                           queued.delete_at, queued.priority, queued.peer_ip, queued.auth_user,
                           queued.subject});
}

/// A changed copy: its trace says of which message.
void add_rendition(PlanCommit& commit, Node& node, const Arrival& arrival, const Plan& plan,
                   const routing::Directory& directory, std::string_view whole, int rendition) {
  storage::AcceptMessage accept;
  accept.copies = copies_of(arrival, plan, directory, rendition);
  accept.queued = queued_message(arrival, plan, directory, rendition);
  if (accept.copies.empty() && !accept.queued) return;
  accept.id = node.numbers.take();
  accept.content = changed_content(commit, node, accept.id, arrival,
                                   plan.renditions[static_cast<std::size_t>(rendition) - 1], whole);
  storage::TraceEntry trace = accepted_trace(arrival, Plan{});
  trace.id = accept.id;
  trace.event = "changed copy";
  trace.size_bytes = accept.content->size_bytes;
  trace.detail = json{{"of", arrival.id.value}}.dump();
  trace.recipients.clear();
  if (accept.queued)
    for (const EnvelopeRecipient& recipient : accept.queued->envelope.recipients)
      trace.recipients.push_back(to_lower(recipient.address));
  accept.trace = std::move(trace);
  announce(commit, node, accept);
  commit.unit.emplace_back(std::move(accept));
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

bool needs_whole_message(const Plan& plan) {
  const auto is_changed = [](const auto& one) { return one.rendition > 0; };
  return std::any_of(plan.deliveries.begin(), plan.deliveries.end(), is_changed) ||
         std::any_of(plan.enqueue.begin(), plan.enqueue.end(), is_changed) ||
         std::any_of(plan.generated.begin(), plan.generated.end(), [](const Generated& one) {
           return one.changed_original ||
                  (one.composed && one.composed->append_original == AppendOriginal::full);
         });
}

void add_plan(PlanCommit& commit, Node& node, const Arrival& arrival, const Plan& plan,
              const routing::Directory& directory, std::string_view whole) {
  storage::AcceptMessage accept;
  accept.id = arrival.id;
  accept.content = arrival.content;
  accept.copies = copies_of(arrival, plan, directory, 0);
  accept.queued = queued_message(arrival, plan, directory, 0);
  accept.download_answers = plan.download_answers;
  for (const ListWork& work : plan.list_work)
    accept.list_work.push_back(
        {work.kind, storage::clean_text(work.list), storage::clean_text(work.recipient)});
  accept.trace = accepted_trace(arrival, plan);
  announce(commit, node, accept);
  commit.unit.emplace_back(std::move(accept));
  for (int rendition = 1; rendition <= static_cast<int>(plan.renditions.size()); ++rendition)
    add_rendition(commit, node, arrival, plan, directory, whole, rendition);
}

storage::ListWorkDone list_step_request(const ListStep& step) {
  storage::ListWorkDone done;
  done.id = step.work;
  done.finished = step.finished;
  done.position = step.position;
  if (step.archive != 0) done.archive = ListId{step.archive};
  done.at = now_microseconds();
  return done;
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
    recipient.final_try = change.final_try;
    recipient.held_until = change.held_until;
    recipient.attempts = change.attempts;
    recipient.next_attempt = change.next_attempt;
    recipient.last_reply = storage::clean_text(change.last_reply);
    if (!change.new_address.empty()) recipient.new_address = storage::clean_text(change.new_address);
    outcome.recipients.push_back(std::move(recipient));
  }
  outcome.mirrors = update.mirrors;
  if (update.copy)
    outcome.copy = storage::QueueOutcome::Copy{update.copy->user, update.copy->size_bytes, now / 1000000};
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
