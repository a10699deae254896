// What became of the last run of each connection, and of the mail that its sender last sent without one. Kept
// in memory and in the database, so that a restart forgets nothing. An object of the connections' actor.
#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "actors/connections.h"
#include "storage/connection_result_repository.h"

namespace stagecoach {

/// "sender: Connection successful; delivered 1, deferred 0, failed 0"
std::string result_text(const SenderReport& report);

class ConnectionResults {
 public:
  ConnectionResults(ConnectionsActor::base* self, Node& node) : self_(self), node_(node) {}

  /// Takes over what is stored, unless that has happened; what is newer stays. `then` is called in any case:
  /// without the database there is only what is in memory, and the next call tries again.
  void load(std::function<void()> then);
  /// Forgets the connections that the configuration does not have.
  void forget_others(const conf::Config& config);

  /// `stored` is called when it is stored, or cannot be.
  void run_ended(const storage::ConnectionResult& result, std::function<void()> stored);
  void sent_at_once(const std::string& connection, const SenderReport& report);
  /// When SaveResults has come.
  void save();

  /// All but whether it runs.
  ConnectionStatus status(const std::string& connection) const;

 private:
  using Results = std::map<std::string, storage::ConnectionResult>;  // by connection

  void loaded(Result<std::vector<storage::ConnectionResult>> stored);
  void store(const storage::ConnectionResult& result, std::function<void()> then);

  ConnectionsActor::base* self_;
  Node& node_;
  Results runs_, sent_;
  std::vector<std::function<void()>> when_loaded_;
  std::set<std::string> unsaved_;  // of sent_
  bool loaded_ = false, pausing_ = false;
};

}  // namespace stagecoach
