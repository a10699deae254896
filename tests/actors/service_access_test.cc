#include "actors/service_access.h"

#include <gmock/gmock.h>

namespace stagecoach {
namespace {

TEST(LocalNetworks, HaveTheLoopback) {
  bool found = false;
  for (const routing::IpNetwork& network : local_networks())
    found = found || routing::contains(network, *routing::parse_ip("127.0.0.1"));
  EXPECT_TRUE(found);
  for (const routing::IpNetwork& network : local_networks()) EXPECT_GT(network.prefix, 0) << "not everything";
}

TEST(AccessRefusal, SpeaksTheProtocol) {
  EXPECT_EQ(access_refusal(conf::Protocol::imap, false),
            "* BYE Stagecoach IMAP4rev1 Server access not allowed!\r\n");
  EXPECT_EQ(access_refusal(conf::Protocol::pop3, true), "-ERR Server access not allowed!\r\n");
  EXPECT_EQ(access_refusal(conf::Protocol::submission, false), "554 5.7.1 Server access not allowed!\r\n");
  EXPECT_THAT(access_refusal(conf::Protocol::http, false), ::testing::StartsWith("HTTP/1.1 403 "));
}

}  // namespace
}  // namespace stagecoach
