#include "protocols/http/response_writer.h"

#include <algorithm>
#include <cstdio>

#include "routing/model/address.h"

namespace stagecoach::http {

namespace {

bool is_token(std::string_view name) {
  constexpr std::string_view k_others = "!#$%&'*+-.^_`|~";
  const auto fits = [&](char c) {
    return (c >= '0' && c <= '9') || (to_lower(c) >= 'a' && to_lower(c) <= 'z') ||
           k_others.find(c) != std::string_view::npos;
  };
  return !name.empty() && std::all_of(name.begin(), name.end(), fits);
}

/// These follow from the body and the connection.
bool is_own(std::string_view name) {
  constexpr std::string_view k_own[] = {"Date", "Content-Length", "Connection", "Transfer-Encoding"};
  return std::any_of(std::begin(k_own), std::end(k_own),
                     [&](std::string_view own) { return equals_ignoring_case(own, name); });
}

void add_field(std::string& wire, std::string_view name, std::string_view value) {
  wire.append(name).append(": ");
  for (const char c : value) wire += static_cast<unsigned char>(c) < 32 || c == 127 ? ' ' : c;
  wire += "\r\n";
}

}  // namespace

std::string http_date(std::chrono::sys_seconds time) {
  static constexpr const char* k_days[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  static constexpr const char* k_months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                             "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date{day};
  const std::chrono::hh_mm_ss clock{time - day};
  char text[64];
  std::snprintf(text, sizeof text, "%s, %02u %s %04d %02d:%02d:%02d GMT",
                k_days[std::chrono::weekday{day}.c_encoding()], static_cast<unsigned>(date.day()),
                k_months[static_cast<unsigned>(date.month()) - 1], static_cast<int>(date.year()),
                static_cast<int>(clock.hours().count()), static_cast<int>(clock.minutes().count()),
                static_cast<int>(clock.seconds().count()));
  return text;
}

std::string to_wire(const Response& response, const Framing& framing, std::chrono::sys_seconds now) {
  std::string wire =
      "HTTP/1.1 " + std::to_string(response.status) + " " + std::string(reason_of(response.status)) + "\r\n";
  add_field(wire, "Date", http_date(now));
  for (const Field& field : response.fields)
    if (is_token(field.name) && !is_own(field.name)) add_field(wire, field.name, field.value);
  const bool has_body = response.status != 204 && response.status != 304;
  if (has_body) add_field(wire, "Content-Length", std::to_string(response.body.size()));
  if (!framing.keep_alive)
    add_field(wire, "Connection", "close");
  else if (framing.old_version)
    add_field(wire, "Connection", "keep-alive");
  wire += "\r\n";
  if (has_body && !framing.head_only) wire += response.body;
  return wire;
}

}  // namespace stagecoach::http
