#include "actors/collector_work.h"

#include "actors/database.h"
#include "actors/serialisation.h"
#include "protocols/sasl/digest.h"
#include "routing/download/replaced_uids.h"

namespace stagecoach {

namespace {

constexpr std::int64_t k_day = 24LL * 3600 * 1000000;
constexpr std::string_view k_digest_prefix = "sha256:";  // of what the server has deleted
constexpr const char* k_too_large_target = "pop3downloadtoobig";
constexpr const char* k_question_target = "DownloadRuleAskDefault";
constexpr const char* k_warning_target = "DownloadRuleDelete";

using routing::DownloadNotice;
using routing::RemoteState;

/// Work on what collectors remember, for its effect alone.
template <class Work>
void change_memory(CollectorWork::Self* self, const Node& node, Work work, CollectorWork::Then then) {
  ask_database<bool>(
      self, node.handles()->database,
      [work = std::move(work)](storage::Database& database) -> Result<bool> {
        storage::CollectorRepository repository(database);
        auto done = work(repository);
        if (!done) return std::move(done.error());
        return true;
      },
      [then = std::move(then)](Result<bool> done) {
        if (done) return then({});
        then(std::move(done.error()));
      });
}

std::string new_token() { return sasl::hex(random_bytes(16)); }

}  // namespace

CollectorWork::CollectorWork(Self* self, Node& node, conf::CollectorSettings settings, std::string session)
    : self_(self),
      node_(node),
      settings_(std::move(settings)),
      session_(std::move(session)),
      desk_(node, settings_) {}

// ---- the visit ----

void CollectorWork::load(Then then) {
  ask_database<std::unordered_map<std::string, storage::SeenMessage>>(
      self_, node_.handles()->database,
      [name = settings_.name](storage::Database& database) {
        return storage::CollectorRepository(database).seen(name);
      },
      [this, then = std::move(then)](Result<std::unordered_map<std::string, storage::SeenMessage>> seen) {
        if (!seen) return then(std::move(seen.error()));
        seen_ = std::move(*seen);
        for (const auto& [uid, message] : seen_)
          if (!message.digest.empty()) digests_.emplace(message.digest, uid);
        then({});
      });
}

void CollectorWork::note_listing(const std::vector<ListedMessage>& messages, Then then) {
  storage::RemoteListing listing;
  for (const ListedMessage& message : messages) {
    if (message.uid.empty()) continue;
    listed_.insert(message.uid);
    const auto known = seen_.find(message.uid);
    if (known != seen_.end() && !known->second.digest.empty())
      digests_[known->second.digest] = message.uid;  // rather than a UID that has gone
    if (storage::clean_text(message.uid) != message.uid) continue;
    listing.uids.push_back(message.uid);
    listing.sizes.push_back(message.size_bytes);
  }
  listing.replaced = forget_replaced(messages);
  listed_at_ = now_microseconds();
  const std::int64_t forget = node_.config()->collection.hold_obsolete_uids_days * k_day;
  change_memory(
      self_, node_,
      [name = settings_.name, listing = std::move(listing), now = listed_at_,
       forget](storage::CollectorRepository& repository) {
        return repository.refresh(name, listing, now, now - forget);
      },
      std::move(then));
}

/// What is fetched again because of it is known by its digest.
std::vector<std::string> CollectorWork::forget_replaced(const std::vector<ListedMessage>& messages) {
  std::vector<routing::SizedUid> known, listed;
  for (const auto& [uid, message] : seen_)
    if (!uid.starts_with(k_digest_prefix)) known.push_back({uid, message.size_bytes});
  for (const ListedMessage& message : messages) listed.push_back({message.uid, message.size_bytes});
  std::vector<std::string> replaced = routing::replaced_uids(known, listed);
  for (const std::string& uid : replaced) {
    const auto node = seen_.extract(uid);
    const std::string& digest = node.mapped().digest;
    if (!digest.empty()) digests_[digest] = std::string(k_digest_prefix) + digest;
  }
  if (!replaced.empty())
    log("the server has given " + std::to_string(replaced.size()) +
        " known UIDs to other messages; these are looked at anew");
  return replaced;
}

void CollectorWork::retire(const std::vector<std::string>& uids, Retire which, Then then) {
  change_memory(
      self_, node_,
      [name = settings_.name, uids, which](storage::CollectorRepository& repository) {
        return repository.retire(name, uids, which);
      },
      std::move(then));
}

void CollectorWork::note_result(const CollectReport& report, Then then) {
  storage::CollectorResult result;
  result.collector = settings_.name;
  result.at = now_microseconds();
  result.listed_at = listed_at_;
  result.ok = report.outcome.ok;
  result.result = storage::clean_text(report.last_result);
  result.fetched = report.fetched;
  result.deleted = report.deleted;
  result.kept = report.left;
  result.failed = report.failed;
  result.duplicates = report.duplicates;
  change_memory(
      self_, node_,
      [result](storage::CollectorRepository& repository) { return repository.note_result(result); },
      std::move(then));
}

// ---- one message ----

routing::RemoteMessageFacts CollectorWork::facts_of(const ListedMessage& message) const {
  routing::RemoteMessageFacts facts;
  facts.size_bytes = message.size_bytes;
  const auto known = seen_.find(message.uid);
  if (message.uid.empty() || known == seen_.end()) return facts;
  const storage::SeenMessage& seen = known->second;
  facts.state = routing::remote_state(seen.state);
  facts.first_seen = seen.first_seen;
  facts.settled = seen.settled;
  facts.get_wanted = seen.get_wanted;
  facts.delete_wanted = seen.delete_wanted;
  return facts;
}

routing::RemotePolicy CollectorWork::policy() const {
  return {now_microseconds(), settings_.pop3.leave_days, node_.config()->collection.query_download_delay_days,
          settings_.pop3.max_size_kb * 1024};
}

routing::RemoteStep CollectorWork::first_step(const ListedMessage& message) const {
  return routing::first_step(facts_of(message), policy());
}

bool CollectorWork::ignored_long_enough(const ListedMessage& message) const {
  return routing::is_ignored_long_enough(facts_of(message), policy());
}

bool CollectorWork::is_collected(const ListedMessage& message) const {
  const routing::RemoteMessageFacts facts = facts_of(message);
  return facts.state == RemoteState::fetched && !facts.delete_wanted;
}

Judged CollectorWork::judge(const ListedMessage& message, std::string_view head, bool wanted) {
  Judged judged = desk_.judge(head, message.size_bytes);
  for (const routing::TriedRule& rule : judged.decision.tried)
    if (rule.matched)
      node_.log.info("download-rules", session_,
                     settings_.name + ": message " + (message.uid.empty() ? "without UID" : message.uid) +
                         ": rule " + std::to_string(rule.number) +
                         (rule.name.empty() ? " (no name)" : " \"" + rule.name + "\"") + ", " +
                         std::string(routing::meaning_of(rule.action).name) + ": " + rule.why);
  const bool asks = judged.decision.meaning().notice == DownloadNotice::question;
  if (asks && !wanted && message.uid.empty()) log("nobody can be asked about a message without UID");
  // What nobody can point at later is better downloaded than lost.
  if (wanted || (asks && message.uid.empty())) judged.decision = judged.decision.as_wanted();
  return judged;
}

bool CollectorWork::is_duplicate(const std::string& digest) const {
  const auto known = digests_.find(digest);
  if (known == digests_.end()) return false;
  return !listed_.contains(known->second) ||
         (settings_.pop3.remove_duplicates && delivered_.contains(digest));
}

/// The same bytes have been delivered before: the server has forgotten or renumbered its UIDs, or a run ended
/// between the commit and the deletion.
void CollectorWork::skip_duplicate(const ListedMessage& message, const std::string& digest,
                                   const RemoteHead& shown, Stored stored) {
  write_note(note_of(message, digest, RemoteState::fetched, shown), std::move(stored));
}

void CollectorWork::deliver(CollectedMail mail, const ListedMessage& message, const std::string& digest,
                            const std::optional<Judged>& judged, Stored stored) {
  RouteMessage offer;
  Arrival& arrival = offer.arrival;
  arrival.id = mail.id();
  arrival.envelope.reverse_path = mail.reverse_path();
  arrival.envelope.body = BodyType::eight_bit_mime;
  arrival.origin.source = Source::collector;
  arrival.origin.service = settings_.name;
  arrival.origin.session = session_;
  arrival.received = current_time();
  if (judged) arrival.redirection = judged->decision.redirection();
  arrival.content = mail.finish();
  offer.collected = note_of(message, digest, RemoteState::fetched, mail.shown());
  const CollectedNote note = *offer.collected;
  route(std::move(offer), [this, note, stored = std::move(stored)](const RouteResult& result) {
    if (!result.accepted) {
      log("not stored, stays on the server: " + result.reply.text);
      return stored(false);
    }
    if (!note.digest.empty()) {
      digests_.emplace(note.digest, note.uid);
      delivered_.insert(note.digest);
    }
    ++node_.counters.messages_collected;
    log("message " + std::to_string(result.id.value) + ": collected, " + std::to_string(result.deliveries) +
        " copies");
    stored(true);
  });
}

void CollectorWork::tell(const ListedMessage& message, std::string_view head, const Judged& judged,
                         Stored stored) {
  const auto directory = node_.directory();
  const RemoteNews news = news_of(message, head);
  CollectedNote note = note_of(message, {}, RemoteState::settled, remote_head(head));
  switch (judged.decision.meaning().notice) {
    case DownloadNotice::question: {
      const auto to = told_addresses(*directory, judged.decision, judged.audience, k_question_target);
      note.state = routing::text_of(RemoteState::asked);
      note.token = new_token();
      if (to.empty()) return write_note(std::move(note), std::move(stored));
      auto question = question_arrival(node_, news, to, note.token, QuestionCause::rule);
      return send_notice(std::move(question), std::move(note), std::move(stored));
    }
    case DownloadNotice::deleted: {
      const auto to = told_addresses(*directory, judged.decision, judged.audience, k_warning_target);
      if (to.empty()) return write_note(std::move(note), std::move(stored));
      return send_notice(deletion_arrival(node_, news, to), std::move(note), std::move(stored));
    }
    case DownloadNotice::rejected: {
      std::vector<std::string> recipients;
      for (const std::string& user : judged.audience.users) recipients.push_back(directory->address_of(user));
      if (recipients.empty())
        recipients.push_back("undisclosed-recipients@" + node_.config()->server.hostname);
      return send_notice(rejection_arrival(node_, news, recipients), std::move(note), std::move(stored));
    }
    case DownloadNotice::none: return write_note(std::move(note), std::move(stored));
  }
}

void CollectorWork::tell_too_large(const ListedMessage& message, std::string_view head, Stored stored) {
  log("a message of " + std::to_string(message.size_bytes) +
      " bytes is larger than max_size_kb and stays on the server");
  if (message.uid.empty()) return stored(true);  // it would be told at each visit
  const auto directory = node_.directory();
  const RemoteNews news = news_of(message, head);
  CollectedNote note = note_of(message, {}, RemoteState::too_large, remote_head(head));
  if (!uses_rules() || head.empty()) {
    const auto to = target_addresses(*directory, k_too_large_target);
    if (to.empty()) return write_note(std::move(note), std::move(stored));
    return send_notice(too_large_arrival(node_, news, to), std::move(note), std::move(stored));
  }
  routing::DownloadDecision ask;
  ask.action = routing::DownloadAction::query;
  const Judged judged = desk_.judge(head, message.size_bytes);
  const auto to = told_addresses(*directory, ask, judged.audience, k_too_large_target);
  if (to.empty()) return write_note(std::move(note), std::move(stored));
  note.state = routing::text_of(RemoteState::asked);
  note.token = new_token();
  auto question = question_arrival(node_, news, to, note.token, QuestionCause::size);
  send_notice(std::move(question), std::move(note), std::move(stored));
}

void CollectorWork::log(const std::string& text) const {
  node_.log.info("collect", session_, settings_.name + ": " + text);
}

RemoteNews CollectorWork::news_of(const ListedMessage& message, std::string_view head) const {
  return {settings_.name, head, message.size_bytes, settings_.pop3.max_size_kb * 1024,
          node_.config()->collection.query_download_delay_days};
}

CollectedNote CollectorWork::note_of(const ListedMessage& message, const std::string& digest,
                                     RemoteState state, const RemoteHead& shown) const {
  CollectedNote note;
  note.collector = settings_.name;
  note.uid = message.uid.empty() ? std::string(k_digest_prefix) + digest : message.uid;
  note.digest = digest;
  note.state = routing::text_of(state);
  note.subject = shown.subject;
  note.sender = shown.sender;
  note.recipients = shown.recipients;
  note.message_date = shown.date;
  return note;
}

void CollectorWork::route(RouteMessage message, std::function<void(const RouteResult&)> then) {
  self_->request(node_.handles()->router, caf::infinite, std::move(message))
      .then([then](const RouteResult& result) { then(result); },
            [then](const caf::error&) {
              RouteResult failed;
              failed.reply.text = "the router has ended";
              then(failed);
            });
}

void CollectorWork::send_notice(std::optional<Arrival> notice, CollectedNote note, Stored stored) {
  if (!notice) return write_note(std::move(note), std::move(stored));
  RouteMessage message;
  message.arrival = std::move(*notice);
  if (!note.uid.starts_with(k_digest_prefix)) message.collected = std::move(note);
  route(std::move(message), [this, stored = std::move(stored)](const RouteResult& result) {
    if (!result.accepted) log("a notice could not be stored: " + result.reply.text);
    stored(result.accepted);
  });
}

/// What is remembered without a message that goes with it.
void CollectorWork::write_note(CollectedNote note, Stored stored) {
  if (note.uid == k_digest_prefix) return stored(true);
  auto unit = std::make_shared<storage::WriteUnit>();
  storage::AcceptMessage mark;
  mark.id = node_.numbers.take();
  mark.collected = storage::CollectedMark{note.collector,
                                          storage::clean_text(note.uid),
                                          note.digest,
                                          now_microseconds(),
                                          note.state,
                                          storage::clean_text(note.subject),
                                          storage::clean_text(note.sender),
                                          storage::clean_text(note.recipients),
                                          note.message_date,
                                          note.token};
  unit->emplace_back(std::move(mark));
  self_->request(node_.handles()->writer, caf::infinite, WriteMail{std::move(unit), 0, {}})
      .then([stored](const WriteAnswer& answer) { stored(answer.result->has_value()); },
            [stored](const caf::error&) { stored(false); });
}

}  // namespace stagecoach
