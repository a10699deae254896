// What a user may see of the trace: his own mail. Of what he has sent all of it; of what he got what concerns
// his mailbox, and nothing of the others who got it too.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>

namespace stagecoach {

/// `entry` as `trace --json` prints it; nothing: it is not the user's. Later entries of a message that an
/// "accepted" one has shown as his belong to its sender alone: `is_sender` says whether he was that.
std::optional<nlohmann::json> own_trace(const nlohmann::json& entry, const std::string& user, bool is_sender);

/// Whether the "accepted" entry is about a message that the user has sent.
bool is_sent_by(const nlohmann::json& entry, const std::string& user);

}  // namespace stagecoach
