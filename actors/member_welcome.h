// The welcome of members whom an administrator adds to mailing lists by a command, when he asks for it.
#pragma once

#include <string>
#include <vector>

#include "actors/node.h"
#include "routing/directory.h"

namespace stagecoach {

struct JoiningMember {
  std::string list, address;  // as the change names them
  bool operator==(const JoiningMember&) const = default;
};

/// Whom the changes would add to mailing lists and who is no member yet, each once.
std::vector<JoiningMember> joining_members(const routing::Directory& before, const ChangeDirectory& change);

/// Sends the list's welcome to those who are members now; the trace has the results. Gives their number.
std::int64_t welcome_members(Node& node, const routing::Directory& after,
                             const std::vector<JoiningMember>& joining);

}  // namespace stagecoach
