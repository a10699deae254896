#include "conf/text_faults.h"

#include <algorithm>
#include <charconv>

#include "conf/checks.h"
#include "routing/civil_time.h"
#include "routing/header_edit.h"
#include "routing/lan_target.h"
#include "routing/model/address.h"
#include "routing/pattern.h"
#include "routing/sending/dns_overrides.h"
#include "routing/time_window.h"

namespace stagecoach::conf {
namespace {

constexpr std::size_t k_address_max = 320;  // RFC 5321 section 4.5.3.1: 64 + 1 + 255

bool is_control(char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }

bool has_blank_or_control(std::string_view text) {
  return std::any_of(text.begin(), text.end(), [](char c) { return c == ' ' || is_control(c); });
}

/// Code points of UTF-8.
std::size_t characters(std::string_view text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xc0) != 0x80; }));
}

}  // namespace

std::string one_line_fault(std::string_view text) {
  return std::any_of(text.begin(), text.end(), is_control) ? "has a line break or another control character"
                                                           : std::string();
}

std::string comment_fault(std::string_view text) {
  constexpr std::size_t k_comment_max = 80;
  if (characters(text) > k_comment_max) return "is longer than 80 characters";
  return one_line_fault(text);
}

std::string date_fault(std::string_view text) {
  return routing::parse_day(text) ? std::string() : "is no date like \"2026-12-31\"";
}

std::string normal_date(std::string_view text) {
  const auto day = routing::parse_day(text);
  return day ? routing::day_text(*day) : std::string(text);
}

std::string clock_fault(std::string_view text) {
  return routing::parse_clock(text) ? std::string() : "is no time of day like \"8:15\"";
}

std::string normal_clock(std::string_view text) {
  const auto clock = routing::parse_clock(text);
  return clock ? routing::clock_text(*clock) : std::string(text);
}

std::string date_time_fault(std::string_view text) {
  return routing::parse_moment(text) ? std::string() : "is no date and time like \"2026-12-31 8:15\"";
}

std::string normal_date_time(std::string_view text) {
  const auto moment = routing::parse_moment(text);
  if (!moment) return std::string(text);
  return routing::day_text(routing::day_of(*moment)) + " " + routing::clock_text(routing::clock_of(*moment));
}

std::string window_end_fault(std::string_view text) {
  const auto window = routing::DailyWindow::parse(TimeWindow{std::string(text), {}});
  return window ? std::string() : "is no \"HH:MM\", \"YYYYMMDD\" or \"YYYYMMDD HH:MM\"";
}

std::string address_fault(std::string_view text) {
  const auto at = text.rfind('@');
  const bool fine = at != std::string_view::npos && at != 0 && at + 1 != text.size() &&
                    text.size() <= k_address_max && text.find_first_of("<>,;\"") == std::string_view::npos &&
                    !has_blank_or_control(text);
  return fine ? std::string() : "is no address";
}

std::string mailbox_fault(std::string_view text) {
  if (const std::string fault = one_line_fault(text); !fault.empty()) return fault;
  const auto open = text.rfind('<');
  if (open == std::string_view::npos) return address_fault(text);
  return text.ends_with('>') ? address_fault(text.substr(open + 1, text.size() - open - 2)) : "is no address";
}

std::string address_pattern_fault(std::string_view text) {
  const bool fine = text.size() <= k_address_max && !has_blank_or_control(text) && !text.ends_with('@') &&
                    text.find_first_of("<>,;\"") == std::string_view::npos;
  return fine ? std::string() : "is no address or wildcard";
}

std::string target_fault(std::string_view text) {
  if (routing::is_lan_target(text)) {
    if (has_blank_or_control(text)) return "has a space or a control character";
    const auto target = routing::parse_lan_target(text);
    return target ? std::string() : "is no target: " + target.error().reason;
  }
  if (text.find('@') != std::string_view::npos) return address_fault(text);
  return name_fault(text).empty() ? std::string() : "is no user, list, group or address";
}

