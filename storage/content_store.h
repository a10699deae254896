// The bytes of messages, by ContentId, and what was found out about them on arrival. The only way to bodies:
// a store of another kind would take this place.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "routing/model/ids.h"
#include "storage/pg.h"

namespace stagecoach::storage {

/// Bytes of a stored message beyond this size are in chunks of this size; smaller ones are in one piece.
constexpr std::int64_t k_chunk_bytes = 256 * 1024;

struct ContentDescription {
  ContentId id;
  std::int64_t size_bytes = 0;
  std::int64_t header_bytes = 0;
  std::int64_t transmit_offset = 0;
  std::string envelope, structure, parts;
  std::string bytes;  // when asked for
};

/// What describe() brings besides the numbers.
enum ContentWant : unsigned {
  want_envelope = 1,
  want_structure = 2,
  want_parts = 4,
  want_header = 8,  // the header section into `bytes`
  want_whole = 16,  // everything into `bytes`: for small contents, the caller minds the memory
};

class ContentStore {
 public:
  explicit ContentStore(Database& database) : database_(database) {}

  /// In the order of the database; a content that is gone is left out.
  Result<std::vector<ContentDescription>> describe(const std::vector<std::int64_t>& ids, unsigned wants);
  /// Up to `length` bytes from `offset`; fewer only at the end. `not_found` when the content is gone.
  Result<std::string> read(ContentId id, std::int64_t offset, std::int64_t length);
  /// The same of a message that is uploaded, but not committed yet; `not_found` when a piece is missing.
  Result<std::string> read_uploaded(ContentId id, std::int64_t offset, std::int64_t length);
  /// Deletes uploads that no commit has taken up and contents that nothing refers to. Gives their number.
  Result<std::int64_t> sweep(std::int64_t oldest_run_to_keep);

 private:
  Result<std::string> read_chunks(ContentId id, std::int64_t offset, std::int64_t length);
  Database& database_;
};

}  // namespace stagecoach::storage
