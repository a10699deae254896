// One SMTP, submission or LMTP session: carries out what the engine asks for and decides nothing itself.

#include "actors/connection.h"
#include "actors/intake.h"
#include "actors/serialisation.h"
#include "actors/service.h"
#include "actors/session_login.h"
#include "protocols/smtp/received_field.h"

namespace stagecoach {

namespace {

constexpr std::int64_t k_waiting_writes_max = 5000;  // beyond it the database is too slow: new mail gets 452
constexpr int k_waits_max = 3;                       // time-outs that an answer of ours may take

class SmtpSession : public Connection<SessionActor::base> {
 public:
  SmtpSession(caf::actor_config& config, Reactor& reactor, int fd, Node& node, ServicePtr service)
      : Connection(config, reactor, fd),
        node_(node),
        service_(std::move(service)),
        peer_ip_(socket().peer_ip()),
        engine_(is_loopback(peer_ip_) ? service_->smtp_loopback : service_->smtp, random_bytes(24)),
        counted_(node.counters.smtp_sessions),
        service_counted_(service_->sessions) {
    origin_.source = service_->settings.protocol == conf::Protocol::submission ? Source::submission
                     : service_->settings.protocol == conf::Protocol::lmtp     ? Source::lmtp
                                                                               : Source::smtp;
    origin_.service = service_->settings.name;
    origin_.peer = peer_ip_ + ":" + std::to_string(socket().peer_port());
    origin_.session = node.next_session('s');
  }

  behavior_type make_behavior() override {
    keep_alive();
    socket().open();
    arm_timeout();
    if (node_.config()->log.log_sessions)
      log("connected: service=" + origin_.service + " peer=" + origin_.peer);
    if (service_->implicit_tls())
      socket().start_tls(service_->tls, true);
    else
      carry_out(engine_.greet());
    return {[](const MailboxNews&) {},
            [this](const ShutDown&) {
              if (!engine_.waiting()) carry_out(engine_.shutting_down());
            }};
  }
  const char* name() const override { return "smtp_session"; }

 private:
  // ---- the socket ----

  void on_input(std::string_view bytes) override {
    waits_ = 0;
    arm_timeout();
    carry_out(engine_.receive(bytes));
  }
  void on_tls_ready() override {
    ++node_.counters.tls_handshakes;
    origin_.tls = true;
    const bool implicit = service_->implicit_tls() && !engine_.tls();
    carry_out(implicit ? engine_.greet(true) : engine_.tls_started());
  }
  void on_timeout() override {
    if (engine_.closed()) return quit();
    if (engine_.waiting() && ++waits_ < k_waits_max) return arm_timeout();
    if (engine_.waiting()) return quit();  // whoever owed the answer is gone
    carry_out(engine_.timed_out());
    socket().set_timeout(std::chrono::seconds(5));  // for the last reply to leave
  }
  void on_closed(const Error& why) override {
    if (node_.config()->log.log_sessions)
      log("ended: messages=" + std::to_string(messages_) + " reason=" + why.reason);
    quit();
  }
  void arm_timeout() { socket().set_timeout(service_->settings.effective_idle_timeout()); }

  // ---- the engine ----

  void carry_out(smtp::ServerEvents events) {
    for (smtp::ServerEvent& event : events) {
      if (!socket().is_open()) return;
      std::visit([this](auto& one) { on(one); }, event);
    }
    if (socket().is_open() && must_pause())
      socket().pause();
    else
      socket().resume();
  }
  bool must_pause() const { return engine_.waiting() || uploading_; }

  void on(smtp::Output& output) { socket().write(output.bytes); }
  void on(smtp::StartTls&) { socket().start_tls(service_->tls, true); }
  void on(smtp::Close&) { socket().finish(); }
  void on(smtp::HeloOffered& helo) {
    origin_.helo = helo.name;
    carry_out(engine_.decided({250, "", ""}));
  }
  void on(smtp::Authenticated&) {
    origin_.authenticated_user = login_name_;  // as the directory has it
    if (scram_) ++node_.counters.logins;
    scram_ = false;
  }
  void on(smtp::AuthenticationFailed& failure) {
    if (scram_)
      send(node_.handles()->authenticator, LoginFailedNote{failure.user, origin_.service, peer_ip_});
    scram_ = false;
  }

