// What happens to lists by mail: bounces and suspension of members, subscriptions that wait for confirmation.
// Members themselves are part of the directory (directory_repository.h).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "routing/model/ids.h"
#include "storage/pg.h"

namespace stagecoach::storage {

struct ListMember {
  std::string address;
  std::int64_t added_at = 0;  // microseconds since 1970; 0: unknown
  std::int64_t bounces = 0;   // in a row
  bool suspended = false;
  bool listed = true;  // false: a declared member that has bounced
};

enum class PendingKind : std::uint8_t {
  subscribe,
  unsubscribe,
  moderate
};  // moderate: `address` is the number of the work

struct PendingSubscription {
  std::string token;
  ListId list;
  std::string address;
  PendingKind kind = PendingKind::subscribe;
  std::int64_t at = 0;  // microseconds since 1970
};

class ListRepository {
 public:
  explicit ListRepository(Database& database) : database_(database) {}

  Result<std::vector<ListMember>> members(ListId list);

  /// Counts a bounce; with `bounces_max` in a row (0: never) the member is suspended. True: just now.
  Result<bool> count_bounce(ListId list, const std::string& address, std::int64_t bounces_max);
  /// A delivery succeeded, or somebody lifts the suspension.
  Result<void> forgive(ListId list, const std::string& address);

  /// A second request of one address for one list takes the place of the first.
  Result<void> add_pending(const PendingSubscription& pending);
  Result<std::optional<PendingSubscription>> take_pending(const std::string& token);
  Result<std::int64_t> forget_pending(std::int64_t before);  // how many

 private:
  Database& database_;
};

}  // namespace stagecoach::storage
