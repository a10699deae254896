#include "actors/smtp_client.h"

#include <deque>

#include "actors/connection.h"
#include "actors/database.h"
#include "actors/outgoing_content.h"
#include "actors/queue_state.h"
#include "actors/sending_edits.h"
#include "actors/serialisation.h"
#include "protocols/smtp/client_session.h"
#include "storage/content_store.h"

namespace stagecoach {

namespace {

struct Candidate {
  std::string name;
  int port = 25;
  std::string user = {}, password = {};  // of this server alone
};

smtp::TlsPolicy policy_of(const SmtpClientTask& task) {
  if (!task.tls) return smtp::TlsPolicy::none;
  switch (task.sender.relay.encryption) {
    case conf::ClientTls::none: return smtp::TlsPolicy::none;
    case conf::ClientTls::ssl: return smtp::TlsPolicy::implicit;
    case conf::ClientTls::starttls: return smtp::TlsPolicy::required;
    case conf::ClientTls::starttls_if_available: break;
  }
  return smtp::TlsPolicy::opportunistic;
}

std::shared_ptr<const smtp::ClientSettings> settings_of(const SmtpClientTask& task,
                                                        const conf::Config& config) {
  const auto& timeouts = task.timeouts;
  auto settings = std::make_shared<smtp::ClientSettings>();
  if (task.lmtp) settings->flavour = smtp::Flavour::lmtp;
  settings->ehlo_name =
      task.sender.advanced.ehlo_name.empty() ? config.server.hostname : task.sender.advanced.ehlo_name;
  settings->tls = policy_of(task);
  settings->timeouts = {.greeting = timeouts.banner,
                        .ehlo = timeouts.helo,
                        .starttls = timeouts.starttls,
                        .auth = timeouts.auth,
                        .auth_login = timeouts.auth_login,
                        .auth_cram_md5 = timeouts.auth_crammd5,
                        .mail = timeouts.mail_from,
                        .rcpt = timeouts.rcpt_to,
                        .data = timeouts.data,
                        .content = timeouts.data_block,
                        .end_of_data = timeouts.end_data,
                        .rset = timeouts.rset,
                        .abort = timeouts.abort,
                        .quit = timeouts.quit};
  const auto& relay = task.sender.relay;
  if (task.sender.kind == conf::SenderKind::relay && !relay.username.empty()) {
    smtp::ClientLogin login;
    login.credentials = {relay.username, relay.password.value, {}};
    if (relay.auth_method == conf::SenderAuth::plain) login.mechanism = sasl::Mechanism::plain;
    if (relay.auth_method == conf::SenderAuth::cram_md5) login.mechanism = sasl::Mechanism::cram_md5;
    // "none" and "if available" are the administrator's word that the way to this server may be in clear.
    login.secret_in_clear = relay.encryption == conf::ClientTls::none ||
                            relay.encryption == conf::ClientTls::starttls_if_available;
    settings->login = std::move(login);
  }
  return settings;
}

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
        settings_(settings_of(task_, *node.config())),
        counted_(node.counters.client_sessions) {}

  behavior_type make_behavior() override {
    keep_alive();
    find_hosts();
    return {[this](const ShutDown&) {
      stopping_ = true;
      if (!engine_) end("the server stops");
    }};
  }
  void on_exit() override {
    queue_ = nullptr;
    resolver_ = nullptr;
    Connection::on_exit();
  }
  const char* name() const override { return "smtp_client"; }

 private:
  // ---- where to ----

