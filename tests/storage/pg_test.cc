#include "storage/pg.h"

#include <gmock/gmock.h>

#include "tests/storage/storage_fixture.h"

namespace stagecoach::storage {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class Pg : public StorageTest {
 protected:
  Pg() : StorageTest(false) {}
};

TEST_F(Pg, SendsEachKindOfParameterAndReadsItBack) {
  constexpr Statement k_echo{
      "echo", "SELECT $1::bigint, $2::boolean, $3::boolean, $4::text, $5::bytea, $6::text, $7::bigint"};
  const std::string bytes("\0\xff\x80 a\n", 6);
  const Rows rows = must(database_.run(k_echo, {std::int64_t{-9'000'000'000'000'000'000}, true, false,
                                                "naïve 'quoted' \\ text", bytes, nullptr, 42}));
  ASSERT_EQ(rows.size(), 1);
  EXPECT_EQ(rows.integer(0, 0), -9'000'000'000'000'000'000);
  EXPECT_TRUE(rows.boolean(0, 1));
  EXPECT_FALSE(rows.boolean(0, 2));
  EXPECT_EQ(rows.text(0, 3), "naïve 'quoted' \\ text");
  EXPECT_EQ(rows.bytes(0, 4), bytes);
  EXPECT_TRUE(rows.is_null(0, 5));
  EXPECT_EQ(rows.integer(0, 6), 42);
}

TEST_F(Pg, EmptyTextAndBytesAreNotNull) {
  constexpr Statement k_empty{"empty", "SELECT $1::text, $2::bytea"};
  const Rows rows = must(database_.run(k_empty, {std::string_view(), std::string()}));
  EXPECT_FALSE(rows.is_null(0, 0));
  EXPECT_FALSE(rows.is_null(0, 1));
  EXPECT_EQ(rows.text(0, 0), "");
  EXPECT_EQ(rows.bytes(0, 1), "");
}

TEST_F(Pg, ArraysKeepQuotesCommasBackslashesAndBraces) {
  const std::vector<std::string> texts = {"plain", "a,b",    "say \"hi\"", "back\\slash", "{braces}", "",
                                          "NULL",  " space", "new\nline",  "ünï",         "\\\""};
  constexpr Statement k_texts{"texts", "SELECT $1::text[], array_length($1::text[], 1)"};
  const Rows rows = must(database_.run(k_texts, {Param(texts)}));
  EXPECT_EQ(rows.texts(0, 0), texts);
  EXPECT_EQ(rows.integer(0, 1), static_cast<std::int64_t>(texts.size()));

  constexpr Statement k_numbers{"numbers", "SELECT $1::bigint[], $2::bigint[], $3::text[]"};
  const Rows numbers =
      must(database_.run(k_numbers, {Param(std::vector<std::int64_t>{-1, 0, INT64_MAX}),
                                     Param(std::vector<std::int64_t>{}), Param(std::vector<std::string>{})}));
  EXPECT_THAT(numbers.integers(0, 0), ElementsAre(-1, 0, INT64_MAX));
  EXPECT_THAT(numbers.integers(0, 1), IsEmpty());
  EXPECT_THAT(numbers.texts(0, 2), IsEmpty());
}

TEST_F(Pg, BinaryResultsGiveTheSameValues) {
  constexpr Statement k_binary{"binary", "SELECT $1::bigint, $2::bytea, $3::text", true};
  const std::string bytes("\x00\x01\xfe", 3);
  const Rows rows = must(database_.run(k_binary, {std::int64_t{-5}, bytes, "text"}));
  EXPECT_EQ(rows.integer(0, 0), -5);
  EXPECT_EQ(rows.bytes(0, 1), bytes);
  EXPECT_EQ(rows.text(0, 2), "text");
}

TEST_F(Pg, SaysHowManyRowsWereAffected) {
  must(database_.execute("CREATE TABLE t (n bigint); INSERT INTO t SELECT generate_series(1, 7)"));
  constexpr Statement k_delete{"delete", "DELETE FROM t WHERE n > $1"};
  EXPECT_EQ(must(database_.run(k_delete, {4})).affected(), 3);
  EXPECT_EQ(must(database_.run(k_delete, {4})).affected(), 0);
}

TEST_F(Pg, ATransactionIsAllOrNothing) {
  must(database_.execute("CREATE TABLE t (n bigint PRIMARY KEY)"));
  constexpr Statement k_insert{"insert", "INSERT INTO t VALUES ($1) RETURNING n"};
  const auto rows = must(database_.transact({{&k_insert, {1}}, {&k_insert, {2}}}));
  ASSERT_EQ(rows.size(), 2u);
  EXPECT_EQ(rows[0].integer(0, 0), 1);
  EXPECT_EQ(rows[1].integer(0, 0), 2);

  const auto failed = database_.transact({{&k_insert, {3}}, {&k_insert, {1}}, {&k_insert, {4}}});
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().kind, Error::Kind::conflict) << "a taken key is a conflict";
  EXPECT_EQ(value("SELECT string_agg(n::text, ' ' ORDER BY n) FROM t"), "1 2");
  must(database_.transact({{&k_insert, {5}}}));
  EXPECT_EQ(value("SELECT count(*) FROM t"), "3") << "the connection is usable after a failure";
}

