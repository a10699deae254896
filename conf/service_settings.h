// [[service]]: what listens where, for whom. Keys that a protocol has no use for are accepted and have no
// effect.
#pragma once

#include "conf/access_settings.h"
#include "conf/setting.h"

namespace stagecoach::conf {

using namespace std::chrono_literals;

enum class Protocol : std::uint8_t {
  smtp,
  submission,
  lmtp,
  pop3,
  imap,
  ldap,
  http,
  finger,
  password,
  status
};
inline constexpr Choice<Protocol> k_protocols[] = {
    {"smtp", Protocol::smtp},     {"submission", Protocol::submission},
    {"lmtp", Protocol::lmtp},     {"pop3", Protocol::pop3},
    {"imap", Protocol::imap},     {"imap4", Protocol::imap},
    {"ldap", Protocol::ldap},     {"http", Protocol::http},
    {"finger", Protocol::finger}, {"password", Protocol::password},
    {"status", Protocol::status}};

enum class ServiceTls : std::uint8_t { none, starttls, implicit };
inline constexpr Choice<ServiceTls> k_service_tls[] = {{"none", ServiceTls::none},
                                                       {"starttls", ServiceTls::starttls},
                                                       {"stls", ServiceTls::starttls},
                                                       {"implicit", ServiceTls::implicit},
                                                       {"ssl", ServiceTls::implicit}};

/// One address to listen on, out of "0.0.0.0:25", "[::]:25", "*:25" or "25".
struct ListenAddress {
  std::string host;  // numeric, without brackets; "0.0.0.0" or "::" for any
  int port = 0;      // 0: any free one
  bool operator==(const ListenAddress&) const = default;
};

struct ServiceSettings {
  std::string name;
  Protocol protocol = Protocol::smtp;
  bool enabled = true;
  std::vector<std::string> listen;
  ServiceTls tls = ServiceTls::starttls;
  bool require_tls = false;
  std::string certificate;
  std::string key;
  std::vector<routing::AccessEntry> access;
  // logins
  bool require_auth = false;
  bool require_encrypted_auth = true;
  int max_failed_logins = 3;
  // limits of one session and of all
  std::chrono::seconds idle_timeout{0};
  int max_connections = 10000;
  int max_connections_per_address = 1000;
  // smtp, submission, lmtp
  ByteSize max_message_size = 50_MB;
  int recipients_max = 1000;
  bool reject_unrecognised_recipients = true;
  // pop3
  bool apop = false;
  bool hold_on_delete = false;
  bool exclusive_mailbox = false;
  bool trim_trailing_blank_lines = false;
  // imap
  bool idle = true;
  bool keep_meta_on_copy = true;
  int max_logins_per_user = 20;
  int max_logins_per_ip = 1000;
  int max_fetch_per_user = 5;
  int max_fetch_server = 50;
  int max_search_per_user = 2;
  Provenance where;

  /// The time-out in force: idle_timeout, or what the protocol's RFC asks for.
  std::chrono::seconds effective_idle_timeout() const;
  /// The parsed `listen`; entries that are no address are left out (the reader has reported them).
  std::vector<ListenAddress> addresses() const;

  static constexpr auto settings() {
    using S = ServiceSettings;
    return std::tuple{
        Setting{"name", &S::name, Required{}, "Names the service in the log, in traces and in commands."},
        Setting{"protocol", &S::protocol, Choices{k_protocols}, "What the service speaks.", "type"},
        Setting{"enabled", &S::enabled, "Off: the service does not listen."},
        Setting{"listen", &S::listen, Required{},
                "Addresses and ports: \"0.0.0.0:25\", \"[::]:25\", \"*:25\" for all of both families."},
        Setting{"tls", &S::tls, Choices{k_service_tls},
                "none: never encrypted. starttls: the client may switch. implicit: encrypted from the first "
                "byte. HTTP knows no starttls and takes it as none.",
                "encryption"},
        Setting{"require_tls", &S::require_tls,
                "With starttls: neither login nor mail before the session is encrypted. Port 25 should leave "
                "it off."},
        Setting{"certificate", &S::certificate, Anything{}, "Certificate of this service instead of [tls]."},
        Setting{"key", &S::key, Anything{}, "Private key of this service instead of [tls]."},
        Setting{"access", &S::access,
                "Which computers may connect, and who may log in from them. None: all."},
        Setting{"require_auth", &S::require_auth,
                "SMTP: no mail without a login. A submission service always requires one."},
        Setting{"require_encrypted_auth", &S::require_encrypted_auth,
                "Plain-text logins are refused on sessions that are not encrypted, except from loopback "
                "addresses."},
        Setting{"max_failed_logins", &S::max_failed_logins, Range{1, 1000},
                "The session ends after this many failed logins."},
        Setting{"idle_timeout", &S::idle_timeout, Range{0s, 86400s},
                "Ends a session after this time without a command. 0: what the protocol's RFC asks for (SMTP "
                "5 min, "
                "POP3 10 min, IMAP 30 min; HTTP 1 min)."},
        Setting{"max_connections", &S::max_connections, Range{1, 1000000}, "Sessions at the same time.",
                "max_incoming_sessions"},
        Setting{"max_connections_per_address", &S::max_connections_per_address, Range{1, 1000000},
                "Sessions of one client address at the same time."},
        Setting{"max_message_size", &S::max_message_size, Range{64_kB, 2_GB},
                "SMTP: a larger message is refused with 552 5.2.3."},
        Setting{"recipients_max", &S::recipients_max, Range{100, 100000},
                "SMTP: recipients of one message; the next one gets 452. RFC 5321 asks for at least 100."},
        Setting{
            "reject_unrecognised_recipients", &S::reject_unrecognised_recipients,
            "SMTP: an unknown local recipient is refused at RCPT. Off: it is refused at the end of DATA."},
        Setting{"apop", &S::apop, "POP3: offers APOP, which works only for users with a {plain} password."},
        Setting{"hold_on_delete", &S::hold_on_delete,
                "POP3: deleted messages are hidden from clients and kept on the server."},
        Setting{"exclusive_mailbox", &S::exclusive_mailbox,
                "POP3: no session while the user has IMAP sessions, and no IMAP session beside it. Off: only "
                "other POP3 sessions are kept out."},
        Setting{"trim_trailing_blank_lines", &S::trim_trailing_blank_lines,
                "POP3: extra blank lines at the end of a message are not sent."},
        Setting{"idle", &S::idle, "IMAP: offers IDLE (RFC 2177)."},
        Setting{"keep_meta_on_copy", &S::keep_meta_on_copy, "IMAP: COPY keeps internal date and flags."},
        Setting{"max_logins_per_user", &S::max_logins_per_user, Range{1, 100000},
                "IMAP: sessions of one user at the same time."},
        Setting{"max_logins_per_ip", &S::max_logins_per_ip, Range{1, 1000000},
                "IMAP: logged-in sessions of one address at the same time."},
        Setting{"max_fetch_per_user", &S::max_fetch_per_user, Range{1, 100000},
                "IMAP: FETCH commands of one user at the same time; further ones wait up to 40 seconds."},
        Setting{"max_fetch_server", &S::max_fetch_server, Range{1, 1000000},
                "IMAP: FETCH commands of all users at the same time; further ones wait up to 40 seconds."},
        Setting{"max_search_per_user", &S::max_search_per_user, Range{1, 100000},
                "IMAP: SEARCH commands of one user at the same time; further ones wait up to 30 seconds."},
    };
  }
  bool operator==(const ServiceSettings&) const = default;
};

}  // namespace stagecoach::conf
