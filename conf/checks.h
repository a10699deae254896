// What single settings cannot show: checks across sections. Part of read_config.
#pragma once

#include <map>
#include <string>

#include "conf/config.h"
#include "conf/problem.h"

namespace stagecoach::conf {

/// Where keys stand. `paths` turns the label of a provenance into the path for problems; `lines` is
/// ReadContext::lines.
struct Sources {
  std::map<std::string, std::string> paths;
  std::map<std::string, int> lines;
};

/// Everything but the users of the database. Files that settings name are looked at only with config.folder
/// set. Settings that stand for others are made explicit: schedule items with neither every nor at, collector
/// ids.
Problems check_config(Config& config, const Sources& sources);

/// Why a text cannot be the address of a mapping or an alias; empty: it can.
std::string mapping_address_fault(std::string_view address);

/// Why a text cannot be the name of a user, a list or a group; empty: it can. 1 to 32 letters, digits, '.',
/// '_', '-', and none of the built-in names. Whether another entry has the name is not asked.
std::string user_name_fault(std::string_view name);

}  // namespace stagecoach::conf