TEST_F(Pg, ATransactionOfNothingSucceeds) { EXPECT_THAT(must(database_.transact({})), IsEmpty()); }

TEST_F(Pg, ATransactionLargerThanTheSocketBuffersSucceeds) {
  must(database_.execute("CREATE TABLE t (data bytea)"));
  constexpr Statement k_insert{"insert", "INSERT INTO t VALUES ($1) RETURNING data"};
  const std::string large(1 << 20, 'x');
  std::vector<Database::Command> commands;
  for (int i = 0; i < 20; ++i) commands.push_back({&k_insert, {large}});
  const auto rows = must(database_.transact(commands));
  ASSERT_EQ(rows.size(), 20u);
  EXPECT_EQ(rows.back().bytes(0, 0), large);
}

TEST_F(Pg, AWrongStatementIsAnErrorThatNamesIt) {
  constexpr Statement k_wrong{"wrong_statement", "SELECT nothing FROM nowhere"};
  const auto failed = database_.run(k_wrong);
  ASSERT_FALSE(failed);
  EXPECT_THAT(failed.error().text(), HasSubstr("wrong_statement"));
  EXPECT_THAT(failed.error().text(), HasSubstr("nowhere"));
  EXPECT_FALSE(database_.is_broken());
}

TEST_F(Pg, ALostConnectionIsBrokenAndTemporary) {
  Database victim = connect();
  constexpr Statement k_pid{"pid", "SELECT pg_backend_pid()"};
  const std::int64_t pid = must(victim.run(k_pid)).integer(0, 0);
  must(database_.execute("SELECT pg_terminate_backend(" + std::to_string(pid) + ", 5000)"));

  const auto failed = victim.run(k_pid);
  ASSERT_FALSE(failed);
  EXPECT_TRUE(failed.error().is_temporary());
  EXPECT_TRUE(victim.is_broken());
  const auto transaction = victim.transact({{&k_pid, {}}});
  ASSERT_FALSE(transaction);
  EXPECT_TRUE(transaction.error().is_temporary());
}

TEST_F(Pg, NobodyThereIsTemporary) {
  const auto failed = Database::connect("host=/nonexistent dbname=postgres");
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().kind, Error::Kind::unavailable);
  EXPECT_THAT(failed.error().reason, HasSubstr("cannot connect to the database"));
}

TEST(CleanText, LeavesUtf8AndReplacesTheRest) {
  const struct {
    const char* name;
    std::string foreign, clean;
  } k_texts[] = {
      {"nothing", "", ""},
      {"ASCII with control characters", "a\tb\r\n\x01", "a\tb\r\n\x01"},
      {"two, three, four octets", "é € 😀", "é € 😀"},
      {"NUL", std::string("a\0b", 3), "a?b"},
      {"Latin-1", "caf\xe9", "caf?"},
      {"a lonely continuation", "\x80x", "?x"},
      {"a sequence that ends too soon", "\xe2\x82", "??"},
      {"an overlong slash", "\xc0\xaf", "??"},
      {"an overlong three octets", "\xe0\x80\xaf", "???"},
      {"a surrogate", "\xed\xa0\x80", "???"},
      {"beyond U+10FFFF", "\xf4\x90\x80\x80", "????"},
      {"an octet that never occurs", "\xff", "?"},
  };
  for (const auto& [name, foreign, clean] : k_texts) EXPECT_EQ(clean_text(foreign), clean) << name;
}

TEST_F(Pg, CleanTextIsAccepted) {
  constexpr Statement k_text{"text", "SELECT $1::text"};
  std::string all;
  for (int c = 0; c < 256; ++c) all += static_cast<char>(c);
  EXPECT_FALSE(database_.run(k_text, {all}));
  EXPECT_TRUE(database_.run(k_text, {clean_text(all)}));
}

}  // namespace
}  // namespace stagecoach::storage
