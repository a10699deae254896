#include "storage/saved_text_repository.h"

#include "tests/storage/storage_fixture.h"

namespace stagecoach::storage {
namespace {

using SavedTextTest = StorageTest;

// USR-234 USR-242
TEST_F(SavedTextTest, KeepsOneTextUnderEachName) {
  SavedTextRepository texts(database_);
  must(texts.save("message", {"news", "first"}));
  must(texts.save("message", {"news", "second"}));
  must(texts.save("message", {"alarm", "third"}));
  must(texts.save("import", {"system", "--update"}));
  const auto messages = must(texts.list("message"));
  ASSERT_EQ(messages.size(), 2u);
  EXPECT_EQ(messages[0].name, "alarm");
  EXPECT_EQ(messages[1].body, "second");
  EXPECT_TRUE(must(texts.remove("message", "news")));
  EXPECT_FALSE(must(texts.remove("message", "news")));
  EXPECT_EQ(must(texts.list("import")).size(), 1u);
  EXPECT_EQ(texts.save("message", {"long", std::string(SavedTextRepository::k_body_bytes_max + 1, 'x')})
                .error()
                .kind,
            Error::Kind::limit_reached);
}

}  // namespace
}  // namespace stagecoach::storage
