#include "actors/mail_log.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <ctime>
#include <filesystem>
#include <fstream>

namespace stagecoach {

namespace {

namespace fs = std::filesystem;

constexpr const char* k_weekdays[] = {"sun", "mon", "tue", "wed", "thu", "fri", "sat"};

std::tm local_parts(std::int64_t microseconds) {
  const auto seconds = static_cast<std::time_t>(microseconds / 1000000);
  std::tm parts{};
  localtime_r(&seconds, &parts);
  return parts;
}

Error fault(const std::string& path, int code) {
  return unavailable("cannot write " + path + ": " + std::strerror(code));
}

Result<void> make_folder_of(const std::string& path) {
  std::error_code error;
  const fs::path folder = fs::path(path).parent_path();
  if (!fs::create_directories(folder, error)) return error ? fault(folder, error.value()) : Result<void>{};
  ::chmod(folder.c_str(), 0750);
  return {};
}

Result<void> write_all(int fd, const std::string& path, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = ::write(fd, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return fault(path, errno);
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  return {};
}

}  // namespace

std::string local_time_text(std::int64_t microseconds) {
  const std::tm parts = local_parts(microseconds);
  char text[40];
  std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S%z", &parts);
  std::string result = text;
  result.insert(result.size() - 2, 1, ':');  // +0100
  return result;
}

routing::LocalDay local_day_of(std::int64_t microseconds) {
  const std::tm parts = local_parts(microseconds);
  return routing::LocalDay(std::chrono::year(parts.tm_year + 1900) / (parts.tm_mon + 1) / parts.tm_mday);
}

std::int64_t begin_of_day(routing::LocalDay day) {
  const std::chrono::year_month_day date(day);
  std::tm parts{};
  parts.tm_year = static_cast<int>(date.year()) - 1900;
  parts.tm_mon = static_cast<int>(static_cast<unsigned>(date.month())) - 1;
  parts.tm_mday = static_cast<int>(static_cast<unsigned>(date.day()));
  parts.tm_isdst = -1;
  return static_cast<std::int64_t>(std::mktime(&parts)) * 1000000;
}

Result<void> write_protected_file(const std::string& path, const std::string& text, bool append) {
  if (auto made = make_folder_of(path); !made) return made;
  const int fd = ::open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC | (append ? O_APPEND : O_TRUNC), 0640);
  if (fd < 0) return fault(path, errno);
  ::fchmod(fd, 0640);
  auto written = write_all(fd, path, text);
  ::close(fd);
  return written;
}

void MailLog::look_at_file() {
  if (std::exchange(looked_, true)) return;
  std::ifstream file(path());
  std::string line;
  if (!std::getline(file, line)) return;
  day_ = routing::parse_day(std::string_view(line).substr(0, 10));
  struct stat facts {};
  if (!day_ && ::stat(path().c_str(), &facts) == 0)  // somebody else has written into it
    day_ = local_day_of(static_cast<std::int64_t>(facts.st_mtime) * 1000000);
}

Result<void> MailLog::end_file(bool keep_copies) {
  const std::string folder = data_folder_ + "/logs/";
  if (keep_copies) {
    const std::string copy = data_folder_ + "/summaries/mail-" + routing::day_text(*day_) + ".log";
    if (auto made = make_folder_of(copy); !made) return made;
    std::error_code error;
    fs::copy_file(path(), copy, fs::copy_options::overwrite_existing, error);
    if (error) return fault(copy, error.value());
    ::chmod(copy.c_str(), 0640);
  }
  const std::string old = folder + "mail." + k_weekdays[std::chrono::weekday(*day_).c_encoding()];
  if (::rename(path().c_str(), old.c_str()) != 0 && errno != ENOENT) return fault(old, errno);
  day_.reset();
  return {};
}

Result<void> MailLog::begin_day(routing::LocalDay day, bool keep_copies) {
  look_at_file();
  begun_ = std::max(begun_, day);
  if (!day_ || *day_ >= day) return {};
  return end_file(keep_copies);
}

Result<void> MailLog::write(const std::string& text) {
  return text.empty() ? Result<void>{} : write_protected_file(path(), text, true);
}

Result<void> MailLog::append(const std::vector<MailLogLine>& lines, bool keep_copies) {
  look_at_file();
  std::string text;
  for (const MailLogLine& line : lines) {
    const routing::LocalDay day = std::max(begun_, local_day_of(line.at));
    if (day_ && *day_ < day) {
      if (auto written = write(std::exchange(text, {})); !written) return written;
      if (auto ended = end_file(keep_copies); !ended) return ended;
    }
    if (!day_) {
      day_ = day;
      text += local_time_text(begin_of_day(day)) + " begin\n";
    }
    text += local_time_text(line.at) + " " + line.text + "\n";
  }
  return write(text);
}

}  // namespace stagecoach
