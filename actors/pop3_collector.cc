#include "actors/pop3_collector.h"

#include "actors/collector_visit.h"
#include "actors/serialisation.h"
#include "protocols/pop3/client_session.h"

namespace stagecoach {

namespace {

std::shared_ptr<const pop3::ClientSettings> settings_of(const conf::Pop3CollectorSettings& pop3,
                                                        const std::string& secret, bool tls) {
  auto settings = std::make_shared<pop3::ClientSettings>();
  settings->credentials = {pop3.username, secret, {}};
  settings->normalise_line_ends = true;
  settings->limits.message_bytes_max = CollectorVisit::k_message_bytes_max;
  switch (pop3.encryption) {
    case conf::ClientTls::none: settings->tls = pop3::ClientTls::none; break;
    case conf::ClientTls::ssl: settings->tls = pop3::ClientTls::ssl; break;
    case conf::ClientTls::starttls: settings->tls = pop3::ClientTls::stls; break;
    case conf::ClientTls::starttls_if_available: settings->tls = pop3::ClientTls::stls_if_available; break;
  }
  if (!tls) settings->tls = pop3::ClientTls::none;
  if (pop3.auth == conf::CollectorAuth::apop) settings->auth = pop3::ClientAuth::apop;
  if (pop3.auth == conf::CollectorAuth::cram_md5) settings->auth = pop3::ClientAuth::cram_md5;
  if (pop3.auth == conf::CollectorAuth::xoauth2) settings->auth = pop3::ClientAuth::xoauth2;
  return settings;
}

class Pop3Collector : public CollectorVisit {
 public:
  Pop3Collector(caf::actor_config& config, Reactor& reactor, Node& node, ResolverActor resolver,
                const conf::CollectorSettings& settings, TlsContext tls)
      : CollectorVisit(config, reactor, node, std::move(resolver), settings, std::move(tls),
                       {"POP3", DialogueProtocol::pop3, settings.pop3.server()}) {}
  const char* name() const override { return "pop3_collector"; }

 private:
  void begin_session(const std::string& secret) override {
    engine_.emplace(settings_of(settings().pop3, secret, has_tls()));
    carry_out(engine_->connected());
  }
  void received(std::string_view bytes) override { carry_out(engine_->receive(bytes)); }
  void tls_started() override { carry_out(engine_->tls_started()); }
  void timed_out() override {
    if (engine_) carry_out(engine_->timed_out());
  }
  void line_lost(Error why) override {
    if (engine_) carry_out(engine_->connection_lost(std::move(why)));
  }

  void carry_out(pop3::ClientEvents events) {
    for (pop3::ClientEvent& event : events) {
      if (is_over()) return socket().close();
      std::visit([this](auto& one) { on(one); }, event);
    }
    read_on();
  }

  void on(pop3::Output& output) { write(output.bytes); }
  void on(pop3::StartTls&) { start_tls(); }
  void on(pop3::Close&) { socket().close(); }
  void on(pop3::Failed& failed) {
    failed.login_refused ? login_refused(std::move(failed.error)) : end(std::move(failed.error));
  }
  /// QUIT has been answered: the server has deleted what it was told to. It may give those UIDs again.
  void on(pop3::Finished&) { leave(erased_); }

  void on(pop3::Ready& ready) {
    if (settings().pop3.leave_days > 0 && !ready.has_uidl)
      return end(conflict("the server has no UIDL, so messages cannot be left on it: set leave_days = 0"));
    messages_ = std::move(ready.messages);
    say(std::to_string(messages_.size()) + " messages on the server");
    std::vector<ListedMessage> listed;
    for (const pop3::RemoteMessage& message : messages_) listed.push_back({message.uid, message.size_bytes});
    work().note_listing(listed, [this](Result<void>) {
      if (!is_over()) proceed();
    });
  }

  void proceed() override {
    while (next_ < messages_.size()) {
      const pop3::RemoteMessage& message = messages_[next_++];
      number_ = message.number;
      if (consider({message.uid, message.size_bytes})) return;
    }
    if (erased_.empty()) return carry_out(engine_->quit());
    // After QUIT their UIDs may be given to new messages, also when its reply gets lost. What is still there
    // then is fetched once more and known by its digest.
    work().retire(erased_, CollectorWork::Retire::with_digest, [this](Result<void> retired) {
      if (is_over()) return;
      retired ? carry_out(engine_->quit()) : end(std::move(retired.error()));
    });
  }

  void ask_head() override { carry_out(engine_->top(number_, 0)); }
  void ask_whole() override {
    say("message " + std::to_string(next_) + " of " + std::to_string(messages_.size()) + ", " +
        std::to_string(current().size_bytes) + " bytes");
    carry_out(engine_->retrieve(number_));
  }
  bool erase(Why) override {
    carry_out(engine_->erase(number_));
    return true;
  }
  bool knows_heads() const override { return top_works_; }
  void heads_failed() override {
    top_works_ = false;
    work().log("the server has no TOP: rules are asked when a message has come");
  }

  void on(pop3::ContentBytes& bytes) { content(bytes.bytes); }
  void on(pop3::MessageEnd&) { message_ended(); }
  void on(pop3::CommandFailed& failed) { message_refused(failed.error); }
  void on(pop3::Erased&) {
    erased_.push_back(current().uid);
    ++report().deleted;
    proceed();
  }

  std::optional<pop3::ClientSession> engine_;
  std::vector<pop3::RemoteMessage> messages_;
  std::size_t next_ = 0;
  std::size_t number_ = 0;  // of the message that is dealt with
  std::vector<std::string> erased_;
  bool top_works_ = true;
};

}  // namespace

CollectorActor spawn_pop3_collector(Reactor& reactor, Node& node, ResolverActor resolver,
                                    const conf::CollectorSettings& settings, TlsContext tls) {
  return spawn_pinned<Pop3Collector>(reactor, std::ref(node), std::move(resolver), settings, std::move(tls));
}

}  // namespace stagecoach
