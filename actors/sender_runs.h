// What the senders do, for those who wait for it: a report of each run that goes on, and of what is sent
// without one. For the queue, on its own thread.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "actors/node.h"

namespace stagecoach {

class SenderRuns {
 public:
  using Promise = caf::typed_response_promise<SenderReport>;

  /// A run begins, or one more waits for the one that goes on.
  void begin(const std::string& connection, Promise promise);
  bool runs(const std::string& connection) const { return runs_.contains(connection); }
  std::vector<std::string> running() const;
  /// Of the run that goes on, or of what is sent without one.
  SenderReport& report_of(const std::string& connection);

  /// Connections that have a report which nobody has got yet.
  std::set<std::string> unreported() const;
  bool is_unreported(const std::string& connection) const {
    return runs_.contains(connection) || at_once_.contains(connection);
  }
  /// What has been sent without a run; its report begins anew.
  std::optional<SenderReport> take_at_once(const std::string& connection);
  /// Tells everybody who waits for the run.
  void finish(const std::string& connection);

 private:
  struct Run {
    SenderReport report;
    std::vector<Promise> promises;
  };
  std::map<std::string, Run> runs_;              // by connection
  std::map<std::string, SenderReport> at_once_;  // by connection
};

}  // namespace stagecoach
