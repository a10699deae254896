#include "actors/queue_route.h"

#include "actors/queue_state.h"

namespace stagecoach {

namespace {

constexpr std::string_view k_connection = "*route";

struct Route {
  std::string_view user, password, server;
};

Route parse(std::string_view route) {
  const auto at = route.rfind('@');
  if (at == std::string_view::npos) return {{}, {}, route};
  const std::string_view login = route.substr(0, at);
  const auto colon = login.find(':');
  const bool with_password = colon != std::string_view::npos;
  return {login.substr(0, colon), with_password ? login.substr(colon + 1) : std::string_view{},
          route.substr(at + 1)};
}

bool has_port(std::string_view server) {
  const auto colon = server.rfind(':');
  const auto bracket = server.rfind(']');
  return colon != std::string_view::npos && (bracket == std::string_view::npos || colon > bracket);
}

}  // namespace

std::string route_server(std::string_view route) {
  const std::string_view server = parse(route).server;
  return std::string(server) + (has_port(server) ? "" : ":25");
}

std::string route_destination(std::string_view route) {
  const std::string_view user = parse(route).user;
  return std::string(k_connection) + "|" + (user.empty() ? "" : std::string(user) + "@") +
         route_server(route);
}

bool is_route_destination(std::string_view destination) {
  return destination.starts_with(k_connection) && destination.substr(k_connection.size(), 1) == "|";
}

conf::SenderSettings route_sender(std::string_view route) {
  const Route parsed = parse(route);
  conf::SenderSettings sender;
  sender.connection = k_connection;
  sender.relay.servers = {route_server(route)};
  sender.relay.encryption = conf::ClientTls::starttls_if_available;
  sender.relay.username = parsed.user;
  sender.relay.password.value = parsed.password;
  sender.advanced.retry = {10};
  return sender;
}

}  // namespace stagecoach
