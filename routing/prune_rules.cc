#include "routing/prune_rules.h"

#include <algorithm>

#include "routing/model/address.h"
#include "routing/model/mailbox.h"

namespace stagecoach::routing {
namespace {

bool has_keyword(std::span<const std::string> keywords, std::string_view name) {
  return std::any_of(keywords.begin(), keywords.end(),
                     [&](const std::string& keyword) { return equals_ignoring_case(keyword, name); });
}

bool fits(ReadState wanted, bool read) {
  return wanted == ReadState::either || (wanted == ReadState::read) == read;
}

bool fits(FlagState wanted, bool flagged) {
  return wanted == FlagState::either || (wanted == FlagState::flagged) == flagged;
}

bool deletes(const PruneRule& rule, const PruneCandidate& message) {
  return applies_to_folder(rule, message.folder) && message.age > std::chrono::days(rule.age_days) &&
         (rule.larger_than_kb <= 0 || message.size_bytes > rule.larger_than_kb * 1024) &&
         fits(rule.read, message.flags & flag_seen) && fits(rule.flagged, message.flags & flag_flagged) &&
         (!rule.deleted_only || message.flags & flag_deleted) &&
         (!rule.spam_only || is_marked_spam(message.keywords));
}

}  // namespace

std::span<const PruneRule> prune_rules_for(const UserPrune& user, const GlobalPrune& global) {
  return user.use_global ? global.rules : user.rules;
}

bool applies_to_folder(const PruneRule& rule, std::string_view folder) {
  if (rule.folder == "*" || rule.folder == folder) return true;
  return folder == "INBOX" && equals_ignoring_case(rule.folder, folder);
}

bool is_marked_spam(std::span<const std::string> keywords) {
  return has_keyword(keywords, "$Junk") && !has_keyword(keywords, "$NotJunk");
}

const PruneRule* pruned_by(std::span<const PruneRule> rules, const PruneCandidate& message) {
  const auto rule = std::find_if(rules.begin(), rules.end(),
                                 [&](const PruneRule& entry) { return deletes(entry, message); });
  return rule == rules.end() ? nullptr : &*rule;
}

}  // namespace stagecoach::routing
