// Which return path a remote recipient's copy goes out with: SRS for what is passed on for others, a BATV tag
// for our own mail.
#pragma once

#include <optional>
#include <string>

#include "routing/directory.h"

namespace stagecoach::routing {

struct RewrittenPath {
  const char* rule = "";  // "srs", "batv"
  std::string path;       // empty: it cannot be rewritten, `text` says why
  std::string text;       // for the reason
};

/// Nothing: the path stays as it is. `forwarded`: a list, a forward or an assistant sends it there, not its
/// sender; `own`: a user who has logged in, or the server itself, has given the path.
std::optional<RewrittenPath> rewritten_path(const Directory& directory, const std::string& path,
                                            bool forwarded, bool own, Time now);

}  // namespace stagecoach::routing
