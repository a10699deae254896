// How messages that cross nodes are written: inspect() of CAF 0.17 for each, and their type numbers. Include
// it wherever such messages are sent or handled.
#pragma once

#include <caf/all.hpp>
#include <chrono>

#include "actors/messages.h"

namespace stagecoach {

#define STAGECOACH_INSPECT(type, ...)                                               \
  template <class Inspector>                                                        \
  typename Inspector::result_type inspect(Inspector& f, [[maybe_unused]] type& x) { \
    return f(caf::meta::type_name(#type) __VA_OPT__(, ) __VA_ARGS__);               \
  }

template <class Inspector, class Tag>
typename Inspector::result_type inspect(Inspector& f, Id<Tag>& x) {
  return f(x.value);
}

/// Reads and writes what a shared pointer points to: in the process it is shared, between nodes it travels.
struct ContentRef {
  std::shared_ptr<const Content>& content;
};
STAGECOACH_INSPECT(Content, x.head, x.size_bytes, x.header_size_bytes, x.transmit_offset, x.stored,
                   x.envelope, x.structure, x.parts)
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, ContentRef& x) {
  Content content = x.content ? *x.content : Content{};
  if constexpr (Inspector::writes_state) {
    auto result = f(content);
    x.content = std::make_shared<const Content>(std::move(content));
    return result;
  } else {
    return f(content);
  }
}
struct TimeRef {
  Time& time;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, TimeRef& x) {
  std::int64_t count = x.time.time_since_epoch().count();
  if constexpr (Inspector::writes_state) {
    auto result = f(count);
    x.time = Time{std::chrono::microseconds{count}};
    return result;
  } else {
    return f(count);
  }
}

template <class Inspector, class T>
typename Inspector::result_type inspect_optional(Inspector& f, std::optional<T>& x) {
  bool present = x.has_value();
  T value = x ? *x : T{};
  if constexpr (Inspector::writes_state) {
    auto result = f(present, value);
    if (present)
      x = std::move(value);
    else
      x.reset();
    return result;
  } else {
    return f(present, value);
  }
}
template <class T>
struct OptionalRef {
  std::optional<T>& value;
};
template <class Inspector, class T>
typename Inspector::result_type inspect(Inspector& f, OptionalRef<T>& x) {
  return inspect_optional(f, x.value);
}
// Enumerations travel as numbers; CAF asks for their names to print them.
#define STAGECOACH_ENUM(type) \
  inline std::string to_string(type x) { return std::to_string(static_cast<int>(x)); }
STAGECOACH_ENUM(ReturnContent)
STAGECOACH_ENUM(BodyType)
STAGECOACH_ENUM(Source)
STAGECOACH_ENUM(MappingType)
STAGECOACH_ENUM(Error::Kind)
STAGECOACH_ENUM(AttemptResult::Kind)
STAGECOACH_ENUM(AppendOriginal)
STAGECOACH_ENUM(HeaderEdit::Kind)
STAGECOACH_ENUM(ListWork::Kind)
STAGECOACH_ENUM(QueueCriteria::Held)
STAGECOACH_ENUM(EntryKind)
STAGECOACH_ENUM(EntryChange::Verb)
STAGECOACH_ENUM(LoginAnswer::Kind)

STAGECOACH_INSPECT(Error, x.kind, x.reason, x.trail)
STAGECOACH_INSPECT(Outcome, x.ok, x.error)
STAGECOACH_INSPECT(EnvelopeRecipient, x.address, x.notify, x.original_recipient)
STAGECOACH_INSPECT(Envelope, x.reverse_path, x.recipients, x.envelope_id, x.return_content, x.body,
                   x.smtputf8, x.tls)
STAGECOACH_INSPECT(Origin, x.source, x.service, x.peer, x.helo, x.authenticated_user, x.session, x.tls)
STAGECOACH_INSPECT(CollectedTarget, x.target, x.folder)
STAGECOACH_INSPECT(Redirection, x.targets, x.original)
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, Arrival& x) {
  TimeRef received{x.received};
  ContentRef content{x.content};
  return f(caf::meta::type_name("Arrival"), x.id, x.envelope, x.origin, received, content, x.redirection);
}
STAGECOACH_INSPECT(Reason, x.stage, x.rule, x.where, x.text)
STAGECOACH_INSPECT(Refusal, x.code, x.enhanced, x.text)
STAGECOACH_INSPECT(Delivery, x.user, x.folder, x.quarantined, x.flags, x.recipient, x.original_recipient,
                   x.notify, x.rendition)
STAGECOACH_INSPECT(Enqueue, x.recipient, x.sender, x.priority, x.rendition, x.route, x.hold_minutes,
                   x.delete_after_minutes, x.list, x.mirror_of)
STAGECOACH_INSPECT(RefusedRecipient, x.recipient, x.refusal)
STAGECOACH_INSPECT(Bounce, x.recipient, x.status, x.diagnostic)
STAGECOACH_INSPECT(StoredMessage, x.uid, x.flags, x.keywords, x.content, x.size_bytes, x.internal_date,
                   x.modseq)

STAGECOACH_INSPECT(CheckRecipient, x.origin, x.reverse_path, x.recipient)
STAGECOACH_INSPECT(RecipientAnswer, x.accepted, x.refusal)
STAGECOACH_INSPECT(CollectedNote, x.collector, x.uid, x.digest, x.state, x.subject, x.sender, x.recipients,
                   x.message_date, x.token)
STAGECOACH_INSPECT(ListStep, x.work, x.position, x.finished, x.archive)
STAGECOACH_INSPECT(QueueChange, x.address, x.finished, x.held, x.final_try, x.held_until, x.attempts,
                   x.next_attempt, x.last_reply, x.new_address)
STAGECOACH_INSPECT(QueuedCopy, x.user, x.size_bytes)
STAGECOACH_INSPECT(TraceNote, x.event, x.detail, x.recipients)
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, QueueUpdate& x) {
  OptionalRef<int> priority{x.priority};
  OptionalRef<QueuedCopy> copy{x.copy};
  return f(caf::meta::type_name("QueueUpdate"), x.id, x.changes, x.warned, priority, x.notes, copy,
           x.mirrors);
}
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, RouteMessage& x) {
  OptionalRef<CollectedNote> collected{x.collected};
  OptionalRef<ListStep> list_step{x.list_step};
  return f(caf::meta::type_name("RouteMessage"), x.arrival, x.updates, collected, list_step);
}
STAGECOACH_INSPECT(RouteResult, x.accepted, x.id, x.reply, x.deliveries, x.queued, x.no_recipient)
STAGECOACH_INSPECT(ExplainMessage, x.arrival)
STAGECOACH_INSPECT(Notice, x.user, x.text)
STAGECOACH_INSPECT(HeaderEdit, x.kind, x.name, x.value)
STAGECOACH_INSPECT(Footer, x.plain, x.html)
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, Rendition& x) {
  OptionalRef<std::string> reverse_path{x.reverse_path};
  return f(caf::meta::type_name("Rendition"), x.header, x.footer, reverse_path);
}
STAGECOACH_INSPECT(ComposedMail, x.from, x.reply_to, x.to, x.subject, x.header, x.text, x.html,
                   x.append_original, x.attachments, x.attachments_of)
