// Which old messages are deleted (docs/reference/prune.md). All conditions of one rule must hold.
#pragma once

#include <chrono>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "routing/model/policy.h"
#include "routing/model/profile.h"

namespace stagecoach::routing {

struct PruneCandidate {
  std::string_view folder;     // as FolderInfo::name
  std::chrono::seconds age{};  // since the internal date
  std::int64_t size_bytes = 0;
  std::uint8_t flags = 0;  // bits of MessageFlag
  std::span<const std::string> keywords;
};

/// The rules that hold for this user: the global ones or his own, never both.
std::span<const PruneRule> prune_rules_for(const UserPrune& user, const GlobalPrune& global);

bool applies_to_folder(const PruneRule& rule, std::string_view folder);

/// Whether the spam filter, or the user, marked the message: keyword $Junk without $NotJunk.
bool is_marked_spam(std::span<const std::string> keywords);

/// The first rule that deletes the message; nullptr: it stays.
const PruneRule* pruned_by(std::span<const PruneRule> rules, const PruneCandidate& message);

}  // namespace stagecoach::routing
