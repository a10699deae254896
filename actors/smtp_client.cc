#include "actors/smtp_client.h"

#include <deque>

#include "actors/connection.h"
#include "actors/database.h"
#include "actors/dialogue_log.h"
#include "actors/outgoing_content.h"
#include "actors/outgoing_program.h"
#include "actors/sending_edits.h"
#include "actors/sending_settings.h"
#include "actors/serialisation.h"
#include "actors/server_search.h"
#include "actors/socks_proxy.h"
#include "actors/tokens.h"
#include "protocols/smtp/client_session.h"
#include "storage/content_store.h"

namespace stagecoach {

namespace {

AttemptResult::Kind kind_of(smtp::Outcome outcome) {
  if (outcome == smtp::Outcome::delivered) return AttemptResult::Kind::delivered;
  return outcome == smtp::Outcome::permanent ? AttemptResult::Kind::permanent
                                             : AttemptResult::Kind::temporary;
}

class SmtpClient : public Connection<SmtpClientActor::base> {
 public:
  SmtpClient(caf::actor_config& config, Reactor& reactor, int fd, Node& node, QueueActor queue,
             ResolverActor resolver, SmtpClientTask task)
      : Connection(config, reactor, fd),
        node_(node),
        queue_(std::move(queue)),
        resolver_(std::move(resolver)),
        task_(std::move(task)),
        session_(node.next_session('d')),
        settings_(sending_settings(task_, *node.config())),
        counted_(node.counters.client_sessions),
        hooks_(node, task_.sender),
        search_(this, node, resolver_, task_, hooks_),
        dialogue_(node.log, "send", session_, task_.sender.log_data, DialogueProtocol::smtp) {}

  behavior_type make_behavior() override {
    keep_alive();
    begin_search();
    return {[this](const ShutDown&) {
      stopping_ = true;
      if (!engine_) end("the server stops");
    }};
  }
  void on_exit() override {
    queue_ = nullptr;
    resolver_ = nullptr;
    search_.end();
    Connection::on_exit();
  }
  const char* name() const override { return "smtp_client"; }

 private:
  // ---- where to ----

  void begin_search() {
    find_proxy(this, resolver_, proxy_of(*node_.config(), task_.sender.connection),
               [this](Result<std::optional<SocksProxy>> proxy) {
                 if (!proxy) return end("4.4.1 " + proxy.error().reason);
                 proxy_ = std::move(*proxy);
                 search_.begin([this](std::optional<ServerSearch::Nothing> nothing) {
                   if (nothing) return end(nothing->failure, nothing->permanent);
                   next_server();
                 });
               });
  }

  void next_server() {
    if (stopping_) return end("the server stops");
    search_.next([this](std::optional<ServerAddress> found) {
      if (!found) return nobody_left();
      server_ = std::move(found->server);
      ip_ = std::move(found->ip);
      token_retried_ = in_clear_ = false;
      prepare_connection();
    });
  }
  void nobody_left() {
    const std::string& failure = search_.last_failure();
    end(failure.empty() ? "4.4.4 no server is configured or known for this destination" : failure,
        refused_ && task_.sender.kind == conf::SenderKind::direct);
  }

  bool needs_token() const {
    const auto& sender = task_.sender;
    return sender.kind == conf::SenderKind::relay && sender.relay.auth_method == conf::SenderAuth::xoauth2 &&
           sender.oauth.is_set() && !sender.relay.username.empty();
  }

  void prepare_connection(const std::string& refused_token = {}) {
    if (!needs_token()) return connect();
    find_token(this, node_.handles()->tokens, FindToken{task_.sender.oauth, refused_token},
               [this](const TokenAnswer& answer) {
                 if (!answer.outcome.ok) return end("4.7.0 " + answer.outcome.error.reason);
                 token_ = answer.token;
                 connect();
               });
  }

  void connect() {
    server_settings_ = settings_for(*settings_, server_, task_.tls != nullptr, token_, in_clear_);
    engine_.emplace(server_settings_, random_bytes(24));
    peer_ = server_.name == ip_ ? ip_ : server_.name + " [" + ip_ + "]";
    security_.clear();
    log("connecting to " + peer_ + ":" + std::to_string(server_.port) + " for " + task_.destination +
        (proxy_ ? " through " + proxy_->host : ""));
    socket().set_timeout(task_.timeouts.connect);
    socket().bind_to(server_.change.bind_address.value_or(""));
    socket().connect(ip_, server_.port, proxy_);
  }

  // ---- the socket ----

