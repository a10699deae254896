// LAN forwarding: addresses whose mail goes to a server that is named, without DNS and without schedule:
// [[lan_forward]], [lan_forwarding], [[lan_verification]]. docs/reference/lan-forwarding.md.
#pragma once

#include "conf/setting.h"

namespace stagecoach::conf {

using namespace std::chrono_literals;

/// A rule for each of its addresses; the order of the file decides.
struct LanForwardSettings {
  std::vector<std::string> addresses;
  std::string condition = "all";
  std::string server;
  int port = 25;
  std::string username;
  Secret password;
  std::string rewrite;
  Provenance where;

  static constexpr auto settings() {
    using S = LanForwardSettings;
    return std::tuple{
        Setting{"addresses", &S::addresses, Required{},
                "An address, one with * and ?, \"~@domain\" (when nothing else knows the address), or a user "
                "part alone (needs lan_forwarding.allow_bare_user). Several: a rule each.",
                "address"},
        Setting{"condition", &S::condition, Anything{},
                "all, pop3 (what collectors bring), smtp (what SMTP brings), or the name of a collector."},
        Setting{"server", &S::server, Required{}, "Name or IP address of the server that gets the mail."},
        Setting{"port", &S::port, Range{1, 65535},
                "Its port: 25, 587, or that of LMTP. 465 (TLS from the first byte) is not possible."},
        Setting{"username", &S::username, Anything{}, "Log-in name there. Empty: none."},
        Setting{"password", &S::password, Anything{}, "Its password; never logged."},
        Setting{"rewrite", &S::rewrite, Anything{},
                "The recipient that the server sees; \"*@new.example\" keeps the user part. Empty: the "
                "recipient as it was."},
    };
  }
  bool operator==(const LanForwardSettings&) const = default;
};

struct LanForwardingSettings {
  std::chrono::minutes retry{10};
  std::int64_t fail_hours = 72;
  int threads_max = 10;
  std::string thread_rules;
  bool failure_reports = true;
  bool allow_bare_user = false;
  bool paused = false;

  static constexpr auto settings() {
    using S = LanForwardingSettings;
    return std::tuple{
        Setting{"retry", &S::retry, Range{1min, 1440min}, "Between attempts: \"10m\", or minutes.",
                "retry_minutes"},
        Setting{"fail_hours", &S::fail_hours, Range{1, 8760}, "Then the message fails."},
        Setting{"threads_max", &S::threads_max, Range{1, 1000}, "Messages under way at the same time.",
                "max_threads"},
        Setting{"thread_rules", &S::thread_rules, Anything{},
                "How many of them one server may get: \"192.168.1.1-10 192.168.2.1:1025-5\"."},
        Setting{"failure_reports", &S::failure_reports,
                "The sender is told of a message that fails. Off: it is dropped, with a line in the log."},
        Setting{"allow_bare_user", &S::allow_bare_user,
                "Rules may name a user part alone; it stands for all local domains."},
        Setting{"paused", &S::paused, "Starts with LAN forwarding paused."},
    };
  }
  bool operator==(const LanForwardingSettings&) const = default;
};

enum class LanVerificationType : std::uint8_t { call_forward, minger };
inline constexpr Choice<LanVerificationType> k_lan_verification_types[] = {
    {"call_forward", LanVerificationType::call_forward}, {"minger", LanVerificationType::minger}};

struct LanVerificationSettings {
  std::string server;
  LanVerificationType type = LanVerificationType::call_forward;
  Secret secret;
  Provenance where;

  static constexpr auto settings() {
    using S = LanVerificationSettings;
    return std::tuple{
        Setting{"server", &S::server, Required{}, "As in the rules, \"host\" or \"host:port\"."},
        Setting{"type", &S::type, Choices{k_lan_verification_types},
                "call_forward: asks by RCPT TO. minger: asks its Minger service (UDP 4069)."},
        Setting{"secret", &S::secret, Anything{}, "The secret shared with the Minger service."},
    };
  }
  bool operator==(const LanVerificationSettings&) const = default;
};

}  // namespace stagecoach::conf
