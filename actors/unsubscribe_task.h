// One unsubscription by a link, as an actor of its own: whoever sent the request may hang up, what has begun
// is finished. The list server decides; what follows is what follows its command `unsubscribe`.
#pragma once

#include <caf/all.hpp>
#include <string>

#include "actors/unsubscribe.h"
#include "routing/directory.h"

namespace stagecoach {

struct Unsubscribe {
  UnsubscribeToken token;
  std::string peer, session;  // for the log
};
/// The answer comes when the change is in force; mail about it follows.
struct UnsubscribeResult {
  enum class Kind : std::uint8_t { failed, done, no_member, no_list, refused };
  Kind kind = Kind::failed;
  std::string list;
  std::string text;  // why it is refused
};
using UnsubscribeActor = caf::typed_actor<caf::replies_to<Unsubscribe>::with<UnsubscribeResult>>;

/// For one request; ends by itself.
UnsubscribeActor spawn_unsubscribe_task(caf::actor_system& system, Node& node);

/// nullptr: there is none any more.
const MailList* list_with_id(const routing::Directory& directory, ListId id);
/// Whether the list names this member itself.
bool has_member(const MailList& list, std::string_view member);

}  // namespace stagecoach

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(stagecoach::Unsubscribe)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(stagecoach::UnsubscribeResult)