STAGECOACH_INSPECT(Generated::Memory, x.user, x.definition, x.rule, x.sender, x.min_interval_hours)
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, Generated& x) {
  OptionalRef<Rendition> changed{x.changed_original};
  OptionalRef<ComposedMail> composed{x.composed};
  OptionalRef<Generated::Memory> memory{x.memory};
  return f(caf::meta::type_name("Generated"), x.purpose, x.reverse_path, x.recipients, changed, composed,
           memory);
}
STAGECOACH_INSPECT(AnswerMatch, x.user, x.rule)
STAGECOACH_INSPECT(AnswerFault, x.user, x.definition, x.text)
STAGECOACH_INSPECT(ListWork, x.kind, x.list, x.recipient)
STAGECOACH_INSPECT(LanMatch, x.rule, x.recipient, x.route, x.verify)
STAGECOACH_INSPECT(Plan, x.deliveries, x.enqueue, x.refused, x.bounces, x.discard, x.urgent, x.reasons,
                   x.notices, x.renditions, x.generated, x.list_work, x.answer_matches, x.answer_faults,
                   x.log, x.download_answers, x.lan_matches)
STAGECOACH_INSPECT(Explanation, x.plan)
STAGECOACH_INSPECT(MailboxNews, x.user, x.folder, x.modseq, x.arrived, x.changed, x.vanished, x.cause)
STAGECOACH_INSPECT(WatchMailbox, x.watcher, x.sessions_max)
STAGECOACH_INSPECT(LockMaildrop, x.holder, x.exclusive)
STAGECOACH_INSPECT(OpenMailbox, x.user)
STAGECOACH_INSPECT(OpenedMailbox, x.mailbox)
STAGECOACH_INSPECT(BeginWork, x.session, x.user, x.search, x.per_user_max, x.server_max)
STAGECOACH_INSPECT(EndWork, x.session, x.search)
STAGECOACH_INSPECT(QueueWay, x.sender, x.route, x.list, x.mirror)
STAGECOACH_INSPECT(MessageQueued, x.id, x.envelope, x.ways, x.size_bytes, x.transmit_offset, x.queued_at,
                   x.held_until, x.delete_at, x.priority, x.peer_ip, x.auth_user, x.subject)
