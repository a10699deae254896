#include "protocols/mime/date.h"

#include <charconv>
#include <cstdio>
#include <vector>

#include "routing/model/address.h"

namespace stagecoach::mime {
namespace {

/// The words of a date: white space and commas divide, comments are left out. More than ten are not read.
std::vector<std::string_view> words_of(std::string_view text) {
  std::vector<std::string_view> words;
  int depth = 0;
  std::size_t begin = std::string_view::npos;
  for (std::size_t i = 0; i <= text.size() && words.size() < 10; ++i) {
    const char c = i < text.size() ? text[i] : ' ';
    const bool divides = depth > 0 || c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == ',' || c == '(';
    if (divides && begin != std::string_view::npos) {
      words.push_back(text.substr(begin, i - begin));
      begin = std::string_view::npos;
    } else if (!divides && begin == std::string_view::npos) {
      begin = i;
    }
    if (c == '(') ++depth;
    if (c == ')' && depth > 0) --depth;
  }
  return words;
}

std::optional<int> number(std::string_view text) {
  int value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || text.size() > 4 || error != std::errc{} || end != text.data() + text.size() ||
      value < 0)
    return std::nullopt;
  return value;
}

std::optional<std::chrono::seconds> time_of_day(std::string_view text) {
  int parts[3] = {0, 0, 0};
  for (int i = 0; i < 3; ++i) {
    const auto colon = text.find(':');
    const auto value = number(text.substr(0, colon));
    if (!value) return std::nullopt;
    parts[i] = *value;
    if (colon == std::string_view::npos) {
      if (i == 0) return std::nullopt;
      break;
    }
    if (i == 2) return std::nullopt;
    text.remove_prefix(colon + 1);
  }
  if (parts[0] > 23 || parts[1] > 59 || parts[2] > 60) return std::nullopt;
  return std::chrono::hours(parts[0]) + std::chrono::minutes(parts[1]) + std::chrono::seconds(parts[2]);
}

/// "+0100", or a name of RFC 5322 section 4.3; unknown names mean UTC, as that section asks for.
std::chrono::minutes zone_of(std::string_view text) {
  if (text.size() == 5 && (text[0] == '+' || text[0] == '-')) {
    const auto value = number(text.substr(1));
    if (!value || *value % 100 > 59 || *value / 100 > 23) return std::chrono::minutes(0);
    const int minutes = *value / 100 * 60 + *value % 100;
    return std::chrono::minutes(text[0] == '-' ? -minutes : minutes);
  }
  static constexpr struct {
    const char* name;
    int hours;
  } k_zones[] = {{"EDT", -4}, {"EST", -5}, {"CDT", -5}, {"CST", -6},
                 {"MDT", -6}, {"MST", -7}, {"PDT", -7}, {"PST", -8}};
  for (const auto& zone : k_zones)
    if (equals_ignoring_case(zone.name, text)) return std::chrono::hours(zone.hours);
  return std::chrono::minutes(0);
}

int full_year(int year, std::size_t digits) {
  if (digits == 2) return year < 50 ? 2000 + year : 1900 + year;
  if (digits == 3) return 1900 + year;
  return year;
}

}  // namespace

std::optional<unsigned> month_of(std::string_view name) {
  for (unsigned i = 0; i < 12; ++i)
    if (equals_ignoring_case(name.substr(0, 3), k_months[i])) return i;
  return std::nullopt;
}

std::optional<Date> parse_date(std::string_view text) {
  std::vector<std::string_view> words = words_of(text);
  if (!words.empty() && !number(words[0]) && !month_of(words[0])) words.erase(words.begin());  // the weekday
  if (words.size() < 4) return std::nullopt;
  if (month_of(words[0])) {  // "Nov 21 09:55:06 1997", as asctime writes it
    std::swap(words[0], words[1]);
    std::swap(words[2], words[3]);
  }
  const auto day = number(words[0]);
  const auto month = month_of(words[1]);
  const auto year = number(words[2]);
  const auto time = time_of_day(words[3]);
  if (!day || !month || !year || !time) return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year(full_year(*year, words[2].size())),
                                         std::chrono::month(*month + 1), std::chrono::day(*day)};
  if (!date.ok()) return std::nullopt;
  const auto zone = words.size() > 4 ? zone_of(words[4]) : std::chrono::minutes(0);
  return Date{std::chrono::sys_days(date) + *time - zone, zone};
}

std::string format_date(const Date& date) {
  static constexpr const char* k_weekdays[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  const auto local = date.time + date.zone;
  const auto day = std::chrono::floor<std::chrono::days>(local);
  const std::chrono::year_month_day calendar{day};
  const std::chrono::hh_mm_ss clock{local - day};
  const auto zone = std::chrono::abs(date.zone).count();
  char text[64];
  const int size =
      std::snprintf(text, sizeof text, "%s, %u %s %04d %02d:%02d:%02d %c%02d%02d",
                    k_weekdays[std::chrono::weekday(day).c_encoding()], static_cast<unsigned>(calendar.day()),
                    k_months[static_cast<unsigned>(calendar.month()) - 1], static_cast<int>(calendar.year()),
                    static_cast<int>(clock.hours().count()), static_cast<int>(clock.minutes().count()),
                    static_cast<int>(clock.seconds().count()), date.zone.count() < 0 ? '-' : '+',
                    static_cast<int>(zone / 60), static_cast<int>(zone % 60));
  return {text, static_cast<std::size_t>(size)};
}

}  // namespace stagecoach::mime
