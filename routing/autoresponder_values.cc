#include "routing/autoresponder_values.h"

#include <algorithm>

#include "routing/model/address.h"

namespace stagecoach::routing {
namespace {

constexpr std::size_t k_line_bytes_max = 900;
constexpr std::string_view k_date = "%F", k_long_date = "dddd, d MMMM yyyy", k_short_date = "d MMM yyyy",
                           k_time = "%H:%M:%S", k_time_no_seconds = "%H:%M";

using Source = ReplacementSource;

std::string days_text(const std::vector<int>& days) {
  static constexpr std::string_view k_names[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  std::string text;
  for (int day = 0; day < 7; ++day)
    if (days.empty() || std::find(days.begin(), days.end(), day) != days.end())
      text += (text.empty() ? "" : ", ") + std::string(k_names[day]);
  return text;
}

const struct {
  std::string_view name;
  std::string (*value)(const Source&);
} k_texts[] = {
    {"User", [](const Source& s) { return s.user; }},
    {"Originator", [](const Source& s) { return s.originator; }},
    {"Subject", [](const Source& s) { return s.subject; }},
    {"OrigSubject", [](const Source& s) { return s.original_subject; }},
    {"ConditionName", [](const Source& s) { return s.rule.rule().name; }},
    {"ConditionDateFrom", [](const Source& s) { return s.rule.rule().date_from; }},
    {"ConditionDateTo", [](const Source& s) { return s.rule.rule().date_to; }},
    {"ConditionTimeFrom", [](const Source& s) { return s.rule.rule().time_from; }},
    {"ConditionTimeTo", [](const Source& s) { return s.rule.rule().time_to; }},
    {"ConditionDateTimeFrom", [](const Source& s) { return s.rule.rule().datetime_from; }},
    {"ConditionDateTimeTo", [](const Source& s) { return s.rule.rule().datetime_to; }},
    {"ConditionDOW", [](const Source& s) { return days_text(s.rule.rule().days); }},
    {"ConditionMatches", [](const Source& s) { return std::to_string(s.matches); }},
};

using Moment = std::optional<LocalTime>;

Moment moved(Moment moment, int days) {
  if (moment) *moment += std::chrono::days(days);
  return moment;
}

const struct {
  std::string_view name;
  Moment (*moment)(const Source&);
  std::string_view format;
  bool takes_format;
  Picture picture;
} k_times[] = {
    {"Date", [](const Source& s) -> Moment { return s.now; }, k_date, true, Picture::date},
    {"LongDate", [](const Source& s) -> Moment { return s.now; }, k_long_date, false, Picture::date},
    {"ShortDate", [](const Source& s) -> Moment { return s.now; }, k_short_date, false, Picture::date},
    {"Time", [](const Source& s) -> Moment { return s.now; }, k_time, true, Picture::time},
    {"TimeNoSecs", [](const Source& s) -> Moment { return s.now; }, k_time_no_seconds, false, Picture::time},
    {"StartDate", [](const Source& s) { return s.rule.begin(); }, k_date, true, Picture::date},
    {"StartDate-1", [](const Source& s) { return moved(s.rule.begin(), -1); }, k_date, true, Picture::date},
    {"EndDate", [](const Source& s) { return s.rule.end(); }, k_date, true, Picture::date},
    {"EndDate+1", [](const Source& s) { return moved(s.rule.end(), 1); }, k_date, true, Picture::date},
};

}  // namespace

std::string single_line(std::string_view text) {
  std::size_t size = std::min(text.size(), k_line_bytes_max);
  while (size > 0 && size < text.size() && (static_cast<unsigned char>(text[size]) & 0xC0) == 0x80)
    --size;  // no half character at the end
  std::string line(text.substr(0, size));
  for (char& c : line)
    if (static_cast<unsigned char>(c) < ' ' || c == 127) c = ' ';
  const auto begin = std::min(line.find_first_not_of(' '), line.size());
  return line.substr(begin, line.find_last_not_of(' ') + 1 - begin);
}

std::optional<std::string> built_in_value(const ReplacementSource& source, std::string_view name) {
  for (const auto& entry : k_texts)
    if (equals_ignoring_case(entry.name, name)) return single_line(entry.value(source));
  const auto colon = name.find(':');
  for (const auto& entry : k_times) {
    if (!equals_ignoring_case(entry.name, name.substr(0, colon))) continue;
    const bool formatted = colon != std::string_view::npos;
    if (formatted && !entry.takes_format) return std::nullopt;
    const auto moment = entry.moment(source);
    if (!moment) return std::string();
    return single_line(
        format_time(*moment, formatted ? name.substr(colon + 1) : entry.format, entry.picture));
  }
  return std::nullopt;
}

std::map<std::string, std::string, std::less<>> built_in_values(const ReplacementSource& source) {
  std::map<std::string, std::string, std::less<>> values;
  for (const auto& entry : k_texts) values.emplace(entry.name, *built_in_value(source, entry.name));
  for (const auto& entry : k_times) values.emplace(entry.name, *built_in_value(source, entry.name));
  return values;
}

}  // namespace stagecoach::routing
