#include "routing/collected_recipients.h"

#include "routing/explain.h"
#include "tests/routing/routing_fixture.h"

namespace stagecoach::routing {
namespace {

SpecialHeader special(const char* definition) {
  auto parsed = SpecialHeader::parse(definition);
  EXPECT_TRUE(parsed) << definition;
  return *parsed;
}

// COL-70, COL-71, COL-72, COL-73, REF-100
const struct {
  const char* definition;
  const char* data;
  const char* addresses;
} k_special[] = {
    {"X-RCPTTO", "user@domain.com", "user@domain.com"},
    {"Delivered-To:", "<user@domain.com>", "user@domain.com"},
    {"X-RCPT-To: *", "user@domain.com", "user@domain.com"},
    {"Delivered-To: 547-*", "547-user@domain.com", "user@domain.com"},
    {"Delivered-To: 547-*", "548-user@domain.com", ""},
    {"Delivered-To: 547-* confirmed", "547-user@domain.com confirmed", "user@domain.com"},
    {"Delivered-To: 547-* confirmed", "547-user@domain.com refused", ""},
    {"X-Recipient: account-5123112 * delivered", "account-5123112 user@domain.com delivered",
     "user@domain.com"},
    {"X-Recipient: abc * ~", "abc user@domain.com wumpus xyzzy", "user@domain.com"},
    {"Delivered-To: 547-* ~", "547-user@domain.com", "user@domain.com"},
    {"X-Recipient: /<([^>@]+@[a-z0-9.-]+)>/ig", "<a@B.example>, <b@c.example>", "a@B.example b@c.example"},
    {"X-Delivered: /^account-5123112 (.*) delivered/i", "Account-5123112 a@b.example delivered",
     "a@b.example"},
    {"X-RCPTTO", "no address at all", ""},
};

TEST(SpecialHeader, FindsTheAddress) {
  for (const auto& [definition, data, expected] : k_special) {
    std::string found;
    for (const std::string& address : special(definition).addresses_in(data))
      found += (found.empty() ? "" : " ") + address;
    EXPECT_EQ(found, expected) << definition;
  }
}

TEST(SpecialHeader, RefusesWhatCannotWork) {
  for (const char* definition :
       {"", ": *", "X-To: no star", "X-To: * *", "X-To: ~ *", "X-To: /(/", "X To: *"})
    EXPECT_FALSE(SpecialHeader::parse(definition)) << definition;
}

// COL-79
const struct {
  const char* body;
  const char* address;
} k_received[] = {
    {"from a by b with SMTP id 1 for <fred@example.net>; Mon, 1 Jan", "fred@example.net"},
    {"from a (for <no@example.net>) by b for fred@example.net; Mon", "fred@example.net"},
    {"from a by b id x; Mon for <late@example.net>", ""},
    {"from a by b for fred; Mon", "fred"},
    {"from fort by b; Mon", ""},
    {"for", ""},
    {"from a for <broken", ""},
};

TEST(Received, GivesTheAddressOfItsForClause) {
  for (const auto& [body, address] : k_received) EXPECT_EQ(received_for(body), address) << body;
}

std::string collect(HeaderFields header, std::vector<std::string> mappings = {},
                    CollectorRouting rules = isp_collector()) {
  Trip trip{"collector", {}};
  trip.header = std::move(header);
  trip.collector = std::move(rules);
  return outcome(route(directory_with(mappings), trip));
}

TEST(Collected, DeliversToTheRecipientsInTheHeader) {  // COL-64, MAP-023, USR-002
  EXPECT_EQ(collect({field("To", "fred@example.net"), field("Cc", "kate@example.net ann@other.example")}),
            "fred kate");
}

TEST(Collected, LooksIntoSixFields) {  // REF-098
  CollectorRouting rules = isp_collector();
  rules.on_no_recipient = NoRecipientAction::ignore;
  rules.ignore_resent = false;
  const struct {
    const char *name, *body, *recipients;
  } k_fields[] = {
      {"To", "fred@example.net", "fred"},
      {"Cc", "fred@example.net", "fred"},
      {"Received", "from a by b for <fred@example.net>; Mon", "fred"},
      {"Apparently-To", "fred@example.net", "fred"},
      {"Resent-To", "fred@example.net", "fred"},
      {"Resent-Cc", "fred@example.net", "fred"},
      {"Reply-To", "fred@example.net", "discard"},
      {"X-To", "fred@example.net", "discard"},
      {"Subject", "fred@example.net", "discard"},
  };
  for (const auto& [name, body, recipients] : k_fields) {
    HeaderField one = field(name, body);
    if (one.addresses.empty() && one.name != "Received") one.addresses.push_back(split_address(body));
    EXPECT_EQ(collect({one}, {}, rules), recipients) << name;
  }
}

TEST(Collected, IgnoresAddressesOfOthers) {  // COL-65
  CollectorRouting rules = isp_collector();
  rules.accepted_domains = AddressSet({"kate@example.net; joe*@*.example"});
  const HeaderFields header{field("To", "fred@example.net kate@example.net joe@x.example")};
  EXPECT_EQ(collect(header, {}, rules), "kate joe");
}

TEST(Collected, ReadsInTheConfiguredOrder) {  // COL-75, COL-76, COL-100
  CollectorRouting rules = isp_collector();
  rules.special_headers = {special("Delivered-To")};
  const HeaderFields header{field("Delivered-To", "kate@example.net"), field("To", "fred@example.net"),
                            field("Received", "by x for <joe@example.net>; Mon")};
  EXPECT_EQ(collect(header, {}, rules), "kate");
  rules.special_headers.clear();
  EXPECT_EQ(collect(header, {}, rules), "fred");
  EXPECT_EQ(collect({field("To", "x@y.example"), header[2]}, {}, rules), "joe");
  rules.order = {HeaderSlot::received, HeaderSlot::standard};
  EXPECT_EQ(collect(header, {}, rules), "joe fred");
  rules.order = {HeaderSlot::received, HeaderSlot::stop, HeaderSlot::standard};
  EXPECT_EQ(collect(header, {}, rules), "joe");
}

TEST(Collected, CountsOnlyValidRecipientsForAStop) {
  CollectorRouting rules = isp_collector();
  rules.special_headers = {special("Delivered-To")};
  EXPECT_EQ(
      collect({field("Delivered-To", "nobody@example.net"), field("To", "fred@example.net")}, {}, rules),
      "fred");
}

TEST(Collected, ReadsFieldsForwardsReversedOrAll) {  // COL-74
  CollectorRouting rules = isp_collector();
  const HeaderFields header{field("Received", "for <fred@example.net>"), field("Received", "by x"),
                            field("Received", "for <kate@example.net>")};
  EXPECT_EQ(collect(header, {}, rules), "kate");
  rules.read_received = ReadOrder::forwards;
  EXPECT_EQ(collect(header, {}, rules), "fred");
  rules.read_received = ReadOrder::all;
  EXPECT_EQ(collect(header, {}, rules), "fred kate");
}

TEST(Collected, HasSwitchesForDoubtfulAddresses) {  // COL-78, COL-79, COL-80
  CollectorRouting rules = isp_collector();
  rules.on_no_recipient = NoRecipientAction::ignore;
  const HeaderFields resent{field("Resent-To", "fred@example.net")}, bare{field("To", "fred")},
      received{field("Received", "for fred")};
  for (const HeaderFields& header : {resent, bare, received})
    EXPECT_EQ(collect(header, {}, rules), "discard");
  rules.ignore_resent = rules.ignore_standard_without_at = rules.ignore_received_without_at = false;
  for (const HeaderFields& header : {resent, bare, received}) EXPECT_EQ(collect(header, {}, rules), "fred");
}

TEST(Collected, CanDoWithoutImpliedAddresses) {  // COL-81, MAP-025
  CollectorRouting rules = isp_collector();
  rules.disable_default_mapping = true;
  rules.on_no_recipient = NoRecipientAction::ignore;
  EXPECT_EQ(collect({field("To", "fred@example.net")}, {}, rules), "discard");
  EXPECT_EQ(collect({field("To", "fred@example.net")}, {"fred -> kate"}, rules), "kate");
}

TEST(Collected, UsesMappingsOfItsTypes) {  // MAP-017, MAP-019, MAP-021, MAP-039, COL-103, COL-104, COL-105,
                                           // REF-058, REF-101
  const HeaderFields header{field("From", "ann@remote.example"), field("To", "fred@example.net")};
  EXPECT_EQ(collect(header, {"pop3 fred -> kate"}), "kate");
  EXPECT_EQ(collect(header, {"pop3:isp fred -> kate"}), "kate");
  EXPECT_EQ(collect(header, {"pop3:7 fred -> kate"}), "kate");  // COL-6
  EXPECT_EQ(collect(header, {"pop3:other fred -> kate"}), "fred");
  EXPECT_EQ(collect(header, {"smtp fred -> kate"}), "fred");
  EXPECT_EQ(collect(header, {"from ann@remote.example -> kate"}), "fred kate");
  EXPECT_EQ(collect({field("From", "ann@remote.example"), field("To", "list@y.example")},
                    {"from *@remote.example -> kate"}),
            "kate");
  EXPECT_EQ(collect({field("To", "list@y.example")}, {"pop3 list@y.example -> kate"}), "kate");
  EXPECT_EQ(collect(header, {"fred -> *REMOTE"}), "discard");
}

TEST(Collected, SendsAllToOneUser) {  // COL-66, COL-101
  CollectorRouting rules = isp_collector();
  rules.method = RoutingMethod::single_user;
  rules.target_user = "Kate";
  EXPECT_EQ(collect({field("To", "fred@example.net")}, {"kate -> fred"}, rules), "kate");
}

TEST(Collected,
     DoesWhatIsChosenWithoutARecipient) {  // COL-83 to COL-88 are the values below; MAP-027, REF-099
  const struct {
    NoRecipientAction action;
    const char* expected;
  } k_actions[] = {{NoRecipientAction::error_to_admin, "notice:boss"},        // COL-83
                   {NoRecipientAction::message_to_admin, "boss"},             // COL-84
                   {NoRecipientAction::error_to, "notice:kate"},              // COL-85
                   {NoRecipientAction::message_to, "kate"},                   // COL-86
                   {NoRecipientAction::bounce, "bounce:nobody@example.net"},  // COL-87
                   {NoRecipientAction::ignore, "discard"}};                   // COL-88
  CollectorRouting rules = isp_collector();
  rules.on_no_recipient_target = "kate";
  for (const auto& [action, expected] : k_actions) {
    rules.on_no_recipient = action;
    EXPECT_EQ(collect({field("To", "nobody@example.net")}, {}, rules), expected);
  }
  rules.also_bounce = true;
  EXPECT_EQ(collect({field("To", "x@y.example")}, {}, rules),
            "bounce:undisclosed-recipients@mail.example.com");
}

TEST(Explain, ShowsThePlanInWords) {
  const auto explained = explain(route(directory_with({"all -> fred", "all -> kate"}),
                                       {"fred", {"all@example.com", "x@y.example", "nobody@example.com"}}));
  EXPECT_EQ(explained.users, (std::vector<std::string>{"fred", "kate"}));
  EXPECT_EQ(explained.remote, std::vector<std::string>{"x@y.example"});
  ASSERT_TRUE(explained.refused);
  EXPECT_EQ(explained.refused->code, 550);
  EXPECT_EQ(explained.plan,
            (std::vector<std::string>{"deliver to fred, folder INBOX", "deliver to kate, folder INBOX",
                                      "enqueue for x@y.example",
                                      "refuse nobody@example.com: 550 5.1.1 No such recipient here"}));
}

}  // namespace
}  // namespace stagecoach::routing
