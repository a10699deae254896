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
    {"bob@example.com", ""},
    {"", ""},
};

TEST(LanTarget, IsReadOrRefused) {
  for (const auto& [text, parts] : k_targets) {
    const auto target = parse_lan_target(text);
    EXPECT_EQ(target ? target->address + " " + target->route : "", parts) << text;
  }
}

}  // namespace
}  // namespace stagecoach::routing
