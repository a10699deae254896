// Takes in the bytes of one message, as SMTP, IMAP's APPEND and collectors receive it: counts, scans the MIME
// structure on the fly, and keeps a small message in memory while a large one goes to storage in chunks.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "actors/counters.h"
#include "protocols/mime/structure.h"
#include "routing/model/arrival.h"
#include "storage/mail_writer.h"

namespace stagecoach {

class Intake {
 public:
  /// `memory_max`: above this the message is stored while it arrives. `held` counts the bytes in memory.
  Intake(MessageId id, std::int64_t memory_max, Counter& held);

  /// What our own server puts on top. `transmit_offset` bytes of it are not sent on.
  void add_prefix(std::string_view bytes, std::int64_t transmit_offset);
  void add(std::string_view bytes);

  /// A chunk that has to be written before more is added; ask until there is none.
  std::optional<storage::UploadChunk> take_chunk();
  bool stored() const { return stored_; }
  std::int64_t size_bytes() const { return size_bytes_; }

  /// The last chunk of a stored message, if any; then finish().
  std::optional<storage::UploadChunk> take_last_chunk();
  std::shared_ptr<const Content> finish();

 private:
  storage::UploadChunk cut(std::size_t bytes);

  MessageId id_;
  std::int64_t memory_max_;
  mime::StructureScanner scanner_;
  std::string bytes_;  // all of a small message; of a stored one what is not yet a chunk
  std::size_t cut_ = 0;
  std::int64_t written_ = 0, size_bytes_ = 0, transmit_offset_ = 0;
  bool stored_ = false;
  Counted held_;
};

}  // namespace stagecoach
