// How often each rule of automatic answers has matched, for the replacement {ConditionMatches}. The router
// counts; stages on other threads read a snapshot, which never changes.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace stagecoach {

class MatchCounts {
  using Shard = std::unordered_map<std::string, std::int64_t>;
  static constexpr std::size_t k_shards = 256;

 public:
  class Snapshot {
   public:
    /// 0: never. Names without regard to case.
    std::int64_t of(std::string_view user, std::string_view rule) const;

   private:
    friend class MatchCounts;
    std::array<std::shared_ptr<const Shard>, k_shards> shards_;
  };
  struct Count {
    std::string user, rule;
    std::int64_t matches = 0;
  };

  /// What the database says. A count never goes down: what this node has counted may not be there yet.
  void load(const std::vector<Count>& counts);
  /// One more.
  void add(std::string_view user, std::string_view rule);

  std::shared_ptr<const Snapshot> snapshot() const { return snapshot_; }

 private:
  static std::string key(std::string_view user, std::string_view rule);
  static std::size_t shard_of(const std::string& key) { return std::hash<std::string>()(key) % k_shards; }

  // A change copies one shard, so that it stays cheap with many users.
  std::shared_ptr<const Snapshot> snapshot_ = std::make_shared<const Snapshot>();
};

}  // namespace stagecoach
