// [[sender]]: delivers the outgoing queue, by relay or directly to the MX hosts. Keys of its sub-tables may
// also stand in [[sender]] itself.
#pragma once

#include "conf/oauth_settings.h"
#include "conf/setting.h"
#include "conf/text_faults.h"
#include "routing/sending/return_path.h"

namespace stagecoach::conf {

using namespace std::chrono_literals;

enum class SenderKind : std::uint8_t { relay, direct };
inline constexpr Choice<SenderKind> k_sender_kinds[] = {{"relay", SenderKind::relay},
                                                        {"direct", SenderKind::direct}};

enum class ClientTls : std::uint8_t { none, ssl, starttls, starttls_if_available };
/// Senders and collectors; "stls" is POP3's name of it.
inline constexpr Choice<ClientTls> k_client_tls[] = {
    {"none", ClientTls::none},
    {"ssl", ClientTls::ssl},
    {"implicit", ClientTls::ssl},
    {"starttls", ClientTls::starttls},
    {"stls", ClientTls::starttls},
    {"starttls_if_available", ClientTls::starttls_if_available},
    {"stls_if_available", ClientTls::starttls_if_available}};

enum class SenderAuth : std::uint8_t { automatic, plain, cram_md5, xoauth2 };
inline constexpr Choice<SenderAuth> k_sender_auth[] = {{"automatic", SenderAuth::automatic},
                                                       {"plain", SenderAuth::plain},
                                                       {"cram-md5", SenderAuth::cram_md5},
                                                       {"xoauth2", SenderAuth::xoauth2}};

/// A host and a port; host in brackets when it is an IPv6 address with a port.
struct HostPort {
  std::string host;
  int port = 0;
  bool operator==(const HostPort&) const = default;
};

struct RelaySettings {
  std::vector<std::string> servers;
  ClientTls encryption = ClientTls::starttls_if_available;
  bool auth_required = false;
  std::string username;
  Secret password;
  SenderAuth auth_method = SenderAuth::automatic;
  bool tls_verify = false;

  static constexpr auto settings() {
    using S = RelaySettings;
    return std::tuple{
        Setting{"servers", &S::servers, Anything{},
                "Relay servers \"host\" or \"host:port\" (25; 465 with ssl), tried in order until one "
                "responds. Empty: "
                "nothing is sent.",
                "server"},
        Setting{"encryption", &S::encryption, Choices{k_client_tls},
                "none, ssl (from the first byte), starttls (or nothing is sent), starttls_if_available."},
        Setting{"auth_required", &S::auth_required, "Logs in. A user name alone switches it on, too."},
        Setting{"username", &S::username, Anything{}, "Log-in name at the relay server."},
        Setting{"password", &S::password, Anything{}, "Password at the relay server; never logged."},
        Setting{"auth_method", &S::auth_method, Choices{k_sender_auth},
                "automatic takes the most secure that both sides know; xoauth2 needs [sender.oauth]."},
        Setting{
            "tls_verify", &S::tls_verify,
            "The relay server's certificate must be valid for its name. With starttls_if_available it counts "
            "once the session is encrypted."},
    };
  }
  bool operator==(const RelaySettings&) const = default;
};

struct DirectSettings {
  int threads = 10;
  int port = 25;
  int mta_sts_port = 443;
  int connections_per_destination = 2;
  std::int64_t messages_per_minute = 0;
  std::vector<std::string> dns_overrides;
  std::vector<std::string> dns_servers;
  std::int64_t dns_cache_size = 1000;

  static constexpr auto settings() {
    using S = DirectSettings;
    return std::tuple{
        Setting{"threads", &S::threads, Range{1, 1000}, "Messages that are sent at the same time.",
                "mx_threads"},
        Setting{"mx_port", &S::port, Range{1, 65535}, "Port of the MX hosts; for tests."},
        Setting{"mta_sts_port", &S::mta_sts_port, Range{1, 65535},
                "Port of the servers that have the policies of domains; for tests."},
        Setting{"connections_per_destination", &S::connections_per_destination, Range{1, 100},
                "Sessions with one destination at the same time."},
        Setting{"messages_per_minute", &S::messages_per_minute, Range{0, 1000000},
                "Messages to one destination within any minute; further ones wait. 0: no limit."},
        Setting{"dns_overrides", &S::dns_overrides, Separated{"\n", dns_override_fault, true},
                "Lines \"domain server [condition ...] [option ...]\" that take the place of MX records; "
                "docs/reference/senders.md."},
        Setting{"dns_servers", &S::dns_servers, Separated{",\n", name_server_fault},
                "Name servers that are asked for MX records, as in [dns] servers. Empty: those of [dns]."},
        Setting{"dns_cache_size", &S::dns_cache_size, Range{0, 1000000},
                "Answers of dns_servers that are kept within their TTL."},
    };
  }
  bool operator==(const DirectSettings&) const = default;
};

struct SenderLimits {
  std::int64_t max_recipients_per_message = 0;
  std::int64_t max_recipients_per_session = 0;
  std::int64_t max_messages_per_session = 0;
  std::int64_t max_messages = 0;
  std::chrono::minutes max_messages_minutes{0};
  std::int64_t max_recipients = 0;
  std::chrono::minutes max_recipients_minutes{0};

