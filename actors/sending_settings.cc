#include "actors/sending_settings.h"

namespace stagecoach {

namespace {

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

smtp::TlsPolicy policy_of(routing::SendingTls tls) {
  switch (tls) {
    case routing::SendingTls::none: return smtp::TlsPolicy::none;
    case routing::SendingTls::starttls: return smtp::TlsPolicy::opportunistic;
    case routing::SendingTls::required: return smtp::TlsPolicy::required;
    case routing::SendingTls::ssl: break;
  }
  return smtp::TlsPolicy::implicit;
}

smtp::ClientLogin login_with(const std::string& user, const std::string& password) {
  smtp::ClientLogin login;
  login.credentials = {user, password, {}};
  login.secret_in_clear = true;  // as for a relay with encryption "starttls_if_available"
  return login;
}

}  // namespace

std::shared_ptr<const smtp::ClientSettings> sending_settings(const SmtpClientTask& task,
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
    if (relay.auth_method == conf::SenderAuth::xoauth2) login.mechanism = sasl::Mechanism::xoauth2;
    // "none" and "if available" are the administrator's word that the way to this server may be in clear.
    login.secret_in_clear = relay.encryption == conf::ClientTls::none ||
                            relay.encryption == conf::ClientTls::starttls_if_available;
    settings->login = std::move(login);
  }
  return settings;
}

std::shared_ptr<const smtp::ClientSettings> settings_for(const smtp::ClientSettings& of_sender,
                                                         const MailServer& server, bool can_encrypt,
                                                         const std::string& token, bool in_clear) {
  auto settings = std::make_shared<smtp::ClientSettings>(of_sender);
  const routing::ServerChange& change = server.change;
  if (change.tls && can_encrypt) settings->tls = policy_of(*change.tls);
  if (in_clear) settings->tls = smtp::TlsPolicy::none;
  if (change.helo) settings->ehlo_name = *change.helo;
  if (server.tls_required && settings->tls != smtp::TlsPolicy::implicit)
    settings->tls = smtp::TlsPolicy::required;
  if (!server.user.empty()) settings->login = login_with(server.user, server.password);
  if (change.username && change.username->empty()) settings->login.reset();
  if (change.username && !change.username->empty())
    settings->login = login_with(*change.username, change.password.value_or(""));
  if (!token.empty() && settings->login) settings->login->credentials.password = token;
  return settings;
}

}  // namespace stagecoach
