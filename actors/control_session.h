// One visitor at the control socket.
#pragma once

#include "actors/control.h"

namespace stagecoach {

/// The interface is only for the session's own notes to itself.
struct ControlLine {
  std::string line;
};
/// A line of a long answer: the session says when the visitor has taken most of what came before. A failure:
/// he has left.
struct ControlPiece {
  std::string line;
};
using ControlSessionActor =
    caf::typed_actor<caf::reacts_to<ControlLine>, caf::replies_to<ControlPiece>::with<Outcome>>;

void spawn_control_session(Reactor& reactor, int fd, Node& node, const ControlHandles& handles);

}  // namespace stagecoach

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(stagecoach::ControlLine)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(stagecoach::ControlPiece)
