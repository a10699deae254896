// Dates of header fields: "Fri, 21 Nov 1997 09:55:06 -0600" (RFC 5322 section 3.3, obsolete forms included).
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace stagecoach::mime {

struct Date {
  std::chrono::sys_seconds time{};
  std::chrono::minutes zone{0};  // east of Greenwich, as written

  /// The calendar day as the writer saw it, without regard to the zone (what IMAP's SENTON compares).
  std::chrono::sys_days local_day() const { return std::chrono::floor<std::chrono::days>(time + zone); }
  bool operator==(const Date&) const = default;
};

/// Takes comments, two-digit years, a missing weekday, missing seconds and named zones.
std::optional<Date> parse_date(std::string_view text);

/// "Fri, 21 Nov 1997 09:55:06 -0600"
std::string format_date(const Date& date);

/// The number 0 to 11 of "Jan" to "Dec" without regard to case; nothing for other text.
std::optional<unsigned> month_of(std::string_view name);
inline constexpr const char* k_months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                           "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

}  // namespace stagecoach::mime
