#include "actors/queue_route.h"

#include "routing/lan_target.h"

namespace stagecoach {

namespace {

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

}  // namespace

std::string route_server(std::string_view route) { return routing::with_port(parse(route).server); }

std::string route_destination(std::string_view route) {
  const std::string_view user = parse(route).user;
  return std::string(k_route_connection) + "|" + (user.empty() ? "" : std::string(user) + "@") +
         route_server(route);
}

bool is_route_destination(std::string_view destination) {
  return destination.starts_with(k_route_connection) &&
         destination.substr(k_route_connection.size(), 1) == "|";
}

std::string_view server_of_destination(std::string_view destination) {
  return parse(destination.substr(destination.find('|') + 1)).server;
}

conf::SenderSettings route_sender(std::string_view route, const conf::LanForwardingSettings& settings) {
  const Route parsed = parse(route);
  conf::SenderSettings sender;
  sender.connection = k_route_connection;
  sender.relay.servers = {std::string(routing::without_protocol(route_server(route)))};
  sender.relay.encryption = conf::ClientTls::starttls_if_available;
  sender.relay.username = parsed.user;
  sender.relay.password.value = parsed.password;
  sender.advanced.retry = {settings.retry.count()};
  sender.advanced.max_retry_hours = settings.fail_hours;
  return sender;
}

}  // namespace stagecoach
