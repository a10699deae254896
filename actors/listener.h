// One listening socket: accepts, limits the sessions of all and of one address, starts sessions on the
// reactors one after the other, and knows the sessions it has started.
#pragma once

#include "actors/service.h"

namespace stagecoach {

/// To a listener: new sessions get this (after a reload). None: accept no more; sessions under way go on.
struct UseService {
  ServicePtr service;
};
using ListenerActor = caf::typed_actor<caf::reacts_to<UseService>, caf::reacts_to<ShutDown>>;

/// Binds and listens; the descriptor is non-blocking. Errors name the address.
Result<int> open_listening_socket(const conf::ListenAddress& address);
/// The port that a listening socket has got, for port 0.
int port_of(int fd);

ListenerActor spawn_listener(Reactor& reactor, int fd, Node& node, ServicePtr service);

}  // namespace stagecoach

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(stagecoach::UseService)
