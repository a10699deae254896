#include "routing/lan_target.h"

#include "routing/model/address.h"

namespace stagecoach::routing {
namespace {

constexpr std::string_view k_prefix = "smtp:";

bool is_port(std::string_view text) {
  return !text.empty() && text.size() <= 5 &&
         text.find_first_not_of("0123456789") == std::string_view::npos &&
         std::stoi(std::string(text)) >= 1 && std::stoi(std::string(text)) <= 65535;
}

bool is_server(std::string_view text) {
  std::string_view host = text, port;
  if (text.starts_with('[')) {
    const auto end = text.find(']');
    if (end == std::string_view::npos) return false;
    host = text.substr(1, end - 1);
    port = text.substr(end + 1);
    if (host.find_first_not_of("0123456789abcdefABCDEF:.%") != std::string_view::npos) return false;
  } else {
    host = text.substr(0, text.find(':'));
    port = text.substr(host.size());
    if (host.find_first_of(" \t\r\n<>\"'[];,") != std::string_view::npos) return false;
  }
  return !host.empty() && (port.empty() || (port.front() == ':' && is_port(port.substr(1))));
}

}  // namespace

bool is_lan_target(std::string_view text) {
  return text.size() > k_prefix.size() && equals_ignoring_case(text.substr(0, k_prefix.size()), k_prefix);
}

Result<LanTarget> parse_lan_target(std::string_view text) {
  const Error fault =
      invalid_input("\"" + std::string(text.substr(0, 100)) +
                    "\" is no target like SMTP:bob@example.com@[user:password@]server[:port]");
  if (!is_lan_target(text)) return fault;
  const std::string_view rest = text.substr(k_prefix.size());
  const auto first = rest.find('@');
  const auto second = first == std::string_view::npos ? first : rest.find('@', first + 1);
  if (first == 0 || second == std::string_view::npos || second == first + 1) return fault;
  LanTarget target{std::string(rest.substr(0, second)), std::string(rest.substr(second + 1))};
  if (target.address.find_first_of(" \t\r\n<>") != std::string::npos) return fault;
  if (!is_route(target.route)) return fault;
  return target;
}

bool is_route(std::string_view route) {
  const auto login_end = route.rfind('@');
  if (login_end != std::string_view::npos && route.find(':') > login_end) return false;
  return is_server(route_without_login(route));
}

std::string_view route_without_login(std::string_view route) {
  const auto login_end = route.rfind('@');
  return login_end == std::string_view::npos ? route : route.substr(login_end + 1);
}

}  // namespace stagecoach::routing
