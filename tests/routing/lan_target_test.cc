#include "routing/lan_target.h"

#include <gtest/gtest.h>

namespace stagecoach::routing {
namespace {

// USR-027, USR-028, USR-189
const struct {
  const char* text;
  const char* parts;  // "address route"; "": refused
} k_targets[] = {
    {"SMTP:bob@example.com@192.168.1.1", "bob@example.com 192.168.1.1"},
    {"smtp:bob@example.com@fred:mypass@192.168.1.1:587", "bob@example.com fred:mypass@192.168.1.1:587"},
    {"SMTP:bob@example.com@u:p@ss@mail.example:25", "bob@example.com u:p@ss@mail.example:25"},
    {"SMTP:bob@example.com@[2001:db8::1]:25", "bob@example.com [2001:db8::1]:25"},
    {"SMTP:bob@example.com", ""},
    {"SMTP:@example.com@host", ""},
    {"SMTP:bob@@host", ""},
    {"SMTP:bob@example.com@", ""},
    {"SMTP:bob@example.com@host:0", ""},
    {"SMTP:bob@example.com@host:70000", ""},
    {"SMTP:bob@example.com@ho st", ""},
    {"SMTP:bob@exa\r\nmple.com@host", ""},
    {"SMTP:bob@example.com@[zz]", ""},
    {"SMTP:bob@example.com@fred@host", ""},
    // LAN-16
    {"SMTP:bob@example.com@host:465", ""},
    {"SMTP:bob@example.com@u:p@[2001:db8::1]:465", ""},
    {"SMTP:bob@example.com@host:4650", "bob@example.com host:4650"},
    {"SMTP:bob@example.com@[2001:db8::465]", "bob@example.com [2001:db8::465]"},
    {"bob@example.com", ""},
    {"", ""},
};

TEST(LanTarget, IsReadOrRefused) {
  for (const auto& [text, parts] : k_targets) {
    const auto target = parse_lan_target(text);
    EXPECT_EQ(target ? target->address + " " + target->route : "", parts) << text;
  }
}

TEST(LanTarget, SaysWhyPort465IsRefused) {  // LAN-16
  const auto target = parse_lan_target("SMTP:bob@example.com@carl:geheim@host:465");
  ASSERT_FALSE(target);
  EXPECT_NE(target.error().reason.find("587"), std::string::npos) << target.error().reason;
  EXPECT_EQ(target.error().reason.find("geheim"), std::string::npos) << "nobody sees the password";
}

TEST(LanServer, HasAProtocolAndAPort) {
  const struct {
    const char *server, *full;
    bool lmtp;
  } k_servers[] = {
      {"Mail.lan", "mail.lan:25", false},
      {"mail.lan:26", "mail.lan:26", false},
      {"lmtp:mail.lan", "lmtp:mail.lan:24", true},
      {"LMTP:mail.lan:26", "lmtp:mail.lan:26", true},
      {"lmtp:24", "lmtp:24", false},
      {"lmtp", "lmtp:25", false},
      {"[::1]", "[::1]:25", false},
      {"lmtp:[::1]:26", "lmtp:[::1]:26", true},
  };
  for (const auto& [server, full, lmtp] : k_servers) {
    EXPECT_TRUE(is_route(server)) << server;
    EXPECT_EQ(with_port(server), full);
    EXPECT_EQ(is_lmtp_server(server), lmtp) << server;
  }
  EXPECT_FALSE(is_route("lmtp:"));
  EXPECT_TRUE(names_server("A.lan", "a.lan:26"));
  EXPECT_TRUE(names_server("a.lan:25", "A.lan"));
  EXPECT_FALSE(names_server("a.lan:25", "a.lan:26"));
  EXPECT_TRUE(names_server("a.lan", "lmtp:a.lan"));
}

}  // namespace
}  // namespace stagecoach::routing