namespace {

/// "example.com fred:***@relay.example $end" of the line of a DNS override.
std::string shown_override(std::string_view text) {
  std::string shown(text);
  const auto blank = shown.find_first_of(" \t");
  const auto begin = blank == std::string::npos ? blank : shown.find_first_not_of(" \t", blank);
  if (begin == std::string::npos) return shown;
  const auto end = std::min(shown.find_first_of(" \t", begin), shown.size());
  const auto at = shown.rfind('@', end), colon = shown.find(':', begin);
  if (at != std::string::npos && at > begin && at < end && colon < at)
    shown.replace(colon + 1, at - colon - 1, "***");
  return shown;
}

}  // namespace

std::string shown_target(std::string_view text) {
  if (!routing::is_lan_target(text)) return shown_override(text);
  const auto target = routing::parse_lan_target(text);
  if (!target) return "SMTP:***";
  const auto at = target->route.rfind('@'), colon = target->route.find(':');
  std::string route = target->route;
  if (at != std::string::npos && colon < at) route.replace(colon + 1, at - colon - 1, "***");
  return "SMTP:" + target->address + "@" + route;
}

std::string name_fault(std::string_view text) {
  constexpr std::size_t k_name_max = 32;
  if (text.empty() || text.size() > k_name_max) return "is no name: 1 to 32 characters";
  const bool fine = std::all_of(text.begin(), text.end(), [](char c) {
    const char lower = to_lower(c);
    return (lower >= 'a' && lower <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '_' || c == '-';
  });
  return fine ? std::string() : "is no name: letters, digits, '.', '_' and '-' only";
}

std::string pattern_fault(std::string_view text) {
  if (const std::string fault = one_line_fault(text); !fault.empty()) return fault;
  const auto pattern = routing::Pattern::compile(text);
  return pattern ? std::string() : "does not compile: " + pattern.error().reason;
}

std::string header_condition_fault(std::string_view text) {
  const auto colon = text.find(':');
  const bool fine = colon != std::string_view::npos && colon != 0 &&
                    !has_blank_or_control(text.substr(0, colon)) && one_line_fault(text).empty();
  return fine ? std::string() : "is no \"Field: wildcard\"";
}

std::string header_modifier_fault(std::string_view text) {
  if (const std::string fault = one_line_fault(text); !fault.empty()) return fault;
  return routing::parse_header_modifier(text) ? std::string() : "is no \"Field: data\"";
}

std::string field_name_fault(std::string_view text) {
  return routing::parse_header_modifier(std::string(text) + ":") ? std::string()
                                                                 : "is no name of a header field";
}

std::string urgent_field_fault(std::string_view text) {
  const auto edit = routing::parse_header_modifier(text);
  return edit && edit->kind == HeaderEdit::Kind::set ? std::string() : "is no \"Field:data\"";
}

std::string dns_override_fault(std::string_view text) {
  const auto parsed = routing::DnsOverrides::parse({std::string(text)});
  if (parsed) return {};
  Error error = parsed.error();
  error.trail.pop_back();  // "line 1": the text is shown itself
  return "is no DNS override: " + error.text();
}

std::string name_server_fault(std::string_view text) {
  const auto parsed = parse_host_port(text, 53);
  const bool is_address =
      parsed && parsed->host.find_first_not_of("0123456789abcdefABCDEF:.%") == std::string::npos;
  return is_address ? std::string() : "is no address or address:port";
}

std::string threshold_fault(std::string_view text) {
  if (equals_ignoring_case(text, "global") || equals_ignoring_case(text, "disabled")) return {};
  int number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  const bool fine = error == std::errc() && end == text.data() + text.size() && number >= -1;
  return fine ? std::string() : "is neither \"global\" nor \"disabled\" nor a score";
}

std::string normal_threshold(std::string_view text) {
  return text == "-1" ? "disabled" : text == "0" ? "global" : to_lower(text);
}

}  // namespace stagecoach::conf
