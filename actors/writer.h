// The group-commit writer: everything that waits becomes one transaction. Its answers come after the commit.
// When the connection breaks during a commit, it asks the new one which messages are there, so nothing is
// lost and nothing is stored twice.
#pragma once

#include <string>

#include "actors/local_messages.h"
#include "actors/node.h"

namespace stagecoach {

WriterActor spawn_writer(caf::actor_system& system, Node& node, std::string conninfo);

}  // namespace stagecoach
