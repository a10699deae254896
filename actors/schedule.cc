#include <chrono>
#include <map>
#include <random>

#include "actors/connections.h"
#include "actors/local_day.h"
#include "actors/schedule_items.h"
#include "actors/serialisation.h"

namespace stagecoach {

namespace {

using namespace std::chrono_literals;

constexpr auto k_tick = 5s;
constexpr std::int64_t k_repeated_max = 120;  // minutes

class Schedule : public ScheduleActor::base {
 public:
  Schedule(caf::actor_config& config, Node& node, ConnectionsActor connections)
      : ScheduleActor::base(config),
        node_(node),
        connections_(std::move(connections)),
        config_(node.config()),
        last_minute_(local_minute().wall),
        started_(local_minute().absolute) {}

  behavior_type make_behavior() override {
    delayed_send(this, k_tick, caf::tick_atom_v);
    return {[this](const ConfigChanged& change) { config_ = change.config; },
            [this](caf::tick_atom) {
              delayed_send(this, k_tick, caf::tick_atom_v);
              look();
            },
            [this](const StartRun& start) { run(start); }};
  }
  void on_exit() override { connections_ = nullptr; }
  const char* name() const override { return "schedule"; }

 private:
  void look() {
    ScheduleMinute now = local_minute();
    // The hour that summer time gives back: what is done once a day is not done again.
    now.repeated = now.wall <= latest_wall_ && latest_wall_ - now.wall <= k_repeated_max;
    latest_wall_ = now.repeated ? latest_wall_ : now.wall;
    const bool counts = minute_counts(last_minute_, now.wall, config_->schedule_options.check_at_new_time);
    last_minute_ = now.wall;
    if (!counts || node_.schedule_paused) return;
    request(connections_, caf::infinite, ListConnections{})
        .then([this, now](const ConnectionListing& listing) { note_runs(now, listing); },
              [](const caf::error&) {});
  }

  /// Runs by command, of urgent messages and in the place of others count for the gap as well.
  void note_runs(const ScheduleMinute& now, const ConnectionListing& listing) {
    for (const ConnectionStatus& one : listing.connections) {
      if (one.last_begin == 0) continue;
      std::int64_t& last = last_runs_[one.name];
      last = std::max(last, one.last_begin / 60'000'000);
    }
    request(node_.handles()->queue, caf::infinite, CountQueue{})
        .then([this, now](const QueueCount& count) { start(now, count.to_connections); },
              [](const caf::error&) {});
  }

  void start(const ScheduleMinute& now, std::int64_t waiting) {
    for (const DueConnection& due : due_connections(*config_, now, last_runs_, waiting)) {
      last_runs_[due.name] = now.absolute;
      const auto wait = due.spread.count() > 0
                            ? std::chrono::seconds(
                                  std::uniform_int_distribution<std::int64_t>(0, due.spread.count())(chance_))
                            : 0s;
      delayed_send(this, wait, StartRun{due.name, "schedule"});
    }
    const auto people = static_cast<std::int64_t>(node_.logins.readers_since(people_since_));
    const auto wanted = connections_for_people(*config_, now.absolute, last_runs_, started_, people);
    if (wanted.empty()) return;
    people_since_ = std::chrono::steady_clock::now();
    for (const std::string& name : wanted) {
      last_runs_[name] = now.absolute;
      send(this, StartRun{name, std::to_string(people) + " people read their mail"});
    }
  }

  void run(const StartRun& start) {
    request(connections_, caf::infinite, RunConnection{start.connection, start.cause, nullptr})
        .then([](const ConnectionReport&) {}, [](const caf::error&) {});
  }

  Node& node_;
  ConnectionsActor connections_;
  ConfigPtr config_;
  std::int64_t last_minute_, started_;
  std::int64_t latest_wall_ = 0;
  std::chrono::steady_clock::time_point people_since_ = std::chrono::steady_clock::now();
  std::mt19937_64 chance_{std::random_device{}()};
  std::map<std::string, std::int64_t> last_runs_;  // minutes since 1970
};

}  // namespace

ScheduleActor spawn_schedule(caf::actor_system& system, Node& node, ConnectionsActor connections) {
  return system.spawn<Schedule>(std::ref(node), std::move(connections));
}

}  // namespace stagecoach
