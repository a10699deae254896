#include "actors/history_rows.h"

#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "routing/usage_report.h"

namespace stagecoach {
namespace {

using nlohmann::json;
using storage::HistoryMessage;
using storage::UnmovedTrace;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::SizeIs;
using ::testing::StartsWith;

std::string name(int code) {
  static constexpr const char* k_names[] = {
      "local_received", "local_sent",  "internet_received", "internet_sent", "system_received", "lan_queued",
      "collected",      "client_sent", "lan_sent",          "online",        "urgent",          "lan_for",
      "failed",         "other"};
  return k_names[code];
}

/// "local_received kate <- fred@example.com": code, user, recipient.
std::vector<std::string> shown(const HistoryEvent& event) {
  std::vector<std::string> rows;
  for (const HistoryMessage& row : event.rows) {
    std::string text = name(row.code);
    if (!row.user.empty()) text += " " + row.user;
    if (!row.recipient.empty()) text += " <" + row.recipient + ">";
    rows.push_back(text);
  }
  return rows;
}

HistoryEvent history_event(const UnmovedTrace& entry) { return history_events({entry}).at(0); }

UnmovedTrace trace(const std::string& event, const json& detail, std::vector<std::string> recipients) {
  UnmovedTrace entry;
  entry.trace.id = MessageId{4711};
  entry.trace.at = 1'000'000;
  entry.trace.event = event;
  entry.trace.reverse_path = "ann@remote.example";
  entry.trace.recipients = std::move(recipients);
  entry.trace.size_bytes = 500;
  entry.trace.detail = detail.dump();
  entry.envelope = "(\"Mon, 6 Oct 2025 10:00:00 +0200\" \"=?utf-8?q?Gr=C3=BC=C3=9Fe?=\" NIL";
  return entry;
}

json accepted(const char* source, const char* service, const char* user, const std::vector<std::string>& plan,
              bool urgent = false) {
  json reasons = json::array();
  if (urgent) reasons.push_back({{"stage", "headers"}, {"rule", "urgent"}, {"text", "Priority"}});
  return {{"source", source}, {"service", service}, {"user", user}, {"plan", plan}, {"reasons", reasons}};
}

// DIA-37
TEST(HistoryRows, HasACodeForEveryWayOfAnAcceptedMessage) {
  const struct {
    const char* name;
    json detail;
    std::vector<std::string> recipients, rows;
  } k_cases[] = {
      {"from outside to two users, one of them twice",
       accepted("smtp", "mx", "",
                {"deliver to fred, folder INBOX", "deliver to fred, folder Copies, \\Seen",
                 "deliver to kate, folder INBOX, changed: Subject"}),
       {"fred@example.com", "office@example.com"},
       {"internet_received fred <fred@example.com>", "internet_received kate <fred@example.com>"}},
      {"from a user to a user and two outside",
       accepted("submission", "submission", "fred",
                {"deliver to kate, folder INBOX", "enqueue for bob@remote.example by sender main",
                 "enqueue for eve@remote.example, held for 5 minutes"}),
       {"kate@example.com", "bob@remote.example", "eve@remote.example"},
       {"local_received kate <kate@example.com>", "local_sent fred <kate@example.com>",
        "internet_sent fred <bob@remote.example>"}},
      {"relayed for somebody else",
       accepted("smtp", "mx", "", {"enqueue for bob@remote.example"}),
       {"fred@example.com"},
       {"internet_sent <bob@remote.example>"}},
      {"by LAN forwarding, urgent",
       accepted("submission", "submission", "fred",
                {"enqueue for a@lan.example at 10.0.0.1:25", "enqueue for \"b, c\"@lan.example at lmtp:lan"},
                true),
       {"a@lan.example"},
       {"lan_queued fred <a@lan.example>", "lan_for <a@lan.example>", "lan_for <\"b, c\"@lan.example>",
        "urgent fred <a@lan.example>"}},
      {"urgent, but only for users here",
       accepted("submission", "submission", "fred", {"deliver to kate, folder INBOX"}, true),
       {"kate@example.com"},
       {"local_received kate <kate@example.com>", "local_sent fred <kate@example.com>"}},
      {"collected",
       accepted("collector", "isp", "", {"deliver to fred, folder INBOX"}),
       {},
       {"collected", "internet_received fred"}},
      {"from the server itself",
       accepted("system", "quota warning", "", {"deliver to fred, folder INBOX"}),
       {"fred@example.com"},
       {"system_received fred <fred@example.com>"}},
      {"an answer of the server to somebody else",
       accepted("system", "autoresponse", "", {"enqueue for bob@remote.example"}),
       {"bob@remote.example"},
       {"other <bob@remote.example>"}},
      {"a post of a list",
       accepted("system", "list team", "", {"deliver to kate, folder INBOX", "enqueue for b@remote.example"}),
       {"kate@example.com"},
       {"local_received kate <kate@example.com>"}},
      {"discarded", accepted("smtp", "mx", "", {"discard"}), {"x@example.com"}, {"other <x@example.com>"}},
      {"nothing that we understand", json::array({1, 2}), {}, {"other"}},
      {"values of other types",
       {{"source", 5}, {"plan", "deliver to fred, folder INBOX"}, {"reasons", {1}}, {"user", nullptr}},
       {},
       {"other"}},
  };
  for (const auto& [name, detail, recipients, rows] : k_cases)
    EXPECT_EQ(shown(history_event(trace("accepted", detail, recipients))), rows) << name;
}

// DIA-37
TEST(HistoryRows, HasACodeForEveryEndInTheQueue) {
  const auto detail = [](const char* destination) {
    return json{{"destination", destination}, {"auth_user", "fred"},
                {"from", "fred@example.com"}, {"host", "mx.remote.example"},
                {"reply", "250 ok"},          {"subject", "Hello"},
                {"size_bytes", 700}};
  };
  const struct {
    const char *event, *destination, *row, *line;
  } k_cases[] = {
      {"delivered", "main|remote.example", "client_sent fred <bob@remote.example>", "sent message=4711 "},
      {"delivered", "*route|10.0.0.1:25", "lan_sent fred <bob@remote.example>", "sent message=4711 "},
      {"failed", "main|remote.example", "failed fred <bob@remote.example>", "failed message=4711 "},
      {"bounced", "", "failed fred <bob@remote.example>", "failed message=4711 "},
      {"deleted", "", "failed fred <bob@remote.example>", "failed message=4711 "},
  };
  for (const auto& [event, destination, row, line] : k_cases) {
    const HistoryEvent got = history_event(trace(event, detail(destination), {"bob@remote.example"}));
    EXPECT_THAT(shown(got), ElementsAre(row)) << event;
    EXPECT_EQ(got.rows.front().size_bytes, 700) << event;
    EXPECT_EQ(got.rows.front().sender, "fred@example.com") << event;
    EXPECT_THAT(got.lines, ElementsAre(StartsWith(line))) << event;
  }
}

TEST(HistoryRows, KeepsWhatReportsNeed) {
  const auto detail = accepted("smtp", "mx", "", {"deliver to fred, folder INBOX"});
  const HistoryEvent event = history_event(trace("accepted", detail, {"fred@example.com"}));
  const HistoryMessage expected{1'000'000,
                                MessageId{4711},
                                2,
                                "fred",
                                "ann@remote.example",
                                "fred@example.com",
                                "Gr\xc3\xbc\xc3\x9f"
                                "e",
                                "mx",
                                500};
  EXPECT_THAT(event.rows, ElementsAre(expected));
}

TEST(HistoryRows, TakesTheSubjectOfAMessageThatIsGoneFromItsEnd) {
  UnmovedTrace arrival =
      trace("accepted", accepted("submission", "submission", "fred", {"enqueue for bob@remote.example"}),
            {"bob@remote.example"});
  arrival.envelope.clear();
  const UnmovedTrace end = trace("delivered", {{"subject", "Known"}}, {"bob@remote.example"});
  const auto events = history_events({arrival, end});
  ASSERT_THAT(events, SizeIs(2));
  EXPECT_EQ(events[0].rows.front().subject, "Known");
  EXPECT_THAT(events[0].lines.front(), HasSubstr("subject=Known"));
  EXPECT_EQ(history_events({arrival}).at(0).rows.front().subject, "");
}

TEST(HistoryRows, FindsTheSubjectOfAnEnvelope) {
  const struct {
    const char *envelope, *subject;
  } k_cases[] = {
      {"(\"Mon\" \"Hello\" NIL)", "Hello"},
      {"(NIL \"a \\\"b\\\" \\\\ c\" NIL)", "a \"b\" \\ c"},
      {"(NIL NIL NIL)", ""},
      {"(\"Mon\" {5}\r\na\"b\rc NIL)", "a\"b\rc"},
      {"(\"Mon\" {500}\r\ncut off", "cut off"},
      {"(\"Mon\" \"cut off", "cut off"},
      {"(\"Mon", ""},
      {"(\"Mon\" {5", ""},
      {"(\"Mon\" {99999999999999999999}\r\nx", ""},
      {"(\"Mon\" \"=?iso-8859-1?q?=E9?= \xff\" NIL)", "\xc3\xa9 \xc3\xbf"},
      {"", ""},
  };
  for (const auto& [envelope, subject] : k_cases)
    EXPECT_EQ(subject_of_envelope(envelope), subject) << envelope;
}

// LOC-16
TEST(HistoryRows, WritesLinesForTheMailLog) {
  const auto detail = accepted("submission", "submission", "fred",
                               {"deliver to kate, folder INBOX", "enqueue for bob@remote.example"});
  EXPECT_THAT(
      history_event(trace("accepted", detail, {"kate@example.com", "bob@remote.example"})).lines,
      ElementsAre("received message=4711 from=ann@remote.example to=kate@example.com,bob@remote.example "
                  "size=500 source=submission service=submission user=fred subject=Gr\xc3\xbc\xc3\x9f"
                  "e",
                  "delivered message=4711 user=kate from=ann@remote.example size=500 "
                  "subject=Gr\xc3\xbc\xc3\x9f"
                  "e"));
  const json failed = {
      {"from", ""}, {"host", "mx"}, {"reply", "550 5.1.1 no \"such\" user"}, {"subject", "a=b"}};
  EXPECT_THAT(history_event(trace("failed", failed, {"bob@remote.example"})).lines,
              ElementsAre("failed message=4711 from=\"\" to=bob@remote.example size=0 host=mx "
                          "reply=\"550 5.1.1 no 'such' user\" subject=\"a=b\""));
}

// LOC-16
TEST(HistoryRows, LetsNoForeignTextForgeALine) {
  const json detail = {{"from", "a@b"},
                       {"host", "mx"},
                       {"reply", "250\r\n2026-11-20T00:00:00Z sent\x1b[2J \xc2\x85 \xe2\x80\xa8 end"},
                       {"subject", "x\" to=\"eve" + std::string(1, '\0') + "\x7f"}};
  const std::string line = history_event(trace("delivered", detail, {"c@d"})).lines.front();
  EXPECT_THAT(line, HasSubstr("reply=\"250  2026-11-20T00:00:00Z sent [2J     end\""));
  EXPECT_THAT(line, HasSubstr("subject=\"x' to='eve  \""));
  for (const char c : line) EXPECT_GE(static_cast<unsigned char>(c), 0x20u);
}

TEST(HistoryRows, CutsLongTextsWithinNoCharacter) {
  std::string subject;
  for (int i = 0; i < 400; ++i) subject += "\xc3\xbc";
  const HistoryEvent event = history_event(
      trace("delivered", {{"subject", "x" + subject}, {"from", std::string(1000, 'f')}}, {"c@d"}));
  const std::string& kept = event.rows.front().subject;
  EXPECT_LE(kept.size(), 300u);
  EXPECT_GE(kept.size(), 290u);
  EXPECT_EQ(storage::clean_text(kept), kept);
  EXPECT_LE(event.rows.front().sender.size(), 300u);

  std::vector<std::string> recipients(50, "someone@remote.example");
  const auto detail = accepted("smtp", "mx", "", {"discard"});
  EXPECT_THAT(history_event(trace("accepted", detail, recipients)).lines.front(), HasSubstr(" more=30 "));
}

}  // namespace
}  // namespace stagecoach
