// `user copy-inbox`: what is in the INBOX of a user now is copied once to his local assistants.
#pragma once

#include <string>
#include <vector>

#include "routing/directory.h"

namespace stagecoach {

struct LocalAssistants {
  std::vector<const User*> users;     // of the directory, each once, never the user himself
  std::vector<std::string> left_out;  // targets elsewhere, as they are set
};

/// Names and local addresses of users; of groups and lists their local members.
LocalAssistants local_assistants(const routing::Directory& directory, const User& user);

}  // namespace stagecoach
