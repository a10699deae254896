#include "protocols/imap/internal_date.h"

#include <cstdio>

namespace stagecoach::imap {

std::optional<mime::Date> parse_internal_date(std::string_view text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  // "17-Jul-1996 02:44:25 -0700" is the date of a header field, but for the hyphens and the mandatory zone.
  std::string plain(text);
  int hyphens = 0;
  for (char& c : plain) {
    if (c != '-' || hyphens == 2) continue;
    c = ' ';
    ++hyphens;
  }
  if (hyphens != 2 || plain.size() < 25 || plain.size() > 26 || plain[plain.size() - 9] != ':')
    return std::nullopt;
  if (plain[plain.size() - 5] != '+' && plain[plain.size() - 5] != '-') return std::nullopt;
  return mime::parse_date(plain);
}

std::string format_internal_date(std::int64_t seconds) {
  const std::chrono::sys_seconds time{std::chrono::seconds(seconds)};
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day calendar{day};
  const std::chrono::hh_mm_ss clock{time - day};
  char text[64];
  const int size = std::snprintf(
      text, sizeof text, "%02u-%s-%04d %02d:%02d:%02d +0000", static_cast<unsigned>(calendar.day()),
      mime::k_months[static_cast<unsigned>(calendar.month()) - 1], static_cast<int>(calendar.year()),
      static_cast<int>(clock.hours().count()), static_cast<int>(clock.minutes().count()),
      static_cast<int>(clock.seconds().count()));
  return {text, static_cast<std::size_t>(size)};
}

std::optional<std::chrono::sys_days> parse_search_date(std::string_view text) {
  if (text.size() >= 2 && text.front() == '"' && text.back() == '"') text = text.substr(1, text.size() - 2);
  std::string plain(text);
  for (char& c : plain)
    if (c == '-') c = ' ';
  if (text.empty() || text.front() < '0' || text.front() > '9') return std::nullopt;
  const auto date = mime::parse_date(plain + " 00:00:00 +0000");
  if (!date) return std::nullopt;
  return date->local_day();
}

}  // namespace stagecoach::imap
