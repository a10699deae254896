#include "routing/time_window.h"

#include <algorithm>

namespace stagecoach::routing {
namespace {

/// One end of a TimeWindow: a day, a clock time, or a day and a clock time.
struct End {
  std::string_view day, clock;
};

End split_end(std::string_view text) {
  const auto trim = [](std::string_view part) {
    const auto begin = std::min(part.find_first_not_of(' '), part.size());
    return part.substr(begin, part.find_last_not_of(' ') + 1 - begin);
  };
  text = trim(text);
  const auto space = text.find(' ');
  if (space != std::string_view::npos) return {text.substr(0, space), trim(text.substr(space))};
  if (text.find(':') != std::string_view::npos) return {{}, text};
  return {text, {}};
}

Error bad(std::string_view what, std::string_view text) {
  return invalid_input("\"" + std::string(text) + "\" is no " + std::string(what));
}

/// Ends name whole minutes: 15:00 lasts until 15:00:59.
std::chrono::seconds minute_of(std::chrono::seconds clock) {
  return std::chrono::floor<std::chrono::minutes>(clock);
}

}  // namespace

Result<DailyWindow> DailyWindow::parse(const TimeWindow& window) {
  const End from = split_end(window.from), to = split_end(window.to);
  return parse(from.day, to.day, from.clock, to.clock);
}

Result<DailyWindow> DailyWindow::parse(std::string_view date_from, std::string_view date_to,
                                       std::string_view time_from, std::string_view time_to) {
  DailyWindow window;
  if (auto days = window.read_days(date_from, date_to); !days) return std::move(days).error();
  if (auto clocks = window.read_clocks(time_from, time_to); !clocks) return std::move(clocks).error();
  return window;
}

Result<void> DailyWindow::read_days(std::string_view from, std::string_view to) {
  if (!from.empty() && !(first_day_ = parse_day(from))) return bad("day like 20261231 or 2026-12-31", from);
  if (!to.empty() && !(last_day_ = parse_day(to))) return bad("day like 20261231 or 2026-12-31", to);
  if (first_day_ && last_day_ && *first_day_ > *last_day_)
    return invalid_input("the first day, " + day_text(*first_day_) + ", is after the last, " +
                         day_text(*last_day_));
  return {};
}

Result<void> DailyWindow::read_clocks(std::string_view from, std::string_view to) {
  if (!from.empty() && !(clock_from_ = parse_clock(from))) return bad("time like 08:15", from);
  if (!to.empty() && !(clock_to_ = parse_clock(to))) return bad("time like 08:15", to);
  return {};
}

bool DailyWindow::contains(LocalTime time) const {
  const LocalDay day = day_of(time);
  if ((first_day_ && day < *first_day_) || (last_day_ && day > *last_day_)) return false;
  const auto clock = clock_of(time);
  const bool after_from = !clock_from_ || clock >= *clock_from_;
  const bool before_to = !clock_to_ || minute_of(clock) <= minute_of(*clock_to_);
  const bool over_midnight = clock_from_ && clock_to_ && *clock_from_ > *clock_to_;
  return over_midnight ? after_from || before_to : after_from && before_to;
}

}  // namespace stagecoach::routing
