// Settings of the process: [server], [storage], [tls], [dns], [queue], [log], [limits].
#pragma once

#include "conf/setting.h"

namespace stagecoach::conf {

using namespace std::chrono_literals;

struct ServerSettings {
  std::string hostname = "localhost.localdomain";
  std::string data_dir = "/var/lib/stagecoach";
  int reactors = 0;
  int threads = 0;
  std::string run_as = "postgres";
  std::string main_administrator;
  std::string mailer_daemon_name = "Mailer_Daemon";
  bool anonymise_services = false;
  std::chrono::seconds shutdown_grace{10};

  static constexpr auto settings() {
    using S = ServerSettings;
    return std::tuple{
        Setting{
            "hostname", &S::hostname, Required{},
            "Name that the server gives itself in greetings, EHLO and Received fields. It should resolve to "
            "the server's address.",
            "host_name"},
        Setting{
            "data_dir", &S::data_dir, Required{},
            "Folder of the managed database, the control socket and generated keys. A relative path counts "
            "from the folder of the configuration file."},
        Setting{"reactors", &S::reactors, Range{0, 256},
                "Threads that own sockets. 0 takes one for each processor."},
        Setting{"threads", &S::threads, Range{0, 1024},
                "Threads of the actor scheduler. 0 takes one for each processor."},
        Setting{"run_as", &S::run_as, Anything{},
                "System user that runs the managed PostgreSQL when the server is started as root, which "
                "PostgreSQL refuses to run as."},
        Setting{
            "main_administrator", &S::main_administrator, Anything{},
            "Local user who gets error messages that have no other recipient. Empty: the user postmaster, "
            "else the first administrator."},
        Setting{"mailer_daemon_name", &S::mailer_daemon_name, Required{},
                "Local part of the sender of messages that the server itself generates."},
        Setting{"anonymise_services", &S::anonymise_services, "Greetings do not name the product."},
        Setting{"shutdown_grace", &S::shutdown_grace, Range{0s, 600s},
                "How long a clean stop waits for sessions to finish what they are doing."},
    };
  }
  bool operator==(const ServerSettings&) const = default;
};

struct StorageSettings {
  std::string database = "managed";
  std::string postgres_bin;
  int connections = 4;
  ByteSize shared_buffers = 128_MB;
  std::chrono::milliseconds commit_wait{0};
  std::int64_t commit_batch_max = 500;

  static constexpr auto settings() {
    using S = StorageSettings;
    return std::tuple{
        Setting{"database", &S::database, Required{},
                "\"managed\": the server creates and runs its own PostgreSQL in data_dir. Anything else is a "
                "libpq "
                "connection string of PostgreSQL 14 or later."},
        Setting{"postgres_bin", &S::postgres_bin, Anything{},
                "Folder with initdb and postgres for the managed database. Empty: the newest installed is "
                "found."},
        Setting{"connections", &S::connections, Range{1, 64},
                "Connections that read, besides the writer's one."},
        Setting{"shared_buffers", &S::shared_buffers, Range{16_MB, 64_GB},
                "Cache of the managed database (shared_buffers of PostgreSQL)."},
        Setting{"commit_wait", &S::commit_wait, Range{0ms, 100ms},
                "How long the writer waits for more work before it commits. 0 commits at once what has "
                "gathered."},
        Setting{"commit_batch_max", &S::commit_batch_max, Range{1, 10000},
                "Messages that one transaction stores at most."},
    };
  }
  bool operator==(const StorageSettings&) const = default;
};

enum class TlsVersion : std::uint8_t { tls1_0, tls1_1, tls1_2, tls1_3 };
inline constexpr Choice<TlsVersion> k_tls_versions[] = {{"1.0", TlsVersion::tls1_0},
                                                        {"1.1", TlsVersion::tls1_1},
                                                        {"1.2", TlsVersion::tls1_2},
                                                        {"1.3", TlsVersion::tls1_3}};

struct TlsSettings {
  std::string certificate;
  std::string key;
  std::string allowed_ciphers;
  TlsVersion min_version = TlsVersion::tls1_2;
  std::string ca_file;

