#include <gtest/gtest.h>

#include "routing/receipt.h"
#include "tests/routing/routing_fixture.h"

namespace stagecoach::routing {
namespace {

Directory directory_of(Policy policy) {
  RoutingOptions options = local_options();
  options.policy = std::move(policy);
  return directory_with({}, std::move(options));
}

Trip trip(std::string who, std::string to, HeaderFields header) {
  Trip result{.who = std::move(who), .to = {std::move(to)}, .header = std::move(header)};
  result.from = result.who == "fred" ? "fred@example.com" : "ann@remote.example";
  result.size_bytes = 1000;
  return result;
}

/// "X=a -Y": the edits of the copy that goes out.
std::string edits(const Plan& plan) {
  std::string text;
  for (const Enqueue& entry : plan.enqueue) {
    if (entry.rendition == 0) continue;
    for (const HeaderEdit& edit : plan.renditions.at(static_cast<std::size_t>(entry.rendition) - 1).header)
      text += (text.empty() ? "" : " ") +
              (edit.kind == HeaderEdit::Kind::remove ? "-" + edit.name : edit.name + "=" + edit.value);
  }
  return text;
}

const HeaderFields k_header{field("From", "fred@example.com"), field("X-Old", "1")};

const struct {
  const char* line;
  const char* edits;
} k_modifiers[] = {
    {"X-Organisation: Example Company", "X-Organisation=Example Company"},  // HDR-12
    {"X-Old: 2", "X-Old=2"},                                                // HDR-12
    {"X-Old:", "-X-Old"},                                                   // HDR-13
    {"X-By: %O", "X-By=fred@example.com"},                                  // HDR-14
    {"X-By: %N 100%%", "X-By=fred 100%"},
    {"X-By: %n <%o>", "X-By=\"fred\" <fred@example.com>"},
    {"X-By: %x %", "X-By=%x %"},
    {"no modifier", ""},
};

TEST(Headers, AppliesTheModifiersToWhatGoesOut) {
  for (const auto& [line, expected] : k_modifiers) {
    Policy policy;
    policy.header_modifiers = {line};
    const Directory directory = directory_of(policy);
    const Plan out = route(directory, trip("fred", "bob@remote.example", k_header));
    EXPECT_EQ(edits(out), expected) << line;
    const Plan internal = route(directory, trip("fred", "kate@example.com", k_header));
    ASSERT_EQ(internal.deliveries.size(), 1u) << line;
    EXPECT_EQ(internal.deliveries.front().rendition, 0) << line;
  }
}

TEST(Headers, AppliesTheModifiersInTheirOrderBehindTheReplyAddress) {  // HDR-12 HDR-14
  RoutingOptions options = local_options();
  options.policy.header_modifiers = {"X-A: %O", "X-B: %N", "X-A:"};
  DirectoryEntries entries;
  entries.users = {user("fred", [](Profile& p) { p.advanced.reply_address = "sales@example.com"; })};
  const Directory directory(std::move(entries), std::move(options));
  HeaderFields header{field("From", "fred@example.com")};
  EXPECT_EQ(edits(route(directory, trip("fred", "bob@remote.example", header))),
            "From=sales@example.com X-A=sales@example.com X-B=sales -X-A");
}

TEST(Headers, SaysWhatTheModifiersDo) {
  Policy policy;
  policy.header_modifiers = {"X-A: %O"};
  const Plan plan = route(directory_of(policy), trip("fred", "bob@remote.example", k_header));
  const auto reason = std::find_if(plan.reasons.begin(), plan.reasons.end(),
                                   [](const Reason& one) { return one.rule == "header_modifiers"; });
  ASSERT_NE(reason, plan.reasons.end());
  EXPECT_EQ(reason->text, "outgoing copies get X-A: fred@example.com");
}

TEST(Headers, LeavesForwardedMailOfStrangersAsItIs) {
  RoutingOptions options = local_options();
  options.policy.header_modifiers = {"Reply-To: office@example.com"};
  DirectoryEntries entries;
  entries.users = {user("fred", [](Profile& p) { p.routing.forward_to = {"bob@remote.example"}; })};
  const Directory directory(std::move(entries), std::move(options));
  const Plan plan = route(directory, trip("stranger", "fred@example.com", k_header));
  ASSERT_EQ(plan.enqueue.size(), 1u);
  EXPECT_EQ(edits(plan), "");
}

const struct {
  const char* name;
  const char* value;
  bool urgent;
} k_urgent[] = {
    // HDR-2: the defaults, by substrings with regard to case.
    {"Priority", "Urgent", true},  {"priority", "very Urgent indeed", true},
    {"Priority", "urgent", false}, {"X-Priority", "1 (important)", true},
    {"X-Priority", "10", true},    {"X-Priority", "Highest", true},
    {"X-Priority", "2", false},    {"X-MSMail-Priority", "High", true},
    {"Importance", "High", false},
};

TEST(Headers, NoticesUrgentMessages) {  // HDR-1
  Policy policy;
  EXPECT_FALSE(
      route(directory_of(policy), trip("fred", "bob@remote.example", {field("Priority", "Urgent")})).urgent);
  policy.urgent.connect_immediately = true;
  for (const auto& [name, value, urgent] : k_urgent)
    EXPECT_EQ(route(directory_of(policy), trip("fred", "bob@remote.example", {field(name, value)})).urgent,
              urgent)
        << name << ": " << value;
  policy.urgent.fields = {"X-Hurry: yes "};  // HDR-4
  EXPECT_TRUE(
      route(directory_of(policy), trip("fred", "bob@remote.example", {field("X-Hurry", "yes!")})).urgent);
  EXPECT_FALSE(
      route(directory_of(policy), trip("fred", "bob@remote.example", {field("Priority", "Urgent")})).urgent);
}

const HeaderField k_receipt = field("Return-Receipt-To", "\"Kate K\" <kate@example.com>");
const struct {
  const char* name;
  HeaderFields header;
  const char* from;  // envelope sender
  bool local_only;
  const char* address;  // that gets the receipt
} k_receipts[] = {
    {"asked for", {k_receipt}, "kate@example.com", true, "kate@example.com"},  // HDR-5
    {"not asked for", {field("X", "kate@example.com")}, "kate@example.com", true, ""},
    {"another case",
     {field("return-receipt-to", "kate@example.com")},
     "k@example.com",
     true,
     "kate@example.com"},
    {"external",
     {field("Return-Receipt-To", "ann@remote.example")},
     "ann@remote.example",
     true,
     ""},  // HDR-7
    {"external, allowed",
     {field("Return-Receipt-To", "ann@remote.example")},
     "ann@remote.example",
     false,
     "ann@remote.example"},
    {"no address", {field("Return-Receipt-To", "yes please")}, "kate@example.com", true, ""},
    {"several",
     {field("Return-Receipt-To", "kate@example.com, fred@example.com")},
     "k@example.com",
     true,
     "kate@example.com"},
    {"null path", {k_receipt}, "", true, ""},
    {"automatic", {k_receipt, field("Auto-Submitted", "auto-replied (x)")}, "kate@example.com", true, ""},
    {"not automatic",
     {k_receipt, field("Auto-Submitted", "no")},
     "kate@example.com",
     true,
     "kate@example.com"},
    {"bulk", {k_receipt, field("Precedence", "Bulk")}, "kate@example.com", true, ""},
    {"list", {k_receipt, field("List-Id", "<a.example.com>")}, "kate@example.com", true, ""},
    {"report",
     {k_receipt, field("Content-Type", "multipart/report; boundary=x")},
     "kate@example.com",
     true,
     ""},
};

TEST(Headers, FindsWhoGetsAReceipt) {
  const Directory directory = directory_with({});
  const std::vector<std::string> fields{"Return-Receipt-To"}, none, from{"From"};
  for (const auto& row : k_receipts) {
    EXPECT_EQ(receipt_address({fields, row.local_only}, row.header, row.from, directory), row.address)
        << row.name;
    EXPECT_EQ(receipt_address({none, row.local_only}, row.header, row.from, directory), "")
        << row.name;  // HDR-6
  }
  const HeaderFields plain{field("From", "fred@example.com")};
  EXPECT_EQ(receipt_address({from, true}, plain, "fred@example.com", directory),
            "fred@example.com");  // HDR-11
}

TEST(Headers, MarksLocalCopiesForTheirReceipt) {  // HDR-5
  const Directory directory = directory_of({});
  Trip asking = trip("kate", "fred@example.com", {k_receipt});
  const Plan plan = route(directory, asking);
  ASSERT_EQ(plan.deliveries.size(), 1u);
  EXPECT_EQ(plan.deliveries.front().flags, std::vector<std::string>{"$ReceiptRequested"});
  asking.header.clear();
  EXPECT_TRUE(route(directory, asking).deliveries.at(0).flags.empty());
}

}  // namespace
}  // namespace stagecoach::routing