  static constexpr auto settings() {
    using S = SenderLimits;
    return std::tuple{
        Setting{"max_recipients_per_message", &S::max_recipients_per_message, Range{0, 1000000},
                "More recipients are sent in several transactions. 0: no limit."},
        Setting{"max_recipients_per_session", &S::max_recipients_per_session, Range{0, 1000000},
                "Then the session ends until the next run. 0: no limit."},
        Setting{"max_messages_per_session", &S::max_messages_per_session, Range{0, 1000000},
                "Then the session ends until the next run. 0: no limit."},
        Setting{"max_messages", &S::max_messages, Range{0, 100000000},
                "Messages within max_messages_minutes, a sliding window. 0: no limit."},
        Setting{"max_messages_minutes", &S::max_messages_minutes, Range{0min, 100000min},
                "Length of that window. 0: no limit."},
        Setting{"max_recipients", &S::max_recipients, Range{0, 100000000},
                "Recipients within max_recipients_minutes. 0: no limit."},
        Setting{"max_recipients_minutes", &S::max_recipients_minutes, Range{0min, 100000min},
                "Length of that window. 0: no limit."},
    };
  }
  bool operator==(const SenderLimits&) const = default;
};

using routing::ReturnPathMode;
inline constexpr Choice<ReturnPathMode> k_return_path_modes[] = {
    {"default", ReturnPathMode::unchanged},
    {"always", ReturnPathMode::always},
    {"if_not_local", ReturnPathMode::if_not_local}};

struct ReturnPathSettings {
  ReturnPathMode mode = ReturnPathMode::unchanged;
  std::string address;
  std::string null_replacement;

  routing::ReturnPathRule rule() const { return {mode, address, null_replacement}; }

  static constexpr auto settings() {
    using S = ReturnPathSettings;
    return std::tuple{
        Setting{"mode", &S::mode, Choices{k_return_path_modes},
                "MAIL FROM of outgoing mail. default: the envelope sender. always: `address`. if_not_local: "
                "`address` instead of a sender of another domain (forwarded mail)."},
        Setting{"address", &S::address, Checked{address_fault}, "For always and if_not_local."},
        Setting{"null_replacement", &S::null_replacement, Checked{address_fault},
                "Instead of the null path of bounces, for servers that refuse it. Empty: it stays, as it "
                "should."},
    };
  }
  bool operator==(const ReturnPathSettings&) const = default;
};

struct SenderAdvanced {
  std::string domain_filtering;
  std::string domain_filtering_file;
  std::string ehlo_name;
  bool only_waiting_at_start = false;
  bool smaller_first = false;
  bool reverse_order = false;
  std::vector<std::int64_t> retry{10, 10, 10, 30, 60, 60, 60, 180};
  std::int64_t max_retry_hours = 72;
  std::int64_t warn_hours = 4;

  /// Minutes until the attempt after `attempts` failed ones (1 is the first); the last value repeats.
  std::chrono::minutes retry_after(std::int64_t attempts) const;

