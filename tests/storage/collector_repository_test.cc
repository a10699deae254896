#include "storage/collector_repository.h"

#include <gmock/gmock.h>

#include <algorithm>

#include "tests/storage/storage_fixture.h"

namespace stagecoach::storage {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using Retire = CollectorRepository::Retire;

class CollectorRepositoryTest : public StorageTest {
 protected:
  CollectorRepositoryTest() {
    for (const auto& [uid, digest] : {std::pair{"a", "d1"}, {"b", "d2"}, {"c", "d1"}, {"d", ""}})
      see("isp", uid, digest);
    see("other", "a", "d9");
  }
  void see(const std::string& collector, const std::string& uid, const std::string& digest,
           std::int64_t at = 100) {
    AcceptMessage accept = message_to(++messages_, {});
    accept.collected = CollectedMark{collector, uid, digest, at};
    commit_one(writer_, accept);
  }
  std::vector<std::string> known(const std::string& collector) {
    std::vector<std::string> shown;
    for (const auto& [uid, seen] : must(repository_.seen(collector)))
      shown.push_back(uid + " " + seen.digest + " " + std::to_string(seen.first_seen) + "-" +
                      std::to_string(seen.last_seen));
    std::sort(shown.begin(), shown.end());
    return shown;
  }

  MailWriter writer_{connect()};
  CollectorRepository repository_{database_};
  std::int64_t messages_ = 0;
};

TEST_F(CollectorRepositoryTest, RemembersEachCollectorsMessages) {
  EXPECT_THAT(known("isp"), ElementsAre("a d1 100-100", "b d2 100-100", "c d1 100-100", "d  100-100"));
  EXPECT_THAT(known("other"), ElementsAre("a d9 100-100"));
  EXPECT_THAT(known("unknown"), IsEmpty());
  see("isp", "a", "d7", 300);
  EXPECT_EQ(known("isp").front(), "a d7 100-300");
}

TEST_F(CollectorRepositoryTest, RefreshKeepsWhatIsThereAndForgetsTheRest) {
  must(repository_.refresh("isp", {{"a", "d"}}, 200, 50));
  EXPECT_THAT(known("isp"), ElementsAre("a d1 100-200", "b d2 100-100", "c d1 100-100", "d  100-200"));
  must(repository_.refresh("isp", {{"a"}}, 300, 150));
  EXPECT_THAT(known("isp"), ElementsAre("a d1 100-300", "d  100-200"));
  EXPECT_EQ(known("other").size(), 1u);
}

TEST_F(CollectorRepositoryTest, ADeletedMessageIsRememberedByItsDigestOnly) {
  must(repository_.retire("isp", {"a", "c", "d"}, Retire::all));
  EXPECT_THAT(known("isp"), ElementsAre("b d2 100-100", "sha256:d1 d1 100-100"));
  must(repository_.retire("isp", {"sha256:d1"}, Retire::all));
  EXPECT_EQ(known("isp").size(), 2u) << "a digest is not retired";
  see("isp", "a", "d2", 400);
  must(repository_.retire("isp", {"a"}, Retire::all));
  must(repository_.retire("isp", {"b"}, Retire::all));
  EXPECT_THAT(known("isp"), ElementsAre("sha256:d1 d1 100-100", "sha256:d2 d2 100-400"));
}

TEST_F(CollectorRepositoryTest, WhatIsAboutToBeDeletedIsRememberedByItsDigest) {
  must(repository_.retire("isp", {"a", "d"}, Retire::with_digest));
  EXPECT_THAT(known("isp"), ElementsAre("b d2 100-100", "c d1 100-100", "d  100-100", "sha256:d1 d1 100-100"))
      << "a message whose contents are not known keeps its UID";
}

TEST_F(CollectorRepositoryTest, WhatIsListedIsKnownBeforeItIsFetched) {  // COL-95
  must(repository_.refresh("isp", {{"a", "new", "new", ""}}, 200, 50));
  EXPECT_THAT(known("isp"),
              ElementsAre("a d1 100-200", "b d2 100-100", "c d1 100-100", "d  100-100", "new  200-200"));
  const SeenMessage listed = must(repository_.seen("isp")).at("new");
  EXPECT_EQ(listed.state, "");
  EXPECT_EQ(must(repository_.seen("isp")).at("a").state, "fetched");
}

TEST_F(CollectorRepositoryTest, TheSizeIsKeptBesideTheUid) {  // COL-18
  const auto size = [&](const char* uid) { return must(repository_.seen("isp")).at(uid).size_bytes; };
  must(repository_.refresh("isp", {{"a", "b", "new"}, {10, 0, 30}}, 200, 50));
  EXPECT_EQ(size("a"), 10);
  EXPECT_EQ(size("b"), 0) << "the server did not say";
  EXPECT_EQ(size("new"), 30);
  see("isp", "new", "d5", 210);
  EXPECT_EQ(size("new"), 30) << "it has been fetched";
  must(repository_.refresh("isp", {{"a", "new"}}, 220, 50));
  EXPECT_EQ(size("a"), 10) << "known before";
  must(repository_.refresh("isp", {{"twice", "twice", "pair", "pair"}, {1, 2, 3, 3}}, 230, 50));
  EXPECT_EQ(size("twice"), 0) << "two messages with one UID";
  EXPECT_EQ(size("pair"), 3) << "two copies of one message";
}

TEST_F(CollectorRepositoryTest, WhatWasKnownOfAReplacedUidIsRetired) {  // COL-18
  must(repository_.refresh("isp", {{"a", "d"}, {10, 10}}, 200, 50));
  must(repository_.wish("isp", {"a"}, CollectorRepository::Wish::remove, true));
  must(repository_.refresh("isp", {{"a", "d"}, {11, 12}, {"a", "d"}}, 300, 300));
  EXPECT_THAT(known("isp"), ElementsAre("a  300-300", "d  300-300", "sha256:d1 d1 100-300"))
      << "the digest outlives the visit";
  const SeenMessage replaced = must(repository_.seen("isp")).at("a");
  EXPECT_EQ(replaced.state, "") << "not fetched yet";
  EXPECT_EQ(replaced.size_bytes, 11);
  EXPECT_FALSE(replaced.delete_wanted) << "the other message was meant";
}

/// "uid state subject get delete" of each message on the server.
std::vector<std::string> shown(const std::vector<RemoteRow>& rows) {
  std::vector<std::string> texts;
  for (const RemoteRow& row : rows)
    texts.push_back(row.uid + "/" + row.state + "/" + row.subject + (row.get_wanted ? " get" : "") +
                    (row.delete_wanted ? " delete" : ""));
  return texts;
}

TEST_F(CollectorRepositoryTest, ShowsWhatTheLastListingHad) {  // COL-91
  must(repository_.refresh("isp", {{"a", "new"}}, 200, 50));
  CollectorResult visit{"isp", 210, 200, true, "Connection successful", 1, 2, 3, 4, 5};
  must(repository_.note_result(visit));
  AcceptMessage accept = message_to(++messages_, {});
  accept.collected = CollectedMark{"isp", "new", "", 205, "asked", "Hello", "ann", "fred", 77, "token-1"};
  commit_one(writer_, accept);
  const auto rows = must(repository_.on_server("isp", 10));
  EXPECT_THAT(shown(rows), ElementsAre("a/fetched/", "new/asked/Hello"));
  EXPECT_EQ(rows[1].sender + " " + rows[1].recipients, "ann fred");
  EXPECT_EQ(rows[1].message_date, 77);
  EXPECT_EQ(rows[1].settled, 205);
  EXPECT_EQ(must(repository_.on_server("isp", 1)).size(), 1u);
}

TEST_F(CollectorRepositoryTest, WishesAreSetAndTakenBack) {  // COL-92 COL-93 COL-94
  using Wish = CollectorRepository::Wish;
  EXPECT_EQ(must(repository_.wish("isp", {"a", "nobody"}, Wish::get, true)), 1);
  EXPECT_EQ(must(repository_.wish("isp", {"b"}, Wish::remove, true)), 1);
  EXPECT_THAT(shown(must(repository_.on_server("isp", 10))),
              ElementsAre("a/fetched/ get", "b/fetched/ delete", "c/fetched/", "d/fetched/"));
  EXPECT_EQ(must(repository_.wish("isp", {"a"}, Wish::remove, true)), 1);
  EXPECT_EQ(must(repository_.wish("isp", {"b"}, Wish::remove, false)), 1);
  EXPECT_THAT(shown(must(repository_.on_server("isp", 2))), ElementsAre("a/fetched/ delete", "b/fetched/"));
  EXPECT_EQ(must(repository_.wish("isp", {}, Wish::get, true)), 4);
  EXPECT_TRUE(must(repository_.seen("isp")).at("c").get_wanted);
  EXPECT_FALSE(must(repository_.seen("other")).at("a").get_wanted);
}

TEST_F(CollectorRepositoryTest, AnAnswerSetsTheWish) {  // COL-26
  AcceptMessage question = message_to(++messages_, {});
  question.collected = CollectedMark{"isp", "q", "", 100, "asked", "", "", "", 0, "token-1"};
  commit_one(writer_, question);
  AcceptMessage answer = message_to(++messages_, {});
  answer.download_answers = {"token-2", ""};
  commit_one(writer_, answer);
  EXPECT_FALSE(must(repository_.seen("isp")).at("q").get_wanted);
  answer = message_to(++messages_, {});
  answer.download_answers = {"token-1"};
  commit_one(writer_, answer);
  EXPECT_TRUE(must(repository_.seen("isp")).at("q").get_wanted);
  see("isp", "q", "d5", 300);
  EXPECT_FALSE(must(repository_.seen("isp")).at("q").get_wanted) << "it has been fetched";
}

TEST_F(CollectorRepositoryTest, TheLastResultIsKept) {  // COL-5
  must(repository_.note_result({"isp", 210, 200, true, "Connection successful", 1, 2, 3, 4, 5}));
  must(repository_.note_result({"isp", 310, 0, false, "-ERR no", 0, 0, 0, 1, 0}));
  const auto results = must(repository_.results());
  ASSERT_EQ(results.size(), 1u);
  EXPECT_EQ(results[0].at, 310);
  EXPECT_EQ(results[0].listed_at, 200) << "the last visit did not come so far";
  EXPECT_FALSE(results[0].ok);
  EXPECT_EQ(results[0].result, "-ERR no");
}

}  // namespace
}  // namespace stagecoach::storage
