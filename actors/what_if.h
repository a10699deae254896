// What another configuration would do: for addresses (`stagecoach diff`) and for mail that came already
// (`stagecoach replay`). The same routing as a delivery, without the commit.
#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "actors/node.h"
#include "routing/lua/script.h"
#include "routing/pipeline.h"
#include "storage/pg.h"
#include "storage/trace_repository.h"

namespace stagecoach {

/// A configuration with the directory that it makes of its entries and those of the database.
struct WhatIf {
  ConfigPtr config;
  DirectoryPtr directory;
  routing::Pipeline pipeline;
  routing::ScriptSetPtr scripts;
};

/// Refused when the pipeline of the configuration is none.
Result<WhatIf> what_if(ConfigPtr config, DirectoryPtr directory, routing::ScriptSetPtr scripts);

Plan route_dry(const WhatIf& world, Arrival arrival);

/// Who gets mail for each address that one of both knows by name, where they differ: "mail from outside for
/// sales@example.com: albert -> kate". At most `lines_max`, then how many more there are.
std::vector<std::string> address_changes(const WhatIf& before, const WhatIf& after, std::size_t lines_max);

/// A message that would take another way now.
struct Replayed {
  std::int64_t id = 0, at = 0;  // at: microseconds since 1970
  std::string from, subject;
  std::vector<std::string> recipients;
  std::vector<std::string> before, after;  // the steps of the Plan, only those that differ
};
struct ReplayReport {
  std::int64_t messages = 0;  // that were routed again
  std::int64_t gone = 0;      // whose bytes nobody has kept
  std::vector<Replayed> different;
};

/// Runs on a database connection. `ids` empty: everything accepted since `since`, at most `messages_max`.
Result<ReplayReport> replay(storage::Database& database, const WhatIf& world,
                            const std::vector<std::int64_t>& ids, std::int64_t since,
                            std::int64_t messages_max);

/// {"messages", "gone", "different": [{"id", "at", "from", "subject", "to", "before", "after"}]}
nlohmann::json json_of(const ReplayReport& report);

}  // namespace stagecoach