  static constexpr auto settings() {
    using S = SenderAdvanced;
    return std::tuple{
        Setting{"domain_filtering", &S::domain_filtering, Anything{},
                "Lines \"attempt: conditions\" and \"skip: conditions\" that decide which recipients this "
                "sender takes; docs/reference/senders.md. Empty: all."},
        Setting{"domain_filtering_file", &S::domain_filtering_file, Anything{},
                "A file with these lines instead, read at start and reload."},
        Setting{"ehlo_name", &S::ehlo_name, Anything{}, "Name in EHLO and HELO. Empty: server.hostname."},
        Setting{"only_waiting_at_start", &S::only_waiting_at_start,
                "A run sends what waited at its start. Off: also what arrives meanwhile."},
        Setting{"smaller_first", &S::smaller_first, "Smaller messages first."},
        Setting{"reverse_order", &S::reverse_order, "Newest first; with smaller_first: largest first."},
        Setting{
            "retry", &S::retry, Range{1, 100000},
            "Minutes between attempts; the last number repeats. It only says when a message is eligible."},
        Setting{"max_retry_hours", &S::max_retry_hours, Range{1, 8760},
                "Then the message fails with a delivery report."},
        Setting{"warn_hours", &S::warn_hours, Range{0, 8760},
                "Then the sender is told once that the message is still waiting. 0: never."},
    };
  }
  bool operator==(const SenderAdvanced&) const = default;
};

struct SenderSettings {
  std::string connection;
  SenderKind kind = SenderKind::relay;
  bool log_data = false;
  bool dane = true;
  bool mta_sts = true;
  OauthSettings oauth;
  RelaySettings relay;
  DirectSettings direct;
  SenderLimits limits;
  ReturnPathSettings return_path;
  SenderAdvanced advanced;
  Provenance where;

  /// The relay servers with their ports; entries that are none are left out (the reader has reported them).
  std::vector<HostPort> relay_servers() const;

  static constexpr auto settings() {
    using S = SenderSettings;
    return std::tuple{
        Setting{"connection", &S::connection, Required{},
                "The connection that runs this sender; one sender each.", "name"},
        Setting{"kind", &S::kind, Choices{k_sender_kinds},
                "relay: all mail goes to one of `servers`. direct: to the MX hosts of each recipient.",
                "method"},
        Setting{"log_data", &S::log_data, "Logs the dialogue with the other server."},
        Setting{"dane", &S::dane,
                "Servers whose names and TLSA records DNSSEC protects must show a certificate that fits "
                "(RFC 7672)."},
        Setting{"mta_sts", &S::mta_sts,
                "With kind direct: domains that publish a policy (RFC 8461) get mail as it says."},
        Setting{"oauth", &S::oauth, "With auth_method xoauth2."},
        Setting{"relay", &S::relay, Flat{}, "With kind relay."},
        Setting{"direct", &S::direct, Flat{}, "With kind direct."},
        Setting{"limits", &S::limits, Flat{}, "Limits that a relay server asks for."},
        Setting{"return_path", &S::return_path, "The envelope sender that other servers see."},
        Setting{"advanced", &S::advanced, Flat{}, "Which messages, order, attempts, warnings."},
    };
  }
  bool operator==(const SenderSettings&) const = default;
};

struct SenderTimeouts {
  std::chrono::seconds connect{60}, banner{300}, helo{60}, starttls{60}, auth{60}, auth_login{60},
      auth_crammd5{60}, etrn{60}, mail_from{300}, rcpt_to{300}, data{120}, data_block{180}, end_data{600},
      rset{60}, quit{60}, abort{60};

  static constexpr auto settings() {
    using S = SenderTimeouts;
    constexpr Range k_range{1s, 3600s};
    return std::tuple{
        Setting{"connect", &S::connect, k_range, "TCP connection."},
        Setting{"banner", &S::banner, k_range, "Greeting of the server."},
        Setting{"helo", &S::helo, k_range, "Reply to EHLO and HELO."},
        Setting{"starttls", &S::starttls, k_range, "Reply to STARTTLS, and the TLS handshake."},
        Setting{"auth", &S::auth, k_range, "Replies of a login by PLAIN or SCRAM."},
        Setting{"auth_login", &S::auth_login, k_range, "Replies of a login by AUTH LOGIN."},
        Setting{"auth_crammd5", &S::auth_crammd5, k_range, "Replies of a login by CRAM-MD5."},
        Setting{"etrn", &S::etrn, k_range, "Reply to ETRN."},
        Setting{"mail_from", &S::mail_from, k_range, "Reply to MAIL FROM."},
        Setting{"rcpt_to", &S::rcpt_to, k_range, "Reply to RCPT TO."},
        Setting{"data", &S::data, k_range, "Reply to DATA."},
        Setting{"data_block", &S::data_block, k_range, "Sending of one block of the message."},
        Setting{"end_data", &S::end_data, k_range, "Reply to the end of the message."},
        Setting{"rset", &S::rset, k_range, "Reply to RSET."},
        Setting{"quit", &S::quit, k_range, "Reply to QUIT."},
        Setting{"abort", &S::abort, k_range,
                "Reply when a message is given up because no recipient was accepted."},
    };
  }
  bool operator==(const SenderTimeouts&) const = default;
};

}  // namespace stagecoach::conf
