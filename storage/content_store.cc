#include "storage/content_store.h"

namespace stagecoach::storage {

namespace {

constexpr Statement k_describe{
    "content_describe",
    "SELECT id, size_bytes, header_bytes, transmit_offset,"
    " CASE WHEN $2::bigint & 1 <> 0 THEN envelope END, CASE WHEN $2 & 2 <> 0 THEN structure END,"
    " CASE WHEN $2 & 4 <> 0 THEN parts END,"
    " CASE WHEN $2 & 16 <> 0 AND data IS NOT NULL THEN data"
    "      WHEN $2 & 8 <> 0 AND data IS NOT NULL THEN substr(data, 1, header_bytes::int) END"
    " FROM content WHERE id = ANY ($1::bigint[])",
    true};
constexpr Statement k_slice{"content_slice",
                            "SELECT substr(data, $2::bigint::int, $3::bigint::int), size_bytes, data IS NULL"
                            " FROM content WHERE id = $1",
                            true};
constexpr Statement k_chunks{"content_chunks",
                             "SELECT position, data FROM content_chunk WHERE content_id = $1"
                             " AND position < $2 AND position > $3 ORDER BY position",
                             true};
constexpr Statement k_sweep_uploads{"content_sweep_uploads",
                                    "DELETE FROM content_chunk c WHERE c.content_id < $1"
                                    " AND NOT EXISTS (SELECT FROM content WHERE id = c.content_id)"};
constexpr Statement k_sweep_contents{"content_sweep", "DELETE FROM content WHERE copies <= 0"};

}  // namespace

Result<std::vector<ContentDescription>> ContentStore::describe(const std::vector<std::int64_t>& ids,
                                                               unsigned wants) {
  auto rows = database_.run(k_describe, {Param(ids), static_cast<std::int64_t>(wants)});
  if (!rows) return std::move(rows.error()).while_doing("reading message descriptions");
  std::vector<ContentDescription> descriptions(static_cast<std::size_t>(rows->size()));
  for (int i = 0; i < rows->size(); ++i) {
    ContentDescription& description = descriptions[static_cast<std::size_t>(i)];
    description.id = ContentId{rows->integer(i, 0)};
    description.size_bytes = rows->integer(i, 1);
    description.header_bytes = rows->integer(i, 2);
    description.transmit_offset = rows->integer(i, 3);
    description.envelope = rows->text(i, 4);
    description.structure = rows->text(i, 5);
    description.parts = rows->text(i, 6);
    description.bytes = rows->text(i, 7);
    if ((wants & (want_header | want_whole)) && rows->is_null(i, 7)) {
      const bool whole = wants & want_whole;
      auto bytes = read_chunks(description.id, 0, whole ? description.size_bytes : description.header_bytes);
      if (!bytes) return std::move(bytes.error());
      description.bytes = std::move(*bytes);
    }
  }
  return descriptions;
}

Result<std::string> ContentStore::read(ContentId id, std::int64_t offset, std::int64_t length) {
  auto rows = database_.run(k_slice, {id.value, offset + 1, length});
  if (!rows) return std::move(rows.error()).while_doing("reading message " + std::to_string(id.value));
  if (rows->size() == 0) return not_found("the content of message " + std::to_string(id.value) + " is gone");
  if (!rows->is_null(0, 0)) return std::string(rows->text(0, 0));
  return read_chunks(id, offset, length);
}

Result<std::string> ContentStore::read_chunks(ContentId id, std::int64_t offset, std::int64_t length) {
  auto rows = database_.run(k_chunks, {id.value, offset + length, offset - k_chunk_bytes});
  if (!rows) return std::move(rows.error()).while_doing("reading message " + std::to_string(id.value));
  std::string bytes;
  for (int i = 0; i < rows->size(); ++i) {
    const std::int64_t position = rows->integer(i, 0);
    std::string_view chunk = rows->text(i, 1);
    if (position < offset) chunk.remove_prefix(std::min<std::size_t>(chunk.size(), offset - position));
    if (position + k_chunk_bytes > offset + length)
      chunk = chunk.substr(0, offset + length - std::max(position, offset));
    bytes.append(chunk);
  }
  return bytes;
}

Result<std::string> ContentStore::read_uploaded(ContentId id, std::int64_t offset, std::int64_t length) {
  auto bytes = read_chunks(id, offset, length);
  if (bytes && static_cast<std::int64_t>(bytes->size()) < length)
    return not_found("the upload of message " + std::to_string(id.value) + " is not complete");
  return bytes;
}

Result<std::int64_t> ContentStore::sweep(std::int64_t oldest_run_to_keep) {
  auto contents = database_.run(k_sweep_contents);
  if (!contents) return std::move(contents.error());
  auto uploads = database_.run(k_sweep_uploads, {oldest_run_to_keep << 32});
  if (!uploads) return std::move(uploads.error());
  return contents->affected() + uploads->affected();
}

}  // namespace stagecoach::storage
