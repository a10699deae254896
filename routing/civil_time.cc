#include "routing/civil_time.h"

#include <algorithm>
#include <cstdio>

namespace stagecoach::routing {
namespace {

using namespace std::chrono;

constexpr std::size_t k_result_max = 1000;
constexpr std::string_view k_months[] = {"January",   "February", "March",    "April",
                                         "May",       "June",     "July",     "August",
                                         "September", "October",  "November", "December"};
constexpr std::string_view k_days[] = {"Sunday",   "Monday", "Tuesday", "Wednesday",
                                       "Thursday", "Friday", "Saturday"};

/// The number of exactly `size` digits at the start; nothing else moves `text`.
std::optional<int> take_digits(std::string_view& text, std::size_t size) {
  if (text.size() < size) return std::nullopt;
  int value = 0;
  for (const char c : text.substr(0, size)) {
    if (c < '0' || c > '9') return std::nullopt;
    value = value * 10 + (c - '0');
  }
  text.remove_prefix(size);
  return value;
}

bool take(std::string_view& text, char c) {
  if (text.empty() || text.front() != c) return false;
  text.remove_prefix(1);
  return true;
}

std::string number(int value, int width) {
  char text[16];
  std::snprintf(text, sizeof text, "%0*d", width, value);
  return text;
}

/// A moment in the parts that formats name.
struct Parts {
  explicit Parts(LocalTime time)
      : day(day_of(time)), date(day), clock(clock_of(time)), week_day(weekday(day).c_encoding()) {}

  int year() const { return int(date.year()); }
  int month() const { return int(unsigned(date.month())); }
  int day_of_month() const { return int(unsigned(date.day())); }
  int day_of_year() const { return int((day - LocalDay(date.year() / January / 1)).count()); }
  int hour() const { return int(clock.hours().count()); }
  int hour12() const { return hour() % 12 == 0 ? 12 : hour() % 12; }
  int minute() const { return int(clock.minutes().count()); }
  int second() const { return int(clock.seconds().count()); }
  std::string_view month_name() const { return k_months[month() - 1]; }
  std::string_view day_name() const { return k_days[week_day]; }