  void on_connected() override {
    if (!std::exchange(connected_, true)) {
      SendingReached reached{task_.destination};
      if (hooks_.exist()) {
        const auto limits = hooks_.after_connect(server_.name);
        reached.messages_max = limits.messages_per_connection;
        reached.recipients_max = limits.recipients_per_connection;
        reached.message_recipients_max = limits.recipients_per_message;
      }
      send(queue_, reached);
    }
    if (is_implicit())
      start_tls();
    else
      carry_out(engine_->connected());
    await_reply();
  }
  void on_input(std::string_view bytes) override {
    dialogue_.received(bytes);
    carry_out(engine_->receive(bytes));
  }
  void on_tls_ready() override {
    in_handshake_ = false;
    ++node_.counters.tls_handshakes;
    note_security();
    carry_out(engine_->tls() || !is_implicit() ? engine_->tls_started() : engine_->connected());
    await_reply();
  }
  bool is_implicit() const { return server_settings_->tls == smtp::TlsPolicy::implicit; }

  /// The handshake is done: what it proved, for the trace and for reports.
  void note_security() {
    const bool satisfied = is_satisfied(socket().ssl(), server_.check);
    engine_->set_proved(satisfied && server_.name_is_proved);
    security_ = socket().tls_description();
    if (satisfied) security_ += server_.check.tlsa.empty() ? ", certificate valid" : ", DANE";
    if (server_.policy == TlsPolicyKind::mta_sts) security_ += ", MTA-STS";
    const bool counts_as_failure = server_.is_test && !satisfied;
    search_.count(server_, ip_,
                  counts_as_failure ? std::string(tls_failure_type(socket().verify_result())) : "");
  }
  /// The session failed before it was encrypted as it should be.
  void note_insecurity() {
    if (!security_.empty() || server_settings_->tls == smtp::TlsPolicy::none) return;
    const smtp::ClientStage stage = engine_->stage();
    const bool offered = engine_->peer().starttls || is_implicit();
    if (stage == smtp::ClientStage::connect || stage == smtp::ClientStage::greeting) return;
    search_.count(
        server_, ip_,
        offered ? std::string(tls_failure_type(socket().verify_result())) : "starttls-not-supported");
  }
  void on_drained() override {
    if (std::exchange(content_waits_, false)) read_content();
  }
  void on_timeout() override {
    if (!connected_) {
      socket().close();
      search_.note_failure("4.4.1 " + peer_ + ": no answer to the connection");
      return next_server();
    }
    carry_out(engine_->timed_out());
  }
  void on_closed(const Error& why) override {
    if (!engine_) return quit();
    if (!connected_) {
      search_.note_failure("4.4.1 " + peer_ + ": " + why.reason);
      return next_server();
    }
    if (closing_) return finish_session();
    handshake_failed_ = std::exchange(in_handshake_, false);
    carry_out(engine_->connection_lost(why));  // ends in Close, which goes on to the next server
  }

  void start_tls() {
    in_handshake_ = true;
    socket().start_tls(task_.tls, false, {}, [this](SSL* ssl) { prepare_check(ssl, server_.check); });
  }

  // ---- the engine ----

  void carry_out(smtp::ClientEvents events) {
    for (smtp::ClientEvent& event : events) std::visit([this](auto& one) { on(one); }, event);
    if (!events.empty()) await_reply();
  }
  /// A server that sends a byte now and then does not get more time by that.
  void await_reply() {
    if (socket().is_open() && engine_) socket().set_timeout(engine_->timeout());
  }

  void on(smtp::Output& output) {
    dialogue_.sent(output.bytes);
    if (socket().is_open()) socket().write(output.bytes);
  }
  void on(smtp::StartTls&) { start_tls(); }
  void on(smtp::TransactionBegun&) {}
  void on(smtp::RecipientResult&) {}
  void on(smtp::Idle&) { fetch_next(); }
  void on(smtp::Close&) {
    closing_ = true;
    if (socket().is_open())
      socket().finish();
    else
      finish_session();
  }
  void on(smtp::SessionFailed& failure) {
    note_insecurity();
    retry_login_ = failure.stage == smtp::ClientStage::auth && failure.permanent && !token_.empty() &&
                   !std::exchange(token_retried_, true);
    // Encryption that is only taken when it is there: a server that offers it and cannot do it gets the mail
    // all the same. Not when something is asked of its certificate, nor when it spoke in clear behind its
    // 220.
    retry_in_clear_ = handshake_failed_ && !server_.check.required && !in_clear_ &&
                      !server_settings_->login && server_settings_->tls == smtp::TlsPolicy::opportunistic;
    refused_ = failure.permanent && failure.stage == smtp::ClientStage::greeting;
    responded_ = failure.reply || (failure.stage != smtp::ClientStage::connect &&
                                   failure.stage != smtp::ClientStage::greeting);
    search_.note_failure((failure.permanent ? "5.7.0 " : "4.4.2 ") + peer_ + ": " + failure.error.text());
    log("failed: " + search_.last_failure());
    failed_ = true;
  }

