// The report about a day as a message and as raw records (routing/usage_report.h writes the text).
#pragma once

#include <string>
#include <vector>

#include "actors/node.h"
#include "routing/civil_time.h"
#include "routing/usage_report.h"
#include "storage/history_repository.h"

namespace stagecoach {

/// What a report has to know besides the history.
struct SummaryFacts {
  routing::LocalDay day;
  std::string hostname;
  bool show_idle = false;
  std::vector<std::string> maybe_idle;  // users who may log in, and are not logged in just now
  bool unfinished = false;              // it is today
};
/// `today` and the accounts are those of this moment.
SummaryFacts summary_facts(const Node& node, const routing::Directory& directory, routing::LocalDay day);

Result<routing::UsageDay> usage_of_day(storage::Database& database, const SummaryFacts& facts);

/// The records of the day, "TIME<TAB>CODE<TAB>VALUE<TAB>USER" each, into
/// `data_folder`/summaries/summary-DAY.tsv.
Result<void> write_raw_summary(storage::Database& database, const std::string& data_folder,
                               routing::LocalDay day);

/// [summary] to, or the main administrator; nullptr: there is no user at all.
const User* summary_recipient(const conf::Config& config, const routing::Directory& directory);

/// The message. `purpose` is its name in the trace.
Arrival summary_arrival(Node& node, const routing::Directory& directory, const User& user,
                        const routing::UsageDay& day, const std::string& purpose);

}  // namespace stagecoach
