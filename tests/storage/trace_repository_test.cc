#include "storage/trace_repository.h"

#include <gmock/gmock.h>

#include "tests/storage/storage_fixture.h"

namespace stagecoach::storage {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

/// Three messages: 4711 with two entries, 4712, and 4713 that was given to kate.
class TraceRepositoryTest : public StorageTest {
 protected:
  TraceRepositoryTest() {
    MailWriter writer(connect());
    const auto write = [&](TraceEntry entry) {
      commit_one(writer, QueueOutcome{.id = QueueId{entry.id.value}, .traces = {std::move(entry)}});
    };
    write({.id = MessageId{4711}, .at = 20, .event = "delivered", .recipients = {"ann@remote.example"}});
    write({.id = MessageId{4711},
           .at = 10,
           .event = "accepted",
           .reverse_path = "fred@example.com",
           .recipients = {"ann@remote.example"},
           .message_id = "One@Example.com"});
    write({.id = MessageId{4712}, .at = 30, .event = "accepted", .reverse_path = "Fred@Example.com"});
    write({.id = MessageId{4713},
           .at = 40,
           .event = "accepted",
           .recipients = {"bob@a.example", "kate@example.com"}});
  }
  std::vector<std::string> found(const std::string& what, int messages_max = 10) {
    std::vector<std::string> shown;
    for (const TraceEntry& entry : must(trace_.find(what, messages_max)))
      shown.push_back(std::to_string(entry.id.value) + " " + entry.event);
    return shown;
  }
  TraceRepository trace_{database_};
};

TEST_F(TraceRepositoryTest, FindsByNumberMessageIdAndAddress) {
  const struct {
    const char* what;
    std::vector<std::string> found;
  } k_searches[] = {
      {"4711", {"4711 accepted", "4711 delivered"}},
      {"One@Example.com", {"4711 accepted", "4711 delivered"}},
      {"<One@Example.com>", {"4711 accepted", "4711 delivered"}},
      {"ann@remote.example", {"4711 accepted", "4711 delivered"}},
      {"KATE@example.com", {"4713 accepted"}},
      {"fred@example.com", {"4712 accepted", "4711 accepted", "4711 delivered"}},
      {"4711.report@example.com", {}},
      {"nobody@example.com", {}},
      {"", {}},
      {"<>", {}},
      {"\xff", {}},
  };
  for (const auto& [what, entries] : k_searches) EXPECT_EQ(found(what), entries) << what;
}

TEST_F(TraceRepositoryTest, GivesTheNewestMessagesUpToALimit) {
  EXPECT_THAT(found("fred@example.com", 1), ElementsAre("4712 accepted"));
}

TEST_F(TraceRepositoryTest, PrunesWhatIsOlder) {
  EXPECT_EQ(must(trace_.prune(30)), 2);
  EXPECT_THAT(found("4711"), IsEmpty());
  EXPECT_THAT(found("4712"), ElementsAre("4712 accepted"));
}

}  // namespace
}  // namespace stagecoach::storage
