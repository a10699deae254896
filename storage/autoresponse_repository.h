// The log of automatic answers. mail_writer.h writes it, with the message that was answered.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "routing/model/ids.h"
#include "storage/pg.h"

namespace stagecoach::storage {

struct LoggedAutoresponse {
  std::string user, definition, sender, rule;
  std::int64_t at = 0;  // microseconds since 1970
};

/// How often a rule has matched. mail_writer.h counts, with the message.
struct RuleCount {
  std::string user, rule;  // rule in lower case
  std::int64_t matches = 0;
};

class AutoresponseRepository {
 public:
  explicit AutoresponseRepository(Database& database) : database_(database) {}

  /// The last answer of each definition to each sender.
  Result<std::vector<LoggedAutoresponse>> latest();
  /// All of one user, newest first; of one definition, or of all ("").
  Result<std::vector<LoggedAutoresponse>> of_user(UserId user, const std::string& definition, int rows_max);
  /// Deletes those of one definition, or all ("").
  Result<std::int64_t> clear(UserId user, const std::string& definition);
  Result<std::int64_t> prune(std::int64_t before);
  /// How many entries each definition of a user has, by its name in lower case.
  Result<std::map<std::string, std::int64_t>> entries_of(UserId user);

  /// Of all users.
  Result<std::vector<RuleCount>> matches();
  /// Of one user, by the name of the rule in lower case.
  Result<std::map<std::string, std::int64_t>> matches_of(UserId user);

 private:
  Database& database_;
};

}  // namespace stagecoach::storage
