#include "storage/content_store.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <map>

#include "tests/storage/storage_fixture.h"

namespace stagecoach::storage {
namespace {

using ::testing::IsEmpty;

constexpr ContentId k_small{1}, k_large{2};

/// A small content, and one of two whole chunks and a piece.
class ContentStoreTest : public StorageTest {
 protected:
  ContentStoreTest() {
    AcceptMessage small = message_to(k_small.value, {fred_});
    small_ = small.content->head;
    AcceptMessage large = message_to(k_large.value, {fred_});
    Content content = *large.content;
    large_ = content.head;
    while (large_.size() < 2 * k_chunk_bytes + 777)
      large_ += "line " + std::to_string(large_.size()) + "\r\n";
    for (std::size_t at = 0; at < large_.size(); at += k_chunk_bytes)
      commit_one(writer_, UploadChunk{MessageId{k_large.value}, static_cast<std::int64_t>(at),
                                      large_.substr(at, k_chunk_bytes)});
    content.size_bytes = static_cast<std::int64_t>(large_.size());
    content.stored = k_large;
    content.transmit_offset = 12;
    large.content = std::make_shared<const Content>(content);
    header_ = large_.substr(0, static_cast<std::size_t>(content.header_size_bytes));
    commit_one(writer_, small);
    commit_one(writer_, large);
  }

  std::map<std::int64_t, ContentDescription> describe(const std::vector<std::int64_t>& ids, unsigned wants) {
    std::map<std::int64_t, ContentDescription> by_id;
    for (auto& description : must(store_.describe(ids, wants)))
      by_id[description.id.value] = std::move(description);
    return by_id;
  }

  const UserId fred_ = user("fred");
  MailWriter writer_{connect()};
  ContentStore store_{database_};
  std::string small_, large_, header_;
};

TEST_F(ContentStoreTest, ReadsSlicesAcrossChunkBorders) {
  constexpr std::int64_t k = k_chunk_bytes;
  const auto size = static_cast<std::int64_t>(large_.size());
  const struct {
    const char* name;
    std::int64_t offset, length;
  } k_slices[] = {
      {"the start", 0, 10},
      {"one octet before a border", k - 1, 1},
      {"one octet after a border", k, 1},
      {"across a border", k - 5, 10},
      {"a whole chunk", k, k},
      {"across two borders", k - 1, k + 2},
      {"everything", 0, size},
      {"the end", size - 3, 3},
      {"beyond the end", size - 3, 100},
      {"after the end", size, 10},
      {"nothing", 17, 0},
  };
  for (const auto& [name, offset, length] : k_slices) {
    EXPECT_EQ(must(store_.read(k_large, offset, length)),
              large_.substr(static_cast<std::size_t>(offset), static_cast<std::size_t>(length)))
        << name;
    const auto small_offset = std::min<std::size_t>(static_cast<std::size_t>(offset), small_.size());
    EXPECT_EQ(must(store_.read(k_small, static_cast<std::int64_t>(small_offset), length)),
              small_.substr(small_offset, static_cast<std::size_t>(length)))
        << name << " of a small one";
  }
}

TEST_F(ContentStoreTest, DescribesOnlyWhatIsAskedFor) {
  auto plain = describe({1, 2}, 0);
  ASSERT_EQ(plain.size(), 2u);
  EXPECT_EQ(plain[2].size_bytes, static_cast<std::int64_t>(large_.size()));
  EXPECT_EQ(plain[2].header_bytes, static_cast<std::int64_t>(header_.size()));
  EXPECT_EQ(plain[2].transmit_offset, 12);
  EXPECT_EQ(plain[1].envelope + plain[1].structure + plain[1].parts + plain[1].bytes, "");

  auto described = describe({1, 2}, want_envelope | want_structure | want_parts);
  EXPECT_EQ(described[1].envelope, "(\"message 1\")");
  EXPECT_EQ(described[1].structure, "(\"TEXT\" \"PLAIN\")");
  EXPECT_EQ(described[2].parts, "parts of message 2");
  EXPECT_EQ(described[2].bytes, "");
}

TEST_F(ContentStoreTest, GivesTheHeaderOnlyOrTheWhole) {
  auto headers = describe({1, 2}, want_header);
  EXPECT_EQ(headers[1].bytes, "Subject: message 1\r\n\r\n");
  EXPECT_EQ(headers[2].bytes, header_);
  auto whole = describe({1, 2}, want_whole);
  EXPECT_EQ(whole[1].bytes, small_);
  EXPECT_EQ(whole[2].bytes, large_);
}

TEST_F(ContentStoreTest, LeavesOutWhatIsGone) {
  EXPECT_EQ(describe({1, 4711}, want_whole).size(), 1u);
  const auto gone = store_.read(ContentId{4711}, 0, 1);
  ASSERT_FALSE(gone);
  EXPECT_EQ(gone.error().kind, Error::Kind::not_found);
}

TEST_F(ContentStoreTest, SweepsUploadsOfEarlierRunsThatNobodyTookUp) {
  const std::int64_t second_run = std::int64_t{2} << 32;
  commit_one(writer_, UploadChunk{MessageId{77}, 0, "left behind"});
  commit_one(writer_, UploadChunk{MessageId{second_run + 1}, 0, "under way"});
  EXPECT_EQ(must(store_.sweep(2)), 1);
  EXPECT_EQ(
      value("SELECT string_agg(DISTINCT content_id::text, ' ' ORDER BY content_id::text) FROM content_chunk"),
      "2 " + std::to_string(second_run + 1))
      << "what is stored and what this run uploads stays";
  EXPECT_EQ(must(store_.sweep(2)), 0);
  EXPECT_EQ(must(store_.read(k_large, 0, 100)), large_.substr(0, 100));
}

}  // namespace
}  // namespace stagecoach::storage
