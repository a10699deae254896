#include "conf/lan_forwards.h"

#include <algorithm>

#include "routing/lan_target.h"

namespace stagecoach::conf {
namespace {

constexpr int k_smtp_port = 25;
constexpr std::size_t k_thread_digits_max = 4;

bool has_port(std::string_view server) {
  const std::string_view host = routing::without_protocol(server);
  const auto colon = host.rfind(':'), bracket = host.rfind(']');
  return colon != std::string_view::npos && (bracket == std::string_view::npos || colon > bracket);
}

}  // namespace

std::string lan_route(const LanForwardSettings& rule) {
  std::string route;
  if (!rule.username.empty()) route = rule.username + ":" + rule.password.value + "@";
  if (has_port(rule.server)) return route + rule.server;
  const bool usual = rule.port == k_smtp_port;  // of LMTP it is another one
  return route + (usual ? routing::with_port(rule.server) : rule.server + ":" + std::to_string(rule.port));
}

std::shared_ptr<const routing::LanRules> lan_rules(const Config& config) {
  if (config.lan_forwards.empty()) return nullptr;
  std::vector<routing::LanRule> rules;
  for (const LanForwardSettings& settings : config.lan_forwards) {
    const std::string route = lan_route(settings);
    const bool asked = lan_verification(config, route) != nullptr;
    for (const std::string& address : settings.addresses)
      rules.push_back({address, settings.condition, route, settings.rewrite,
                       asked && routing::is_open_ended(address), settings.where});
  }
  return std::make_shared<const routing::LanRules>(std::move(rules));
}

const LanVerificationSettings* lan_verification(const Config& config, std::string_view route) {
  const std::string_view server = routing::route_without_login(route);
  const auto found = std::find_if(
      config.lan_verifications.begin(), config.lan_verifications.end(),
      [&](const LanVerificationSettings& one) { return routing::names_server(one.server, server); });
  return found == config.lan_verifications.end() ? nullptr : &*found;
}

Result<std::vector<LanThreadRule>> parse_thread_rules(std::string_view text) {
  constexpr std::string_view k_blanks = " \t\r\n";
  std::vector<LanThreadRule> rules;
  for (auto begin = text.find_first_not_of(k_blanks); begin != std::string_view::npos;
       begin = text.find_first_not_of(k_blanks)) {
    text.remove_prefix(begin);
    const std::string_view part = text.substr(0, text.find_first_of(k_blanks));
    text.remove_prefix(part.size());
    const auto dash = part.rfind('-');  // names of servers hold some, too
    const std::string_view server = part.substr(0, dash);
    const std::string_view count = dash == std::string_view::npos ? "" : part.substr(dash + 1);
    if (count.empty() || count.size() > k_thread_digits_max ||
        count.find_first_not_of("0123456789") != std::string_view::npos ||
        std::stoi(std::string(count)) < 1 || !routing::is_route(server) ||
        server.find('@') != std::string_view::npos)
      return invalid_input("\"" + std::string(part.substr(0, 100)) +
                           "\" is not like 192.168.1.1-10 or mail.lan:1025-5");
    rules.push_back({std::string(server), std::stoi(std::string(count))});
  }
  return rules;
}

}  // namespace stagecoach::conf
