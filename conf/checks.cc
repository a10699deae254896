#include "conf/checks.h"

#include <algorithm>

#include "conf/check_report.h"
#include "conf/read_settings.h"

namespace stagecoach::conf {
namespace {

/// Makes explicit what a section leaves open.
void complete(Config& config, const CheckReport& report) {
  std::int64_t id = 0;
  for (CollectorSettings& collector : config.collectors) {
    ++id;
    if (collector.id == 0) collector.id = id;
  }
  for (ScheduleSettings& item : config.schedules) {
    const CheckReport::At at{joined_key("schedule", item.name), item.where};
    if (report.is_given(at, "at") && item.every.count() == 0) item.once = true;
    if (!item.once && item.every.count() == 0) item.every = std::chrono::minutes(10);
  }
  for (SenderSettings& sender : config.senders)
    if (!sender.relay.username.empty()) sender.relay.auth_required = true;
  load_domain_filters(config);
}

}  // namespace

void CheckReport::add(const At& at, const char* key, std::string message, Problem::Severity severity) {
  Problem problem;
  problem.key = *key ? at.prefix + "." + key : at.prefix;
  problem.message = std::move(message);
  problem.severity = severity;
  std::string label = at.where.file;
  problem.line = at.where.line;
  const auto line_in = [&](const std::string& file) {
    return sources_.lines.find(line_key(file, at.where.line, problem.key));
  };
  if (label.empty() && !sources_.paths.empty()) {
    // A table may be spread over several files: the one that has the key counts, else the first.
    label = sources_.paths.begin()->first;
    for (const auto& [name, unused] : sources_.paths)
      if (line_in(name) != sources_.lines.end()) label = name;
  }
  if (const auto line = line_in(label); line != sources_.lines.end()) problem.line = line->second;
  const auto path = sources_.paths.find(label);
  problem.file = path == sources_.paths.end() ? label : path->second;
  problems_.push_back(std::move(problem));
}

bool CheckReport::is_given(const At& at, const char* key) const {
  return sources_.lines.contains(line_key(at.where.file, at.where.line, joined_key(at.prefix, key)));
}

bool CheckReport::is_given(const std::string& key) const {
  return std::any_of(sources_.paths.begin(), sources_.paths.end(),
                     [&](const auto& path) { return sources_.lines.contains(line_key(path.first, 0, key)); });
}

Problems check_config(Config& config, const Sources& sources) {
  CheckReport report(sources);
  complete(config, report);
  check_server(config, report);
  check_services(config, report);
  check_access(config, report);
  check_directory(config, report);
  check_names(config, report);
  check_policy(config, report);
  check_connections(config, report);
  check_senders(config, report);
  check_collectors(config, report);
  check_schedules(config, report);
  check_combinations(config, report);
  check_download_rules(config, report);
  check_effects(config, report);
  check_dkim(config, report);
  check_bounce_addresses(config, report);
  check_lan_forwarding(config, report);
  return report.take();
}

}  // namespace stagecoach::conf
