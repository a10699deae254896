#include "actors/intake.h"

#include "protocols/imap/envelope.h"
#include "protocols/mime/part_index.h"
#include "storage/content_store.h"

namespace stagecoach {

namespace {
constexpr std::size_t k_chunk = static_cast<std::size_t>(storage::k_chunk_bytes);
}

Intake::Intake(MessageId id, std::int64_t memory_max, Counter& held)
    : id_(id), memory_max_(memory_max), held_(held, 0) {}

void Intake::add_prefix(std::string_view bytes, std::int64_t transmit_offset) {
  transmit_offset_ = transmit_offset;
  add(bytes);
}

void Intake::add(std::string_view bytes) {
  scanner_.feed(bytes);
  size_bytes_ += static_cast<std::int64_t>(bytes.size());
  bytes_.append(bytes);
  held_.add(static_cast<std::int64_t>(bytes.size()));
  if (size_bytes_ > memory_max_) stored_ = true;
}

storage::UploadChunk Intake::cut(std::size_t count) {
  storage::UploadChunk chunk{id_, written_, bytes_.substr(cut_, count)};
  written_ += static_cast<std::int64_t>(count);
  cut_ += count;
  held_.add(-static_cast<std::int64_t>(count));
  if (cut_ >= bytes_.size() || cut_ >= 4 * k_chunk) {
    bytes_.erase(0, cut_);
    cut_ = 0;
  }
  return chunk;
}

std::optional<storage::UploadChunk> Intake::take_chunk() {
  if (!stored_ || bytes_.size() - cut_ < k_chunk) return std::nullopt;
  return cut(k_chunk);
}

std::optional<storage::UploadChunk> Intake::take_last_chunk() {
  if (!stored_ || bytes_.size() == cut_) return std::nullopt;
  return cut(std::min(k_chunk, bytes_.size() - cut_));
}

std::shared_ptr<const Content> Intake::finish() {
  mime::Structure structure = scanner_.finish();
  auto content = std::make_shared<Content>();
  content->size_bytes = size_bytes_;
  content->header_size_bytes = static_cast<std::int64_t>(structure.root.body_offset);
  content->transmit_offset = transmit_offset_;
  content->envelope = imap::envelope_text(structure.envelope);
  content->structure = imap::bodystructure_text(structure);
  content->parts = mime::serialize(structure);
  if (stored_) {
    content->stored = ContentId{id_.value};
    content->head = std::move(structure.header);
  } else {
    content->head = std::move(bytes_);
  }
  return content;
}

}  // namespace stagecoach
