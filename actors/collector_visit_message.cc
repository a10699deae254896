// One message of a visit: what memory and rules say of it, its bytes, what becomes of it.
#include "actors/collector_visit.h"
#include "actors/serialisation.h"

namespace stagecoach {

bool CollectorVisit::consider(ListedMessage message) {
  using routing::RemoteStep;
  current_ = std::move(message);
  judged_.reset();
  mail_.reset();
  drop_ = false;
  const RemoteStep step = work_.first_step(current_);
  wanted_ = step == RemoteStep::fetch;
  too_large_ = step == RemoteStep::too_large;
  switch (step) {
    case RemoteStep::leave: ++report_.left; return false;
    case RemoteStep::erase: return erase(work_.is_collected(current_) ? Why::collected : Why::unwanted);
    case RemoteStep::too_large: knows_heads() ? look() : tell_too_large(); return true;
    case RemoteStep::fetch:
    case RemoteStep::decide: work_.uses_rules() && knows_heads() ? look() : retrieve(); return true;
  }
  return false;
}

void CollectorVisit::look() {
  begin_mail();
  looking_ = true;
  ask_head();
}

void CollectorVisit::retrieve() {
  begin_mail();
  ask_whole();
}

void CollectorVisit::begin_mail() {
  mail_.emplace(node_, CollectedMail::Remote{protocol_.server.host, protocol_.name,
                                             settings_.routing.options.ignore_mbox_from});
  ended_ = false;
}

void CollectorVisit::content(std::string_view bytes) {
  if (!mail_ || drop_ || (looking_ && mail_->has_head())) return;
  mail_->add(bytes);
  if (looking_) return;
  if (!mail_->is_open() && mail_->has_head()) open_mail();
  if (!drop_) upload();
}

/// The header section of a message that is being fetched is there.
void CollectorVisit::open_mail() {
  if (work_.uses_rules() && !judged_) {
    judged_ = work_.judge(current_, mail_->head(), wanted_);
    // What came is more than the rules want.
    drop_ = judged_->decision.meaning().fetch != routing::Fetch::whole;
    if (drop_) return;
  }
  mail_->open(judged_ ? judged_->own_fields : std::string());
}

void CollectorVisit::message_ended() {
  if (!mail_) return;
  if (std::exchange(looking_, false)) return too_large_ ? tell_too_large() : decide();
  if (!mail_->is_open() && !drop_) open_mail();
  if (drop_) return obey();
  ended_ = true;
  busy_ = true;
  content_digest_ = mail_->digest();
  if (!wanted_ && work_.is_duplicate(content_digest_)) return skip_duplicate();
  upload();
}

void CollectorVisit::message_refused(const Error& why) {
  mail_.reset();
  if (std::exchange(looking_, false)) {
    heads_failed();
    if (!knows_heads()) return too_large_ ? tell_too_large() : retrieve();
  }
  work_.log("the server refused: " + why.text());
  ++report_.failed;
  proceed();
}

void CollectorVisit::message_gone() {
  mail_.reset();
  looking_ = false;
  work_.log("message " + current_.uid + " is not on the server any more");
  proceed();
}

// ---- what becomes of it ----

/// The header section is there, the message is not.
void CollectorVisit::decide() {
  judged_ = work_.judge(current_, mail_->head(), wanted_);
  if (judged_->decision.meaning().fetch == routing::Fetch::whole) return retrieve();
  obey();
}

/// Anything but the whole message.
void CollectorVisit::obey() {
  const routing::ActionMeaning& meaning = judged_->decision.meaning();
  if (meaning.fetch == routing::Fetch::headers) return deliver_headers();
  if (meaning.fate == routing::RemoteFate::when_old) {
    if (work_.ignored_long_enough(current_)) return remove(Why::unwanted);
    ++report_.left;
    return proceed();
  }
  if (meaning.notice == routing::DownloadNotice::none) return remove(Why::unwanted);
  busy_ = true;
  work_.tell(current_, mail_->head(), *judged_, [this](bool stored) { told(stored); });
}

void CollectorVisit::tell_too_large() {
  busy_ = true;
  work_.tell_too_large(current_, mail_ ? mail_->head() : std::string_view(), [this](bool) {
    busy_ = false;
    if (over_) return;
    ++report_.left;
    proceed();
  });
}

/// A question leaves the message where it is, a warning goes before its end.
void CollectorVisit::told(bool stored) {
  busy_ = false;
  if (over_) return;
  if (stored && judged_->decision.meaning().fate == routing::RemoteFate::at_once)
    return remove(Why::unwanted);
  ++(stored ? report_.left : report_.failed);
  proceed();
}

/// The header section as a message of its own.
void CollectorVisit::deliver_headers() {
  const std::string_view head = mail_->head();
  const auto end = head.find("\r\n\r\n");
  CollectedMail headers(node_, {protocol_.server.host, protocol_.name, false});
  headers.add(end == std::string_view::npos ? std::string(head) + "\r\n"
                                            : std::string(head.substr(0, end + 4)));
  headers.open(judged_->own_fields);
  busy_ = true;
  work_.deliver(std::move(headers), current_, {}, judged_, [this](bool stored) { delivered(stored); });
}

void CollectorVisit::skip_duplicate() {
  const RemoteHead shown = mail_->shown();
  mail_.reset();
  ++report_.duplicates;
  work_.log("message " + (current_.uid.empty() ? "without UID" : current_.uid) +
            " was collected before; it is not delivered again");
  work_.skip_duplicate(current_, content_digest_, shown, [this](bool) { settled(); });
}

void CollectorVisit::upload() {
  if (uploading_ || !mail_ || !mail_->is_open()) return;
  auto chunk = mail_->take_chunk();
  if (!chunk && ended_) chunk = mail_->take_last_chunk();
  if (!chunk) {
    if (ended_) deliver();
    return;
  }
  uploading_ = busy_ = true;
  auto unit = std::make_shared<storage::WriteUnit>();
  unit->emplace_back(std::move(*chunk));
  request(node_.handles()->writer, caf::infinite, WriteMail{std::move(unit), 0, {}})
      .then(
          [this](const WriteAnswer& answer) {
            uploading_ = false;
            if (!*answer.result) return end(answer.result->error());
            if (!ended_) busy_ = false;
            upload();
            if (!busy_ && socket().is_open()) socket().resume();
          },
          [this](const caf::error&) { end(unavailable("the writer has ended")); });
}

void CollectorVisit::deliver() {
  ended_ = false;
  CollectedMail mail = std::move(*mail_);
  mail_.reset();
  work_.deliver(std::move(mail), current_, content_digest_, judged_,
                [this](bool stored) { delivered(stored); });
}

void CollectorVisit::delivered(bool stored) {
  if (stored) {
    ++report_.fetched;
    return settled();
  }
  ++report_.failed;
  busy_ = false;
  if (!over_) proceed();
}

/// After the commit: now, and not earlier, the remote copy may go.
void CollectorVisit::settled() {
  busy_ = false;
  if (over_) return;
  const bool at_once = judged_ && judged_->decision.meaning().fate == routing::RemoteFate::at_once;
  if (at_once || settings_.pop3.leave_days == 0) return remove(Why::collected);
  ++report_.left;
  proceed();
}

void CollectorVisit::remove(Why why) {
  if (!erase(why)) proceed();
}

}  // namespace stagecoach
