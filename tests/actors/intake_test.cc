#include "actors/intake.h"

#include <gmock/gmock.h>

#include "protocols/mime/part_index.h"
#include "storage/content_store.h"

namespace stagecoach {
namespace {

using ::testing::HasSubstr;

constexpr std::size_t k_chunk = static_cast<std::size_t>(storage::k_chunk_bytes);
const std::string k_header =
    "From: Ann <ann@remote.example>\r\nSubject: Hello\r\nMessage-ID: <1@remote.example>\r\n\r\n";

/// Feeds a message in pieces and gives the bytes that went to storage.
std::string feed(Intake& intake, const std::string& bytes, std::size_t piece) {
  std::string stored;
  const auto keep = [&](std::optional<storage::UploadChunk> chunk) {
    if (!chunk) return false;
    EXPECT_EQ(chunk->id, MessageId{7});
    EXPECT_EQ(chunk->position, static_cast<std::int64_t>(stored.size()));
    EXPECT_EQ(chunk->position % storage::k_chunk_bytes, 0);
    stored += chunk->bytes;
    return true;
  };
  for (std::size_t at = 0; at < bytes.size(); at += piece) {
    intake.add(std::string_view(bytes).substr(at, piece));
    while (keep(intake.take_chunk())) {
    }
  }
  while (keep(intake.take_last_chunk())) {
  }
  return stored;
}

TEST(Intake, ASmallMessageStaysInMemory) {
  Counter held{0};
  Intake intake(MessageId{7}, 1000, held);
  intake.add_prefix("Return-Path: <ann@remote.example>\r\n", 35);
  EXPECT_EQ(feed(intake, k_header + "Body\r\n", 3), "");
  EXPECT_FALSE(intake.stored());
  EXPECT_EQ(held, intake.size_bytes());
  const auto content = intake.finish();
  EXPECT_EQ(content->head, "Return-Path: <ann@remote.example>\r\n" + k_header + "Body\r\n");
  EXPECT_EQ(content->size_bytes, static_cast<std::int64_t>(content->head.size()));
  EXPECT_EQ(content->header_size_bytes, content->size_bytes - 6);
  EXPECT_EQ(content->transmit_offset, 35);
  EXPECT_FALSE(content->stored);
}

TEST(Intake, FillsInWhatTheScannerFound) {
  Counter held{0};
  Intake intake(MessageId{7}, 100'000, held);
  intake.add(k_header + "Body\r\n");
  const auto content = intake.finish();
  EXPECT_THAT(content->envelope, HasSubstr("\"Hello\""));
  EXPECT_THAT(content->envelope, HasSubstr("(\"Ann\" NIL \"ann\" \"remote.example\")"));
  EXPECT_THAT(content->envelope, HasSubstr("<1@remote.example>"));
  EXPECT_THAT(content->structure, HasSubstr("\"text\" \"plain\""));
  EXPECT_FALSE(content->parts.empty());
}

TEST(Intake, ALargeMessageGoesToStorageInChunks) {
  const std::string message = k_header + std::string(6 * k_chunk + 100, 'x') + "\r\n";
  for (const std::size_t piece : {std::size_t{1000}, k_chunk, 3 * k_chunk + 1, message.size()}) {
    Counter held{0};
    Intake intake(MessageId{7}, 64 * 1024, held);
    EXPECT_EQ(feed(intake, message, piece), message) << piece;
    EXPECT_TRUE(intake.stored());
    EXPECT_EQ(held, 0) << "nothing is left in memory";
    const auto content = intake.finish();
    EXPECT_EQ(content->stored, ContentId{7});
    EXPECT_EQ(content->head, k_header) << "routing needs the header section";
    EXPECT_EQ(content->size_bytes, static_cast<std::int64_t>(message.size()));
    EXPECT_EQ(content->header_size_bytes, static_cast<std::int64_t>(k_header.size()));
  }
}

TEST(Intake, MemoryIsBoundedByTheChunk) {
  Counter held{0};
  Intake intake(MessageId{7}, 64 * 1024, held);
  std::int64_t most = 0;
  const std::string piece(10'000, 'x');
  intake.add(k_header);
  for (int i = 0; i < 500; ++i) {
    intake.add(piece);
    most = std::max<std::int64_t>(most, held);
    while (intake.take_chunk()) {
    }
  }
  EXPECT_LE(most, storage::k_chunk_bytes + 10'000);
}

TEST(Intake, GivesItsMemoryBackWhenItIsAbandoned) {
  Counter held{0};
  {
    Intake intake(MessageId{7}, 1 << 20, held);
    intake.add(std::string(5000, 'x'));
    EXPECT_EQ(held, 5000);
  }
  EXPECT_EQ(held, 0);
}

TEST(Intake, AMessageOfExactlyTheLimitIsSmall) {
  Counter held{0};
  Intake intake(MessageId{7}, 100, held);
  intake.add(std::string(100, 'x'));
  EXPECT_FALSE(intake.stored());
  intake.add("y");
  EXPECT_TRUE(intake.stored());
}

}  // namespace
}  // namespace stagecoach
