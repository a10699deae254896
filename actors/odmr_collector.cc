#include "actors/odmr_collector.h"

#include <algorithm>

#include "actors/request_collector.h"
#include "actors/service.h"
#include "actors/tokens.h"

namespace stagecoach {

namespace {

smtp::TlsPolicy policy_of(conf::ClientTls encryption) {
  switch (encryption) {
    case conf::ClientTls::none: return smtp::TlsPolicy::none;
    case conf::ClientTls::ssl: return smtp::TlsPolicy::implicit;
    case conf::ClientTls::starttls: return smtp::TlsPolicy::required;
    case conf::ClientTls::starttls_if_available: break;
  }
  return smtp::TlsPolicy::opportunistic;
}

std::string joined(const std::vector<std::string>& domains) {
  std::string text;
  for (const std::string& domain : domains) text += (text.empty() ? "" : ",") + domain;
  return text;
}

/// What a turned session obeys: the limits of the first SMTP service, but nobody logs in and TLS is settled.
ServicePtr service_for(const Node& node, const conf::CollectorSettings& collector) {
  const ConfigPtr config = node.config();
  conf::ServiceSettings settings;
  const auto first = std::find_if(config->services.begin(), config->services.end(), [](const auto& service) {
    return service.protocol == conf::Protocol::smtp;
  });
  if (first != config->services.end()) settings = *first;
  settings.name = collector.name;
  settings.protocol = conf::Protocol::smtp;
  settings.tls = conf::ServiceTls::none;
  settings.require_auth = settings.require_tls = false;
  settings.access = {};
  ServicePtr service = make_service(node, *config, settings, nullptr);
  auto smtp = std::make_shared<smtp::ServerSettings>(*service->smtp);
  smtp->mechanisms.clear();
  service->smtp = service->smtp_loopback = std::move(smtp);
  return service;
}

class OdmrCollector : public RequestCollector {
 public:
  OdmrCollector(caf::actor_config& config, Reactor& reactor, Node& node, ResolverActor resolver,
                const conf::CollectorSettings& settings, TlsContext tls)
      : RequestCollector(config, reactor, node, std::move(resolver), settings, std::move(tls)) {
    set_down_handler([this](const caf::down_msg&) { session_ended(); });
  }
  const char* name() const override { return "odmr_collector"; }

 private:
  void begin() override {
    const conf::Pop3CollectorSettings& account = settings().pop3;
    if (account.auth != conf::CollectorAuth::xoauth2) return visit(account.password.value);
    find_token(this, node().handles()->tokens, {settings().oauth, {}}, [this](const TokenAnswer& answer) {
      if (!answer.outcome.ok) return end(Error(answer.outcome.error));
      visit(answer.token);
    });
  }

  void visit(const std::string& secret) {
    const conf::Pop3CollectorSettings& account = settings().pop3;
    if (!tls() && account.encryption != conf::ClientTls::none)
      return end(internal_error("TLS cannot be set up on this side"));
    auto client = std::make_shared<smtp::ClientSettings>(client_settings());
    client->tls = policy_of(account.encryption);
    smtp::ClientLogin login;
    login.credentials = {account.username, secret, {}};
    if (account.auth == conf::CollectorAuth::cram_md5) login.mechanism = sasl::Mechanism::cram_md5;
    if (account.auth == conf::CollectorAuth::xoauth2) login.mechanism = sasl::Mechanism::xoauth2;
    // "none" and "if available" are the administrator's word that the way to this server may be in clear.
    login.secret_in_clear = account.encryption == conf::ClientTls::none ||
                            account.encryption == conf::ClientTls::starttls_if_available;
    client->login = std::move(login);
    ask({smtp::MailRequestKind::atrn, joined(settings().odmr_domains), std::move(client)});
  }

  void answered(Result<std::string> reply) override {
    if (!reply) return end(Error(reply.error()));
    end(Error{}, "Connection successful: " + *reply);
  }

  void turned(const std::string& reply) override {
    say("the provider says " + reply);
    course_ = std::make_shared<TurnedCourse>();
    monitor(
        spawn_turned_session(reactor_, socket().release(), node(), service_for(node(), settings()), course_));
  }

  void session_ended() {
    if (!course_) return;
    report().fetched = course_->messages;
    node().counters.messages_collected += course_->messages;
    if (course_->fault.empty()) return end(Error{});
    end(unavailable(course_->fault + " after " + std::to_string(course_->messages) + " messages"));
  }

  std::shared_ptr<TurnedCourse> course_;
};

}  // namespace

CollectorActor spawn_odmr_collector(Reactor& reactor, Node& node, ResolverActor resolver,
                                    const conf::CollectorSettings& settings, TlsContext tls) {
  return spawn_pinned<OdmrCollector>(reactor, std::ref(node), std::move(resolver), settings, std::move(tls));
}

}  // namespace stagecoach
