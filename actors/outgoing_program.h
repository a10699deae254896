// [programs] smtp_client: a program that may change each message just before a relay sender sends it.
#pragma once

#include <caf/all.hpp>
#include <string>

#include "actors/node.h"
#include "actors/outgoing_content.h"

namespace stagecoach {

/// Whether messages of this sender go through the program.
bool wants_program(const conf::Config& config, const conf::SenderSettings& sender);

/// The content as prepare_content() or stored_content() gave it.
struct PrepareOutgoing {
  DeliveryTask delivery;
  OutgoingContent content;
  std::string connection;
};
/// As the program wants it. When it has failed or wants no change: as it came. Never an error.
struct PreparedOutgoing {
  OutgoingContent content;
};
using OutgoingProgramActor = caf::typed_actor<caf::replies_to<PrepareOutgoing>::with<PreparedOutgoing>>;

/// For one message: reads what is not in memory, runs the program, answers and ends.
OutgoingProgramActor spawn_outgoing_program(caf::actor_system& system, Node& node);

}  // namespace stagecoach

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(stagecoach::PrepareOutgoing)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(stagecoach::PreparedOutgoing)
