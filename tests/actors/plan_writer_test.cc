#include "actors/plan_writer.h"

#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

namespace stagecoach {
namespace {

using nlohmann::json;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr std::int64_t k_second = 1'000'000;

Arrival arrival() {
  Arrival arrival;
  arrival.id = MessageId{42};
  arrival.envelope.reverse_path = "Ann@Remote.example";
  arrival.envelope.recipients = {{"Fred@Example.com", notify_failure, "rfc822;f"},
                                 {"x@other.example", 0, ""}};
  arrival.envelope.envelope_id = "id";
  arrival.origin = {Source::submission, "submission", "192.0.2.1:4711", "client.example", "ann", "s17", true};
  arrival.received = Time{std::chrono::microseconds{1'800'000'000 * k_second + 123}};
  Content content;
  content.head = "Subject: x\r\nMessage-ID: <One@Remote.example>\r\n\r\nBody\r\n";
  content.size_bytes = static_cast<std::int64_t>(content.head.size());
  arrival.content = std::make_shared<const Content>(std::move(content));
  return arrival;
}

routing::Directory directory() {
  User fred, kate;
  fred.id = UserId{1};
  fred.name = "Fred";
  kate.id = UserId{2};
  kate.name = "kate";
  return routing::Directory({{fred, kate}, {}, {}, {}}, {});
}

/// The requests of a Plan that needs no node.
PlanCommit committed(const Arrival& arrival, const Plan& plan) {
  Node node;
  PlanCommit commit;
  add_plan(commit, node, arrival, plan, directory(), arrival.content->head);
  return commit;
}

storage::AcceptMessage accepted(const PlanCommit& commit, std::size_t place = 0) {
  return std::get<storage::AcceptMessage>(commit.unit.at(place));
}

Delivery delivery(const std::string& user, const std::string& folder = "INBOX",
                  std::vector<std::string> flags = {}) {
  Delivery delivery;
  delivery.user = user;
  delivery.folder = folder;
  delivery.flags = std::move(flags);
  delivery.recipient = user + "@Example.com";
  return delivery;
}

TEST(PlanWriter, OneCopyAUserAndFolder) {
  Plan plan;
  plan.deliveries = {delivery("fred"), delivery("kate"), delivery("fred"), delivery("fred", "Lists")};
  const auto accept = accepted(committed(arrival(), plan));
  ASSERT_EQ(accept.copies.size(), 3u);
  EXPECT_EQ(accept.copies[0].user, UserId{1});
  EXPECT_EQ(accept.copies[1].user, UserId{2});
  EXPECT_EQ(accept.copies[2].folder, "Lists");
  EXPECT_EQ(accept.copies[0].internal_date, 1'800'000'000);
  EXPECT_EQ(accept.id, MessageId{42});
  EXPECT_TRUE(accept.content);
  EXPECT_FALSE(accept.queued);
  EXPECT_FALSE(accept.collected);
}

TEST(PlanWriter, FlagsAreSystemFlagsOrKeywords) {
  Plan plan;
  plan.deliveries = {delivery("fred", "INBOX", {"\\seen", "\\Flagged", "$Forwarded", "\xff"})};
  const auto accept = accepted(committed(arrival(), plan));
  EXPECT_EQ(accept.copies.at(0).flags, flag_seen | flag_flagged);
  EXPECT_THAT(accept.copies[0].keywords, ElementsAre("$Forwarded", "?"));
}

TEST(PlanWriter, RemoteRecipientsShareOneQueuedMessage) {
  Plan plan;
  plan.enqueue = {{{"x@other.example", notify_success, "rfc822;x"}, "main", 5},
                  {{"y@other.example", 0, ""}, "", -2}};
  const auto accept = accepted(committed(arrival(), plan));
  ASSERT_TRUE(accept.queued);
  EXPECT_EQ(accept.queued->envelope.reverse_path, "Ann@Remote.example") << "sent on as it came";
  EXPECT_EQ(accept.queued->envelope.envelope_id, "id");
  ASSERT_EQ(accept.queued->envelope.recipients.size(), 2u);
  EXPECT_EQ(accept.queued->envelope.recipients[0], plan.enqueue[0].recipient);
  EXPECT_THAT(accept.queued->ways, ElementsAre(QueueWay{"main"}, QueueWay{}));
  EXPECT_EQ(accept.queued->priority, -2) << "the most urgent";
  EXPECT_EQ(accept.queued->queued_at, 1'800'000'000 * k_second + 123);
  EXPECT_EQ(accept.queued->next_attempt, accept.queued->queued_at);
  EXPECT_THAT(accept.copies, IsEmpty());
}

TEST(PlanWriter, AChangedCopyIsAMessageOfItsOwn) {
  Plan plan;
  plan.renditions = {Rendition{{{HeaderEdit::Kind::set, "Subject", "changed"}}, {}, "other@example.com"}};
  plan.deliveries = {delivery("fred"), delivery("kate")};
  plan.deliveries[1].rendition = 1;
  plan.enqueue = {{{"x@other.example", 0, ""}, "", 0, 1}};
  EXPECT_TRUE(needs_whole_message(plan));
  const PlanCommit commit = committed(arrival(), plan);
  ASSERT_EQ(commit.unit.size(), 2u);
  const auto original = accepted(commit), changed = accepted(commit, 1);
  EXPECT_EQ(original.copies.size(), 1u);
  EXPECT_FALSE(original.queued);
  EXPECT_EQ(changed.copies.at(0).user, UserId{2});
  EXPECT_NE(changed.id, original.id);
  EXPECT_EQ(changed.queued->envelope.reverse_path, "other@example.com");
  EXPECT_EQ(changed.content->head, "Subject: changed\r\nMessage-ID: <One@Remote.example>\r\n\r\nBody\r\n");
  EXPECT_EQ(changed.trace->event, "changed copy");
  EXPECT_EQ(json::parse(changed.trace->detail)["of"], 42);
  ASSERT_EQ(commit.queued.size(), 1u);
  EXPECT_EQ(commit.queued[0].id.value, changed.id.value);
}

TEST(PlanWriter, HoldsAndDeletesAsThePlanSays) {
  Plan plan;
  plan.enqueue = {{{"x@other.example", 0, ""}, "", 0, 0, "u:p@192.0.2.1", 10, 60}};
  const auto accept = accepted(committed(arrival(), plan));
  EXPECT_EQ(accept.queued->held_until, accept.queued->queued_at + 600 * k_second);
  EXPECT_EQ(accept.queued->delete_at, accept.queued->queued_at + 3600 * k_second);
  EXPECT_EQ(accept.queued->ways.at(0).route, "u:p@192.0.2.1");
  EXPECT_EQ(accept.queued->peer_ip, "192.0.2.1");
  EXPECT_EQ(accept.queued->auth_user, "ann");
  EXPECT_EQ(accept.queued->subject, "x");
}

TEST(PlanWriter, ListsGetTheirWork) {
  Plan plan;
  plan.list_work = {{ListWork::Kind::post, "news", "news@example.com"}};
  const PlanCommit commit = committed(arrival(), plan);
  EXPECT_TRUE(commit.list_work);
  EXPECT_EQ(accepted(commit).list_work.at(0).list, "news");
}

TEST(PlanWriter, TheTraceIsForSearching) {
  const auto accept = accepted(committed(arrival(), {}));
  ASSERT_TRUE(accept.trace);
  EXPECT_EQ(accept.trace->event, "accepted");
  EXPECT_EQ(accept.trace->id, MessageId{42});
  EXPECT_EQ(accept.trace->session, "s17");
  EXPECT_EQ(accept.trace->reverse_path, "ann@remote.example");
  EXPECT_THAT(accept.trace->recipients, ElementsAre("fred@example.com", "x@other.example"));
  EXPECT_EQ(accept.trace->message_id, "One@Remote.example") << "without brackets";
  EXPECT_EQ(accept.trace->size_bytes, arrival().content->size_bytes);
}

TEST(PlanWriter, CollectedMailIsFoundByTheRecipientsOfItsPlan) {
  Arrival collected = arrival();
  collected.envelope.recipients.clear();
  Plan plan;
  plan.deliveries = {delivery("fred")};
  EXPECT_THAT(accepted(committed(collected, plan)).trace->recipients, ElementsAre("fred@example.com"));
}

TEST(PlanWriter, TheDetailHoldsOriginReasonsAndSteps) {
  Plan plan;
  plan.deliveries = {delivery("fred")};
  plan.reasons = {{"recipients", "mapping sales", "stagecoach.toml:41", "sales@example.com -> fred"}};
  const json detail = json::parse(trace_detail(arrival(), plan));
  EXPECT_EQ(detail["source"], "submission");
  EXPECT_EQ(detail["service"], "submission");
  EXPECT_EQ(detail["peer"], "192.0.2.1:4711");
  EXPECT_EQ(detail["helo"], "client.example");
  EXPECT_EQ(detail["user"], "ann");
  EXPECT_EQ(detail["tls"], true);
  EXPECT_EQ(detail["plan"], json::array({"deliver to fred, folder INBOX"}));
  EXPECT_EQ(detail["reasons"], json::array({{{"stage", "recipients"},
                                             {"rule", "mapping sales"},
                                             {"where", "stagecoach.toml:41"},
                                             {"text", "sales@example.com -> fred"}}}));
}

TEST(PlanWriter, WhatStrangersWriteIsAlwaysValidText) {
  Arrival foreign = arrival();
  foreign.envelope.reverse_path = "\xff@remote.example";
  foreign.envelope.recipients = {{std::string("a\0b@x.example", 13), 0, "rfc822;\xfe"}};
  foreign.envelope.envelope_id = "\x80";
  foreign.origin.helo = "\xc3(";
  Plan plan;
  plan.enqueue = {{foreign.envelope.recipients[0], "", 0}};
  const auto accept = accepted(committed(foreign, plan));
  EXPECT_EQ(accept.trace->reverse_path, "?@remote.example");
  EXPECT_THAT(accept.trace->recipients, ElementsAre("a?b@x.example"));
  EXPECT_EQ(accept.queued->envelope.reverse_path, "?@remote.example");
  EXPECT_EQ(accept.queued->envelope.recipients[0].original_recipient, "rfc822;?");
  EXPECT_EQ(accept.queued->envelope.envelope_id, "?");
  EXPECT_TRUE(json::accept(accept.trace->detail));
  EXPECT_EQ(storage::clean_text(accept.trace->detail), accept.trace->detail);
}

TEST(PlanWriter, AQueueUpdateBecomesAnOutcomeWithItsTraces) {
  QueueUpdate update;
  update.id = QueueId{9};
  update.warned = true;
  update.priority = 3;
  update.changes = {{"a@x.example", true, false, false, 0, 1, 2, "250 ok", ""},
                    {"b@x.example", false, true, false, 0, 4, 5, "450 \xff", "c@x.example"}};
  update.notes = {{"deferred", "{}", {"B@x.example"}}};
  const auto outcome = outcome_request(update, 77);
  EXPECT_EQ(outcome.id, QueueId{9});
  EXPECT_TRUE(outcome.warned);
  EXPECT_EQ(outcome.priority, 3);
  ASSERT_EQ(outcome.recipients.size(), 2u);
  EXPECT_TRUE(outcome.recipients[0].finished);
  EXPECT_FALSE(outcome.recipients[0].new_address);
  EXPECT_TRUE(outcome.recipients[1].held);
  EXPECT_EQ(outcome.recipients[1].attempts, 4);
  EXPECT_EQ(outcome.recipients[1].next_attempt, 5);
  EXPECT_EQ(outcome.recipients[1].last_reply, "450 ?");
  EXPECT_EQ(outcome.recipients[1].new_address, "c@x.example");
  ASSERT_EQ(outcome.traces.size(), 1u);
  EXPECT_EQ(outcome.traces[0].id, MessageId{9});
  EXPECT_EQ(outcome.traces[0].at, 77);
  EXPECT_EQ(outcome.traces[0].event, "deferred");
  EXPECT_THAT(outcome.traces[0].recipients, ElementsAre("b@x.example"));
}

}  // namespace
}  // namespace stagecoach
