// A file that only takes up space: when the disk is full and PostgreSQL cannot even recover, it is given up,
// so that what was under way can be settled. It is made again when there is room.
#pragma once

#include <cstdint>
#include <string>

namespace stagecoach {

class DiskReserve {
 public:
  /// `folder` is data_dir.
  explicit DiskReserve(std::string folder) : path_(std::move(folder) + "/reserve") {}

  /// Bytes that are free for this user where the file is.
  std::int64_t free_bytes() const;
  /// Makes the file unless it is there or that would leave less than `free_min`. Gives whether it is there.
  bool keep(std::int64_t free_min);
  /// Gives the space up. False: there was nothing to give.
  bool release();

 private:
  std::string path_;
};

}  // namespace stagecoach
