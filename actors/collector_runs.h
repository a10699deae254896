// Runs the collectors of a connection: those with lower priority numbers first, equal ones at the same time
// up to collection.at_once_max. A collector that another connection runs just now is left out: most POP3
// servers let only one visitor in. An object of the connections' actor.
#pragma once

#include <functional>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "actors/connections.h"
#include "actors/pop3_collector.h"

namespace stagecoach {

class CollectorRuns {
 public:
  struct Watch {
    std::string connection;                            // that runs the collectors
    std::function<void(const std::string&)> progress;  // lines of the visits; may be empty
    std::function<void(const conf::CollectorSettings&, const CollectReport&)> report;
    std::function<void()> done;
  };

  CollectorRuns(ConnectionsActor::base* self, Node& node, ResolverActor resolver)
      : self_(self), node_(node), resolver_(std::move(resolver)) {}

  /// The enabled collectors of a connection, in the order of their priority.
  static std::vector<conf::CollectorSettings> of(const conf::Config& config, const std::string& connection);
  void start(std::vector<conf::CollectorSettings> collectors, Watch watch);
  bool is_running(const std::string& collector) const { return running_.contains(collector); }
  void end() { resolver_ = nullptr; }

 private:
  struct Round {
    std::vector<conf::CollectorSettings> collectors;
    Watch watch;
    std::size_t next = 0, under_way = 0;
    int priority = 0;  // of those under way
  };
  using RoundPtr = std::shared_ptr<Round>;

  void go_on(const RoundPtr& round);
  void visit(const RoundPtr& round, const conf::CollectorSettings& collector);
  void begin(const RoundPtr& round, const conf::CollectorSettings& collector, Collect task);
  void finish(const RoundPtr& round, const conf::CollectorSettings& collector, const CollectReport& report);
  void remember(const conf::CollectorSettings& collector, std::int64_t began, const CollectReport& report);
  CollectorActor spawn(const conf::CollectorSettings& collector, TlsContext tls);

  ConnectionsActor::base* self_;
  Node& node_;
  ResolverActor resolver_;
  std::set<std::string> running_;
};

}  // namespace stagecoach
