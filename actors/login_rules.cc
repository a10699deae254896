#include "actors/login_rules.h"

#include "routing/civil_time.h"

namespace stagecoach {

namespace {

bool has_expired(std::string_view expires_on, std::string_view today) {
  const auto last = routing::parse_day(expires_on);
  const auto now = routing::parse_day(today);
  return last && now && *now > *last;
}

const std::string& main_password(const User& user, std::uint8_t protocol) {
  const Credentials& credentials = user.credentials;
  if (protocol == protocol_webmail && user.profile->separate_web_password) return credentials.web_password;
  // Passwords of an import in bulk are first kept as SCRAM verifiers only: those are quickly made.
  return credentials.password.empty() ? credentials.scram : credentials.password;
}

}  // namespace

std::uint8_t protocol_bit(conf::Protocol protocol) {
  switch (protocol) {
    case conf::Protocol::pop3: return protocol_pop3;
    case conf::Protocol::imap: return protocol_imap;
    case conf::Protocol::smtp:
    case conf::Protocol::submission:
    case conf::Protocol::lmtp: return protocol_smtp;
    case conf::Protocol::http: return protocol_webmail;
    case conf::Protocol::password: return protocol_password;
    case conf::Protocol::ldap: return protocol_ldap;
    case conf::Protocol::finger:
    case conf::Protocol::status: break;
  }
  return 0;
}

std::uint8_t allowed_protocols(const UserPermissions& permissions) {
  return static_cast<std::uint8_t>(
      (permissions.pop3 ? protocol_pop3 : 0) | (permissions.imap4 ? protocol_imap : 0) |
      (permissions.smtp ? protocol_smtp : 0) | (permissions.webmail ? protocol_webmail : 0) |
      (permissions.password ? protocol_password : 0) | (permissions.ldap ? protocol_ldap : 0));
}

LoginAccount find_account(const routing::Directory& directory, std::string_view login, std::uint8_t protocol,
                          std::string_view today) {
  const User* user = directory.find_login(login);
  if (!user) return {nullptr, "unknown user"};
  if (protocol != 0 && (allowed_protocols(user->profile->permissions) & protocol) == 0)
    return {nullptr, "the user may not use this protocol"};
  if (!directory.is_active(*user, today)) return {user, "the user is disabled or has expired"};
  return {user, {}};
}

std::vector<std::string> accepted_passwords(const User& user, std::uint8_t protocol, std::string_view today) {
  std::vector<std::string> accepted;
  if (const std::string& main = main_password(user, protocol); !main.empty()) accepted.push_back(main);
  for (const AppPassword& app : user.credentials.app_passwords)
    if ((protocol == 0 || (app.protocols & protocol) != 0) && !app.hash.empty() &&
        !has_expired(app.expires_on, today))
      accepted.push_back(app.hash);
  return accepted;
}

}  // namespace stagecoach
