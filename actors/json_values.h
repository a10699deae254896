// Values as the JSON that commands print (docs/reference/commands.md): a stable interface.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>

#include "actors/messages.h"
#include "storage/mail_writer.h"

namespace stagecoach {

/// "2026-11-20T17:25:45Z" from microseconds since 1970.
std::string json_time(std::int64_t microseconds);

nlohmann::json json_of(const QueueEntry& entry);
nlohmann::json json_of(const storage::TraceEntry& entry);
/// {"users", "remote", "refused", "reasons", "plan"}
nlohmann::json json_of_plan(const Plan& plan);

}  // namespace stagecoach
