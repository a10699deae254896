#include "protocols/smtp/received_field.h"

#include <gtest/gtest.h>

namespace stagecoach::smtp {
namespace {

TEST(ReceivedField, IsFoldedAndComplete) {
  // SMT-24
  ReceivedField field{.helo = "client.example",
                      .peer_name = "host.example",
                      .peer_ip = "2001:db8::1",
                      .hostname = "mx.example",
                      .with = {Flavour::smtp, true, true, true, false},
                      .id = "4711",
                      .recipient = "fred@example.com",
                      .tls = "TLSv1.3",
                      .time = std::chrono::sys_seconds{std::chrono::seconds{1795192856}}};
  EXPECT_EQ(to_wire(field),
            "Received: from client.example (host.example [IPv6:2001:db8::1])\r\n"
            "\tby mx.example with ESMTPSA\r\n\t(TLSv1.3) id 4711\r\n\tfor <fred@example.com>;\r\n"
            "\tFri, 20 Nov 2026 16:40:56 +0000\r\n");
}

TEST(ReceivedField, CannotBeBrokenByTheClient) {
  const ReceivedField field{
      .helo = "a\r\nX-Evil: (1)", .peer_ip = "192.0.2.1", .hostname = "mx.example", .recipient = "a>\r\nb"};
  const std::string wire = to_wire(field);
  EXPECT_NE(wire.find("from a??X-Evil:??1? ([192.0.2.1])\r\n"), std::string::npos) << wire;
  EXPECT_NE(wire.find("for <a???b>"), std::string::npos) << wire;
}

TEST(ReceivedField, NamesTheProtocol) {
  EXPECT_EQ(keyword({Flavour::smtp, false, false, false, false}), "SMTP");
  EXPECT_EQ(keyword({Flavour::smtp, true, false, true, false}), "ESMTPA");
  EXPECT_EQ(keyword({Flavour::submission, true, true, false, true}), "UTF8SMTPS");
  EXPECT_EQ(keyword({Flavour::lmtp, true, false, false, false}), "LMTP");
}

}  // namespace
}  // namespace stagecoach::smtp
