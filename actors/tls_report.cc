#include "actors/tls_report.h"

#include <iostream>

#include "actors/command_tools.h"
#include "actors/control_mail.h"
#include "actors/json_values.h"
#include "actors/serialisation.h"

namespace stagecoach {

using nlohmann::json;

namespace {

constexpr std::int64_t k_microseconds_of_second = 1000000, k_seconds_of_day = 24 * 3600;

/// The hosts of an MTA-STS policy: its lines "mx: …".
json hosts_of(const TlsDomainResults& entry) {
  json hosts = json::array();
  for (const std::string& line : entry.policy_lines)
    if (line.rfind("mx:", 0) == 0) hosts.push_back(line.substr(line.find_first_not_of(' ', 3)));
  return hosts;
}

json policy_of(const TlsDomainResults& entry) {
  json policy = {{"policy-type", name(entry.policy)}, {"policy-domain", entry.domain}};
  if (!entry.policy_lines.empty()) policy["policy-string"] = entry.policy_lines;
  if (entry.policy == TlsPolicyKind::mta_sts) policy["mx-host"] = hosts_of(entry);
  return policy;
}

void print_report(const json& report) {
  for (const json& entry : report["policies"]) {
    const json& summary = entry["summary"];
    std::cout << entry["policy"]["policy-domain"].get<std::string>() << "  "
              << entry["policy"]["policy-type"].get<std::string>() << "  "
              << summary["total-successful-session-count"] << " good, "
              << summary["total-failure-session-count"] << " failed\n";
    for (const json& one : entry.value("failure-details", json::array()))
      std::cout << "    " << one["failed-session-count"] << " " << one["result-type"].get<std::string>()
                << " " << one.value("receiving-mx-hostname", "") << "\n";
  }
  if (report["policies"].empty()) std::cout << "No session with another server on that day.\n";
}

}  // namespace

json tls_report(const std::string& hostname, std::int64_t day, const std::vector<TlsDomainResults>& results) {
  const std::int64_t begin = day * k_seconds_of_day;
  json policies = json::array();
  for (const TlsDomainResults& entry : results) {
    std::int64_t failed = 0;
    json details = json::array();
    for (const TlsFailureCount& one : entry.failures) {
      failed += one.sessions;
      json detail = {{"result-type", one.type}, {"failed-session-count", one.sessions}};
      if (!one.mx_host.empty()) detail["receiving-mx-hostname"] = one.mx_host;
      if (!one.address.empty()) detail["receiving-ip"] = one.address;
      details.push_back(std::move(detail));
    }
    json policy = {
        {"policy", policy_of(entry)},
        {"summary",
         {{"total-successful-session-count", entry.successes}, {"total-failure-session-count", failed}}}};
    if (!details.empty()) policy["failure-details"] = std::move(details);
    policies.push_back(std::move(policy));
  }
  const auto time = [](std::int64_t seconds) { return json_time(seconds * k_microseconds_of_second); };
  return {
      {"organization-name", hostname},
      {"date-range", {{"start-datetime", time(begin)}, {"end-datetime", time(begin + k_seconds_of_day - 1)}}},
      {"contact-info", "postmaster@" + hostname},
      {"report-id", time(begin) + "_" + hostname},
      {"policies", std::move(policies)}};
}

void tls_report(ControlTask& task) {
  const std::int64_t since = task.arguments().value("since", now_microseconds());
  const std::int64_t day = since / k_microseconds_of_second / k_seconds_of_day;
  task.succeed(tls_report(task.node().config()->server.hostname, day, task.node().tls_results.of_day(day)));
}

int run_tls_report_command(const CommandLine& line) {
  json arguments = json::object();
  if (!line.value("since").empty()) {
    auto since = parse_since(line.value("since"));
    if (!since) return wrong_usage(since.error().text());
    arguments["since"] = *since;
  }
  return ask(line, "tls report", arguments, print_report);
}

}  // namespace stagecoach