  void find_hosts() {
    if (task_.sender.kind == conf::SenderKind::relay) {
      for (const conf::HostPort& server : task_.sender.relay_servers())
        candidates_.push_back({server.host, server.port});
      return next_candidate();
    }
    const std::string domain = domain_of(task_.destination);
    if (task_.mx_override && !task_.mx_override->answer.needs_real && !task_.mx_override->answer.add_real)
      return take_servers(task_.mx_override->answer, {});
    if (domain.size() > 2 && domain.front() == '[' && domain.back() == ']') {
      std::string literal = domain.substr(1, domain.size() - 2);
      if (literal.rfind("ipv6:", 0) == 0) literal = literal.substr(5);
      candidates_.push_back({literal, task_.sender.direct.port});
      return next_candidate();
    }
    request(resolver_, caf::infinite, ResolveMx{domain})
        .then([this, domain](const MxAnswer& answer) { take_mx(domain, answer); },
              [this](const caf::error&) { end("4.4.3 the resolver has ended"); });
  }

  void take_mx(const std::string& domain, const MxAnswer& answer) {
    if (task_.mx_override) {
      std::vector<std::string> names;
      for (const MxHost& host : answer.hosts) names.push_back(host.name);
      const MxOverride& known = *task_.mx_override;
      const auto overridden = known.answer.needs_real ? known.ask_again(domain, names) : known.answer;
      if (overridden.found) return take_servers(overridden, answer.hosts);
    }
    if (!answer.outcome.ok) {
      const bool gone = answer.outcome.error.kind == Error::Kind::not_found;
      return end((gone ? "5.1.2 " : "4.4.3 ") + answer.outcome.error.reason, gone);
    }
    if (answer.null_mx) return end("5.1.10 the domain " + domain + " does not accept mail (null MX)", true);
    take_servers({}, answer.hosts);
  }

  /// Those of the DNS overrides and, when they say so, the real ones, by their preference.
  void take_servers(const routing::OverrideAnswer& overridden, const std::vector<MxHost>& real) {
    std::vector<std::pair<int, Candidate>> servers;
    for (const routing::OverrideHost& host : overridden.hosts)
      servers.push_back({host.priority, {host.name, host.port, host.user, host.password}});
    if (!overridden.found || overridden.add_real)
      for (const MxHost& host : real)
        servers.push_back({host.preference, {host.name, task_.sender.direct.port}});
    std::stable_sort(servers.begin(), servers.end(),
                     [](const auto& a, const auto& b) { return a.first < b.first; });
    for (auto& [preference, server] : servers) candidates_.push_back(std::move(server));
    if (overridden.found)
      log("DNS overrides for " + task_.destination + ": " + routing::describe(overridden));
    next_candidate();
  }

  void next_candidate() {
    if (stopping_) return end("the server stops");
    while (!addresses_.empty() || !candidates_.empty()) {
      if (!addresses_.empty()) {
        const std::string ip = addresses_.front();
        addresses_.pop_front();
        return connect_to(ip);
      }
      const Candidate candidate = candidates_.front();
      candidates_.pop_front();
      host_ = candidate.name;
      port_ = candidate.port;
      server_settings_ = settings_for(candidate);
      return resolve(candidate.name);
    }
    end(last_failure_.empty() ? "4.4.4 no server is configured or known for this destination"
                              : last_failure_);
  }

  /// Those of the sender, or with the log-in of this server.
  std::shared_ptr<const smtp::ClientSettings> settings_for(const Candidate& server) const {
    if (server.user.empty()) return settings_;
    auto settings = std::make_shared<smtp::ClientSettings>(*settings_);
    smtp::ClientLogin login;
    login.credentials = {server.user, server.password, {}};
    login.secret_in_clear = true;  // as for a relay with encryption "starttls_if_available"
    settings->login = std::move(login);
    return settings;
  }

  void resolve(const std::string& name) {
    request(resolver_, caf::infinite, ResolveHost{name})
        .then(
            [this, name](const HostAnswer& answer) {
              if (!answer.outcome.ok) last_failure_ = "4.4.3 " + name + ": " + answer.outcome.error.reason;
              addresses_.assign(answer.addresses.begin(), answer.addresses.end());
              next_candidate();
            },
            [this](const caf::error&) { end("4.4.3 the resolver has ended"); });
  }

