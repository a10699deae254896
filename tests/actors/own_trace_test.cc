#include "actors/own_trace.h"

#include <gtest/gtest.h>

namespace stagecoach {
namespace {

using nlohmann::json;

const json k_accepted = json::parse(R"({"id": 7, "event": "accepted", "from": "ann@x.example",
  "detail": {"user": "Boss", "source": "submission", "service": "s", "peer": "192.0.2.1:5",
             "plan": ["deliver to fred, folder INBOX", "deliver to kate, folder INBOX", "enqueue for x@y.example"],
             "reasons": [{"stage": "recipients", "rule": "mapping sales", "where": "", "text": "sales -> fred"},
                         {"stage": "mailbox", "rule": "folder", "where": "", "text": "kate: INBOX"},
                         {"stage": "mailbox", "rule": "folder", "where": "", "text": "alfred: INBOX"}]}})");

TEST(OwnTrace, ShowsASenderAllOfIt) {
  EXPECT_TRUE(is_sent_by(k_accepted, "boss"));
  EXPECT_EQ(own_trace(k_accepted, "boss", true), k_accepted);
}

TEST(OwnTrace, ShowsARecipientHisPart) {
  EXPECT_FALSE(is_sent_by(k_accepted, "fred"));
  const auto own = own_trace(k_accepted, "Fred", false);
  ASSERT_TRUE(own);
  EXPECT_EQ((*own)["detail"]["plan"], json::array({"deliver to fred, folder INBOX"}));
  ASSERT_EQ((*own)["detail"]["reasons"].size(), 1u);
  EXPECT_EQ((*own)["detail"]["reasons"][0]["text"], "sales -> fred");
  EXPECT_EQ(own->dump().find("kate"), std::string::npos);
  EXPECT_EQ(own->dump().find("192.0.2.1"), std::string::npos);
}

TEST(OwnTrace, ShowsOthersNothing) {
  EXPECT_FALSE(own_trace(k_accepted, "bob", false));
  json delivered = k_accepted;
  delivered["event"] = "delivered";
  EXPECT_FALSE(own_trace(delivered, "fred", false));
}

}  // namespace
}  // namespace stagecoach
