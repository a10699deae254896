// Who got which automatic answer when: so that nobody gets two of one definition within its interval. Filled
// from the log of the database at the start.
#pragma once

#include <cstdint>
#include <string>
#include <unordered_map>

#include "routing/model/plan.h"

namespace stagecoach {

class Answered {
 public:
  /// Times are microseconds since 1970.
  void note(const std::string& user, const std::string& definition, const std::string& sender,
            std::int64_t at);
  /// Takes answers that come too early out of the Plan, with a reason.
  void hold_back(Plan& plan, std::int64_t now) const;
  /// Of one definition of a user, or of all of his ("").
  void forget(const std::string& user, const std::string& definition);
  /// Remembers the answers that the Plan sends.
  void note(const Plan& plan, std::int64_t now);

 private:
  static std::string key(const std::string& user, const std::string& definition, const std::string& sender);
  std::unordered_map<std::string, std::int64_t> last_;
};

}  // namespace stagecoach