  LocalDay day;
  year_month_day date;
  hh_mm_ss<seconds> clock;
  unsigned week_day;
};

/// One conversion of strftime in the C locale; what is unknown stays as it is.
std::string conversion(const Parts& at, char letter) {
  const auto date = [&](const char* format) {
    return format_time(LocalTime(at.day) + at.clock.to_duration(), format, Picture::date);
  };
  switch (letter) {
    case 'a': return std::string(at.day_name().substr(0, 3));
    case 'A': return std::string(at.day_name());
    case 'b':
    case 'h': return std::string(at.month_name().substr(0, 3));
    case 'B': return std::string(at.month_name());
    case 'c': return date("%a %b %e %H:%M:%S %Y");
    case 'C': return number(at.year() / 100, 2);
    case 'd': return number(at.day_of_month(), 2);
    case 'D':
    case 'x': return date("%m/%d/%y");
    case 'e': return (at.day_of_month() < 10 ? " " : "") + std::to_string(at.day_of_month());
    case 'F': return day_text(at.day);
    case 'H': return number(at.hour(), 2);
    case 'I': return number(at.hour12(), 2);
    case 'j': return number(at.day_of_year() + 1, 3);
    case 'm': return number(at.month(), 2);
    case 'M': return number(at.minute(), 2);
    case 'n': return "\n";
    case 'p': return at.hour() < 12 ? "AM" : "PM";
    case 'r': return date("%I:%M:%S %p");
    case 'R': return date("%H:%M");
    case 'S': return number(at.second(), 2);
    case 't': return "\t";
    case 'T':
    case 'X': return date("%H:%M:%S");
    case 'u': return std::to_string(at.week_day == 0 ? 7 : at.week_day);
    case 'w': return std::to_string(at.week_day);
    case 'y': return number(at.year() % 100, 2);
    case 'Y': return std::to_string(at.year());
    case '%': return "%";
    default: return std::string("%") + letter;
  }
}

std::string with_conversions(const Parts& at, std::string_view format) {
  std::string result;
  for (std::size_t i = 0; i < format.size() && result.size() < k_result_max; ++i) {
    if (format[i] == '%' && i + 1 < format.size())
      result += conversion(at, format[++i]);
    else
      result += format[i];
  }
  return result;
}

std::string named(std::string_view name, std::size_t letters) {
  return std::string(letters == 3 ? name.substr(0, 3) : name);
}

/// `count` times the same letter; nothing: these are no picture letters.
std::optional<std::string> picture_of(const Parts& at, char letter, std::size_t count, Picture picture) {
  const int width = count > 1 ? 2 : 1;
  if (picture == Picture::date) {
    switch (letter) {
      case 'd': return count > 2 ? named(at.day_name(), count) : number(at.day_of_month(), width);
      case 'M': return count > 2 ? named(at.month_name(), count) : number(at.month(), width);
      case 'y': return count > 2 ? number(at.year(), 4) : number(at.year() % 100, width);
      default: return std::nullopt;
    }
  }
  switch (letter) {
    case 'h': return number(at.hour12(), width);
    case 'H': return number(at.hour(), width);
    case 'm': return number(at.minute(), width);
    case 's': return number(at.second(), width);
    case 't': return std::string(at.hour() < 12 ? "AM" : "PM", count > 1 ? 2 : 1);
    default: return std::nullopt;
  }
}

std::string with_pictures(const Parts& at, std::string_view format, Picture picture) {
  std::string result;
  for (std::size_t i = 0; i < format.size() && result.size() < k_result_max;) {
    if (format[i] == '\'') {
      const auto end = std::min(format.find('\'', i + 1), format.size());
      result += format.substr(i + 1, end - i - 1);
      i = end + 1;
      continue;
    }
    const auto end = std::min(format.find_first_not_of(format[i], i), format.size());
    const auto text = picture_of(at, format[i], end - i, picture);
    result += text ? *text : std::string(format.substr(i, end - i));
    i = end;
  }
  return result;
}

}  // namespace

std::optional<LocalDay> parse_day(std::string_view text) {
  const auto y = take_digits(text, 4);
  const bool dashes = take(text, '-');
  const auto m = take_digits(text, 2);
  if (!y || !m || (dashes && !take(text, '-'))) return std::nullopt;
  const auto d = take_digits(text, 2);
  if (!d || !text.empty()) return std::nullopt;
  const year_month_day date{year(*y), month(unsigned(*m)), day(unsigned(*d))};
  if (!date.ok()) return std::nullopt;
  return LocalDay(date);
}

std::optional<seconds> parse_clock(std::string_view text) {
  const bool short_hour = text.size() > 1 && text[1] == ':';
  const auto h = take_digits(text, short_hour ? 1 : 2);
  if (!h || !take(text, ':')) return std::nullopt;
  const auto m = take_digits(text, 2);
  const auto s = take(text, ':') ? take_digits(text, 2) : 0;
  if (!m || !s || !text.empty() || *m > 59 || *s > 59) return std::nullopt;
  const seconds clock = hours(*h) + minutes(*m) + seconds(*s);
  if (clock > hours(24)) return std::nullopt;
  return clock;
}

std::optional<LocalTime> parse_moment(std::string_view text) {
  const auto split = text.find_first_of(" T");
  const auto day = parse_day(text.substr(0, split));
  if (!day) return std::nullopt;
  if (split == std::string_view::npos) return LocalTime(*day);
  text.remove_prefix(split + 1);
  text.remove_prefix(std::min(text.find_first_not_of(' '), text.size()));
  const auto clock = parse_clock(text);
  if (!clock) return std::nullopt;
  return LocalTime(*day) + *clock;
}

std::string day_text(LocalDay day) {
  const year_month_day date(day);
  return number(int(date.year()), 4) + "-" + number(int(unsigned(date.month())), 2) + "-" +
         number(int(unsigned(date.day())), 2);
}

std::string clock_text(seconds clock) {
  const auto whole = duration_cast<minutes>(clock).count();
  return number(int(whole / 60), 2) + ":" + number(int(whole % 60), 2);
}

std::string format_time(LocalTime time, std::string_view format, Picture picture) {
  const Parts at(time);
  std::string result = format.find('%') != std::string_view::npos ? with_conversions(at, format)
                                                                  : with_pictures(at, format, picture);
  if (result.size() > k_result_max) result.resize(k_result_max);
  return result;
}

}  // namespace stagecoach::routing
