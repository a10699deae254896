// The day of the server's local time, as accounts and passwords expire by it.
#pragma once

#include <ctime>
#include <string>

namespace stagecoach {

/// "2026-12-31"
inline std::string local_today() {
  const std::time_t now = std::time(nullptr);
  std::tm parts{};
  localtime_r(&now, &parts);
  char text[16];
  std::strftime(text, sizeof text, "%Y-%m-%d", &parts);
  return text;
}

}  // namespace stagecoach
