// What the router remembers from one message to the next: who had which automatic answer, how often rules of
// answers have matched, what users have sent. Loaded from the database with the first directory.
#pragma once

#include <string>

#include "actors/answered.h"
#include "actors/local_messages.h"
#include "actors/match_counts.h"
#include "actors/node.h"
#include "actors/script_errors.h"
#include "actors/send_usage.h"

namespace stagecoach {

class RoutingMemory {
 public:
  using Owner = ReportingRouterActor::base;  // in whose context everything here runs

  RoutingMemory(Owner* owner, Node& node) : owner_(owner), node_(node) {}

  /// The first time it loads everything.
  void use(DirectoryPtr directory);

  // ---- automatic answers ----
  /// Takes answers that come too early out of the Plan.
  void hold_back(Plan& plan) const { answered_.hold_back(plan, now_microseconds()); }
  /// What is committed with the Plan, and remembered: answers that are sent, rules that have matched.
  void note(const Plan& plan, const routing::Directory& directory, storage::WriteUnit& unit);
  void forget(const ForgetAnswers& forget) { answered_.forget(forget.user, forget.definition); }
  std::shared_ptr<const MatchCounts::Snapshot> matches() const { return matches_.snapshot(); }

  // ---- sending quotas ----
  routing::SendUsage sent(const User& user, std::int64_t now) const {
    return sent_.sent(user.name, now, user.profile->send_quota.period_hours);
  }
  void note_sent(const std::string& user, std::int64_t at, const routing::SendUsage& usage);

 private:
  void load_answers();
  void load_matches();
  void load_sent();

  Owner* owner_;
  Node& node_;
  DirectoryPtr directory_;
  Answered answered_;
  MatchCounts matches_;
  SendLog sent_;
  std::int64_t matches_loaded_ = 0;  // when, microseconds since 1970
};

}  // namespace stagecoach
