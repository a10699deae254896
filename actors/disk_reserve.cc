#include "actors/disk_reserve.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <cstdint>

namespace stagecoach {

namespace {
constexpr std::int64_t k_bytes = 48 * 1024 * 1024;  // three segments of PostgreSQL's log: enough to recover
}

std::int64_t DiskReserve::free_bytes() const {
  const std::string folder = path_.substr(0, path_.rfind('/'));
  struct statvfs space {};
  if (statvfs(folder.c_str(), &space) != 0) return INT64_MAX;  // unknown: nobody is refused for that
  return static_cast<std::int64_t>(space.f_bavail) * static_cast<std::int64_t>(space.f_frsize);
}

bool DiskReserve::keep(std::int64_t free_min) {
  struct stat status {};
  if (stat(path_.c_str(), &status) == 0) return true;
  if (free_bytes() < free_min + k_bytes) return false;
  const int fd = open(path_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (fd < 0) return false;
  const bool made = posix_fallocate(fd, 0, k_bytes) == 0;
  if (!made) unlink(path_.c_str());
  close(fd);
  return made;
}

bool DiskReserve::release() { return unlink(path_.c_str()) == 0; }

}  // namespace stagecoach
