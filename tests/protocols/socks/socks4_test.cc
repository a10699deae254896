#include "protocols/socks/socks4.h"

#include <gtest/gtest.h>

namespace stagecoach::socks {
namespace {

/// Bytes as numbers, "4 1 0 25", printable letters as they are.
std::string shown(std::string_view bytes) {
  std::string text;
  for (const char c : bytes) {
    if (!text.empty()) text += ' ';
    const bool letter = (c >= 'a' && c <= 'z') || c == ':' || (c >= 'A' && c <= 'Z');
    text += letter ? std::string(1, c) : std::to_string(static_cast<unsigned char>(c));
  }
  return text;
}

TEST(Socks4, AsksForAddressesAndForNames) {  // CON-13 MSC-030
  const struct {
    const char* host;
    int port;
    const char* user;
    const char* bytes;
  } k_requests[] = {
      {"192.0.2.255", 25, "", "4 1 0 25 192 0 2 255 0"},
      {"10.0.0.1", 65535, "fred", "4 1 255 255 10 0 0 1 f r e d 0"},
      {"a.b", 300, "u", "4 1 1 44 0 0 0 1 u 0 a 46 b 0"},
      {"fe::", 25, "", "4 1 0 25 0 0 0 1 0 f e : : 0"},
      {"256.0.0.a", 25, "", "4 1 0 25 0 0 0 1 0 50 53 54 46 48 46 48 46 a 0"},
      {"192.0.2", 25, "", "4 1 0 25 0 0 0 1 0 49 57 50 46 48 46 50 0"},
  };
  for (const auto& [host, port, user, bytes] : k_requests) {
    const auto request = connect_request(host, port, user);
    ASSERT_TRUE(request) << host;
    EXPECT_EQ(shown(*request), bytes) << host;
  }
}

TEST(Socks4, RefusesWhatItsRequestCannotSay) {
  const std::string long_text(k_text_bytes_max + 1, 'a');
  EXPECT_FALSE(connect_request("", 25, ""));
  EXPECT_FALSE(connect_request(long_text, 25, ""));
  EXPECT_FALSE(connect_request("192.0.2.1", 25, long_text));
  EXPECT_FALSE(connect_request("192.0.2.1", 25, std::string_view("a\0b", 3)));
  EXPECT_FALSE(connect_request(std::string_view("a\0b", 3), 25, ""));
  EXPECT_FALSE(connect_request("192.0.2.1", 0, ""));
  EXPECT_FALSE(connect_request("192.0.2.1", 65536, ""));
}

TEST(Socks4, SaysWhyItWasRefused) {
  const struct {
    std::string bytes;
    const char* reason;  // empty: granted
  } k_replies[] = {
      {std::string("\0\x5a\0\0\0\0\0\0", 8), ""},
      {std::string("\4\x5a\0\x19\x7f\0\0\1", 8), ""},
      {std::string("\0\x5b\0\0\0\0\0\0", 8), "(91): it cannot connect"},
      {std::string("\0\x5c\0\0\0\0\0\0", 8), "(92): it asks for an identd"},
      {std::string("\0\x5d\0\0\0\0\0\0", 8), "(93): the identd on this machine names another user"},
      {std::string("\0\x01\0\0\0\0\0\0", 8), "(1): unknown code"},
      {std::string("\5\0\0\0\0\0\0\0", 8), "no SOCKS server of version 4"},
      {"220 mail", "no SOCKS server of version 4"},
      {std::string("\0\x5a\0\0\0\0\0", 7), "not complete"},
      {"", "not complete"},
  };
  for (const auto& [bytes, reason] : k_replies) {
    const auto read = read_reply(bytes);
    EXPECT_EQ(read.has_value(), *reason == '\0') << reason;
    if (read) continue;
    EXPECT_NE(read.error().text().find(reason), std::string::npos) << read.error().text();
  }
}

}  // namespace
}  // namespace stagecoach::socks
