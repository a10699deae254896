#include "actors/destinations.h"

#include <algorithm>
#include <iterator>

namespace stagecoach {

namespace {

constexpr std::int64_t k_minute = 60'000'000;
constexpr std::int64_t k_minutes_alone[] = {1, 2, 5, 10, 20, 40};  // after the first failure, the second …
constexpr std::size_t k_failures_max = 100'000;

}  // namespace

std::string domain_of(const std::string& destination) {
  const auto begin = destination.find('|') + 1;
  return destination.substr(begin, destination.find('|', begin) - begin);
}
std::string connection_of(const std::string& destination) {
  return destination.substr(0, destination.find('|'));
}

bool Destinations::may_start(const std::string& destination, const Limits& limits) const {
  const int here = sessions(destination);
  if (here >= limits.sessions || (here > 0 && failures_.contains(destination))) return false;
  return may_try(connection_of(destination), limits.trying);
}

bool Destinations::may_try(const std::string& connection, int trying_max) const {
  if (trying_max <= 0) return true;
  const auto found = trying_.find(connection);
  return found == trying_.end() || found->second < trying_max;
}

void Destinations::started(const std::string& destination) {
  ++sessions_[destination].trying;
  ++trying_[connection_of(destination)];
}

void Destinations::reached(const std::string& destination) {
  Sessions& here = sessions_[destination];
  --here.trying;
  ++here.working;
  no_longer_trying(destination);
}

void Destinations::ended(const std::string& destination, bool had_reached) {
  const auto found = sessions_.find(destination);
  if (found == sessions_.end()) return;
  --(had_reached ? found->second.working : found->second.trying);
  if (found->second.working + found->second.trying <= 0) sessions_.erase(found);
  if (!had_reached) no_longer_trying(destination);
}

void Destinations::no_longer_trying(const std::string& destination) {
  const auto found = trying_.find(connection_of(destination));
  if (found != trying_.end() && --found->second <= 0) trying_.erase(found);
}

int Destinations::sessions(const std::string& destination) const {
  const auto found = sessions_.find(destination);
  return found == sessions_.end() ? 0 : found->second.trying + found->second.working;
}

int Destinations::sessions_if(const std::function<bool(const std::string& destination)>& chosen) const {
  int count = 0;
  for (const auto& [destination, sessions] : sessions_)
    if (chosen(destination)) count += sessions.trying + sessions.working;
  return count;
}

bool Destinations::is_reached(const std::string& destination) const {
  const auto found = sessions_.find(destination);
  return found != sessions_.end() && found->second.working > 0;
}

std::int64_t Destinations::failed(const std::string& destination, std::int64_t now,
                                  std::int64_t minutes_max) {
  if (failures_.size() >= k_failures_max && !failures_.contains(destination))
    std::erase_if(failures_, [&](const auto& one) { return one.second.until <= now; });
  Failures& failures = failures_[destination];
  const auto step =
      std::min<std::size_t>(static_cast<std::size_t>(failures.count), std::size(k_minutes_alone) - 1);
  ++failures.count;
  failures.until = now + std::min(k_minutes_alone[step], minutes_max) * k_minute;
  return failures.until;
}

void Destinations::works(const std::string& destination) { failures_.erase(destination); }

bool Destinations::is_left_alone(const std::string& destination, std::int64_t now) const {
  const auto found = failures_.find(destination);
  return found != failures_.end() && found->second.until > now;
}

void Destinations::forget_failures() { failures_.clear(); }

}  // namespace stagecoach