  void fetch_next() {
    if (!std::exchange(worked_, true) && security_.empty())
      search_.count(server_, ip_, "starttls-not-supported");
    if (stopping_) return carry_out(engine_->quit());
    request(queue_, caf::infinite, NextDelivery{task_.destination})
        .then(
            [this](const DeliveryTask& delivery) {
              if (!socket().is_open() || closing_) {
                if (delivery.id) give_back(delivery, connection_lost());
                return;
              }
              if (!delivery.id) return carry_out(engine_->quit());
              begin(delivery);
            },
            [this](const caf::error&) { carry_out(engine_->quit()); });
  }

  void begin(const DeliveryTask& delivery) {
    auto edits = sending_edits(node_, delivery);
    auto recent = node_.recent.find(delivery.id.value);
    if (!needs_preparation(delivery, edits))
      return look_through(delivery, stored_content(delivery, std::move(recent)));
    ask_database<OutgoingContent>(
        this, node_.handles()->database,
        [delivery, edits = std::move(edits), recent = std::move(recent)](storage::Database& database) {
          return prepare_content(database, delivery, edits, recent);
        },
        [this, delivery](Result<OutgoingContent> content) {
          if (!socket().is_open() || closing_) return give_back(delivery, connection_lost());
          if (!content) {
            give_back(delivery, {.status = "4.3.0", .reply = "4.3.0 " + content.error().text()});
            return fetch_next();
          }
          if (content->wanted) return look_through(delivery, std::move(*content));
          give_back(delivery, {.kind = AttemptResult::Kind::cancelled,
                               .status = "2.0.0",
                               .reply = "the message is not in the INBOX any more"});
          fetch_next();
        });
  }

  /// The program of [programs.smtp_client] may change what a relay gets.
  void look_through(const DeliveryTask& delivery, OutgoingContent content) {
    if (!wants_program(*node_.config(), task_.sender)) return transmit(delivery, std::move(content));
    request(spawn_outgoing_program(system(), node_), caf::infinite,
            PrepareOutgoing{delivery, std::move(content), task_.sender.connection})
        .then(
            [this, delivery](const PreparedOutgoing& prepared) {
              if (!socket().is_open() || closing_) return give_back(delivery, connection_lost());
              transmit(delivery, prepared.content);
            },
            [this, delivery](const caf::error&) {
              give_back(delivery,
                        {.status = "4.3.0", .reply = "4.3.0 the program that looks at mail has ended"});
              if (socket().is_open() && !closing_) fetch_next();
            });
  }

  void transmit(const DeliveryTask& delivery, OutgoingContent content) {
    delivery_ = delivery;
    content_ = std::move(content);
    smtp::Transaction transaction;
    transaction.envelope = delivery.envelope;
    if (auto path = hooks_.return_path(delivery)) transaction.envelope.reverse_path = std::move(*path);
    transaction.size_bytes = content_.size_bytes;
    transaction.eight_bit = delivery.envelope.body != BodyType::seven_bit;
    carry_out(engine_->send(std::move(transaction)));
  }

  void on(smtp::ContentWanted&) {
    if (socket().congested())
      content_waits_ = true;
    else
      read_content();
  }

  void read_content() {
    if (!content_.header.empty()) {
      const std::string header = std::exchange(content_.header, {});
      return carry_out(engine_->content(header, content_.offset >= delivery_.size_bytes));
    }
    if (content_.stored) {
      const auto stored = std::exchange(content_.stored, {});
      return carry_out(engine_->content(
          std::string_view(stored->head).substr(static_cast<std::size_t>(content_.offset)), true));
    }
    const auto length = std::min(storage::k_chunk_bytes, delivery_.size_bytes - content_.offset);
    ask_database<std::string>(
        this, node_.handles()->database,
        [id = ContentId{delivery_.id.value}, offset = content_.offset, length](storage::Database& database) {
          return storage::ContentStore(database).read(id, offset, length);
        },
        [this](Result<std::string> bytes) {
          if (!engine_ || closing_) return;
          if (!bytes) return carry_out(engine_->content_failed(std::move(bytes.error())));
          content_.offset += static_cast<std::int64_t>(bytes->size());
          const bool last = content_.offset >= delivery_.size_bytes || bytes->empty();
          carry_out(engine_->content(*bytes, last));
        });
  }

