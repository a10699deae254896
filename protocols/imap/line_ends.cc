#include "protocols/imap/line_ends.h"

#include <algorithm>

namespace stagecoach::imap {

void LineEnds::end_line(std::string& out) {
  out += "\r\n";
  after_cr_ = in_line_ = false;
}

void LineEnds::pass(std::string_view bytes, std::string& out) {
  std::size_t at = 0;
  while (at < bytes.size()) {
    if (after_cr_) {
      at += bytes[at] == '\n';
      end_line(out);
      continue;
    }
    const std::size_t stop = std::min(bytes.find('\r', at), bytes.size());
    const std::string_view upto = bytes.substr(0, stop);
    for (auto lf = upto.find('\n', at); lf != std::string_view::npos; lf = upto.find('\n', at)) {
      out += upto.substr(at, lf - at);
      end_line(out);
      at = lf + 1;
    }
    out += upto.substr(at);
    in_line_ = in_line_ || stop > at;
    after_cr_ = stop < bytes.size();
    at = stop + 1;
  }
}

void LineEnds::finish(std::string& out) {
  if (after_cr_ || in_line_) end_line(out);
}

}  // namespace stagecoach::imap
