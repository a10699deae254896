#include "actors/lan_sending.h"

#include <algorithm>

#include "actors/queue_route.h"
#include "routing/lan_target.h"

namespace stagecoach {

namespace {

constexpr std::int64_t k_alone_minutes_max = 5;

}  // namespace

void LanSending::configure(const conf::LanForwardingSettings& settings) {
  settings_ = settings;
  auto rules = conf::parse_thread_rules(settings.thread_rules);
  thread_rules_ = rules ? std::move(*rules) : std::vector<conf::LanThreadRule>{};
  for (auto& [destination, open] : routes_) open.sender = route_sender(open.route, settings_);
}

const conf::SenderSettings& LanSending::open(const std::string& destination, const std::string& route) {
  Open& open = routes_[destination];
  if (open.route != route) open = {route, route_sender(route, settings_)};
  return open.sender;
}

const conf::SenderSettings* LanSending::sender(const std::string& destination) const {
  const auto found = routes_.find(destination);
  return found == routes_.end() ? nullptr : &found->second.sender;
}

bool LanSending::may_start(const std::string& destination, const Destinations& places) const {
  if (places.sessions(destination) > 0 && !places.is_reached(destination)) return false;
  const auto sessions = [&](std::string_view server) {  // empty: all
    return places.sessions_if([&](const std::string& one) {
      return is_route_destination(one) &&
             (server.empty() || routing::names_server(server, server_of_destination(one)));
    });
  };
  if (sessions({}) >= settings_.threads_max) return false;
  const auto rule =
      std::find_if(thread_rules_.begin(), thread_rules_.end(), [&](const conf::LanThreadRule& one) {
        return routing::names_server(one.server, server_of_destination(destination));
      });
  return rule == thread_rules_.end() || sessions(rule->server) < rule->sessions_max;
}

std::int64_t LanSending::alone_minutes_max() const {
  return std::min<std::int64_t>(k_alone_minutes_max, settings_.retry.count());
}

bool LanSending::is_over(std::int64_t now) {
  return std::erase_if(alone_, [&](std::int64_t until) { return until <= now; }) > 0;
}

std::optional<std::int64_t> LanSending::next_wake() const {
  if (alone_.empty()) return {};
  return *alone_.begin();
}

bool LanSending::silence(QueueState::Verdict& verdict) const {
  if (settings_.failure_reports) return false;
  using Kind = QueueState::Verdict::Report::Kind;
  std::erase_if(verdict.reports, [](const auto& report) { return report.kind != Kind::relayed; });
  return verdict.failed > 0;
}

}  // namespace stagecoach
