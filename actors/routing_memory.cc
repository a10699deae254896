#include "actors/routing_memory.h"

#include "actors/database.h"
#include "storage/autoresponse_repository.h"
#include "storage/trace_repository.h"

namespace stagecoach {

namespace {

constexpr std::int64_t k_minute = 60'000'000, k_hour = 60 * k_minute;  // microseconds
constexpr std::int64_t k_matches_age_max = k_minute;  // after it those of other nodes are asked for

Result<std::vector<SentMessage>> sent_since(storage::Database& database, std::int64_t since) {
  constexpr std::int64_t k_step = 5000;
  std::vector<SentMessage> sent;
  for (std::int64_t after = 0;;) {
    auto entries = storage::TraceRepository(database).accepted({}, since, after, k_step);
    if (!entries) return std::move(entries.error());
    if (entries->empty()) return sent;
    for (const storage::TraceEntry& entry : *entries)
      if (auto message = sent_message_of(entry)) sent.push_back(std::move(*message));
    after = entries->back().id.value;
  }
}

}  // namespace

void RoutingMemory::use(DirectoryPtr directory) {
  const bool first = !directory_;
  directory_ = std::move(directory);
  if (!first) return;
  load_answers();
  load_matches();
  load_sent();
}

void RoutingMemory::note(const Plan& plan, const routing::Directory& directory, storage::WriteUnit& unit) {
  const std::int64_t now = now_microseconds();
  for (const Generated& generated : plan.generated) {
    const User* user = generated.memory ? directory.find_user(generated.memory->user) : nullptr;
    if (!user) continue;
    unit.emplace_back(storage::LogAutoresponse{user->id, storage::clean_text(generated.memory->definition),
                                               storage::clean_text(generated.memory->sender),
                                               storage::clean_text(generated.memory->rule), now});
  }
  answered_.note(plan, now);
  for (const AnswerMatch& match : plan.answer_matches) {
    const User* user = directory.find_user(match.user);
    if (!user) continue;
    unit.emplace_back(storage::CountMatch{user->id, storage::clean_text(match.rule)});
    matches_.add(match.user, match.rule);
  }
  if (!plan.answer_matches.empty() && now - matches_loaded_ > k_matches_age_max) load_matches();
}

void RoutingMemory::note_sent(const std::string& name, std::int64_t at, const routing::SendUsage& usage) {
  const User* user = directory_ ? directory_->find_user(name) : nullptr;
  if (user && user->profile->send_quota != SendQuota{})
    sent_.add(name, at, usage, user->profile->send_quota.period_hours);
}

/// Answers of the last months, so that a restart sends none twice.
void RoutingMemory::load_answers() {
  ask_database<std::vector<storage::LoggedAutoresponse>>(
      owner_, node_.handles()->database,
      [](storage::Database& database) { return storage::AutoresponseRepository(database).latest(); },
      [this](Result<std::vector<storage::LoggedAutoresponse>> logged) {
        if (!logged) return node_.log.warning("router", "", logged.error().text());
        for (const storage::LoggedAutoresponse& one : *logged)
          answered_.note(one.user, one.definition, one.sender, one.at);
      });
}

void RoutingMemory::load_matches() {
  matches_loaded_ = now_microseconds();
  ask_database<std::vector<storage::RuleCount>>(
      owner_, node_.handles()->database,
      [](storage::Database& database) { return storage::AutoresponseRepository(database).matches(); },
      [this](Result<std::vector<storage::RuleCount>> counts) {
        if (!counts) return node_.log.warning("router", "", counts.error().text());
        std::vector<MatchCounts::Count> known;
        for (const storage::RuleCount& one : *counts) known.push_back({one.user, one.rule, one.matches});
        matches_.load(known);
      });
}

/// What users with a sending quota have sent in its period, as the trace has it.
void RoutingMemory::load_sent() {
  std::int64_t hours = 0;
  for (const User& user : directory_->users())
    if (user.profile->send_quota != SendQuota{})
      hours = std::max(hours, user.profile->send_quota.period_hours);
  if (hours == 0) return;
  const std::int64_t since = now_microseconds() - hours * k_hour;
  ask_database<std::vector<SentMessage>>(
      owner_, node_.handles()->database,
      [since](storage::Database& database) { return sent_since(database, since); },
      [this](Result<std::vector<SentMessage>> sent) {
        if (!sent) return node_.log.warning("router", "", sent.error().text());
        for (const SentMessage& one : *sent) note_sent(one.user, one.at, one.usage);
      });
}

}  // namespace stagecoach
