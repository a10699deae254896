// The media pool: files that users keep for the attachments of their automatic answers. Names compare without
// regard to case. Sizes are bytes.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "routing/model/ids.h"
#include "storage/pg.h"

namespace stagecoach::storage {

struct MediaLimits {
  std::int64_t file_bytes_max = 10LL << 20;
  std::int64_t user_bytes_max = 50LL << 20;
  std::int64_t files_max = 1000;  // of one user
};

struct MediaFile {
  std::string name, content_type;
  std::int64_t size_bytes = 0;
  std::int64_t at = 0;  // microseconds since 1970
};

struct MediaContent {
  std::string name, content_type, bytes;
};

class MediaRepository {
 public:
  explicit MediaRepository(Database& database) : database_(database) {}

  /// By name, without the bytes.
  Result<std::vector<MediaFile>> list(UserId user);
  /// Nothing: he has no such file.
  Result<std::optional<MediaContent>> find(UserId user, const std::string& name);
  /// Takes the place of a file of this name. `limit_reached`: the file or all files together are too large.
  Result<void> put(UserId user, const MediaContent& file, std::int64_t at, const MediaLimits& limits);
  /// False: there was none.
  Result<bool> remove(UserId user, const std::string& name);

 private:
  Database& database_;
};

}  // namespace stagecoach::storage
