// Names of files in an exported archive, made of what strangers wrote: valid UTF-8 on any system, without
// separators and control characters, never "." or "..". Pure.
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <string_view>

namespace stagecoach {

/// One level of a path. `bytes_max` cuts between characters. Empty when nothing is left.
std::string safe_file_name(std::string_view text, std::size_t bytes_max);

/// "Work/Plans", each level safe. No level ends like a file of an archive, so that none can be in the way of
/// one.
std::string folder_path(std::string_view folder);

/// "0007-Lunch on Friday.eml"; `count` messages decide how many digits.
std::string message_file_name(std::int64_t number, std::int64_t count, std::string_view subject);

/// Gives each path once, without regard to ASCII case: "Work", "work (2)".
class UniquePaths {
 public:
  std::string take(const std::string& path);

 private:
  std::set<std::string> taken_;
};

}  // namespace stagecoach
