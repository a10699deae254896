// Works on what messages left for lists: posts are expanded to the members in batches, moderated messages go
// to the moderators, commands are answered, bounces counted; digests are made by time. Every step commits
// before the next one, so that a crash repeats none and loses none.
#pragma once

#include <caf/all.hpp>

#include "actors/node.h"

namespace stagecoach {

/// To the lists: a commit has left work in the database.
struct ListWorkWaits {};

using ListsActor = caf::typed_actor<caf::reacts_to<ListWorkWaits>, caf::reacts_to<DirectoryChanged>,
                                    caf::reacts_to<caf::tick_atom>>;

ListsActor spawn_lists(caf::actor_system& system, Node& node);

}  // namespace stagecoach

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(stagecoach::ListWorkWaits)
