// A TLS report (RFC 8460 section 4.4) from the counts of one day.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "actors/command_line.h"
#include "actors/tls_results.h"

namespace stagecoach {

/// `day` counts from 1970-01-01 in UTC.
nlohmann::json tls_report(const std::string& hostname, std::int64_t day,
                          const std::vector<TlsDomainResults>& results);

/// stagecoach tls-report [--since yesterday] [--json]
int run_tls_report_command(const CommandLine& line);

}  // namespace stagecoach
