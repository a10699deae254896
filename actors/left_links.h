// Links that a run of a server which was cut off has left up: each is dropped once, by its down_command,
// before the next run of its connection begins. An object of the connections' actor.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "actors/connections.h"
#include "actors/link.h"
#include "storage/connection_link_repository.h"

namespace stagecoach {

class LeftLinks {
 public:
  LeftLinks(ConnectionsActor::base* self, Node& node) : self_(self), node_(node) {}

  /// Finds out which there are, unless that is known, and begins to drop them. `then` is called in any case,
  /// without waiting for the commands: without the database nothing is known, and the next call tries again.
  void find(std::function<void()> then);
  /// `then` is called when nothing of an earlier run is in the way. At once for a link that no command makes.
  void before_run(const conf::ConnectionSettings& connection, std::function<void()> then);
  /// The actor ends.
  void end();

 private:
  struct Dropping {
    std::unique_ptr<Link> link;
    std::vector<std::function<void()>> waiting;  // runs
  };

  void found(Result<std::vector<storage::ConnectionLink>> left);
  void drop(const std::string& connection);

  ConnectionsActor::base* self_;
  Node& node_;
  std::map<std::string, Dropping> dropping_;  // by connection
  std::set<std::string> begun_;  // connections that have begun a run: what the database knows of them is ours
  std::vector<std::function<void()>> when_known_;
  bool known_ = false;
};

}  // namespace stagecoach
