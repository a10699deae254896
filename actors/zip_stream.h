// Writes a ZIP archive piece by piece: what has been written is taken away as it comes, so that an archive of
// any size needs little memory. Names are UTF-8. Sizes are bytes.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "routing/model/result.h"

struct archive;

namespace stagecoach {

class ZipStream {
 public:
  ZipStream();
  ~ZipStream();
  ZipStream(const ZipStream&) = delete;
  ZipStream& operator=(const ZipStream&) = delete;

  /// Ends the file before and begins the next. `changed_at`: seconds since 1970.
  Result<void> begin_file(const std::string& path, std::int64_t changed_at);
  Result<void> write(std::string_view bytes);
  /// Ends the archive.
  Result<void> finish();

  /// What has been written since the last time.
  std::string take();
  std::size_t size() const;

 private:
  struct Free {
    void operator()(archive* writer) const;
  };
  Result<void> check(int outcome, const char* doing);
  static long append(archive*, void* output, const void* bytes, std::size_t size);

  std::string output_;  // before the writer, which writes into it to the end
  std::unique_ptr<archive, Free> writer_;
};

}  // namespace stagecoach
