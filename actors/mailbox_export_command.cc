// `stagecoach folder export`: the server sends the archive, this process writes the file as the
// administrator.
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <iostream>

#include "actors/command_tools.h"
#include "actors/mailbox_commands.h"

namespace stagecoach {

using nlohmann::json;

namespace {

/// A file that stands under its name only when it is complete; before that it is NAME.part. "-" is stdout.
class WholeFile {
 public:
  explicit WholeFile(std::string path) : path_(std::move(path)), part_(path_ + ".part") {}
  ~WholeFile() {
    if (is_stdout() || fd_ < 0) return;
    ::close(fd_);
    ::unlink(part_.c_str());
  }
  WholeFile(const WholeFile&) = delete;
  WholeFile& operator=(const WholeFile&) = delete;

  Result<void> open() {
    fd_ = is_stdout() ? STDOUT_FILENO
                      : ::open(part_.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd_ < 0) return failed("cannot write ", part_);
    return {};
  }
  Result<void> write(std::string_view bytes) {
    while (!bytes.empty()) {
      const auto written = ::write(fd_, bytes.data(), bytes.size());
      if (written < 0 && errno == EINTR) continue;
      if (written < 0) return failed("cannot write ", is_stdout() ? "to stdout" : part_);
      bytes.remove_prefix(static_cast<std::size_t>(written));
    }
    return {};
  }
  Result<void> complete() {
    if (is_stdout()) return {};
    const bool stored = ::fsync(fd_) == 0 && ::rename(part_.c_str(), path_.c_str()) == 0;
    if (!stored) return failed("cannot write ", path_);
    ::close(std::exchange(fd_, -1));
    return {};
  }

 private:
  bool is_stdout() const { return path_ == "-"; }
  static Error failed(const std::string& doing, const std::string& path) {
    return unavailable(doing + path + ": " + std::strerror(errno));
  }

  std::string path_, part_;
  int fd_ = -1;
};

}  // namespace

int export_folders(const CommandLine& line) {
  const std::string path = line.value("to");
  if (line.word(2).empty() || path.empty())
    return wrong_usage("folder export needs a user and --to FILE.zip");
  json arguments = {
      {"user", line.word(2)}, {"format", line.value("format", "eml")}, {"folders", json::array()}};
  for (std::size_t i = 3; i < line.words().size(); ++i) arguments["folders"].push_back(line.word(i));
  WholeFile file(path);
  if (auto opened = file.open(); !opened) return failure(opened.error());
  auto answer =
      call(line, "folder export", arguments, [&](std::string_view bytes) { return file.write(bytes); });
  if (!answer) return failure(answer.error());
  if (auto done = file.complete(); !done) return failure(done.error());
  if (path == "-") return 0;
  if (line.has("json"))
    std::cout << answer->dump(2) << "\n";
  else
    std::cout << answer->value("messages", 0) << " messages of " << answer->value("folders", 0)
              << " folders written to " << path << "\n";
  return 0;
}

}  // namespace stagecoach
