#include "protocols/mta_sts/policy.h"

#include <algorithm>
#include <charconv>

namespace stagecoach::mta_sts {

namespace {

std::string_view trimmed(std::string_view text) {
  const auto blank = [](char c) { return c == ' ' || c == '\t' || c == '\r'; };
  while (!text.empty() && blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && blank(text.back())) text.remove_suffix(1);
  return text;
}

std::string lower(std::string_view text) {
  std::string result(text);
  for (char& c : result)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return result;
}

/// Takes the text up to `end` away, and `end` with it.
std::string_view take_until(std::string_view& text, char end) {
  const auto place = text.find(end);
  const std::string_view part = text.substr(0, place);
  text.remove_prefix(place == std::string_view::npos ? text.size() : place + 1);
  return part;
}

bool is_id(std::string_view text) {
  return !text.empty() && text.size() <= 32 && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  });
}

Result<void> take_line(Policy& policy, std::string_view key, std::string_view value, bool& has_mode) {
  if (key == "mode") {
    has_mode = true;
    if (value == "enforce")
      policy.mode = Mode::enforce;
    else if (value == "testing")
      policy.mode = Mode::testing;
    else if (value != "none")
      return invalid_input("mode \"" + std::string(value.substr(0, 50)) + "\" is unknown");
  } else if (key == "max_age") {
    const auto read = std::from_chars(value.data(), value.data() + value.size(), policy.max_age_seconds);
    if (read.ec != std::errc{} || read.ptr != value.data() + value.size() || policy.max_age_seconds < 0)
      return invalid_input("max_age is no number of seconds");
    policy.max_age_seconds = std::min(policy.max_age_seconds, k_age_max);
  } else if (key == "mx") {
    if (policy.mx.size() >= k_hosts_max) return invalid_input("there are too many mx lines");
    policy.mx.push_back(lower(value));
  }
  return {};
}

}  // namespace

std::string_view name(Mode mode) {
  switch (mode) {
    case Mode::none: return "none";
    case Mode::testing: return "testing";
    case Mode::enforce: break;
  }
  return "enforce";
}

std::string policy_id(const std::vector<std::string>& texts) {
  std::string id;
  int records = 0;
  for (std::string_view rest : texts) {
    if (trimmed(take_until(rest, ';')) != "v=STSv1") continue;
    ++records;
    while (!rest.empty()) {
      std::string_view field = trimmed(take_until(rest, ';'));
      if (trimmed(take_until(field, '=')) != "id") continue;
      if (const auto value = trimmed(field); is_id(value)) id = value;
    }
  }
  return records == 1 ? id : std::string();
}

Result<Policy> parse_policy(std::string_view text) {
  Policy policy;
  bool has_version = false, has_mode = false, has_age = false;
  while (!text.empty()) {
    const std::string_view line = trimmed(take_until(text, '\n'));
    if (line.empty()) continue;
    if (policy.lines.size() >= k_lines_max) return invalid_input("the policy has too many lines");
    policy.lines.emplace_back(line);
    std::string_view value = line;
    const std::string_view key = trimmed(take_until(value, ':'));
    value = trimmed(value);
    if (key == "version") {
      if (value != "STSv1") return invalid_input("the version is not STSv1");
      has_version = true;
    }
    has_age = has_age || key == "max_age";
    if (auto taken = take_line(policy, key, value, has_mode); !taken) return std::move(taken.error());
  }
  if (!has_version) return invalid_input("the version is missing");
  if (!has_mode) return invalid_input("mode is missing");
  if (!has_age) return invalid_input("max_age is missing");
  if (policy.mode != Mode::none && policy.mx.empty()) return invalid_input("mx is missing");
  return policy;
}

bool allows(const Policy& policy, std::string_view mx_host) {
  std::string host = lower(mx_host);
  if (!host.empty() && host.back() == '.') host.pop_back();
  for (const std::string& pattern : policy.mx) {
    if (pattern == host) return true;
    if (pattern.rfind("*.", 0) != 0) continue;
    const auto dot = host.find('.');
    if (dot != std::string::npos && dot > 0 && std::string_view(host).substr(dot) == pattern.substr(1))
      return true;
  }
  return false;
}

}  // namespace stagecoach::mta_sts