  static constexpr auto settings() {
    using S = TlsSettings;
    return std::tuple{
        Setting{
            "certificate", &S::certificate, Anything{},
            "File with the certificate chain (PEM), the server's own first. A relative path counts from the "
            "folder of the configuration file. Neither certificate nor key: a self-signed one is made in "
            "data_dir.",
            "certificate_chain"},
        Setting{"key", &S::key, Anything{}, "File with the private key (PEM) of the certificate.",
                "private_key"},
        Setting{"allowed_ciphers", &S::allowed_ciphers, Anything{},
                "OpenSSL cipher list for TLS 1.2 and earlier. Empty: OpenSSL's default."},
        Setting{"min_version", &S::min_version, Choices{k_tls_versions},
                "Oldest TLS version that is accepted."},
        Setting{
            "ca_file", &S::ca_file, Anything{},
            "File with the certificate authorities that certificates of other servers are checked against. "
            "Empty: those of the system."},
    };
  }
  bool operator==(const TlsSettings&) const = default;
};

struct DnsSettings {
  std::vector<std::string> servers;
  std::chrono::seconds timeout{10};
  bool dnssec = true;
  std::string trust_anchor;
  std::int64_t cache_size = 1000;

  static constexpr auto settings() {
    using S = DnsSettings;
    return std::tuple{
        Setting{"servers", &S::servers, Anything{},
                "Name servers as \"address\" or \"address:port\" (\"[address]:port\" for IPv6). Empty: those "
                "of the "
                "system."},
        Setting{"timeout", &S::timeout, Range{1s, 120s}, "How long one question may take."},
        Setting{"dnssec", &S::dnssec, "Validates answers with DNSSEC where the trust anchor is installed."},
        Setting{
            "trust_anchor", &S::trust_anchor, Anything{},
            "File with the keys that DNSSEC starts from, for all name servers. Empty: those of the root, and "
            "only without `servers`."},
        Setting{"cache_size", &S::cache_size, Range{0, 1000000}, "Answers that are kept within their TTL.",
                "dns_cache_size"},
    };
  }
  bool operator==(const DnsSettings&) const = default;
};

struct QueueSettings {
  std::int64_t messages_max = 0;
  std::int64_t bounces_per_minute_max = 600;
  bool return_headers_only = true;

  static constexpr auto settings() {
    using S = QueueSettings;
    return std::tuple{
        Setting{"messages_max", &S::messages_max, Range{0, 100000000},
                "Messages that may wait in the outgoing queue; further ones get 452. 0: no limit."},
        Setting{"bounces_per_minute_max", &S::bounces_per_minute_max, Range{1, 1000000},
                "Delivery reports that are generated in a minute; the rest waits."},
        Setting{"return_headers_only", &S::return_headers_only,
                "A delivery report returns only the header section when the sender did not ask for more "
                "(RET of RFC 3461)."},
    };
  }
  bool operator==(const QueueSettings&) const = default;
};

enum class LogLevel : std::uint8_t { error, warning, info, debug };
inline constexpr Choice<LogLevel> k_log_levels[] = {{"error", LogLevel::error},
                                                    {"warning", LogLevel::warning},
                                                    {"info", LogLevel::info},
                                                    {"debug", LogLevel::debug}};
enum class LogTarget : std::uint8_t { stderr_stream, journald };
inline constexpr Choice<LogTarget> k_log_targets[] = {{"stderr", LogTarget::stderr_stream},
                                                      {"journald", LogTarget::journald}};

struct LogSettings {
  LogLevel level = LogLevel::info;
  LogTarget target = LogTarget::stderr_stream;
  bool log_successful_logins = true;
  bool log_sessions = true;
  bool log_status = false;
  std::int64_t trace_days = 30;

  static constexpr auto settings() {
    using S = LogSettings;
    return std::tuple{
        Setting{"level", &S::level, Choices{k_log_levels}, "The least important messages that are logged."},
        Setting{"target", &S::target, Choices{k_log_targets}, "Where the log goes."},
        Setting{"log_successful_logins", &S::log_successful_logins,
                "Logs each successful login. Failed ones are always logged."},
        Setting{"log_sessions", &S::log_sessions,
                "Logs the start and the end of each session with its totals."},
        Setting{"log_status", &S::log_status,
                "Logs every status message of a run of a connection, not only its results."},
    };
  }
  bool operator==(const LogSettings&) const = default;
};

struct SecuritySettings {
  bool os_passwords = false;
  bool cache_os_passwords = false;
  std::string saslauthd_socket = "/run/saslauthd/mux";
  std::string saslauthd_service = "stagecoach";

