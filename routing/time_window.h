// Windows of days and clock times (docs/reference/autoresponder.md, "Times"). Days and clock times are tested
// separately, ends are inclusive: 20261013 12:00 to 20261017 15:00 is 12:00 to 15:00 on each of five days.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "routing/civil_time.h"
#include "routing/model/profile.h"
#include "routing/model/result.h"

namespace stagecoach::routing {

class DailyWindow {
 public:
  /// An empty end is open. Fails for text that is neither a day nor a clock time, and for a first day after
  /// the last.
  static Result<DailyWindow> parse(const TimeWindow& window);
  /// The same from four texts, as the rules of autoresponders have them.
  static Result<DailyWindow> parse(std::string_view date_from, std::string_view date_to,
                                   std::string_view time_from, std::string_view time_to);

  /// A clock time counts to the end of its minute. From later than to means over midnight; the day is the one
  /// on the calendar at that moment.
  bool contains(LocalTime time) const;

 private:
  Result<void> read_days(std::string_view from, std::string_view to);
  Result<void> read_clocks(std::string_view from, std::string_view to);

  std::optional<LocalDay> first_day_, last_day_;
  std::optional<std::chrono::seconds> clock_from_, clock_to_;
};

}  // namespace stagecoach::routing
