#include "storage/migrations.h"

#include <gmock/gmock.h>

#include <thread>

#include "tests/storage/storage_fixture.h"

namespace stagecoach::storage {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

const std::vector<Migration> k_two = {
    {1, "0001_one", "CREATE TABLE one (n bigint)"},
    {2, "0002_two", "CREATE TABLE two (n bigint); INSERT INTO one VALUES (1)"}};

class Migrations : public StorageTest {
 protected:
  Migrations() : StorageTest(false) {}
};

TEST_F(Migrations, MakeTheSchemaFromNothingOnce) {
  EXPECT_THAT(must(migrate(database_)).front(), HasSubstr("0001_"));
  EXPECT_THAT(must(migrate(database_)), IsEmpty());
  EXPECT_EQ(value("SELECT count(*) FROM mail_user"), "0");
}

TEST_F(Migrations, AreNumberedWithoutGaps) {
  int number = 0;
  for (const Migration& migration : migrations()) EXPECT_EQ(migration.number, ++number) << migration.name;
  EXPECT_GT(number, 0);
}

TEST_F(Migrations, ApplyWhatIsMissing) {
  EXPECT_THAT(must(migrate(database_, {k_two[0]})), ElementsAre("0001_one"));
  EXPECT_THAT(must(migrate(database_, k_two)), ElementsAre("0002_two"));
  EXPECT_EQ(value("SELECT string_agg(name, ' ' ORDER BY number) FROM schema_migration"), "0001_one 0002_two");
}

TEST_F(Migrations, RefuseASchemaThatIsNewerThanTheProgram) {
  must(migrate(database_, k_two));
  const auto refused = migrate(database_, {k_two[0]});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, Error::Kind::conflict);
  EXPECT_THAT(refused.error().reason, HasSubstr("schema version 2"));
  EXPECT_EQ(value("SELECT count(*) FROM one"), "1");
}

TEST_F(Migrations, LeaveNothingBehindWhenOneFails) {
  std::vector<Migration> broken = k_two;
  broken.push_back({3, "0003_broken", "CREATE TABLE three (n bigint); INSERT INTO nowhere VALUES (1)"});
  const auto failed = migrate(database_, broken);
  ASSERT_FALSE(failed);
  EXPECT_THAT(failed.error().text(), HasSubstr("0003_broken"));
  EXPECT_EQ(value("SELECT to_regclass('one')"), "null");
  EXPECT_EQ(value("SELECT to_regclass('schema_migration')"), "null");
  EXPECT_THAT(must(migrate(database_, k_two)), ElementsAre("0001_one", "0002_two"));
}

TEST_F(Migrations, AreAppliedOnceWhenSeveralNodesStart) {
  std::vector<std::thread> nodes;
  std::atomic<std::size_t> applied{0}, failed{0};
  for (int i = 0; i < 4; ++i)
    nodes.emplace_back([&] {
      Database database = connect();
      const auto done = migrate(database, k_two);
      if (done)
        applied += done->size();
      else
        ++failed;
    });
  for (std::thread& node : nodes) node.join();
  EXPECT_EQ(failed, 0u);
  EXPECT_EQ(applied, 2u);
}

}  // namespace
}  // namespace stagecoach::storage
