// Members of a list that another database keeps.
#pragma once

#include <memory>
#include <string>

#include "routing/model/mail_list.h"
#include "routing/model/result.h"

namespace stagecoach::storage {

/// Connects with `conninfo`, runs `query` read-only within ten seconds, and gives the first column of its
/// rows, at most 1,000,000, sorted, each once; empty values are left out.
Result<std::shared_ptr<const Members>> members_of_source(const std::string& conninfo,
                                                         const std::string& query);

}  // namespace stagecoach::storage
