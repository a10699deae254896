// One SMTP, submission or LMTP session: carries out what the engine asks for and decides nothing itself.

#include "actors/intake.h"
#include "actors/serialisation.h"
#include "actors/session.h"
#include "actors/session_login.h"
#include "protocols/smtp/received_field.h"

namespace stagecoach {

namespace {

constexpr std::int64_t k_waiting_writes_max = 5000;  // beyond it the database is too slow: new mail gets 452

class SmtpSession : public Session {
 public:
  /// `course`: of a connection that has been turned; null otherwise.
  SmtpSession(caf::actor_config& config, Reactor& reactor, const OpenSocket& open, Node& node,
              const ServicePtr& shared, std::shared_ptr<TurnedCourse> course)
      : Session(config, reactor, open, node, shared, "smtp", node.counters.smtp_sessions),
        course_(std::move(course)),
        engine_(is_loopback(peer_ip()) ? shared->smtp_loopback : shared->smtp, random_bytes(24)) {
    origin_.source = settings().protocol == conf::Protocol::submission ? Source::submission
                     : settings().protocol == conf::Protocol::lmtp     ? Source::lmtp
                                                                       : Source::smtp;
    origin_.service = service_name();
    origin_.peer = peer_ip() + ":" + std::to_string(socket().peer_port());
    origin_.session = number();
    if (!course_ && origin_.source == Source::smtp) incoming_ = node.counters.incoming.enter();
  }
  void on_exit() override {
    incoming_ = {};
    if (course_) {
      course_->messages = messages_;
      if (!engine_.closed()) course_->fault = "the connection was lost";
    }
    Session::on_exit();
  }
  const char* name() const override { return "smtp_session"; }

 private:
  void greet(bool tls) override {
    origin_.tls = tls;
    carry_out(engine_.greet(tls));
  }
  void tls_started() override {
    origin_.tls = true;
    carry_out(engine_.tls_started());
  }
  void take_input(std::string_view bytes) override { carry_out(engine_.receive(bytes)); }
  bool is_waiting() const override { return engine_.waiting(); }
  void timed_out() override {
    if (course_) course_->fault = "the other side was silent for too long";
    carry_out(engine_.timed_out());
  }
  void shut_down() override {
    if (course_) course_->fault = "the server stops";
    carry_out(engine_.shutting_down());
  }
  std::string summary() const override { return "messages=" + std::to_string(messages_); }
  Tally tally() const override { return {messages_, bytes_}; }

  void carry_out(smtp::ServerEvents events) {
    for (smtp::ServerEvent& event : events) {
      if (!socket().is_open()) return;
      std::visit([this](auto& one) { on(one); }, event);
    }
    set_paused(must_pause());
  }
  bool must_pause() const { return engine_.waiting() || uploading_; }

  void on(smtp::Output& output) { socket().write(output.bytes); }
  void on(smtp::StartTls&) { start_tls(); }
  void on(smtp::Close&) { socket().finish(); }
  void on(smtp::HeloOffered& helo) {
    origin_.helo = helo.name;
    carry_out(engine_.decided({250, "", ""}));
  }
  void on(smtp::Authenticated&) {
    origin_.authenticated_user = login_name_;  // as the directory has it
    note_login(login_id_, login_name_);
    if (scram_) ++node().counters.logins;
    scram_ = false;
  }
  void on(smtp::AuthenticationFailed& failure) {
    if (scram_)
      send(node().handles()->authenticator, LoginFailedNote{failure.user, origin_.service, peer_ip()});
    scram_ = false;
  }

  void on(smtp::PasswordOffered& offer) {
    scram_ = false;
    if (!acts_as_itself(offer.authzid, offer.user))
      return carry_out(engine_.password_checked(sasl::PasswordVerdict::refused));
    ask_authenticator(this, node(), CheckPassword{offer.user, offer.password, origin_.service, peer_ip(), {}},
                      [this](const LoginAnswer& answer) {
                        login_name_ = answer.user;
                        login_id_ = answer.id;
                        carry_out(engine_.password_checked(verdict_of(answer)));
                      });
  }
  void on(smtp::VerifierWanted& wanted) {
    scram_ = true;
    ask_authenticator(this, node(), FindVerifier{wanted.user, origin_.service, peer_ip()},
                      [this](const LoginAnswer& answer) {
                        login_name_ = answer.user;
                        login_id_ = answer.id;
                        if (answer.kind == LoginAnswer::Kind::unavailable)
                          carry_out(engine_.verifier_unavailable());
                        else
                          carry_out(engine_.verifier_found(verifier_of(answer)));
                      });
  }

