#include "actors/log.h"

#include <sys/time.h>
#include <unistd.h>

#include <cstdio>
#include <ctime>

namespace stagecoach {

namespace {
constexpr std::size_t k_line_bytes_max = 4000;

std::string_view name(LogLevel level) {
  switch (level) {
    case LogLevel::error: return "error";
    case LogLevel::warning: return "warning";
    case LogLevel::info: return "info";
    case LogLevel::debug: return "debug";
  }
  return "?";
}

std::string timestamp() {
  timeval now{};
  gettimeofday(&now, nullptr);
  tm parts{};
  gmtime_r(&now.tv_sec, &parts);
  char text[40];
  const auto length = std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S", &parts);
  std::snprintf(text + length, sizeof text - length, ".%03ldZ ", static_cast<long>(now.tv_usec / 1000));
  return text;
}
}  // namespace

void Log::configure(LogLevel level, bool journald) {
  level_ = static_cast<int>(level);
  journald_ = journald;
}

void Log::write(LogLevel level, std::string_view area, std::string_view who, std::string_view text) {
  if (!wants(level)) return;
  std::string line;
  line.reserve(80 + text.size());
  if (journald_)
    line = "<" + std::to_string(static_cast<int>(level)) + ">";
  else
    line.append(timestamp()).append(name(level)).append(" ");
  line.append(area);
  if (!who.empty()) line.append(" [").append(who).append("]");
  line.append(": ").append(text.substr(0, k_line_bytes_max));
  for (char& c : line)
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = ' ';
  line += '\n';
  [[maybe_unused]] const auto written = ::write(STDERR_FILENO, line.data(), line.size());
}

}  // namespace stagecoach
