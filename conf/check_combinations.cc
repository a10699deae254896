// Settings of connections, schedule, senders and collectors that contradict others, or mean nothing beside
// them: whoever wrote one is told.
#include <algorithm>
#include <map>
#include <tuple>

#include "conf/check_report.h"

namespace stagecoach::conf {
namespace {

/// Warns of each of these keys that the file has.
void warn_of(const CheckReport::At& at, std::initializer_list<const char*> keys, const std::string& why,
             CheckReport& report) {
  for (const char* key : keys)
    if (report.is_given(at, key)) report.warning(at, key, why);
}

// ---- connections and schedule ----

void check_command(const std::vector<std::string>& words, const char* key, const CheckReport::At& at,
                   CheckReport& report) {
  if (words.size() == 1 && words[0].find(' ') != std::string::npos)
    report.warning(at, key,
                   "is one word with blanks: a program and each of its arguments are texts of their own");
}

void check_connection(const ConnectionSettings& connection, CheckReport& report) {
  const CheckReport::At at{"connection." + connection.name, connection.where};
  check_command(connection.up_command, "up_command", at, report);
  check_command(connection.down_command, "down_command", at, report);
  check_command(connection.connected_command, "connected_command", at, report);
  check_command(connection.disconnect_command, "disconnect_command", at, report);
  if (connection.kind == ConnectionKind::network)
    warn_of(at, {"reuse_interfaces", "command_timeout"}, "has no effect with kind network", report);
}

void check_schedule(const Config& config, const ScheduleSettings& item, CheckReport& report) {
  const CheckReport::At at{item.name.empty() ? "schedule" : "schedule." + item.name, item.where};
  const bool at_given = report.is_given(at, "at");
  if (at_given && !item.once) report.error(at, "at", "an item is either repeated or once a day");
  if (!at_given && item.once) report.error(at, "once", "needs `at`, the time of day");
  if (item.once) warn_of(at, {"from", "to"}, "has no effect: the item runs once a day", report);
  const auto names = [&item](const char* name) {
    return std::find(item.connections.begin(), item.connections.end(), name) != item.connections.end();
  };
  if (names("deny") && item.connections.size() > 1)
    report.warning(at, "connections", "names deny: the item runs nothing, whatever else it names");
  if (names("default") && !config.connections.empty() &&
      std::none_of(config.connections.begin(), config.connections.end(),
                   [](const auto& connection) { return connection.is_default; }))
    report.warning(at, "connections", "no connection is a default one");
}

void check_immediate(const Config& config, CheckReport& report) {
  const CheckReport::At at{"schedule_options", {}};
  for (const std::string& name : config.schedule_options.send_immediately_connections) {
    const bool sends = std::any_of(config.senders.begin(), config.senders.end(),
                                   [&name](const auto& sender) { return sender.connection == name; });
    const bool by_command =
        std::any_of(config.connections.begin(), config.connections.end(), [&name](const auto& connection) {
          return connection.name == name && connection.kind == ConnectionKind::command;
        });
    if (by_command)
      report.warning(at, "send_immediately_connections",
                     "the link of " + name + " is made for runs: nothing is sent immediately over it");
    else if (!sends && has_connection(config, name))
      report.warning(at, "send_immediately_connections", name + " has no sender");
  }
}

// ---- senders ----

void check_limits(const SenderLimits& limits, const CheckReport::At& at, CheckReport& report) {
  const auto check = [&](bool number, bool minutes, const char* number_key, const char* minutes_key) {
    if (number && !minutes)
      report.warning(at, number_key, std::string("has no effect without ") + minutes_key);
    if (minutes && !number)
      report.warning(at, minutes_key, std::string("has no effect without ") + number_key);
  };
  check(limits.max_messages > 0, limits.max_messages_minutes.count() > 0, "limits.max_messages",
        "limits.max_messages_minutes");
  check(limits.max_recipients > 0, limits.max_recipients_minutes.count() > 0, "limits.max_recipients",
        "limits.max_recipients_minutes");
}

void check_login(const RelaySettings& relay, const CheckReport::At& at, CheckReport& report) {
  if (relay.username.empty() && !relay.password.empty())
    report.warning(at, "relay.password", "has no effect without a user name");
  if (!relay.username.empty() && relay.password.empty() && relay.auth_method != SenderAuth::xoauth2)
    report.warning(at, "relay.password", "is missing: the log-in has an empty one");
}

void check_sender(const SenderSettings& sender, CheckReport& report) {
  const CheckReport::At at{"sender." + sender.connection, sender.where};
  const SenderAdvanced& advanced = sender.advanced;
  check_limits(sender.limits, at, report);
  if (sender.kind == SenderKind::direct) {
    warn_of(at,
            {"relay.servers", "relay.auth_required", "relay.username", "relay.password", "relay.auth_method",
             "relay.tls_verify"},
            "has no effect with kind direct", report);
  } else {
    warn_of(at,
            {"direct.threads", "direct.mx_port", "direct.connections_per_destination",
             "direct.messages_per_minute", "direct.dns_servers"},
            "has no effect with kind relay", report);
    check_login(sender.relay, at, report);
  }
  const std::string& ehlo = advanced.ehlo_name;
  const bool is_literal = ehlo.starts_with('[') && ehlo.ends_with(']') && one_line_fault(ehlo).empty() &&
                          ehlo.find(' ') == std::string::npos;
  if (!ehlo.empty() && !is_literal && !is_host_name(ehlo))
    report.error(at, "advanced.ehlo_name", "is no host name");
  if (advanced.warn_hours >= advanced.max_retry_hours)
    report.warning(at, "advanced.warn_hours", "is not below max_retry_hours: nobody is ever warned");
}

// ---- collectors ----

void check_kind(const CollectorSettings& collector, const CheckReport::At& at, CheckReport& report) {
  const std::string why =
      "has no effect with kind " + std::string(name_of(k_collector_kinds, collector.kind));
  if (collector.kind != CollectorKind::imap) warn_of(at, {"imap.folders"}, why, report);
  if (collector.kind != CollectorKind::odmr) warn_of(at, {"domains"}, why, report);
  if (collector.kind != CollectorKind::smtp_feed)
    warn_of(at, {"feed.wait_seconds", "feed.use_etrn", "feed.etrn_server", "feed.etrn_parameters"}, why,
            report);
  const auto& pop3 = collector.pop3;
  if (const auto named = parse_host_port(pop3.host, 0); pop3.port != 0 && named && named->port != 0)
    report.warning(at, "pop3.port", "has no effect: `host` names a port");
}

/// Two that empty one mailbox take each other's mail.
class Mailboxes {
 public:
  void check(const CollectorSettings& collector, const CheckReport::At& at, CheckReport& report) {
    const bool fetches = collector.kind == CollectorKind::pop3 || collector.kind == CollectorKind::imap;
    if (!fetches || !collector.enabled || collector.pop3.host.empty()) return;
    const auto folders =
        collector.kind == CollectorKind::imap ? collector.imap.folders : std::vector<std::string>();
    const Key key{collector.kind, to_lower(collector.pop3.host), collector.pop3.port, collector.pop3.username,
                  folders};
    const auto [other, is_new] = known_.emplace(key, collector.name);
    if (!is_new) report.warning(at, "pop3.username", "collector " + other->second + " has the same mailbox");
  }

 private:
  using Key = std::tuple<CollectorKind, std::string, int, std::string, std::vector<std::string>>;
  std::map<Key, std::string> known_;
};

}  // namespace

void check_combinations(const Config& config, CheckReport& report) {
  for (const ConnectionSettings& connection : config.connections) check_connection(connection, report);
  for (const ScheduleSettings& item : config.schedules) check_schedule(config, item, report);
  check_immediate(config, report);
  for (const SenderSettings& sender : config.senders) check_sender(sender, report);
  Mailboxes mailboxes;
  for (const CollectorSettings& collector : config.collectors) {
    const CheckReport::At at{"collector." + collector.name, collector.where};
    check_kind(collector, at, report);
    mailboxes.check(collector, at, report);
  }
}

}  // namespace stagecoach::conf
