// Settings that are read and documented, but that nothing obeys yet: whoever sets one is told.
#include <set>
#include <string_view>

#include "conf/check_report.h"

namespace stagecoach::conf {
namespace {

/// By section; a row leaves when its feature is built.
const std::set<std::string_view> k_server_keys = {"bounces_per_minute_max", "cache_size",
                                                  "output_buffer_max"};
const std::set<std::string_view> k_service_keys = {"hold_on_delete"};
const std::set<std::string_view> k_user_keys = {"quota"};
const std::set<std::string_view> k_schedule_keys = {"people_threshold"};
const std::set<std::string_view> k_collector_keys = {"log_data"};
const std::set<std::string_view> k_sender_keys = {
    "log_data",     "only_waiting_at_start", "max_recipients_per_session", "max_messages_per_session",
    "max_messages", "max_recipients"};

/// Warns of each of `keys` that has another value than the default.
template <class S>
void warn(const S& settings, const CheckReport::At& at, const std::string& prefix,
          const std::set<std::string_view>& keys, CheckReport& report) {
  const S defaults{};
  for_each_setting<S>([&](const auto& setting) {
    if (!keys.contains(setting.key) || settings.*setting.member == defaults.*setting.member) return;
    report.warning(at, (prefix + std::string(setting.key)).c_str(), "is read, but has no effect yet");
  });
}

}  // namespace

void check_effects(const Config& config, CheckReport& report) {
  warn(config.dns, {"dns", {}}, "", k_server_keys, report);
  warn(config.queue, {"queue", {}}, "", k_server_keys, report);
  warn(config.limits, {"limits", {}}, "", k_server_keys, report);
  warn(config.schedule_options, {"schedule_options", {}}, "", k_schedule_keys, report);
  for (const ServiceSettings& service : config.services)
    warn(service, {"service." + service.name, service.where}, "", k_service_keys, report);
  for (const UserSettings& user : config.users)
    warn(user, {"user." + user.name, user.where}, "", k_user_keys, report);
  for (const CollectorSettings& collector : config.collectors)
    warn(collector, {"collector." + collector.name, collector.where}, "", k_collector_keys, report);
  for (const SenderSettings& sender : config.senders) {
    const CheckReport::At at{"sender." + sender.connection, sender.where};
    warn(sender, at, "", k_sender_keys, report);
    warn(sender.limits, at, "limits.", k_sender_keys, report);
    warn(sender.advanced, at, "advanced.", k_sender_keys, report);
  }
}

}  // namespace stagecoach::conf
