#include "actors/prune_search.h"

#include <algorithm>

#include "routing/prune_rules.h"
#include "storage/mailbox_usage_repository.h"

namespace stagecoach {

namespace {

constexpr std::int64_t k_page_rows = 2000;
constexpr std::int64_t k_day_seconds = 24 * 3600;

/// No rule deletes what is newer.
std::int64_t newest_age_days(std::span<const PruneRule> rules, std::string_view folder) {
  std::int64_t days = INT64_MAX;
  for (const PruneRule& rule : rules)
    if (routing::applies_to_folder(rule, folder)) days = std::min(days, rule.age_days);
  return days;
}

Result<void> search(storage::MailboxUsageRepository& repository, PrunableFolder& folder,
                    std::span<const PruneRule> rules, std::int64_t now, std::int64_t& left) {
  const std::int64_t days = newest_age_days(rules, folder.name);
  if (days == INT64_MAX) return {};
  const std::int64_t before = now - days * k_day_seconds;
  for (std::int64_t after = 0; left > 0;) {
    auto page = repository.older_messages(folder.id, before, after, k_page_rows);
    if (!page) return std::move(page.error());
    for (const StoredMessage& message : *page) {
      after = message.uid;
      const routing::PruneCandidate candidate{folder.name, std::chrono::seconds(now - message.internal_date),
                                              message.size_bytes, message.flags, message.keywords};
      if (left == 0 || !routing::pruned_by(rules, candidate)) continue;
      folder.uids.push_back(message.uid);
      folder.size_bytes += message.size_bytes;
      --left;
    }
    if (static_cast<std::int64_t>(page->size()) < k_page_rows) break;
  }
  return {};
}

}  // namespace

Result<std::vector<PrunableFolder>> find_prunable(storage::Database& database, UserId user,
                                                  std::span<const PruneRule> rules, std::int64_t now,
                                                  std::int64_t messages_max) {
  std::vector<PrunableFolder> found;
  if (rules.empty()) return found;
  storage::MailboxUsageRepository repository(database);
  auto folders = repository.folders(user);
  if (!folders) return std::move(folders.error());
  std::int64_t left = messages_max;
  for (const storage::FolderSize& one : *folders) {
    if (one.messages == 0) continue;
    PrunableFolder folder{one.id, one.name, {}, 0};
    if (auto done = search(repository, folder, rules, now, left); !done) return std::move(done.error());
    if (!folder.uids.empty()) found.push_back(std::move(folder));
  }
  return found;
}

}  // namespace stagecoach
