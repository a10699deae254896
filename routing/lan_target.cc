#include "routing/lan_target.h"

#include "routing/model/address.h"

namespace stagecoach::routing {
namespace {

constexpr std::string_view k_prefix = "smtp:", k_lmtp = "lmtp:", k_implicit_tls_port = ":465";

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
  if (route_without_login(target.route).ends_with(k_implicit_tls_port))
    return invalid_input(
        "port 465 wants TLS from the first byte, which such targets do not speak: take 587, with STARTTLS");
  return target;
}

bool is_route(std::string_view route) {
  const auto login_end = route.rfind('@');
  if (login_end != std::string_view::npos && route.find(':') > login_end) return false;
  return is_server(without_protocol(route_without_login(route)));
}

bool is_lmtp_server(std::string_view server) {
  const std::string_view rest = server.substr(std::min(server.size(), k_lmtp.size()));
  return !rest.empty() && equals_ignoring_case(server.substr(0, k_lmtp.size()), k_lmtp) && !is_port(rest);
}

std::string_view without_protocol(std::string_view server) {
  return is_lmtp_server(server) ? server.substr(k_lmtp.size()) : server;
}

std::string with_port(std::string_view server) {
  const auto colon = server.rfind(':');
  const auto bracket = server.rfind(']');
  const std::string_view host = without_protocol(server);
  const bool has_port = colon != std::string_view::npos &&
                        (bracket == std::string_view::npos || colon > bracket) &&
                        host.find(':') != std::string_view::npos;
  const bool lmtp = is_lmtp_server(server);
  return (lmtp ? std::string(k_lmtp) : "") + to_lower(host) + (has_port ? "" : lmtp ? ":24" : ":25");
}

bool names_server(std::string_view name, std::string_view server) {
  const std::string full = with_port(server);
  const std::string_view place = without_protocol(full);
  const std::string wanted = to_lower(without_protocol(name));
  return wanted == place || wanted == place.substr(0, place.rfind(':'));
}

std::string_view route_without_login(std::string_view route) {
  const auto login_end = route.rfind('@');
  return login_end == std::string_view::npos ? route : route.substr(login_end + 1);
}

}  // namespace stagecoach::routing
