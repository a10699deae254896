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

}  // namespace stagecoach::storage
