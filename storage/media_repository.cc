#include "storage/media_repository.h"

namespace stagecoach::storage {

namespace {

constexpr Statement k_list{
    "media_list",
    "SELECT name, content_type, size_bytes, at FROM user_media WHERE user_id = $1 ORDER BY lower(name)"};
constexpr Statement k_find{
    "media_find",
    "SELECT name, content_type, bytes FROM user_media WHERE user_id = $1 AND lower(name) = lower($2)", true};
// The limits are part of the statement, so that they hold without a transaction of their own.
constexpr Statement k_put{
    "media_put",
    "INSERT INTO user_media (user_id, name, content_type, size_bytes, at, bytes)"
    " SELECT $1::bigint, $2::text, $3::text, $4::bigint, $5::bigint, $6::bytea FROM"
    " (SELECT coalesce(sum(size_bytes), 0)::bigint AS bytes, count(*) AS files FROM user_media"
    "  WHERE user_id = $1::bigint AND lower(name) <> lower($2::text)) others"
    " WHERE others.bytes + $4::bigint <= $7::bigint AND others.files < $8::bigint"
    " ON CONFLICT (user_id, lower(name)) DO UPDATE SET name = EXCLUDED.name,"
    " content_type = EXCLUDED.content_type, size_bytes = EXCLUDED.size_bytes, at = EXCLUDED.at,"
    " bytes = EXCLUDED.bytes"};
constexpr Statement k_remove{"media_remove",
                             "DELETE FROM user_media WHERE user_id = $1 AND lower(name) = lower($2)"};

std::string megabytes(std::int64_t bytes) {
  return bytes < (1 << 20) ? std::to_string(bytes) + " bytes" : std::to_string(bytes >> 20) + " MB";
}

}  // namespace

Result<std::vector<MediaFile>> MediaRepository::list(UserId user) {
  auto rows = database_.run(k_list, {user.value});
  if (!rows) return std::move(rows.error()).while_doing("listing files");
  std::vector<MediaFile> files;
  for (int i = 0; i < rows->size(); ++i)
    files.push_back({std::string(rows->text(i, 0)), std::string(rows->text(i, 1)), rows->integer(i, 2),
                     rows->integer(i, 3)});
  return files;
}

Result<std::optional<MediaContent>> MediaRepository::find(UserId user, const std::string& name) {
  auto rows = database_.run(k_find, {user.value, name});
  if (!rows) return std::move(rows.error()).while_doing("reading the file " + name);
  if (rows->size() == 0) return std::optional<MediaContent>();
  return std::optional<MediaContent>(MediaContent{
      std::string(rows->text(0, 0)), std::string(rows->text(0, 1)), std::string(rows->text(0, 2))});
}

Result<void> MediaRepository::put(UserId user, const MediaContent& file, std::int64_t at,
                                  const MediaLimits& limits) {
  const auto size = static_cast<std::int64_t>(file.bytes.size());
  if (size > limits.file_bytes_max)
    return limit_reached(file.name + " is larger than " + megabytes(limits.file_bytes_max));
  auto rows = database_.run(k_put, {user.value, file.name, file.content_type, size, at, file.bytes,
                                    limits.user_bytes_max, limits.files_max});
  if (!rows) return std::move(rows.error()).while_doing("storing the file " + file.name);
  if (rows->affected() > 0) return {};
  return limit_reached("the files of one user may have " + megabytes(limits.user_bytes_max) + " and be " +
                       std::to_string(limits.files_max) + " together: delete others first");
}

Result<bool> MediaRepository::remove(UserId user, const std::string& name) {
  auto rows = database_.run(k_remove, {user.value, name});
  if (!rows) return std::move(rows.error()).while_doing("deleting the file " + name);
  return rows->affected() > 0;
}

}  // namespace stagecoach::storage
