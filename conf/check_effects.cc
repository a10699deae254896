// Settings that are read and documented, but that nothing obeys yet: whoever sets one is told.
#include <set>
#include <string_view>

#include "conf/check_report.h"

namespace stagecoach::conf {
namespace {

/// By section; a row leaves when its feature is built.
const std::set<std::string_view> k_server_keys = {"bounces_per_minute_max", "output_buffer_max"};
const std::set<std::string_view> k_collector_keys = {
    "routing.bounce_max_spam_score"};  // nothing gives scores
const std::set<std::string_view> k_service_keys = {"hold_on_delete"};
const std::set<std::string_view> k_user_keys = {"web_password",
                                                "separate_web_password",
                                                "may_change_main_password",
                                                "password_reset_email",
                                                "permissions.protocols.webmail",
                                                "permissions.protocols.password",
                                                "permissions.protocols.ldap",
                                                "permissions.status.connection",
                                                "permissions.status.total_queue",
                                                "permissions.status.user_queue",
                                                "permissions.status.activity_log",
                                                "permissions.status.connect",
                                                "permissions.status.shutdown",
                                                "permissions.status.im_receive",
                                                "permissions.status.im_send",
                                                "advanced.quarantine_threshold",
                                                "advanced.quarantine_report_to",
                                                "finger.plan",
                                                "finger.info",
                                                "webmail"};

/// Warns of each of `keys` that has another value than the default; a section stands for all its keys.
template <class S>
void warn(const S& settings, const CheckReport::At& at, const std::string& prefix,
          const std::set<std::string_view>& keys, CheckReport& report, bool all = false) {
  [[maybe_unused]] static const S defaults{};  // g++ 12 does not see that the lambda uses it
  for_each_setting<S>([&](const auto& setting) {
    const auto& value = settings.*setting.member;
    using Member = std::remove_cvref_t<decltype(value)>;
    const std::string path = joined_key(prefix, setting.key);
    if (same_value(value, defaults.*setting.member)) return;
    const bool named = all || keys.contains(path);
    if constexpr (SettingsStruct<Member>)
      warn(value, at, path, keys, report, named);
    else if (named)
      report.warning(at, path.c_str(), "is read, but has no effect yet");
  });
}

}  // namespace

void check_effects(const Config& config, CheckReport& report) {
  warn(config.dns, {"dns", {}}, "", k_server_keys, report);
  warn(config.queue, {"queue", {}}, "", k_server_keys, report);
  warn(config.limits, {"limits", {}}, "", k_server_keys, report);
  for (const ServiceSettings& service : config.services)
    warn(service, {"service." + service.name, service.where}, "", k_service_keys, report);
  for (const CollectorSettings& collector : config.collectors)
    warn(collector, {"collector." + collector.name, collector.where}, "", k_collector_keys, report);
  for (const UserSettings& user : config.users)
    warn(user, {"user." + user.name, user.where}, "", k_user_keys, report);
}

}  // namespace stagecoach::conf
