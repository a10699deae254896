// Looks for a CR or LF that stands alone, in content that comes in pieces without dots (BDAT).
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace stagecoach::smtp {

class LineEndScanner {
 public:
  void scan(std::string_view bytes) {
    for (std::size_t at = 0; at < bytes.size();) {
      if (after_cr_) {
        after_cr_ = false;
        ends_line_ = bytes[at] == '\n';
        bare_ = bare_ || !ends_line_;
        line_ = 0;
        if (ends_line_) {
          ++at;
          continue;
        }
      }
      const void* const found = std::memchr(bytes.data() + at, '\r', bytes.size() - at);
      const std::size_t stop =
          found ? static_cast<std::size_t>(static_cast<const char*>(found) - bytes.data()) : bytes.size();
      bare_ = bare_ || bytes.substr(at, stop - at).find('\n') != std::string_view::npos;
      line_ += static_cast<std::int64_t>(stop - at);
      longest_ = std::max(longest_, line_);
      after_cr_ = found != nullptr;
      ends_line_ = false;
      at = stop + (found ? 1 : 0);
    }
  }
  /// A CR at the very end counts only once nothing can follow it: see ends_with_cr().
  bool saw_bare() const { return bare_; }
  bool ends_with_cr() const { return after_cr_; }
  bool ends_with_line_end() const { return ends_line_; }
  std::int64_t longest_line() const { return longest_; }

 private:
  bool after_cr_ = false;
  bool ends_line_ = false;
  bool bare_ = false;
  std::int64_t line_ = 0;
  std::int64_t longest_ = 0;
};

}  // namespace stagecoach::smtp
