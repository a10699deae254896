#include "actors/log_settings.h"

namespace stagecoach {

namespace {

LogLevel level_of(conf::LogLevel level) {
  switch (level) {
    case conf::LogLevel::error: return LogLevel::error;
    case conf::LogLevel::warning: return LogLevel::warning;
    case conf::LogLevel::info: break;
    case conf::LogLevel::debug: return LogLevel::debug;
  }
  return LogLevel::info;
}

}  // namespace

void configure(Log& log, const conf::LogSettings& settings) {
  log.configure(level_of(settings.level), settings.target == conf::LogTarget::journald);
}

}  // namespace stagecoach
