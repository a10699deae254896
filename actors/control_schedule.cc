// The schedule as the control socket has it.
#include "actors/control_mail.h"
#include "actors/json_values.h"
#include "actors/local_day.h"
#include "actors/schedule_items.h"

namespace stagecoach {

using nlohmann::json;

void schedule_list(ControlTask& task) {
  const ConfigPtr config = task.node().config();
  const ScheduleMinute now = local_minute();
  json items = json::array();
  for (const conf::ScheduleSettings& item : config->schedules) {
    const int wait = minutes_until_due(item, now);
    items.push_back({{"name", item.name},
                     {"enabled", item.enabled},
                     {"connect", item.connections},
                     {"text", item.text()},
                     {"next", wait < 0 ? json() : json(json_time((now.absolute + wait) * 60'000'000))}});
  }
  task.succeed({{"paused", task.node().schedule_paused.load()}, {"items", std::move(items)}});
}

void schedule_pause(ControlTask& task) {
  const bool paused = task.arguments().at("paused").get<bool>();
  if (task.node().schedule_paused.exchange(paused) != paused)
    task.node().log.info("schedule", "", paused ? "paused by a command" : "resumed by a command");
  task.succeed({{"paused", paused}});
}

}  // namespace stagecoach
