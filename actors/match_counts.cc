#include "actors/match_counts.h"

#include <algorithm>

#include "routing/model/address.h"

namespace stagecoach {

std::string MatchCounts::key(std::string_view user, std::string_view rule) {
  return to_lower(user) + '\n' + to_lower(rule);
}

std::int64_t MatchCounts::Snapshot::of(std::string_view user, std::string_view rule) const {
  const std::string wanted = key(user, rule);
  const auto& shard = shards_[shard_of(wanted)];
  if (!shard) return 0;
  const auto found = shard->find(wanted);
  return found == shard->end() ? 0 : found->second;
}

void MatchCounts::load(const std::vector<Count>& counts) {
  std::array<Shard, k_shards> shards;
  for (std::size_t i = 0; i < k_shards; ++i)
    if (snapshot_->shards_[i]) shards[i] = *snapshot_->shards_[i];
  for (const Count& count : counts) {
    const std::string name = key(count.user, count.rule);
    std::int64_t& matches = shards[shard_of(name)][name];
    matches = std::max(matches, count.matches);
  }
  auto next = std::make_shared<Snapshot>();
  for (std::size_t i = 0; i < k_shards; ++i)
    if (!shards[i].empty()) next->shards_[i] = std::make_shared<const Shard>(std::move(shards[i]));
  snapshot_ = std::move(next);
}

void MatchCounts::add(std::string_view user, std::string_view rule) {
  const std::string name = key(user, rule);
  const std::size_t place = shard_of(name);
  auto next = std::make_shared<Snapshot>(*snapshot_);
  auto shard =
      next->shards_[place] ? std::make_shared<Shard>(*next->shards_[place]) : std::make_shared<Shard>();
  ++(*shard)[name];
  next->shards_[place] = std::move(shard);
  snapshot_ = std::move(next);
}

}  // namespace stagecoach
