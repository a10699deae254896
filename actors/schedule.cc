#include <ctime>
#include <map>
#include <set>

#include "actors/connections.h"
#include "actors/schedule_items.h"
#include "actors/serialisation.h"

namespace stagecoach {

namespace {

using namespace std::chrono_literals;

constexpr auto k_tick = 5s;

ScheduleMinute local_minute() {
  const std::time_t now = std::time(nullptr);
  std::tm parts{};
  localtime_r(&now, &parts);
  return {static_cast<conf::Weekday>(parts.tm_wday), parts.tm_hour * 60 + parts.tm_min, now / 60};
}

class Schedule : public ScheduleActor::base {
 public:
  Schedule(caf::actor_config& config, Node& node, ConnectionsActor connections)
      : ScheduleActor::base(config),
        node_(node),
        connections_(std::move(connections)),
        config_(node.config()),
        last_minute_(local_minute().absolute) {}

  behavior_type make_behavior() override {
    delayed_send(this, k_tick, caf::tick_atom_v);
    return {[this](const ConfigChanged& change) { config_ = change.config; },
            [this](caf::tick_atom) {
              delayed_send(this, k_tick, caf::tick_atom_v);
              look();
            }};
  }
  void on_exit() override { connections_ = nullptr; }
  const char* name() const override { return "schedule"; }

 private:
  void look() {
    const ScheduleMinute now = local_minute();
    if (now.absolute == last_minute_) return;
    // After a jump of the clock the new minute itself is looked at only if that is wanted.
    const bool jumped = now.absolute < last_minute_ || now.absolute > last_minute_ + 1;
    last_minute_ = now.absolute;
    if (config_->schedule_options.paused || (jumped && !config_->schedule_options.check_at_new_time)) return;
    request(node_.handles()->queue, caf::infinite, CountQueue{})
        .then([this, now](const QueueCount& count) { start(now, count.messages); }, [](const caf::error&) {});
  }

  void start(const ScheduleMinute& now, std::int64_t waiting) {
    for (const std::string& name : due_connections(*config_, now, last_runs_, waiting)) {
      last_runs_[name] = now.absolute;
      request(connections_, caf::infinite, RunConnection{name, "schedule", nullptr})
          .then([](const ConnectionReport&) {}, [](const caf::error&) {});
    }
  }

  Node& node_;
  ConnectionsActor connections_;
  ConfigPtr config_;
  std::int64_t last_minute_;
  std::map<std::string, std::int64_t> last_runs_;  // minutes since 1970
};

}  // namespace

ScheduleActor spawn_schedule(caf::actor_system& system, Node& node, ConnectionsActor connections) {
  return system.spawn<Schedule>(std::ref(node), std::move(connections));
}

}  // namespace stagecoach