  void on(smtp::PasswordOffered& offer) {
    scram_ = false;
    if (!acts_as_itself(offer.authzid, offer.user))
      return carry_out(engine_.password_checked(sasl::PasswordVerdict::refused));
    ask_authenticator(this, node_, CheckPassword{offer.user, offer.password, origin_.service, peer_ip_, {}},
                      [this](const LoginAnswer& answer) {
                        login_name_ = answer.user;
                        carry_out(engine_.password_checked(verdict_of(answer)));
                      });
  }
  void on(smtp::VerifierWanted& wanted) {
    scram_ = true;
    ask_authenticator(this, node_, FindVerifier{wanted.user, origin_.service, peer_ip_},
                      [this](const LoginAnswer& answer) {
                        login_name_ = answer.user;
                        if (answer.kind == LoginAnswer::Kind::unavailable)
                          carry_out(engine_.verifier_unavailable());
                        else
                          carry_out(engine_.verifier_found(verifier_of(answer)));
                      });
  }

  bool overloaded() const {
    return node_.counters.body_bytes > node_.config()->limits.memory_messages_max.bytes ||
           node_.counters.waiting_writes > k_waiting_writes_max;
  }

  void on(smtp::SenderOffered& offer) {
    if (overloaded())
      return carry_out(engine_.decided({452, "4.3.1", "Too much mail at the moment, try again later"}));
    envelope_ = {};
    envelope_.reverse_path = offer.reverse_path;
    envelope_.envelope_id = offer.parameters.envelope_id;
    envelope_.return_content = offer.parameters.return_content;
    envelope_.body = offer.parameters.body;
    envelope_.smtputf8 = offer.parameters.smtputf8;
    carry_out(engine_.decided({250, "2.1.0", "Sender ok"}));
  }

  void on(smtp::RecipientOffered& offer) {
    request(node_.handles()->router, caf::infinite,
            CheckRecipient{origin_, envelope_.reverse_path, offer.recipient})
        .then(
            [this, recipient = offer.recipient](const RecipientAnswer& answer) {
              if (!answer.accepted) {
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
    const auto config = node_.config();
    number_ = node_.numbers.take();
    intake_.emplace(number_, config->limits.message_in_memory_max.bytes, node_.counters.body_bytes);
    const std::string return_path = "Return-Path: <" + envelope_.reverse_path + ">\r\n";
    intake_->add_prefix(return_path + received_field(*config), static_cast<std::int64_t>(return_path.size()));
    refused_ = false;
  }

  std::string received_field(const conf::Config& config) const {
    smtp::ReceivedField field;
    field.helo = engine_.helo();
    field.peer_ip = peer_ip_;
    field.hostname = config.server.hostname;
    field.with = {service_->smtp->flavour, engine_.extended(), engine_.tls(), !engine_.user().empty(),
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
    request(node_.handles()->writer, caf::infinite, WriteMail{std::move(unit), 0, {}})
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
    if (!must_pause()) socket().resume();
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
    held_ = std::move(*intake_);
    intake_.reset();
    log("message " + std::to_string(number_.value) + ": from=<" + arrival.envelope.reverse_path + "> to=<" +
        (recipients ? arrival.envelope.recipients.front().address : "") + ">" +
        (recipients > 1 ? " and " + std::to_string(recipients - 1) + " more" : "") +
        " size=" + std::to_string(arrival.content->size_bytes));
    request(node_.handles()->router, caf::infinite, RouteMessage{std::move(arrival), {}, {}})
        .then(
            [this, recipients](const RouteResult& result) {
              smtp::Reply reply{result.reply.code, result.reply.enhanced, result.reply.text};
              if (result.accepted) {
                ++messages_;
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
    if (service_->smtp->flavour == smtp::Flavour::lmtp) return carry_out(engine_.decided(std::move(replies)));
    carry_out(engine_.decided(std::move(replies.front())));
  }

  void on(smtp::TransactionReset&) {
    intake_.reset();
    envelope_ = {};
    offered_ = refused_ = false;
  }

  void log(const std::string& text) { node_.log.info("smtp", origin_.session, text); }

  Node& node_;
  ServicePtr service_;
  std::string peer_ip_;
  smtp::ServerSession engine_;
  Counted counted_, service_counted_;
  Origin origin_;
  Envelope envelope_;
  MessageId number_;
  std::optional<Intake> intake_;
  std::optional<Intake> held_;  // keeps the bytes counted until the commit
  std::string login_name_;
  std::int64_t messages_ = 0;
  int waits_ = 0;  // time-outs while an answer was pending
  bool uploading_ = false, offered_ = false, refused_ = false, scram_ = false;
};

}  // namespace

SessionActor spawn_smtp_session(Reactor& reactor, int fd, Node& node, ServicePtr service) {
  return spawn_pinned<SmtpSession>(reactor, fd, std::ref(node), std::move(service));
}

}  // namespace stagecoach
