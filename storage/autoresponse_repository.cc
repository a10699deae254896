#include "storage/autoresponse_repository.h"

namespace stagecoach::storage {

namespace {

constexpr Statement k_latest{
    "autoresponses_latest",
    "SELECT u.name, a.definition, a.sender, '', max(a.at) FROM autoresponse_log a JOIN mail_user u ON u.id ="
    " a.user_id GROUP BY u.name, a.definition, a.sender"};
constexpr Statement k_of_user{
    "autoresponses_of_user",
    "SELECT u.name, a.definition, a.sender, a.rule, a.at FROM autoresponse_log a JOIN mail_user u ON u.id ="
    " a.user_id WHERE a.user_id = $1 AND ($2 = '' OR lower(a.definition) = lower($2)) ORDER BY a.at DESC "
    "LIMIT"
    " $3"};
constexpr Statement k_clear{
    "autoresponses_clear",
    "DELETE FROM autoresponse_log WHERE user_id = $1 AND ($2 = '' OR lower(definition) = lower($2))"};
constexpr Statement k_prune{"autoresponses_prune", "DELETE FROM autoresponse_log WHERE at < $1"};

constexpr Statement k_entries{
    "autoresponses_entries",
    "SELECT lower(definition), count(*) FROM autoresponse_log WHERE user_id = $1 GROUP BY lower(definition)"};
constexpr Statement k_matches{
    "autoresponses_matches",
    "SELECT u.name, m.rule, m.matches FROM autoresponse_match m JOIN mail_user u ON u.id = m.user_id"};
constexpr Statement k_matches_of{"autoresponses_matches_of",
                                 "SELECT rule, matches FROM autoresponse_match WHERE user_id = $1"};

std::map<std::string, std::int64_t> counts(const Rows& rows) {
  std::map<std::string, std::int64_t> result;
  for (int i = 0; i < rows.size(); ++i) result[std::string(rows.text(i, 0))] = rows.integer(i, 1);
  return result;
}

std::vector<LoggedAutoresponse> logged(const Rows& rows) {
  std::vector<LoggedAutoresponse> result;
  for (int i = 0; i < rows.size(); ++i)
    result.push_back({std::string(rows.text(i, 0)), std::string(rows.text(i, 1)),
                      std::string(rows.text(i, 2)), std::string(rows.text(i, 3)), rows.integer(i, 4)});
  return result;
}

}  // namespace

Result<std::vector<LoggedAutoresponse>> AutoresponseRepository::latest() {
  auto rows = database_.run(k_latest);
  if (!rows) return std::move(rows.error()).while_doing("loading the log of automatic answers");
  return logged(*rows);
}

Result<std::vector<LoggedAutoresponse>> AutoresponseRepository::of_user(UserId user,
                                                                        const std::string& definition,
                                                                        int rows_max) {
  auto rows = database_.run(k_of_user, {user.value, definition, rows_max});
  if (!rows) return std::move(rows.error()).while_doing("reading the log of automatic answers");
  return logged(*rows);
}

Result<std::int64_t> AutoresponseRepository::clear(UserId user, const std::string& definition) {
  auto rows = database_.run(k_clear, {user.value, definition});
  if (!rows) return std::move(rows.error()).while_doing("clearing the log of automatic answers");
  return rows->affected();
}

Result<std::int64_t> AutoresponseRepository::prune(std::int64_t before) {
  auto rows = database_.run(k_prune, {before});
  if (!rows) return std::move(rows.error()).while_doing("pruning the log of automatic answers");
  return rows->affected();
}

Result<std::map<std::string, std::int64_t>> AutoresponseRepository::entries_of(UserId user) {
  auto rows = database_.run(k_entries, {user.value});
  if (!rows) return std::move(rows.error()).while_doing("counting automatic answers");
  return counts(*rows);
}

Result<std::vector<RuleCount>> AutoresponseRepository::matches() {
  auto rows = database_.run(k_matches);
  if (!rows) return std::move(rows.error()).while_doing("loading the matches of rules");
  std::vector<RuleCount> result;
  for (int i = 0; i < rows->size(); ++i)
    result.push_back({std::string(rows->text(i, 0)), std::string(rows->text(i, 1)), rows->integer(i, 2)});
  return result;
}

Result<std::map<std::string, std::int64_t>> AutoresponseRepository::matches_of(UserId user) {
  auto rows = database_.run(k_matches_of, {user.value});
  if (!rows) return std::move(rows.error()).while_doing("reading the matches of rules");
  return counts(*rows);
}

}  // namespace stagecoach::storage
