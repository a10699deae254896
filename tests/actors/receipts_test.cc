#include "actors/receipts.h"

#include <gtest/gtest.h>

namespace stagecoach {
namespace {

QueueState::Item item() {
  QueueState::Item item;
  item.envelope.reverse_path = "fred@example.com";
  for (const auto& [address, route, list] :
       {std::tuple{"bob@remote.example", "", ""}, std::tuple{"lan@remote.example", "192.0.2.1", ""},
        std::tuple{"member@remote.example", "", "office"}, std::tuple{"late@remote.example", "", ""}}) {
    QueueState::Waiting waiting;
    waiting.recipient.address = address;
    waiting.way.route = route;
    waiting.way.list = list;
    item.recipients.push_back(waiting);
  }
  return item;
}

std::string named(const ReceiptPolicy& policy, const QueueState::Item& of) {
  QueueState::Verdict verdict;
  verdict.delivered_to = {"bob@remote.example", "lan@remote.example", "member@remote.example"};
  std::string text;
  for (const std::string& address : transmitted_to(policy, of, verdict))
    text += (text.empty() ? "" : " ") + address;
  return text;
}

TEST(Receipts, NameTheRecipientsThatWereSent) {
  ReceiptPolicy policy;
  EXPECT_EQ(named(policy, item()), "");  // HDR-6: no fields, no receipts
  policy.transmission_fields = {"Return-Receipt-To"};
  EXPECT_EQ(named(policy, item()), "bob@remote.example lan@remote.example");  // HDR-8
  policy.no_transmission_for_lan = true;
  EXPECT_EQ(named(policy, item()), "bob@remote.example");  // HDR-10
  QueueState::Item bounce = item();
  bounce.envelope.reverse_path.clear();
  EXPECT_EQ(named(policy, bounce), "");
}

TEST(Receipts, AreWantedByTheirKeyword) {
  StoredMessage message;
  message.keywords = {"$Forwarded"};
  EXPECT_FALSE(wants_receipt(message));
  message.keywords.emplace_back("$ReceiptRequested");
  EXPECT_TRUE(wants_receipt(message));
}

}  // namespace
}  // namespace stagecoach
