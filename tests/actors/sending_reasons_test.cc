#include "actors/sending_reasons.h"

#include <gmock/gmock.h>

namespace stagecoach {
namespace {

using ::testing::ElementsAre;

conf::SenderSettings relay(const std::string& connection, const std::string& filter = "") {
  conf::SenderSettings sender;
  sender.connection = connection;
  sender.relay.servers = {"relay." + connection};
  sender.advanced.domain_filtering = filter;
  sender.where = {"a.toml", 7};
  return sender;
}

SendingCase to(const std::string& recipient) {
  SendingCase wanted;
  wanted.recipient = recipient;
  return wanted;
}

TEST(SendingReasons, NameTheSenderThatTakesItAndWhyOthersDoNot) {
  conf::Config config;
  config.senders = {relay("first", "skip: to matches \"*@skip.example\""), relay("second"), relay("third")};
  config.schedule_options.send_immediately_connections = {"first", "second"};
  EXPECT_THAT(sending_reasons(config, to("b@x.example"), false),
              ElementsAre("connection first takes b@x.example at once, by the relay relay.first (a.toml:7)"));
  EXPECT_THAT(
      sending_reasons(config, to("b@skip.example"), false),
      ElementsAre("connection first does not take b@skip.example: line 1 of its domain_filtering: skip: to "
                  "matches \"*@skip.example\" (a.toml:7)",
                  "connection second takes b@skip.example at once, by the relay relay.second (a.toml:7)"));
  EXPECT_THAT(
      sending_reasons(config, to("b@x.example"), true),
      ElementsAre("connection first takes b@x.example when it runs, by the relay relay.first (a.toml:7)",
                  "connection second takes b@x.example when it runs, by the relay relay.second (a.toml:7)",
                  "connection third takes b@x.example when it runs, by the relay relay.third (a.toml:7)"));
}

TEST(SendingReasons, SayThatNobodyTakesIt) {
  conf::Config config;
  EXPECT_THAT(sending_reasons(config, to("b@x.example"), false),
              ElementsAre("there is no [[sender]]: b@x.example waits"));
  config.senders = {relay("main")};
  config.senders[0].relay.servers.clear();
  EXPECT_THAT(
      sending_reasons(config, to("b@x.example"), false),
      ElementsAre("connection main does not take b@x.example: its list of relay servers is empty (a.toml:7)",
                  "no sender takes b@x.example: it waits until one does, or its time is over"));
  config.senders = {relay("main")};
  SendingCase named = to("b@x.example");
  named.sender = "other";
  EXPECT_THAT(sending_reasons(config, named, false),
              ElementsAre("connection main does not take b@x.example: a rule has chosen the connection other "
                          "(a.toml:7)",
                          "no sender takes b@x.example: it waits until one does, or its time is over"));
  named.server = "mail.lan:25";
  EXPECT_THAT(sending_reasons(config, named, false),
              ElementsAre("b@x.example goes to mail.lan:25 without a connection"));
}

TEST(WaitingReasons, BeginWithWhatKeepsTheEntry) {
  conf::Config config;
  config.senders = {relay("main")};
  QueueEntry entry;
  entry.to = "b@x.example";
  entry.state = "held";
  EXPECT_THAT(waiting_reasons(config, entry, false, 0),
              ElementsAre("held until an administrator releases it"));
  entry.state = "timed";
  entry.held_until = 3'600'000'000;
  EXPECT_THAT(waiting_reasons(config, entry, false, 0), ElementsAre("held until 1970-01-01T01:00:00Z"));
  entry.state = "active";
  EXPECT_THAT(waiting_reasons(config, entry, false, 0), ElementsAre("a session has it"));
  entry.state = "waiting";
  entry.attempts = 2;
  entry.next_attempt = 60'000'000;
  EXPECT_THAT(waiting_reasons(config, entry, false, 0),
              ElementsAre("attempt 3 not before 1970-01-01T00:01:00Z",
                          "connection main takes b@x.example at once, by the relay relay.main (a.toml:7)"));
  EXPECT_EQ(waiting_reasons(config, entry, false, 60'000'000).size(), 1u);
}

}  // namespace
}  // namespace stagecoach
