// What the settings of each [[sender]] say about what it takes and how fast: domain filtering, limits of
// messages and recipients in a time. Compiled once for each configuration; what was sent is remembered over a
// reload. Pure.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "actors/mx_override.h"
#include "conf/config.h"
#include "routing/model/ids.h"
#include "routing/sending/domain_filter.h"
#include "routing/sending/rate_window.h"

namespace stagecoach {

/// The sender of a connection; null: it has none.
const conf::SenderSettings* sender_of(const conf::Config& config, const std::string& connection);
/// Those that take at once what arrives, in their order: a recipient goes to the first that takes him.
std::vector<const conf::SenderSettings*> immediate_senders(const conf::Config& config, bool paused);

/// How many recipients a session may still get after so many messages and recipients; 0: it ends, and nothing
/// more is sent until the next run of the connection.
std::int64_t room_of_session(const conf::SenderLimits& limits, std::int64_t messages,
                             std::int64_t recipients);

class SenderRules {
 public:
  void configure(const std::vector<conf::SenderSettings>& senders);

  /// Whether this sender takes the recipient at all.
  bool attempts(const std::string& connection, const routing::SendingFacts& facts,
                const std::string& recipient) const;

  /// Where this sender sends a recipient: "main|relay", or his domain with the DNS overrides that hold for
  /// him.
  std::string destination(const conf::SenderSettings& sender, const routing::SendingFacts& facts,
                          const std::string& recipient, QueueId id);
  /// The overrides of a destination; null: it has none.
  std::shared_ptr<const MxOverride> override_of(const std::string& destination) const;
  /// Nothing waits for it any more.
  void forget(const std::string& destination) { overridden_.erase(destination); }

  /// What may go now within the limits of messages and recipients in a time.
  struct Allowance {
    std::int64_t recipients = INT64_MAX;  // of one message; 0: nothing
    Time until{};                         // with 0: the end of that
  };
  Allowance allowance(const std::string& destination, Time now);
  /// A message has gone to a session with so many recipients.
  void note(const std::string& destination, Time now, std::int64_t recipients);

 private:
  struct Rules {
    routing::DomainFilter filter;
    std::shared_ptr<const routing::DnsOverrides> overrides;  // null: none
    routing::RateWindow messages, recipients;
    std::int64_t per_destination = 0;  // messages a minute; 0: any
  };
  static constexpr std::size_t k_windows_max = 10000;
  std::map<std::string, Rules> rules_;                                   // by connection
  std::map<std::string, std::shared_ptr<const MxOverride>> overridden_;  // by destination
  std::map<std::string, routing::RateWindow> windows_;  // by destination, where it is limited
};

}  // namespace stagecoach
