#include "actors/zip_stream.h"

#include <archive.h>
#include <archive_entry.h>

#include <clocale>
#include <ctime>
#include <utility>

namespace stagecoach {

namespace {

/// libarchive marks names as UTF-8 when the locale says so. Of this thread only, and only meanwhile.
class Utf8Names {
 public:
  Utf8Names() : locale_(::newlocale(LC_CTYPE_MASK, "C.UTF-8", static_cast<locale_t>(nullptr))) {
    if (locale_) before_ = ::uselocale(locale_);
  }
  ~Utf8Names() {
    if (!locale_) return;
    ::uselocale(before_);
    ::freelocale(locale_);
  }
  Utf8Names(const Utf8Names&) = delete;
  Utf8Names& operator=(const Utf8Names&) = delete;

 private:
  locale_t locale_;
  locale_t before_{};
};

struct FreeEntry {
  void operator()(archive_entry* entry) const { ::archive_entry_free(entry); }
};

}  // namespace

void ZipStream::Free::operator()(archive* writer) const { ::archive_write_free(writer); }

ZipStream::ZipStream() : writer_(::archive_write_new()) {
  ::archive_write_set_format_zip(writer_.get());
  ::archive_write_set_bytes_in_last_block(writer_.get(), 1);  // nothing behind the archive
  ::archive_write_open(writer_.get(), &output_, nullptr, &ZipStream::append, nullptr);
}
ZipStream::~ZipStream() = default;

long ZipStream::append(archive*, void* output, const void* bytes, std::size_t size) {
  static_cast<std::string*>(output)->append(static_cast<const char*>(bytes), size);
  return static_cast<long>(size);
}

Result<void> ZipStream::check(int outcome, const char* doing) {
  if (outcome >= ARCHIVE_WARN) return {};
  const char* why = ::archive_error_string(writer_.get());
  return internal_error(why ? why : "libarchive failed").while_doing(doing);
}

Result<void> ZipStream::begin_file(const std::string& path, std::int64_t changed_at) {
  const Utf8Names names;
  const std::unique_ptr<archive_entry, FreeEntry> entry(::archive_entry_new());
  ::archive_entry_set_pathname(entry.get(), path.c_str());
  ::archive_entry_set_filetype(entry.get(), AE_IFREG);
  ::archive_entry_set_perm(entry.get(), 0600);
  ::archive_entry_set_mtime(entry.get(), static_cast<std::time_t>(changed_at), 0);
  return check(::archive_write_header(writer_.get(), entry.get()), "beginning a file of the archive");
}

Result<void> ZipStream::write(std::string_view bytes) {
  if (bytes.empty()) return {};
  const auto written = ::archive_write_data(writer_.get(), bytes.data(), bytes.size());
  return check(written < 0 ? ARCHIVE_FATAL : ARCHIVE_OK, "writing to the archive");
}

Result<void> ZipStream::finish() {
  const Utf8Names names;
  return check(::archive_write_close(writer_.get()), "ending the archive");
}

std::string ZipStream::take() { return std::exchange(output_, {}); }
std::size_t ZipStream::size() const { return output_.size(); }

}  // namespace stagecoach