  static constexpr auto settings() {
    using S = SecuritySettings;
    return std::tuple{
        Setting{"os_passwords", &S::os_passwords,
                "Users may also log in with the password that another system knows them by: PAM, LDAP or "
                "Kerberos, asked through saslauthd. It needs the password itself, so that CRAM and SCRAM do "
                "not do."},
        Setting{"cache_os_passwords", &S::cache_os_passwords,
                "After such a log-in this password replaces the user's own. Not recommended."},
        Setting{"saslauthd_socket", &S::saslauthd_socket, Anything{}, "The socket of saslauthd."},
        Setting{"saslauthd_service", &S::saslauthd_service, Anything{},
                "The service that is named to it: a file in /etc/pam.d."},
    };
  }
  bool operator==(const SecuritySettings&) const = default;
};

struct LimitSettings {
  ByteSize memory_messages_max = 256_MB;
  ByteSize output_buffer_max = 1_MB;
  ByteSize header_max = 1_MB;
  ByteSize message_in_memory_max = 256_kB;
  ByteSize media_file_max = 10_MB;
  ByteSize media_user_max = 50_MB;
  ByteSize disk_free_min = 64_MB;
  int hops_max = 100;
  std::int64_t users_max = 0;
  int lockout_attempts = 10;
  std::chrono::minutes lockout_time{10};
  bool lockout_loopback = false;
  int min_password_length = 8;

  static constexpr auto settings() {
    using S = LimitSettings;
    return std::tuple{
        Setting{"memory_messages_max", &S::memory_messages_max, Range{16_MB, 64_GB},
                "Bytes of messages under way that memory may hold; above it SMTP answers 452."},
        Setting{"output_buffer_max", &S::output_buffer_max, Range{64_kB, 64_MB},
                "Output that waits for a slow client before its session stops producing more."},
        Setting{"header_max", &S::header_max, Range{64_kB, 16_MB},
                "Size of the header section of a message; a larger one is refused."},
        Setting{"message_in_memory_max", &S::message_in_memory_max, Range{64_kB, 16_MB},
                "A message above this size is written to storage while it arrives."},
        Setting{"media_file_max", &S::media_file_max, Range{1_kB, 100_MB},
                "Size of one file that automatic answers may carry."},
        Setting{"media_user_max", &S::media_user_max, Range{0_kB, 10_GB},
                "Size of all such files of one user; 0: he may have none."},
        Setting{"disk_free_min", &S::disk_free_min, Range{0_MB, 1024_GB},
                "Free space below data_dir that must be left; with less SMTP answers 452 4.3.1. While there "
                "is more, "
                "the server keeps a reserve of 48 MB, which it gives up for PostgreSQL to recover on a full "
                "disk."},
        Setting{"hops_max", &S::hops_max, Range{20, 1000},
                "A message with more Received fields than this is refused as a loop (5.4.6). RFC 5321 "
                "section 6.3 "
                "asks for at least 100.",
                "max_hops"},
        Setting{"users_max", &S::users_max, Range{0, 100000000}, "Users that may exist. 0: no limit.",
                "max_users"},
        Setting{"lockout_attempts", &S::lockout_attempts, Range{0, 100000},
                "Failed logins in a row that lock an account for the address they came from. 0: never."},
        Setting{"lockout_time", &S::lockout_time, Range{1min, 10080min}, "How long such a lock lasts.",
                "lockout_minutes"},
        Setting{"lockout_loopback", &S::lockout_loopback, "Locks accounts also for the loopback address."},
        Setting{"min_password_length", &S::min_password_length, Range{1, 128},
                "Shortest password that can be set."},
    };
  }
  bool operator==(const LimitSettings&) const = default;
};

}  // namespace stagecoach::conf
