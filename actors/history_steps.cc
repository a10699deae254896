#include "actors/history_steps.h"

#include <algorithm>
#include <iterator>

#include "actors/history_rows.h"
#include "routing/directory.h"

namespace stagecoach {

using storage::HistoryRepository;

namespace {

constexpr std::int64_t k_second = 1'000'000, k_minute = 60 * k_second, k_hour = 60 * k_minute;
// What takes longer is found when the last hour, and each day before its report, are looked at once more.
constexpr std::int64_t k_margin = 2 * k_second;

std::vector<storage::HistoryMessage> rows_of(const std::vector<storage::UnmovedTrace>& entries,
                                             HistoryStep& step) {
  std::vector<storage::HistoryMessage> rows;
  std::vector<HistoryEvent> events = history_events(entries);
  for (std::size_t i = 0; i < entries.size(); ++i) {
    std::move(events[i].rows.begin(), events[i].rows.end(), std::back_inserter(rows));
    for (std::string& line : events[i].lines) step.lines.push_back({entries[i].trace.at, std::move(line)});
  }
  step.found = entries.size();
  return rows;
}

/// Writes what was found. Another server of the same database may have been faster: then it has written it.
Result<void> commit(HistoryRepository& history, const storage::HistoryState& state, std::int64_t until,
                    const std::vector<storage::HistoryMessage>& rows, HistoryStep& step) {
  auto moved = history.move(state.version, until, rows);
  if (!moved) return std::move(moved.error());
  if (!*moved) step.lines.clear();
  return {};
}

}  // namespace

Result<HistoryStep> move_on(storage::Database& database, std::int64_t now, std::int64_t slice) {
  HistoryRepository history(database);
  auto state = history.state();
  if (!state) return std::move(state.error());
  HistoryStep step;
  step.summarised = state->summarised;
  const std::int64_t horizon = now - k_margin;
  step.from = state->moved_until;
  if (step.from == 0) {
    auto beginning = history.beginning(horizon);
    if (!beginning) return std::move(beginning.error());
    step.from = *beginning;
  }
  step.until = std::max(step.from, std::min(horizon, step.from + slice));
  auto entries = history.next(step.from, step.until, k_step_rows);
  if (!entries) return std::move(entries.error());
  const auto rows = rows_of(*entries, step);
  if (entries->size() >= k_step_rows) step.until = entries->back().trace.at;
  step.behind = step.until < horizon;
  // A server where nothing happens writes nothing; only the end of a minute and of a day are noted.
  if (rows.empty() && step.until - state->moved_until < k_minute &&
      local_day_of(step.until) == local_day_of(state->moved_until))
    return step;
  if (auto done = commit(history, *state, step.until, rows, step); !done) return std::move(done.error());
  return step;
}

Result<HistoryStep> look_back(storage::Database& database, std::int64_t from, std::int64_t until) {
  HistoryRepository history(database);
  auto state = history.state();
  if (!state) return std::move(state.error());
  HistoryStep step;
  step.from = std::max(from, state->kept_since);
  step.until = std::max(step.from, std::min(until, step.from + k_hour));
  auto entries = history.missed(step.from, std::min(step.until, state->moved_until), k_step_rows);
  if (!entries) return std::move(entries.error());
  if (entries->empty()) return step;
  const auto rows = rows_of(*entries, step);
  if (entries->size() >= k_step_rows) step.until = entries->back().trace.at;
  if (auto done = commit(history, *state, state->moved_until, rows, step); !done)
    return std::move(done.error());
  return step;
}

Result<DayOver> end_day(storage::Database& database, const SummaryFacts& facts, const std::string& purpose,
                        const std::string& raw_folder) {
  DayOver over;
  auto made = HistoryRepository(database).has_made(purpose, begin_of_day(facts.day + std::chrono::days(1)));
  if (!made) return std::move(made.error());
  if ((over.made = *made)) return over;
  auto usage = usage_of_day(database, facts);
  if (!usage) return std::move(usage.error());
  over.usage = std::move(*usage);
  if (raw_folder.empty()) return over;
  if (auto written = write_raw_summary(database, raw_folder, facts.day); !written)
    return std::move(written.error());
  return over;
}

std::vector<storage::HistorySession> history_sessions(const std::vector<EndedSession>& ended,
                                                      const DirectoryPtr& directory) {
  std::vector<storage::HistorySession> sessions;
  for (const EndedSession& one : ended) {
    const User* user = directory && !one.user.empty() ? directory->find_login(one.user) : nullptr;
    sessions.push_back({one.at, storage::clean_text(one.service),
                        user ? user->name : storage::clean_text(one.user), storage::clean_text(one.address),
                        one.seconds, one.messages, one.bytes, storage::clean_text(one.reason)});
  }
  return sessions;
}

}  // namespace stagecoach
