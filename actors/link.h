// The link of a connection (kind = "command"): made before a run, dropped after it, with the commands that
// stand around a run. An object of the connections' actor.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "actors/connections.h"
#include "conf/connector_settings.h"

namespace stagecoach {

/// The first of these interfaces that is up and running; empty: none.
std::string interface_that_is_up(const std::vector<std::string>& names);

class Link {
 public:
  Link(ConnectionsActor::base* self, conf::ConnectionSettings connection,
       std::function<void(const std::string&)> say)
      : self_(self), connection_(std::move(connection)), say_(std::move(say)) {}

  /// `then(true)`: the connection is there.
  void open(std::function<void(bool)> then);
  /// After open() with true; what fails here is only told.
  void close(std::function<void()> then);
  /// The server stops: drops the link without waiting for it.
  void abandon();

 private:
  void run(const std::vector<std::string>& words, std::chrono::seconds timeout, const char* what,
           std::function<void(bool)> then);

  ConnectionsActor::base* self_;
  conf::ConnectionSettings connection_;
  std::function<void(const std::string&)> say_;
  bool made_ = false;  // by up_command
};

}  // namespace stagecoach
