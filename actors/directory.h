// The directory: merges the users, groups, lists and mappings of the configuration with those of the database
// into one immutable snapshot, hands it to router and authenticator, and changes the database's entries.
// Declared entries are read-only: a change answers where they are declared. After a change only the rows that
// are newer are read again.
#pragma once

#include "actors/lists.h"
#include "actors/local_messages.h"
#include "actors/node.h"

namespace stagecoach {

/// Whom the directory tells about a new snapshot.
struct DirectoryReaders {
  LocalRouterActor router;
  LocalAuthenticatorActor authenticator;
  ListsActor lists;
};
LocalDirectoryActor spawn_directory(caf::actor_system& system, Node& node, DirectoryReaders readers);

}  // namespace stagecoach
