#include "actors/sender_runs.h"

#include "actors/serialisation.h"

namespace stagecoach {

void SenderRuns::begin(const std::string& connection, Promise promise) {
  runs_[connection].promises.push_back(std::move(promise));
}

std::vector<std::string> SenderRuns::running() const {
  std::vector<std::string> connections;
  for (const auto& [connection, run] : runs_) connections.push_back(connection);
  return connections;
}

SenderReport& SenderRuns::report_of(const std::string& connection) {
  const auto run = runs_.find(connection);
  return run == runs_.end() ? at_once_[connection] : run->second.report;
}

std::set<std::string> SenderRuns::unreported() const {
  std::set<std::string> connections;
  for (const auto& [connection, run] : runs_) connections.insert(connection);
  for (const auto& [connection, report] : at_once_) connections.insert(connection);
  return connections;
}

std::optional<SenderReport> SenderRuns::take_at_once(const std::string& connection) {
  auto sent = at_once_.extract(connection);
  if (!sent) return {};
  return std::move(sent.mapped());
}

void SenderRuns::finish(const std::string& connection) {
  auto run = runs_.extract(connection);
  if (!run) return;
  for (Promise& promise : run.mapped().promises) promise.deliver(run.mapped().report);
}

}  // namespace stagecoach
