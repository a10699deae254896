// [[connection]], [[schedule]], [schedule_options].
#include <set>

#include "conf/check_report.h"
#include "conf/checks.h"

namespace stagecoach::conf {

bool has_connection(const Config& config, const std::string& name) {
  return std::any_of(config.connections.begin(), config.connections.end(),
                     [&](const auto& connection) { return connection.name == name; });
}

std::string unknown_connection(const std::string& name) {
  return "there is no [[connection]] \"" + name + "\"";
}

namespace {

void check_link(const ConnectionSettings& connection, const CheckReport::At& at, CheckReport& report) {
  const bool by_command = connection.kind == ConnectionKind::command;
  if (by_command && connection.up_command.empty())
    report.error(at, "up_command", "is missing: kind is command");
  if (!by_command && !connection.up_command.empty())
    report.error(at, "up_command", "works with kind = \"command\" only");
  if (!by_command && !connection.down_command.empty())
    report.error(at, "down_command", "works with kind = \"command\" only");
}

}  // namespace

void check_connections(const Config& config, CheckReport& report) {
  std::set<std::string> names;
  for (const ConnectionSettings& connection : config.connections) {
    const CheckReport::At at{"connection." + connection.name, connection.where};
    if (!names.insert(connection.name).second) report.error(at, "name", "another connection has this name");
    if (connection.name == "default" || connection.name == "deny")
      report.error(at, "name", "\"" + connection.name + "\" has a meaning of its own in [[schedule]]");
    check_link(connection, at, report);
    if (connection.use_socks && config.proxy.socks_address.empty())
      report.error(at, "use_socks", "needs proxy.socks_address");
    if (connection.fallback.empty()) continue;
    if (connection.fallback == connection.name)
      report.error(at, "fallback", "is the connection itself");
    else if (!has_connection(config, connection.fallback))
      report.error(at, "fallback", unknown_connection(connection.fallback));
  }
}

void check_schedules(const Config& config, CheckReport& report) {
  bool any = false;
  for (const ScheduleSettings& item : config.schedules) {
    const CheckReport::At at{item.name.empty() ? "schedule" : "schedule." + item.name, item.where};
    any |= item.enabled;
    for (const std::string& name : item.connections)
      if (name != "default" && name != "deny" && !has_connection(config, name))
        report.error(at, "connections", unknown_connection(name));
    if (item.once && item.every.count() != 0)
      report.error(at, "every", "an item is either repeated or once a day");
    if (item.from > item.to)
      report.error(at, "from", "is later than `to`; a period over midnight takes two items");
    if (item.days.empty()) report.warning(at, "days", "no day is given: the item never runs");
  }
  for (const std::string& name : config.schedule_options.send_immediately_connections)
    if (!has_connection(config, name))
      report.error({"schedule_options", {}}, "send_immediately_connections", unknown_connection(name));
  if (!config.connections.empty() && !any)
    report.warning({"schedule", {}}, "",
                   "no schedule item is enabled: collectors never run, failed mail is not sent again");
}

}  // namespace stagecoach::conf
