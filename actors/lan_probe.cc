#include "actors/lan_probe.h"

#include <deque>

#include "actors/connection.h"
#include "actors/queue_route.h"
#include "actors/serialisation.h"
#include "protocols/smtp/client_session.h"
#include "routing/lan_target.h"

namespace stagecoach {

namespace {

constexpr auto k_connect_timeout = std::chrono::seconds(4);  // another address may answer in time
constexpr auto k_reply_timeout = std::chrono::seconds(10);

std::shared_ptr<const smtp::ClientSettings> settings_of(const LanProbeTask& task,
                                                        const conf::SenderSettings& sender,
                                                        const conf::Config& config) {
  auto settings = std::make_shared<smtp::ClientSettings>();
  if (routing::is_lmtp_server(routing::route_without_login(task.route)))
    settings->flavour = smtp::Flavour::lmtp;
  settings->ehlo_name = config.server.hostname;
  settings->tls = task.tls ? smtp::TlsPolicy::opportunistic : smtp::TlsPolicy::none;
  if (!sender.relay.username.empty()) {
    smtp::ClientLogin login;
    login.credentials = {sender.relay.username, sender.relay.password.value, {}};
    login.secret_in_clear = true;  // as when mail is sent there
    settings->login = std::move(login);
  }
  return settings;
}

class LanProbe : public Connection<LanProbeActor::base> {
 public:
  LanProbe(caf::actor_config& config, Reactor& reactor, int fd, Node& node, ResolverActor resolver,
           LanProbeTask task)
      : Connection(config, reactor, fd),
        resolver_(std::move(resolver)),
        task_(std::move(task)),
        sender_(route_sender(task_.route)),
        settings_(settings_of(task_, sender_, *node.config())) {}

  behavior_type make_behavior() override {
    keep_alive();
    return {[this](const BeginLanProbe&) -> caf::result<LanProbeAnswer> {
      promise_ = make_response_promise<LanProbeAnswer>();
      find_host();
      return promise_;
    }};
  }
  void on_exit() override {
    resolver_ = nullptr;
    Connection::on_exit();
  }
  const char* name() const override { return "lan_probe"; }

 private:
  using Kind = LanProbeAnswer::Kind;

  void find_host() {
    const auto servers = sender_.relay_servers();
    if (servers.empty()) return answer(Kind::down, "the server's name is none");
    host_ = servers.front().host;
    port_ = servers.front().port;
    request(resolver_, caf::infinite, ResolveHost{host_})
        .then(
            [this](const HostAnswer& found) {
              addresses_.assign(found.addresses.begin(), found.addresses.end());
              next_address(found.outcome.ok ? "it has no address" : found.outcome.error.reason);
            },
            [this](const caf::error&) { answer(Kind::down, "the resolver has ended"); });
  }

  void next_address(const std::string& failure) {
    if (addresses_.empty()) return answer(Kind::down, failure);
    const std::string ip = addresses_.front();
    addresses_.pop_front();
    engine_.emplace(settings_, random_bytes(24));
    socket().set_timeout(k_connect_timeout);
    socket().connect(ip, port_);
  }

  void on_connected() override {
    connected_ = true;
    socket().set_timeout(k_reply_timeout);
    carry_out(engine_->connected());
  }
  void on_input(std::string_view bytes) override { carry_out(engine_->receive(bytes)); }
  void on_tls_ready() override { carry_out(engine_->tls_started()); }
  void on_timeout() override {
    socket().close();
    connected_ ? answer(Kind::down, "no reply") : next_address("no answer to the connection");
  }
  void on_closed(const Error& why) override {
    connected_ ? answer(Kind::down, why.reason) : next_address(why.reason);
  }

  void carry_out(smtp::ClientEvents events) {
    for (smtp::ClientEvent& event : events) std::visit([this](auto& one) { on(one); }, event);
  }
  template <class Event>
  void on(Event&) {}  // there is no content
  void on(smtp::Output& output) {
    if (socket().is_open()) socket().write(output.bytes);
  }
  void on(smtp::StartTls&) { socket().start_tls(task_.tls, false, host_); }
  void on(smtp::Idle&) {
    if (std::exchange(asked_, true)) return;
    smtp::Transaction transaction;
    transaction.envelope.recipients.push_back({task_.address, notify_unset, {}});
    transaction.probe = true;
    carry_out(engine_->send(std::move(transaction)));
  }
  void on(smtp::MessageResult& result) {
    if (result.recipients.empty()) return;
    const smtp::RecipientOutcome& outcome = result.recipients.front();
    const std::string reply = outcome.reply.line();
    if (outcome.outcome == smtp::Outcome::delivered) return answer(Kind::exists, reply);
    // A server that refuses the null path says nothing of the recipient.
    const bool of_recipient = outcome.from_peer && outcome.command.starts_with("RCPT");
    answer(of_recipient && outcome.outcome == smtp::Outcome::permanent ? Kind::unknown : Kind::undecided,
           reply);
  }
  void on(smtp::SessionFailed& failure) { answer(Kind::down, failure.error.text()); }

  void answer(Kind kind, std::string reason) {
    if (std::exchange(answered_, true)) return;
    promise_.deliver(LanProbeAnswer{kind, std::move(reason)});
    if (connected_ && socket().is_open()) carry_out(engine_->quit());
    quit();
  }

  ResolverActor resolver_;
  LanProbeTask task_;
  conf::SenderSettings sender_;
  std::shared_ptr<const smtp::ClientSettings> settings_;
  caf::typed_response_promise<LanProbeAnswer> promise_;
  std::deque<std::string> addresses_;
  std::string host_;
  int port_ = 25;
  std::optional<smtp::ClientSession> engine_;
  bool connected_ = false, asked_ = false, answered_ = false;
};

}  // namespace

LanProbeActor spawn_lan_probe(Reactor& reactor, Node& node, ResolverActor resolver, LanProbeTask task) {
  return spawn_pinned<LanProbe>(reactor, -1, std::ref(node), std::move(resolver), std::move(task));
}

}  // namespace stagecoach
