// New mail at once: between the visits of an IMAP collector with `idle` a connection to the first of its
// folders waits for news (RFC 2177). News start a visit, by way of the connections actor. A connection that
// breaks is made again after 5 seconds, then after twice the time, up to 5 minutes.
#pragma once

#include <map>
#include <string>

#include "actors/connections.h"

namespace stagecoach {

/// By itself: its time has come.
using ImapWatchActor = caf::typed_actor<caf::reacts_to<caf::tick_atom>>;

/// The watches that the configuration asks for. An object of the connections' actor.
class ImapWatches {
 public:
  ImapWatches(Node& node, ResolverActor resolver) : node_(node), resolver_(std::move(resolver)) {}

  /// Begins new ones, ends those that are not wanted any more or differ.
  void update(const conf::Config& config);
  void end();

 private:
  struct Watch {
    conf::CollectorSettings settings;
    ImapWatchActor actor;
  };

  Node& node_;
  ResolverActor resolver_;
  std::map<std::string, Watch> watches_;  // by the collector's name
};

}  // namespace stagecoach
