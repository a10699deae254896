#include "actors/database.h"

#include <deque>
#include <thread>

namespace stagecoach {

namespace {

using namespace std::chrono_literals;

constexpr auto k_patience = 5s;  // while the database restarts
constexpr auto k_retry = 50ms;
constexpr std::size_t k_waiting_max = 20000;  // jobs; beyond, answers are "unavailable" at once

/// One connection on one thread.
class Worker : public DatabaseActor::base {
 public:
  Worker(caf::actor_config& config, Node& node, std::string conninfo)
      : DatabaseActor::base(config), node_(node), conninfo_(std::move(conninfo)) {}

  behavior_type make_behavior() override {
    return {[this](const DatabaseJob& job) {
      run(job);
      return DatabaseDone{};
    }};
  }
  const char* name() const override { return "database"; }

 private:
  void run(const DatabaseJob& job) {
    for (int attempt = 0; attempt < 2; ++attempt) {
      if (auto connected = connect(); !connected) return job.failed(connected.error());
      job.work(*connection_);
      if (!connection_->is_broken()) return;
      connection_.reset();
      ++node_.counters.database_reconnects;
    }
  }

  Result<void> connect() {
    if (connection_) return {};
    const auto end = std::chrono::steady_clock::now() + (down_ ? 0s : k_patience);
    while (true) {
      auto connection = storage::Database::connect(conninfo_);
      if (connection) {
        connection_.emplace(std::move(*connection));
        down_ = false;
        return {};
      }
      if (std::chrono::steady_clock::now() >= end) {
        down_ = true;
        return std::move(connection.error());
      }
      std::this_thread::sleep_for(k_retry);
    }
  }

  Node& node_;
  std::string conninfo_;
  std::optional<storage::Database> connection_;
  bool down_ = false;  // the last attempt failed: do not wait again
};

class Pool : public DatabaseActor::base {
 public:
  Pool(caf::actor_config& config, Node& node, const std::string& conninfo, int workers)
      : DatabaseActor::base(config) {
    for (int i = 0; i < workers; ++i)
      idle_.push_back(spawn<Worker, caf::detached + caf::linked>(std::ref(node), conninfo));
  }

  behavior_type make_behavior() override {
    return {[this](DatabaseJob& job) -> caf::result<DatabaseDone> {
      auto promise = make_response_promise<DatabaseDone>();
      if (waiting_.size() >= k_waiting_max) {
        job.failed(limit_reached("too many requests wait for the database"));
        promise.deliver(DatabaseDone{});
      } else {
        waiting_.push_back({std::move(job), promise});
        dispatch();
      }
      return promise;
    }};
  }
  void on_exit() override {
    idle_.clear();
    waiting_.clear();
  }
  const char* name() const override { return "database_pool"; }

 private:
  struct Waiting {
    DatabaseJob job;
    caf::typed_response_promise<DatabaseDone> promise;
  };

  void dispatch() {
    while (!idle_.empty() && !waiting_.empty()) {
      DatabaseActor worker = std::move(idle_.back());
      idle_.pop_back();
      auto promise = waiting_.front().promise;
      request(worker, caf::infinite, std::move(waiting_.front().job))
          .then(
              [this, worker, promise](const DatabaseDone&) mutable {
                promise.deliver(DatabaseDone{});
                idle_.push_back(worker);
                dispatch();
              },
              [promise](caf::error& error) mutable { promise.deliver(std::move(error)); });
      waiting_.pop_front();
    }
  }

  std::vector<DatabaseActor> idle_;
  std::deque<Waiting> waiting_;
};

}  // namespace

DatabaseActor spawn_database(caf::actor_system& system, Node& node, std::string conninfo, int workers) {
  return system.spawn<Pool>(std::ref(node), std::move(conninfo), workers);
}

}  // namespace stagecoach
