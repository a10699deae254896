#include "actors/service.h"

#include "actors/service_access.h"

namespace stagecoach {

namespace {

using conf::Protocol;

smtp::Flavour flavour_of(Protocol protocol) {
  if (protocol == Protocol::submission) return smtp::Flavour::submission;
  return protocol == Protocol::lmtp ? smtp::Flavour::lmtp : smtp::Flavour::smtp;
}

std::shared_ptr<const smtp::ServerSettings> smtp_settings(const Node& node, const conf::Config& config,
                                                          const Service& service, bool loopback) {
  const conf::ServiceSettings& settings = service.settings;
  auto smtp = std::make_shared<smtp::ServerSettings>();
  smtp->flavour = flavour_of(settings.protocol);
  smtp->hostname = config.server.hostname;
  if (!config.server.anonymise_services) smtp->greeting = "ESMTP Stagecoach ready";
  smtp->starttls = service.starttls();
  smtp->require_tls = settings.require_tls && service.starttls();
  smtp->require_auth = settings.require_auth;
  smtp->require_encrypted_auth = settings.require_encrypted_auth && !loopback;
  smtp->mechanisms = {sasl::Mechanism::scram_sha_256, sasl::Mechanism::plain, sasl::Mechanism::login};
  smtp->probe_secret = node.probe_secret;
  smtp->limits.message_bytes_max = settings.max_message_size.bytes;
  smtp->limits.recipients_max = settings.recipients_max;
  smtp->limits.failed_logins_max = settings.max_failed_logins;
  return smtp;
}

std::shared_ptr<const pop3::ServerSettings> pop3_settings(const Node& node, const conf::Config& config,
                                                          const Service& service, bool loopback) {
  const conf::ServiceSettings& settings = service.settings;
  auto pop3 = std::make_shared<pop3::ServerSettings>();
  pop3->hostname = config.server.hostname;
  if (config.server.anonymise_services) pop3->implementation.clear();
  pop3->stls = service.starttls();
  pop3->require_tls = settings.require_tls && service.starttls();
  pop3->require_encrypted_auth = settings.require_encrypted_auth && !loopback;
  pop3->apop = settings.apop;
  pop3->trim_trailing_blank_lines = settings.trim_trailing_blank_lines;
  pop3->mechanisms = {sasl::Mechanism::scram_sha_256, sasl::Mechanism::plain, sasl::Mechanism::login};
  pop3->probe_secret = node.probe_secret;
  pop3->limits.failed_logins_max = settings.max_failed_logins;
  return pop3;
}

}  // namespace

bool is_loopback(const std::string& ip) { return ip == "::1" || ip.rfind("127.", 0) == 0; }

ServicePtr make_service(const Node& node, const conf::Config& config, const conf::ServiceSettings& settings,
                        TlsContext tls) {
  auto service = std::make_shared<Service>();
  service->settings = settings;
  if (settings.tls != conf::ServiceTls::none) service->tls = std::move(tls);
  if (!settings.access.empty()) service->access = routing::AccessList(settings.access, local_networks());
  service->smtp = smtp_settings(node, config, *service, false);
  service->smtp_loopback = smtp_settings(node, config, *service, true);
  service->pop3 = pop3_settings(node, config, *service, false);
  service->pop3_loopback = pop3_settings(node, config, *service, true);
  return service;
}

}  // namespace stagecoach