  bool overloaded() const {
    return node().counters.body_bytes > node().config()->limits.memory_messages_max.bytes ||
           node().counters.waiting_writes > k_waiting_writes_max;
  }

  void on(smtp::SenderOffered& offer) {
    if (node().disk_low)
      return carry_out(engine_.decided({452, "4.3.1", "Insufficient system storage, try again later"}));
    if (overloaded())
      return carry_out(engine_.decided({452, "4.3.1", "Too much mail at the moment, try again later"}));
    envelope_ = {};
    envelope_.reverse_path = offer.reverse_path;
    envelope_.envelope_id = offer.parameters.envelope_id;
    envelope_.return_content = offer.parameters.return_content;
    envelope_.body = offer.parameters.body;
    envelope_.smtputf8 = offer.parameters.smtputf8;
    if (offer.parameters.require_tls) envelope_.tls = TlsDemand::required;
    carry_out(engine_.decided({250, "2.1.0", "Sender ok"}));
  }

  void on(smtp::RecipientOffered& offer) {
    request(node().handles()->router, caf::infinite,
            CheckRecipient{origin_, envelope_.reverse_path, offer.recipient})
        .then(
            [this, recipient = offer.recipient](const RecipientAnswer& answer) {
              // Whoever is not known may be refused at the end of DATA instead, when a whole list is judged.
              const bool later =
                  !settings().reject_unrecognised_recipients && answer.refusal.enhanced == "5.1.1";
              if (!answer.accepted && !later) {
                log("recipient refused: to=<" + recipient.address + "> from=<" + envelope_.reverse_path +
                    "> reply=" + std::to_string(answer.refusal.code) + " " + answer.refusal.enhanced + " " +
                    answer.refusal.text);
                return carry_out(
                    engine_.decided({answer.refusal.code, answer.refusal.enhanced, answer.refusal.text}));
              }
              envelope_.recipients.push_back(recipient);
              carry_out(engine_.decided({250, "2.1.5", "Recipient ok"}));
            },
            [this](const caf::error&) {
              carry_out(engine_.decided({451, "4.3.0", "Try again later"}));
            });
  }

  void on(smtp::ContentBegun&) {
    const auto config = node().config();
    number_ = node().numbers.take();
    intake_.emplace(number_, config->limits.message_in_memory_max.bytes, node().counters.body_bytes);
    const std::string return_path = "Return-Path: <" + envelope_.reverse_path + ">\r\n";
    intake_->add_prefix(return_path + received_field(*config), static_cast<std::int64_t>(return_path.size()));
    refused_ = false;
  }

  std::string received_field(const conf::Config& config) const {
    smtp::ReceivedField field;
    field.helo = engine_.helo();
    field.peer_ip = peer_ip();
    field.hostname = config.server.hostname;
    field.with = {service().smtp->flavour, engine_.extended(), engine_.tls(), !engine_.user().empty(),
                  envelope_.smtputf8};
    field.id = std::to_string(number_.value);
    if (envelope_.recipients.size() == 1) field.recipient = envelope_.recipients.front().address;
    field.tls = socket_tls();
    field.time = std::chrono::floor<std::chrono::seconds>(current_time());
    return smtp::to_wire(field);
  }
  std::string socket_tls() const { return const_cast<SmtpSession*>(this)->socket().tls_description(); }

  void on(smtp::ContentBytes& content) {
    if (!intake_ || refused_) return;
    intake_->add(content.bytes);
    upload();
  }