STAGECOACH_INSPECT(RunSender, x.connection)
STAGECOACH_INSPECT(SenderReport, x.delivered, x.deferred, x.failed, x.connected, x.last_result)
STAGECOACH_INSPECT(NextDelivery, x.destination)
STAGECOACH_INSPECT(DeliveryTask, x.id, x.envelope, x.size_bytes, x.transmit_offset, x.way, x.own, x.lan,
                   x.maybe_repeated)
STAGECOACH_INSPECT(AttemptResult, x.address, x.kind, x.status, x.reply, x.host, x.unknown, x.reports_success,
                   x.maybe_repeated, x.security)
STAGECOACH_INSPECT(AttemptFinished, x.id, x.destination, x.results)
STAGECOACH_INSPECT(SendingReached, x.destination, x.messages_max, x.recipients_max, x.message_recipients_max)
STAGECOACH_INSPECT(SendingEnded, x.destination, x.connected, x.permanent, x.failure)
STAGECOACH_INSPECT(QueueCriteria, x.size_min_bytes, x.size_max_bytes, x.subject, x.source_ip, x.auth_sender,
                   x.to, x.from, x.held, x.lan_only)
STAGECOACH_INSPECT(QueueCommand, x.action, x.ids, x.filter, x.argument, x.criteria, x.count_only)
STAGECOACH_INSPECT(QueueCommandAnswer, x.outcome, x.messages, x.recipients)
STAGECOACH_INSPECT(ListQueue, x.id, x.filter, x.criteria)
STAGECOACH_INSPECT(QueueEntry, x.id, x.from, x.to, x.state, x.queued_at, x.next_attempt, x.attempts,
                   x.size_bytes, x.priority, x.last_reply, x.sender, x.source_ip, x.auth_user, x.subject,
                   x.route, x.held_until, x.delete_at, x.final_try)
STAGECOACH_INSPECT(QueueListing, x.outcome, x.entries)
STAGECOACH_INSPECT(CountQueue)
STAGECOACH_INSPECT(QueueCount, x.messages, x.size_bytes, x.to_connections)
STAGECOACH_INSPECT(EntrySetting, x.key, x.value)
STAGECOACH_INSPECT(ListEntries, x.kind, x.name, x.keys, x.members)
STAGECOACH_INSPECT(EntryView, x.id, x.name, x.where, x.active, x.marks, x.settings, x.text, x.member_count,
                   x.members)
STAGECOACH_INSPECT(EntryListing, x.outcome, x.entries, x.count_max)
STAGECOACH_INSPECT(AppPasswordChange, x.name, x.password, x.protocols, x.expires_on)
STAGECOACH_INSPECT(EntryChange, x.verb, x.kind, x.name, x.settings, x.copy_from, x.password, x.web_password,
                   x.password_hash, x.web_password_hash, x.app_passwords, x.replace_members, x.members_added,
                   x.members_removed)
STAGECOACH_INSPECT(ChangeDirectory, x.changes, x.partial, x.dry_run, x.by)
STAGECOACH_INSPECT(ChangeFault, x.index, x.reason)
STAGECOACH_INSPECT(DirectoryAnswer, x.outcome, x.changed, x.faults)
STAGECOACH_INSPECT(RefreshDirectory)
STAGECOACH_INSPECT(PasswordUpgraded, x.user, x.before, x.password, x.scram)
STAGECOACH_INSPECT(CheckPassword, x.user, x.password, x.protocol, x.peer_ip, x.apop_timestamp)
STAGECOACH_INSPECT(FindVerifier, x.user, x.protocol, x.peer_ip)
STAGECOACH_INSPECT(LoginFailedNote, x.user, x.protocol, x.peer_ip)
STAGECOACH_INSPECT(LoginAnswer, x.kind, x.user, x.id, x.verifier, x.reason)
STAGECOACH_INSPECT(FindLocks, x.user, x.clear)
STAGECOACH_INSPECT(AccountLock, x.user, x.address, x.until)
STAGECOACH_INSPECT(LockListing, x.locks)

