// Where a user's mail goes besides or instead of his mailbox: forwards, assistants, size rules
// (docs/reference/users.md). Pure: the targets are resolved by whoever asked.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "routing/civil_time.h"
#include "routing/list_rules.h"
#include "routing/pipeline.h"

namespace stagecoach::routing {

struct UserRoutingFacts {
  LocalTime now{};
  Poster sender;
  bool as_assistant = false;  // the user gets the message as somebody's assistant
  bool would_quarantine = false;
  bool has_size = false;  // false: only the envelope is known yet, size rules wait
  std::int64_t size_bytes = 0;
  std::optional<RoutingChange> script;  // what routing.lua wants
};

struct UserRoutingDecision {
  struct Onward {
    std::string target;
    std::string rule;  // "forward of fred"
    bool as_assistant = false;
  };
  bool keep = true;  // in the user's own mailbox
  std::vector<Onward> onward;
  std::vector<std::string> notes;  // why something that is set was not done
};

UserRoutingDecision decide_user_routing(const User& user, const UserRoutingFacts& facts,
                                        const Directory& directory);

}  // namespace stagecoach::routing
