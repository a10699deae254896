// What the lists have to do, and what they have distributed. mail_writer.h adds work and takes it away, with
// the messages it is about.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "routing/model/ids.h"
#include "routing/model/plan.h"
#include "storage/pg.h"

namespace stagecoach::storage {

struct StoredListWork {
  std::int64_t id = 0;
  MessageId message;  // also its content
  ListWork::Kind kind = ListWork::Kind::post;
  std::string list, recipient;
  std::int64_t position = 0;  // members that are done; of a moderated post 1: the moderators know of it
  std::int64_t at = 0;        // microseconds since 1970
  std::string reverse_path, auth_user;  // of the message, as its trace has them
};

class ListWorkRepository {
 public:
  explicit ListWorkRepository(Database& database) : database_(database) {}

  /// Work that can go on, oldest first: all but posts that wait for a moderator, and posts of the lists that
  /// rest, by their names as they are stored.
  Result<std::vector<StoredListWork>> next(int rows_max, const std::vector<std::string>& resting = {});
  /// Posts that have waited for a moderator since before `at`.
  Result<std::vector<StoredListWork>> unanswered(std::int64_t at);
  Result<std::optional<StoredListWork>> find(std::int64_t id);
  /// A moderated post becomes one that is distributed. False: there is none with this number.
  Result<bool> approve(std::int64_t id);

  /// Contents that a list has distributed since `after`, oldest first.
  struct Archived {
    ContentId content;
    std::int64_t at = 0;
  };
  Result<std::vector<Archived>> archived(ListId list, std::int64_t after);
  Result<std::int64_t> prune_archive(ListId list, std::int64_t before);
  /// When the last digest of this list was made; 0: never.
  Result<std::int64_t> last_digest(ListId list);
  Result<void> set_last_digest(ListId list, std::int64_t at);

 private:
  Database& database_;
};

}  // namespace stagecoach::storage
