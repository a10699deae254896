#include "actors/collector_runs.h"

#include <algorithm>

#include "actors/serialisation.h"
#include "actors/tls.h"

namespace stagecoach {

std::vector<conf::CollectorSettings> CollectorRuns::of(const conf::Config& config,
                                                       const std::string& connection) {
  std::vector<conf::CollectorSettings> collectors;
  for (const conf::CollectorSettings& collector : config.collectors)
    if (collector.enabled && collector.kind == conf::CollectorKind::pop3 &&
        std::find(collector.connections.begin(), collector.connections.end(), connection) !=
            collector.connections.end())
      collectors.push_back(collector);
  std::stable_sort(collectors.begin(), collectors.end(),
                   [](const auto& a, const auto& b) { return a.priority < b.priority; });
  return collectors;
}

void CollectorRuns::start(std::vector<conf::CollectorSettings> collectors, Watch watch) {
  auto round = std::make_shared<Round>();
  round->collectors = std::move(collectors);
  round->watch = std::move(watch);
  go_on(round);
}

void CollectorRuns::go_on(const RoundPtr& round) {
  const auto at_once_max = static_cast<std::size_t>(node_.config()->collection.at_once_max);
  while (round->next < round->collectors.size() && round->under_way < at_once_max) {
    const conf::CollectorSettings& collector = round->collectors[round->next];
    if (round->under_way > 0 && collector.priority != round->priority) return;
    ++round->next;
    if (!running_.insert(collector.name).second) {
      CollectReport report;
      report.last_result = "left out: another connection runs it now";
      round->watch.report(collector, report);
      continue;
    }
    round->priority = collector.priority;
    ++round->under_way;
    visit(round, collector);
  }
  if (round->under_way == 0) round->watch.done();
}

void CollectorRuns::visit(const RoundPtr& round, const conf::CollectorSettings& collector) {
  TlsContext tls;
  if (auto made = make_client_tls(node_.config()->tls, collector.pop3.tls_verify)) tls = std::move(*made);
  CollectorActor actor =
      spawn_pop3_collector(node_.next_reactor(), node_, resolver_, collector, std::move(tls));
  const auto done = [this, round, collector](const CollectReport& report) {
    running_.erase(collector.name);
    --round->under_way;
    round->watch.report(collector, report);
    go_on(round);
  };
  self_->request(actor, caf::infinite, Collect{round->watch.progress})
      .then([done](const CollectReport& report) { done(report); },
            [done](const caf::error&) {
              CollectReport report;
              report.last_result = "the collector ended unexpectedly";
              done(report);
            });
}

}  // namespace stagecoach
