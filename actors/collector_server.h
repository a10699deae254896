// The server that a collector turns to, with the port that its kind has when none is configured.
#pragma once

#include "conf/collector_settings.h"

namespace stagecoach {

/// Without a host: the collector has none (kind smtp_feed without ETRN).
conf::HostPort collector_server(const conf::CollectorSettings& collector);

}  // namespace stagecoach