#undef STAGECOACH_INSPECT
#undef STAGECOACH_ENUM

}  // namespace stagecoach

CAF_BEGIN_TYPE_ID_BLOCK(stagecoach, caf::first_custom_type_id)
CAF_ADD_TYPE_ID(stagecoach, (stagecoach::Outcome))
CAF_ADD_TYPE_ID(stagecoach, (stagecoach::CheckRecipient))
CAF_ADD_TYPE_ID(stagecoach, (stagecoach::RecipientAnswer))
CAF_ADD_TYPE_ID(stagecoach, (stagecoach::RouteMessage))
CAF_ADD_TYPE_ID(stagecoach, (stagecoach::RouteResult))
CAF_ADD_TYPE_ID(stagecoach, (stagecoach::ExplainMessage))
CAF_ADD_TYPE_ID(stagecoach, (stagecoach::Explanation))
CAF_ADD_TYPE_ID(stagecoach, (stagecoach::MailboxNews))
CAF_ADD_TYPE_ID(stagecoach, (stagecoach::WatchMailbox))
CAF_ADD_TYPE_ID(stagecoach, (stagecoach::LockMaildrop))
CAF_ADD_TYPE_ID(stagecoach, (stagecoach::OpenMailbox))
CAF_ADD_TYPE_ID(stagecoach, (stagecoach::OpenedMailbox))
CAF_ADD_TYPE_ID(stagecoach, (stagecoach::MessageQueued))
CAF_ADD_TYPE_ID(stagecoach, (stagecoach::RunSender))
CAF_ADD_TYPE_ID(stagecoach, (stagecoach::SenderReport))
CAF_ADD_TYPE_ID(stagecoach, (stagecoach::NextDelivery))
CAF_ADD_TYPE_ID(stagecoach, (stagecoach::DeliveryTask))
CAF_ADD_TYPE_ID(stagecoach, (stagecoach::AttemptFinished))
CAF_ADD_TYPE_ID(stagecoach, (stagecoach::SendingReached))
CAF_ADD_TYPE_ID(stagecoach, (stagecoach::SendingEnded))
CAF_ADD_TYPE_ID(stagecoach, (stagecoach::QueueCommand))
CAF_ADD_TYPE_ID(stagecoach, (stagecoach::QueueCommandAnswer))
CAF_ADD_TYPE_ID(stagecoach, (stagecoach::ListQueue))
CAF_ADD_TYPE_ID(stagecoach, (stagecoach::QueueListing))
CAF_ADD_TYPE_ID(stagecoach, (stagecoach::CountQueue))
CAF_ADD_TYPE_ID(stagecoach, (stagecoach::QueueCount))
CAF_ADD_TYPE_ID(stagecoach, (stagecoach::ListEntries))
CAF_ADD_TYPE_ID(stagecoach, (stagecoach::EntryListing))
CAF_ADD_TYPE_ID(stagecoach, (stagecoach::ChangeDirectory))
CAF_ADD_TYPE_ID(stagecoach, (stagecoach::DirectoryAnswer))
CAF_ADD_TYPE_ID(stagecoach, (stagecoach::RefreshDirectory))
CAF_ADD_TYPE_ID(stagecoach, (stagecoach::PasswordUpgraded))
CAF_ADD_TYPE_ID(stagecoach, (stagecoach::FindLocks))
CAF_ADD_TYPE_ID(stagecoach, (stagecoach::LockListing))
CAF_ADD_TYPE_ID(stagecoach, (stagecoach::CheckPassword))
CAF_ADD_TYPE_ID(stagecoach, (stagecoach::FindVerifier))
CAF_ADD_TYPE_ID(stagecoach, (stagecoach::LoginFailedNote))
CAF_ADD_TYPE_ID(stagecoach, (stagecoach::LoginAnswer))
CAF_ADD_TYPE_ID(stagecoach, (stagecoach::BeginWork))
CAF_ADD_TYPE_ID(stagecoach, (stagecoach::EndWork))
CAF_END_TYPE_ID_BLOCK(stagecoach)