  void on(smtp::MessageResult& message) {
    AttemptFinished finished{delivery_.id, task_.destination, {}};
    for (std::size_t i = 0; i < message.recipients.size() && i < delivery_.envelope.recipients.size(); ++i) {
      const smtp::RecipientOutcome& outcome = message.recipients[i];
      AttemptResult result;
      result.address = delivery_.envelope.recipients[i].address;
      result.kind = kind_of(outcome.outcome);
      result.status = outcome.reply.enhanced;
      result.reply = outcome.reply.line();
      result.host = outcome.from_peer ? server_.name : "";
      result.unknown = message.unknown;
      result.maybe_repeated = delivery_.maybe_repeated;
      result.security = security_;
      result.reports_success = outcome.dsn_passed_on;
      log("message " + std::to_string(delivery_.id.value) + ": to=<" + result.address + "> host=" + peer_ +
          " reply=" + result.reply + (message.unknown ? " (outcome unknown: the server may have it)" : ""));
      finished.results.push_back(std::move(result));
    }
    node_.recent.drop(delivery_.id.value);
    delivery_ = {};
    ++pending_reports_;
    request(queue_, caf::infinite, std::move(finished))
        .then([this](const Outcome&) { reported(); }, [this](const caf::error&) { reported(); });
  }
  void reported() {
    --pending_reports_;
    if (ending_) finish_session();
  }

  AttemptResult connection_lost() const {
    return {.status = "4.4.2", .reply = "4.4.2 the connection to " + peer_ + " was lost"};
  }
  /// What was never transmitted.
  void give_back(const DeliveryTask& delivery, AttemptResult result) {
    AttemptFinished finished{delivery.id, task_.destination, {}};
    for (const EnvelopeRecipient& recipient : delivery.envelope.recipients) {
      finished.results.push_back(result);
      finished.results.back().address = recipient.address;
    }
    request(queue_, caf::infinite, std::move(finished)).then([](const Outcome&) {}, [](const caf::error&) {});
  }

  /// When everything has been reported: tells the queue that this session is over.
  void finish_session() {
    ending_ = true;
    if (pending_reports_ > 0) return;
    // A server that failed before the first message: the next one may do better, unless it responded and
    // refused us, which counts for the destination. Of relay servers the first that responds at all counts.
    const bool never_worked = failed_ && !worked_;
    const bool is_direct = task_.sender.kind == conf::SenderKind::direct;
    if (never_worked && std::exchange(retry_login_, false)) {
      begin_anew();
      return prepare_connection(std::exchange(token_, {}));
    }
    if (never_worked && std::exchange(retry_in_clear_, false)) {
      log("TLS failed; once more without it");
      in_clear_ = true;
      begin_anew();
      return prepare_connection();
    }
    if (never_worked && !search_.is_exhausted() && (is_direct || !responded_)) {
      begin_anew();
      return next_server();
    }
    end(never_worked ? search_.last_failure() : "", never_worked && refused_ && is_direct);
  }
  void begin_anew() { ending_ = closing_ = failed_ = connected_ = handshake_failed_ = false; }

  void end(const std::string& failure, bool permanent = false) {
    send(queue_, SendingEnded{task_.destination, ever_connected(), permanent, failure});
    quit();
  }
  bool ever_connected() const { return worked_ || connected_; }

  void log(const std::string& text) { node_.log.info("send", session_, text); }

  Node& node_;
  QueueActor queue_;
  ResolverActor resolver_;
  SmtpClientTask task_;
  std::string session_;
  std::shared_ptr<const smtp::ClientSettings> settings_, server_settings_;
  Counted counted_;
  SendingHooks hooks_;
  ServerSearch search_;
  DialogueLog dialogue_;
  std::optional<SocksProxy> proxy_;
  MailServer server_;
  std::string ip_, peer_;
  std::string token_;     // of XOAUTH2
  std::string security_;  // how this session is protected; empty: not at all
  std::optional<smtp::ClientSession> engine_;
  DeliveryTask delivery_;
  OutgoingContent content_;
  int pending_reports_ = 0;
  bool connected_ = false, closing_ = false, failed_ = false, worked_ = false, ending_ = false;
  bool stopping_ = false, content_waits_ = false;
  bool token_retried_ = false, retry_login_ = false;
  bool in_handshake_ = false, handshake_failed_ = false;
  bool retry_in_clear_ = false, in_clear_ = false;  // of this address
  bool refused_ = false;    // the last server that responded wants nothing of us (5yz in its greeting)
  bool responded_ = false;  // the last server that failed had said something
};

}  // namespace

SmtpClientActor spawn_smtp_client(Reactor& reactor, Node& node, QueueActor queue, ResolverActor resolver,
                                  SmtpClientTask task) {
  return spawn_pinned<SmtpClient>(reactor, -1, std::ref(node), std::move(queue), std::move(resolver),
                                  std::move(task));
}

}  // namespace stagecoach