  /// One chunk at a time is on its way to storage; the client waits meanwhile.
  void upload() {
    if (uploading_ || !intake_) return;
    auto chunk = intake_->take_chunk();
    if (!chunk && offered_) chunk = intake_->take_last_chunk();
    if (!chunk) {
      if (offered_) route();
      return;
    }
    uploading_ = true;
    auto unit = std::make_shared<storage::WriteUnit>();
    unit->emplace_back(std::move(*chunk));
    request(node().handles()->writer, caf::infinite, WriteMail{std::move(unit), 0, {}})
        .then([this](const WriteAnswer& answer) { uploaded(answer.result->has_value()); },
              [this](const caf::error&) { uploaded(false); });
  }
  void uploaded(bool ok) {
    uploading_ = false;
    if (!ok) {
      refused_ = true;
      intake_.reset();
      const smtp::Reply reply{451, "4.3.0", "Cannot store the message now, try again later"};
      if (offered_) return finish_message({reply});
      return carry_out(engine_.refuse_content(reply));
    }
    upload();
    set_paused(must_pause());
  }

  void on(smtp::MessageOffered&) {
    offered_ = true;
    if (!intake_) return finish_message({{451, "4.3.0", "Try again later"}});
    upload();
  }

  void route() {
    offered_ = false;
    Arrival arrival;
    arrival.id = number_;
    arrival.envelope = std::move(envelope_);
    arrival.origin = origin_;
    arrival.received = current_time();
    arrival.content = intake_->finish();
    const auto recipients = arrival.envelope.recipients.size();
    if (arrival.content->header_size_bytes > node().config()->limits.header_max.bytes) {
      intake_.reset();
      return finish_message(std::vector<smtp::Reply>(std::max<std::size_t>(recipients, 1),
                                                     {552, "5.2.3", "The header section is too large"}));
    }
    const std::int64_t size = arrival.content->size_bytes;
    held_ = std::move(*intake_);
    intake_.reset();
    log("message " + std::to_string(number_.value) + ": from=<" + arrival.envelope.reverse_path + "> to=<" +
        (recipients ? arrival.envelope.recipients.front().address : "") + ">" +
        (recipients > 1 ? " and " + std::to_string(recipients - 1) + " more" : "") +
        " size=" + std::to_string(arrival.content->size_bytes));
    request(node().handles()->router, caf::infinite, RouteMessage{std::move(arrival), {}, {}, {}})
        .then(
            [this, recipients, size](const RouteResult& result) {
              smtp::Reply reply{result.reply.code, result.reply.enhanced, result.reply.text};
              if (result.accepted) {
                ++messages_;
                bytes_ += size;
                reply = {250, "2.0.0", "Ok: message " + std::to_string(result.id.value)};
              }
              finish_message(std::vector<smtp::Reply>(std::max<std::size_t>(recipients, 1), reply));
            },
            [this, recipients](const caf::error&) {
              finish_message(std::vector<smtp::Reply>(std::max<std::size_t>(recipients, 1),
                                                      {451, "4.3.0", "Try again later"}));
            });
  }

  void finish_message(std::vector<smtp::Reply> replies) {
    offered_ = false;
    held_.reset();
    if (service().smtp->flavour == smtp::Flavour::lmtp) return carry_out(engine_.decided(std::move(replies)));
    carry_out(engine_.decided(std::move(replies.front())));
  }

  void on(smtp::TransactionReset&) {
    intake_.reset();
    envelope_ = {};
    offered_ = refused_ = false;
  }

  std::shared_ptr<TurnedCourse> course_;
  IncomingSessions::Ticket incoming_;
  smtp::ServerSession engine_;
  Origin origin_;
  Envelope envelope_;
  MessageId number_;
  std::optional<Intake> intake_;
  std::optional<Intake> held_;  // keeps the bytes counted until the commit
  std::string login_name_;
  UserId login_id_;
  std::int64_t messages_ = 0, bytes_ = 0;
  bool uploading_ = false, offered_ = false, refused_ = false, scram_ = false;
};

}  // namespace

SessionActor spawn_smtp_session(Reactor& reactor, int fd, Node& node, ServicePtr service) {
  return spawn_pinned<SmtpSession>(reactor, OpenSocket{fd}, std::ref(node), service, nullptr);
}

SessionActor spawn_turned_session(Reactor& reactor, const OpenSocket& open, Node& node, ServicePtr service,
                                  std::shared_ptr<TurnedCourse> course) {
  return spawn_pinned<SmtpSession>(reactor, open, std::ref(node), service, std::move(course));
}

}  // namespace stagecoach
