#include "actors/collector_runs.h"

#include <algorithm>

#include "actors/feed_collector.h"
#include "actors/imap_collector.h"
#include "actors/odmr_collector.h"
#include "actors/serialisation.h"
#include "actors/socks_proxy.h"
#include "actors/tls.h"

namespace stagecoach {

std::vector<conf::CollectorSettings> CollectorRuns::of(const conf::Config& config,
                                                       const std::string& connection) {
  std::vector<conf::CollectorSettings> collectors;
  for (const conf::CollectorSettings& collector : config.collectors)
    if (collector.enabled && std::find(collector.connections.begin(), collector.connections.end(),
                                       connection) != collector.connections.end())
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
  const std::string& connection = round->watch.connection;
  find_proxy(
      self_, resolver_, proxy_of(*node_.config(), connection),
      [this, round, collector](Result<std::optional<SocksProxy>> proxy) {
        if (proxy)
          return begin(round, collector, {round->watch.progress, round->watch.connection, std::move(*proxy)});
        CollectReport report;
        report.outcome = Outcome::failure(proxy.error());
        report.last_result = proxy.error().text();
        finish(round, collector, report);
      });
}

void CollectorRuns::begin(const RoundPtr& round, const conf::CollectorSettings& collector, Collect task) {
  TlsContext tls;
  if (auto made = make_client_tls(node_.config()->tls, collector.pop3.tls_verify)) tls = std::move(*made);
  self_->request(spawn(collector, std::move(tls)), caf::infinite, std::move(task))
      .then(
          [this, round, collector, began = now_microseconds()](const CollectReport& report) {
            remember(collector, began, report);
            finish(round, collector, report);
          },
          [this, round, collector](const caf::error&) {
            CollectReport report;
            report.last_result = "the collector ended unexpectedly";
            finish(round, collector, report);
          });
}

void CollectorRuns::remember(const conf::CollectorSettings& collector, std::int64_t began,
                             const CollectReport& report) {
  const std::int64_t now = now_microseconds();
  node_.ended_sessions.add({now, "collector " + collector.name, "", collector.pop3.server().host,
                            (now - began) / 1'000'000, report.fetched, 0, report.last_result});
}

void CollectorRuns::finish(const RoundPtr& round, const conf::CollectorSettings& collector,
                           const CollectReport& report) {
  running_.erase(collector.name);
  --round->under_way;
  round->watch.report(collector, report);
  go_on(round);
}

CollectorActor CollectorRuns::spawn(const conf::CollectorSettings& collector, TlsContext tls) {
  Reactor& reactor = node_.next_reactor();
  switch (collector.kind) {
    case conf::CollectorKind::smtp_feed: return spawn_feed_collector(reactor, node_, resolver_, collector);
    case conf::CollectorKind::odmr:
      return spawn_odmr_collector(reactor, node_, resolver_, collector, std::move(tls));
    case conf::CollectorKind::imap:
      return spawn_imap_collector(reactor, node_, resolver_, collector, std::move(tls));
    case conf::CollectorKind::pop3: break;
  }
  return spawn_pop3_collector(reactor, node_, resolver_, collector, std::move(tls));
}

}  // namespace stagecoach
