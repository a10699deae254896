#include "actors/summary_report.h"

#include <algorithm>
#include <cstdio>
#include <unordered_set>

#include "actors/generated_mail.h"
#include "actors/local_day.h"
#include "actors/mail_log.h"
#include "routing/directory.h"

namespace stagecoach {

namespace {
constexpr std::int64_t k_hour = 3600LL * 1'000'000;
}  // namespace

SummaryFacts summary_facts(const Node& node, const routing::Directory& directory, routing::LocalDay day) {
  const auto config = node.config();
  SummaryFacts facts;
  facts.day = day;
  facts.hostname = config->server.hostname;
  facts.show_idle = config->summary.show_idle;
  facts.unfinished = day >= routing::day_of(local_now());
  if (!facts.show_idle) return facts;
  const std::string today = local_today();
  for (const User& user : directory.users())
    if (directory.is_active(user, today) && node.logins.sessions_of(user.id).empty())
      facts.maybe_idle.push_back(user.name);
  std::sort(facts.maybe_idle.begin(), facts.maybe_idle.end());
  return facts;
}

Result<routing::UsageDay> usage_of_day(storage::Database& database, const SummaryFacts& facts) {
  storage::HistoryRepository history(database);
  const std::int64_t begin = begin_of_day(facts.day), end = begin_of_day(facts.day + std::chrono::days(1));
  auto totals = history.totals(begin, end);
  if (!totals) return std::move(totals.error());
  routing::UsageDay day;
  day.date = routing::day_text(facts.day);
  day.hostname = facts.hostname;
  day.show_idle = facts.show_idle;
  day.unfinished = facts.unfinished;
  for (storage::HistoryTotal& total : *totals)
    day.totals.push_back(
        {static_cast<routing::UsageCode>(total.code), std::move(total.user), total.count, total.value});
  if (!facts.show_idle) return day;
  auto seen = history.users_seen(begin, end);
  if (!seen) return std::move(seen.error());
  const std::unordered_set<std::string> names(seen->begin(), seen->end());
  for (const std::string& user : facts.maybe_idle)
    if (!names.contains(user)) day.idle.push_back(user);
  return day;
}

Result<void> write_raw_summary(storage::Database& database, const std::string& data_folder,
                               routing::LocalDay day) {
  const std::string path = data_folder + "/summaries/summary-" + routing::day_text(day) + ".tsv";
  const std::string unfinished = path + ".new";
  const std::int64_t end = begin_of_day(day + std::chrono::days(1));
  bool append = false;
  for (std::int64_t from = begin_of_day(day); from < end; from += k_hour) {  // a day may be large
    auto records = storage::HistoryRepository(database).records(from, std::min(end, from + k_hour));
    if (!records) return std::move(records.error());
    std::string text;
    for (const storage::HistoryRecord& record : *records)
      text += local_time_text(record.at) + "\t" + std::to_string(record.code) + "\t" +
              std::to_string(record.value) + "\t" + record.user + "\n";
    if (auto written = write_protected_file(unfinished, text, std::exchange(append, true)); !written)
      return written;
  }
  if (std::rename(unfinished.c_str(), path.c_str()) != 0) return unavailable("cannot write " + path);
  return {};
}

const User* summary_recipient(const conf::Config& config, const routing::Directory& directory) {
  const User* user = config.summary.to.empty() ? nullptr : directory.find_user(config.summary.to);
  return user ? user : directory.main_administrator();
}

Arrival summary_arrival(Node& node, const routing::Directory& directory, const User& user,
                        const routing::UsageDay& day, const std::string& purpose) {
  const auto config = node.config();
  routing::UsageReport report = routing::usage_report(day);
  Generated mail;
  mail.purpose = purpose;
  mail.recipients = {directory.address_of(user.name)};
  ComposedMail composed;
  composed.from = "Mail server <" + daemon_address(*config) + ">";
  composed.to = mail.recipients;
  composed.subject = "Stagecoach: daily summary for " + day.date;
  composed.text = std::move(report.text);
  if (config->summary.html) composed.html = std::move(report.html);
  composed.header = {{HeaderEdit::Kind::set, "Auto-Submitted", "auto-generated"}};
  mail.composed = std::move(composed);
  return generated_arrival(node, mail, {}, {});
}

}  // namespace stagecoach
