// The log: one line an event, with session and message number, to stderr or journald. Never holds a secret.
// May be used from every thread; a line is one write, so lines do not mix.
#pragma once

#include <atomic>
#include <string>
#include <string_view>

namespace stagecoach {

enum class LogLevel : int { error = 3, warning = 4, info = 6, debug = 7 };  // syslog's numbers

class Log {
 public:
  /// With `journald` the time is left out and the level is given as journald reads it from stderr.
  void configure(LogLevel level, bool journald);
  bool wants(LogLevel level) const {
    return static_cast<int>(level) <= level_.load(std::memory_order_relaxed);
  }

  /// `area`: "smtp", "queue"; `who`: session or message number, may be empty. Line ends in `text` are shown
  /// as spaces, so that foreign text cannot forge lines.
  void write(LogLevel level, std::string_view area, std::string_view who, std::string_view text);

  void error(std::string_view area, std::string_view who, std::string_view text) {
    write(LogLevel::error, area, who, text);
  }
  void warning(std::string_view area, std::string_view who, std::string_view text) {
    write(LogLevel::warning, area, who, text);
  }
  void info(std::string_view area, std::string_view who, std::string_view text) {
    write(LogLevel::info, area, who, text);
  }
  void debug(std::string_view area, std::string_view who, std::string_view text) {
    write(LogLevel::debug, area, who, text);
  }

 private:
  std::atomic<int> level_{static_cast<int>(LogLevel::info)};
  std::atomic<bool> journald_{false};
};

}  // namespace stagecoach
