// Puts [log] into force: at the start and with each reload.
#pragma once

#include "actors/log.h"
#include "conf/server_settings.h"

namespace stagecoach {

void configure(Log& log, const conf::LogSettings& settings);

}  // namespace stagecoach
