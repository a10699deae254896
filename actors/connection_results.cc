#include "actors/connection_results.h"

#include "actors/database.h"
#include "actors/json_values.h"
#include "actors/sent_at_once.h"
#include "actors/serialisation.h"

namespace stagecoach {

namespace {

// Mail that is sent at once may be thousands of messages a second: so often at most their result is stored. A
// stop in between leaves the one before.
constexpr auto k_save_pause = std::chrono::seconds(2);

std::int64_t recipients_of(const SenderReport& report) {
  return report.delivered + report.deferred + report.failed;
}

}  // namespace

std::string result_text(const SenderReport& report) {
  // A session that was open already carried what there was.
  const std::string without_word = recipients_of(report) == 0 ? "nothing to send" : "Connection successful";
  return "sender: " + (report.last_result.empty() ? without_word : report.last_result) + "; delivered " +
         std::to_string(report.delivered) + ", deferred " + std::to_string(report.deferred) + ", failed " +
         std::to_string(report.failed);
}

void tell_sent_at_once(const Node& node, const std::string& connection, const SenderReport& report) {
  const auto connections = node.handles()->connections;
  if (!connections || recipients_of(report) == 0) return;
  caf::anon_send(caf::actor_cast<ConnectionsActor>(connections), SentAtOnce{connection, report});
}

void ConnectionResults::load(std::function<void()> then) {
  if (loaded_) return then();
  when_loaded_.push_back(std::move(then));
  if (when_loaded_.size() > 1) return;  // it is being read
  ask_database<std::vector<storage::ConnectionResult>>(
      self_, node_.handles()->database,
      [](storage::Database& database) { return storage::ConnectionResultRepository(database).load(); },
      [this](Result<std::vector<storage::ConnectionResult>> stored) { loaded(std::move(stored)); });
}

void ConnectionResults::loaded(Result<std::vector<storage::ConnectionResult>> stored) {
  if (stored) {
    loaded_ = true;
    for (storage::ConnectionResult& result : *stored) {
      Results& results = result.at_once ? sent_ : runs_;
      results.try_emplace(result.connection, std::move(result));  // what has happened meanwhile is newer
    }
  } else {
    node_.log.error("connection", "", stored.error().text());
  }
  for (const auto& then : std::exchange(when_loaded_, {})) then();
}

void ConnectionResults::forget_others(const conf::Config& config) {
  std::vector<std::string> names;
  for (const conf::ConnectionSettings& connection : config.connections) names.push_back(connection.name);
  const auto is_other = [&](const auto& entry) {
    return std::find(names.begin(), names.end(), entry.first) == names.end();
  };
  std::erase_if(runs_, is_other);
  std::erase_if(sent_, is_other);
  ask_database<std::int64_t>(
      self_, node_.handles()->database,
      [names](storage::Database& database) {
        return storage::ConnectionResultRepository(database).keep_only(names);
      },
      [this](Result<std::int64_t> done) {
        if (!done) node_.log.error("connection", "", done.error().text());
      });
}

void ConnectionResults::run_ended(const storage::ConnectionResult& result, std::function<void()> stored) {
  runs_[result.connection] = result;
  store(result, std::move(stored));
}

void ConnectionResults::sent_at_once(const std::string& connection, const SenderReport& report) {
  sent_[connection] = {connection, true, now_microseconds(), "", {result_text(report)}};
  unsaved_.insert(connection);
  if (!pausing_) save();
}

void ConnectionResults::save() {
  pausing_ = !unsaved_.empty();
  if (!pausing_) return;
  for (const std::string& connection : std::exchange(unsaved_, {}))
    if (const auto result = sent_.find(connection); result != sent_.end()) store(result->second, [] {});
  self_->delayed_send(self_, k_save_pause, SaveResults{});
}

void ConnectionResults::store(const storage::ConnectionResult& result, std::function<void()> then) {
  ask_database<bool>(
      self_, node_.handles()->database,
      [result](storage::Database& database) -> Result<bool> {
        if (auto noted = storage::ConnectionResultRepository(database).note(result); !noted)
          return std::move(noted.error());
        return true;
      },
      [this, then = std::move(then)](Result<bool> done) {
        if (!done) node_.log.error("connection", "", done.error().text());
        then();
      });
}

ConnectionStatus ConnectionResults::status(const std::string& connection) const {
  ConnectionStatus status;
  status.name = connection;
  if (const auto run = runs_.find(connection); run != runs_.end()) {
    status.last_run = run->second.at;
    status.last_results.push_back("cause: " + run->second.cause);
    status.last_results.insert(status.last_results.end(), run->second.lines.begin(), run->second.lines.end());
  }
  if (const auto sent = sent_.find(connection); sent != sent_.end())
    for (const std::string& line : sent->second.lines)
      status.last_results.push_back("without a run, " + json_time(sent->second.at) + ": " + line);
  return status;
}

}  // namespace stagecoach
