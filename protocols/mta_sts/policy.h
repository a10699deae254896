// MTA-STS (RFC 8461): the text record that names a policy, the policy itself, and whether an MX host is one
// of its hosts. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "routing/model/result.h"

namespace stagecoach::mta_sts {

enum class Mode : std::uint8_t { none, testing, enforce };
std::string_view name(Mode mode);

struct Policy {
  Mode mode = Mode::none;
  std::int64_t max_age_seconds = 0;
  std::vector<std::string> mx;     // "mail.example.com", "*.example.net"; lower case
  std::vector<std::string> lines;  // as they were read, for reports
};

/// The id of "v=STSv1; id=20260101T00;" (section 3.1). Empty when the records name none or more than one.
std::string policy_id(const std::vector<std::string>& texts);

/// Section 3.2. Unknown keys are passed over; an error says what is missing or wrong.
Result<Policy> parse_policy(std::string_view text);

/// Section 4.1: "*" stands for exactly one label at the left.
bool allows(const Policy& policy, std::string_view mx_host);

constexpr std::size_t k_hosts_max = 200, k_lines_max = 300;
constexpr std::int64_t k_age_max = 31557600;  // a year

}  // namespace stagecoach::mta_sts
