#include "actors/imap_settings.h"

#include "actors/node.h"
#include "protocols/sasl/digest.h"

namespace stagecoach {

std::shared_ptr<const imap::ClientSettings> imap_settings(const conf::Pop3CollectorSettings& account,
                                                          const std::string& secret, bool tls,
                                                          std::int64_t message_bytes_max) {
  auto settings = std::make_shared<imap::ClientSettings>();
  settings->credentials = {account.username, secret, {}};
  settings->nonce = sasl::hex(random_bytes(12));
  settings->limits.message_bytes_max = message_bytes_max;
  switch (account.encryption) {
    case conf::ClientTls::none: settings->tls = imap::ClientTls::none; break;
    case conf::ClientTls::ssl: settings->tls = imap::ClientTls::ssl; break;
    case conf::ClientTls::starttls: settings->tls = imap::ClientTls::stls; break;
    case conf::ClientTls::starttls_if_available: settings->tls = imap::ClientTls::stls_if_available; break;
  }
  if (!tls) settings->tls = imap::ClientTls::none;
  if (account.auth == conf::CollectorAuth::cram_md5) settings->auth = imap::ClientAuth::cram_md5;
  if (account.auth == conf::CollectorAuth::xoauth2) settings->auth = imap::ClientAuth::xoauth2;
  return settings;
}

}  // namespace stagecoach
