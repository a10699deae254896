// What a collector writes instead of delivering a message: the question whether to download it, the news that
// it was deleted, that it is too large, and the report to a sender whose message was rejected.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "actors/collected_mail.h"
#include "conf/collector_settings.h"
#include "routing/download/audience.h"
#include "routing/download/rules.h"

namespace stagecoach {

/// A message that stays or goes on the remote server.
struct RemoteNews {
  std::string collector;
  std::string_view head;  // empty: unknown, the server has no TOP
  std::int64_t size_bytes = 0;
  std::int64_t size_max_bytes = 0;
  std::int64_t days = 0;  // how long a question waits
};

/// Addresses of those whom the decision addresses; of nobody, the message target's. Empty: nobody wants it.
std::vector<std::string> told_addresses(const routing::Directory& directory,
                                        const routing::DownloadDecision& decision,
                                        const routing::CollectedAudience& audience,
                                        std::string_view target_key);
/// The address of a message target; empty: "none".
std::vector<std::string> target_addresses(const routing::Directory& directory, std::string_view target_key);

enum class QuestionCause : std::uint8_t { rule, size };
/// A reply to it goes to an address with the token.
Arrival question_arrival(Node& node, const RemoteNews& news, std::vector<std::string> to,
                         const std::string& token, QuestionCause cause);
Arrival deletion_arrival(Node& node, const RemoteNews& news, std::vector<std::string> to);
Arrival too_large_arrival(Node& node, const RemoteNews& news, std::vector<std::string> to);
/// Nothing when the message has no sender who could be told.
std::optional<Arrival> rejection_arrival(Node& node, const RemoteNews& news,
                                         const std::vector<std::string>& recipients);

}  // namespace stagecoach
