#include "protocols/pop3/content_filter.h"

namespace stagecoach::pop3 {

std::string_view TopFilter::take(std::string_view bytes) {
  std::size_t at = 0;
  while (!done_ && at < bytes.size()) {
    const auto end = bytes.find('\n', at);
    const auto line = bytes.substr(at, end == std::string_view::npos ? end : end - at);
    line_empty_ = line_empty_ && (line.empty() || line == "\r");
    if (end == std::string_view::npos) return bytes;
    at = end + 1;
    if (in_header_)
      in_header_ = !line_empty_;
    else
      --lines_;
    line_empty_ = true;
    done_ = !in_header_ && lines_ == 0;
  }
  return bytes.substr(0, at);
}

void TrailingBlankLines::pass(std::string_view bytes, std::string& out) {
  if (bytes.empty()) return;
  if (held_cr_ && bytes[0] == '\n') {
    ++held_;
    held_cr_ = false;
    bytes.remove_prefix(1);
  }
  std::size_t end = bytes.size();
  const bool cr = end > 0 && bytes[end - 1] == '\r';
  if (cr) --end;
  std::uint64_t pairs = 0;
  while (end >= 2 && bytes.substr(end - 2, 2) == "\r\n") {
    ++pairs;
    end -= 2;
  }
  if (end > 0 || (held_cr_ && !bytes.empty())) {
    for (; held_ > 0; --held_) out += "\r\n";
    if (held_cr_) out += '\r';
    held_cr_ = false;
    out += bytes.substr(0, end);
  }
  held_ += pairs;
  held_cr_ = held_cr_ || cr;
}

void TrailingBlankLines::finish(std::string& out) {
  if (held_ > 0) out += "\r\n";
  if (held_cr_) out += '\r';
  held_ = 0;
  held_cr_ = false;
}

}  // namespace stagecoach::pop3
