#include "actors/queue_route.h"

#include <gtest/gtest.h>

#include "routing/lan_target.h"

namespace stagecoach {
namespace {

TEST(QueueRoute, NamesServerAndLogin) {
  const struct {
    const char *route, *destination, *server, *user, *password;
  } k_routes[] = {
      {"192.0.2.1", "*route|192.0.2.1:25", "192.0.2.1:25", "", ""},
      {"mail.lan:2525", "*route|mail.lan:2525", "mail.lan:2525", "", ""},
      {"fred:bi:bb@le@mail.lan:587", "*route|fred@mail.lan:587", "mail.lan:587", "fred", "bi:bb@le"},
      {"[2001:db8::1]", "*route|[2001:db8::1]:25", "[2001:db8::1]:25", "", ""},
      {"lmtp:mail.lan", "*route|lmtp:mail.lan:24", "lmtp:mail.lan:24", "", ""},
      {"fred:x@lmtp:[::1]:26", "*route|fred@lmtp:[::1]:26", "lmtp:[::1]:26", "fred", "x"},
      {"[2001:db8::1]:26", "*route|[2001:db8::1]:26", "[2001:db8::1]:26", "", ""},
  };
  for (const auto& [route, destination, server, user, password] : k_routes) {
    EXPECT_EQ(route_destination(route), destination);
    EXPECT_TRUE(is_route_destination(route_destination(route)));
    EXPECT_EQ(route_server(route), server);
    const conf::SenderSettings sender = route_sender(route);
    EXPECT_EQ(server_of_destination(destination), server);
    const std::string place = routing::is_lmtp_server(server) ? std::string(server).substr(5) : server;
    EXPECT_EQ(sender.relay.servers, std::vector<std::string>{place});
    EXPECT_EQ(sender.relay.username, user);
    EXPECT_EQ(sender.relay.password.value, password);
    EXPECT_EQ(sender.relay.encryption, conf::ClientTls::starttls_if_available);
    EXPECT_EQ(sender.advanced.retry_after(7), std::chrono::minutes(10));
  }
  EXPECT_FALSE(is_route_destination("main|relay"));
  EXPECT_FALSE(is_route_destination("*route"));
}

}  // namespace
}  // namespace stagecoach
