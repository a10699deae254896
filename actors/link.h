// The link of a connection (kind = "command"): made before a run, dropped after it, with the commands that
// stand around a run. While it may be up the database knows it (storage/connection_link_repository.h), so
// that it is dropped, too, when this process ends before (left_links.h). An object of the connections' actor.
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
  Link(ConnectionsActor::base* self, Node& node, conf::ConnectionSettings connection,
       std::function<void(const std::string&)> say)
      : self_(self), node_(node), connection_(std::move(connection)), say_(std::move(say)) {}

  /// `then(true)`: the connection is there. One that is half made is dropped before `then(false)`.
  void open(std::function<void(bool)> then);
  /// After open() with true; what fails here is only told.
  void close(std::function<void()> then);
  /// down_command, whoever has made it; then nobody need drop it any more.
  void drop(std::function<void()> then);
  /// The server stops: drops the link without waiting for it. The database still knows it: whether it is
  /// down nobody will have seen.
  void abandon();

 private:
  enum class Ended { well, badly, not_started };

  void make(std::function<void(bool)> then);
  void run(const std::vector<std::string>& words, std::chrono::seconds timeout, const char* what,
           std::function<void(Ended)> then);
  /// Lets the database know. Without it everything goes on all the same.
  void note(bool is_up, std::function<void()> then);

  ConnectionsActor::base* self_;
  Node& node_;
  conf::ConnectionSettings connection_;
  std::function<void(const std::string&)> say_;
  bool made_ = false;  // by up_command
};

}  // namespace stagecoach