  void connect_to(const std::string& ip) {
    engine_.emplace(server_settings_, random_bytes(24));
    peer_ = host_ == ip ? ip : host_ + " [" + ip + "]";
    log("connecting to " + peer_ + ":" + std::to_string(port_) + " for " + task_.destination);
    socket().set_timeout(task_.timeouts.connect);
    socket().connect(ip, port_);
  }

  // ---- the socket ----

  void on_connected() override {
    if (!std::exchange(connected_, true)) send(queue_, SendingReached{task_.destination});
    if (settings_->tls == smtp::TlsPolicy::implicit)
      start_tls();
    else
      carry_out(engine_->connected());
    await_reply();
  }
  void on_input(std::string_view bytes) override { carry_out(engine_->receive(bytes)); }
  void on_tls_ready() override {
    ++node_.counters.tls_handshakes;
    carry_out(engine_->tls() || settings_->tls != smtp::TlsPolicy::implicit ? engine_->tls_started()
                                                                            : engine_->connected());
    await_reply();
  }
  void on_drained() override {
    if (std::exchange(content_waits_, false)) read_content();
  }
  void on_timeout() override {
    if (!connected_) {
      socket().close();
      last_failure_ = "4.4.1 " + peer_ + ": no answer to the connection";
      return next_candidate();
    }
    carry_out(engine_->timed_out());
  }
  void on_closed(const Error& why) override {
    if (!engine_) return quit();
    if (!connected_) {
      last_failure_ = "4.4.1 " + peer_ + ": " + why.reason;
      return next_candidate();
    }
    if (closing_) return finish_session();
    carry_out(engine_->connection_lost(why));  // ends in Close, which goes on to the next server
  }

  void start_tls() { socket().start_tls(task_.tls, false, host_); }

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
    last_failure_ = (failure.permanent ? "5.7.0 " : "4.4.2 ") + peer_ + ": " + failure.error.text();
    log("failed: " + last_failure_);
    failed_ = true;
  }

  void fetch_next() {
    worked_ = true;
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
      return transmit(delivery, stored_content(delivery, std::move(recent)));
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
          if (content->wanted) return transmit(delivery, std::move(*content));
          give_back(delivery, {.kind = AttemptResult::Kind::cancelled,
                               .status = "2.0.0",
                               .reply = "the message is not in the INBOX any more"});
          fetch_next();
        });
  }

  void transmit(const DeliveryTask& delivery, OutgoingContent content) {
    delivery_ = delivery;
    content_ = std::move(content);
    smtp::Transaction transaction;
    transaction.envelope = delivery.envelope;
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
      result.host = outcome.from_peer ? host_ : "";
      result.unknown = message.unknown;
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
    // refused us, which counts for the destination.
    const bool never_worked = failed_ && !worked_;
    if (never_worked && !candidates_and_addresses_empty() && task_.sender.kind == conf::SenderKind::direct) {
      ending_ = closing_ = failed_ = connected_ = false;
      return next_candidate();
    }
    end(never_worked ? last_failure_ : "");
  }
  bool candidates_and_addresses_empty() const { return candidates_.empty() && addresses_.empty(); }

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
  std::deque<Candidate> candidates_;
  std::deque<std::string> addresses_;
  std::string host_, peer_, last_failure_;
  int port_ = 25;
  std::optional<smtp::ClientSession> engine_;
  DeliveryTask delivery_;
  OutgoingContent content_;
  int pending_reports_ = 0;
  bool connected_ = false, closing_ = false, failed_ = false, worked_ = false, ending_ = false;
  bool stopping_ = false, content_waits_ = false;
};

}  // namespace

SmtpClientActor spawn_smtp_client(Reactor& reactor, Node& node, QueueActor queue, ResolverActor resolver,
                                  SmtpClientTask task) {
  return spawn_pinned<SmtpClient>(reactor, -1, std::ref(node), std::move(queue), std::move(resolver),
                                  std::move(task));
}

}  // namespace stagecoach
