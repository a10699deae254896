#include "protocols/smtp/dot_encoder.h"

#include <algorithm>

namespace stagecoach::smtp {

void DotEncoder::encode(std::string_view in, std::string& out) {
  out.reserve(out.size() + in.size() + in.size() / 64 + 8);
  if (line_ends_ == LineEnds::exact) return encode_exact(in, out);
  std::size_t at = 0;
  if (after_cr_ && in.starts_with('\n')) at = 1;  // CR LF and bare CR are one line end
  if (!in.empty()) after_cr_ = false;
  std::size_t lf = in.find('\n', at);  // searched anew only when passed: an input of CR alone stays linear
  while (at < in.size()) {
    if (lf != std::string_view::npos && lf < at) lf = in.find('\n', at);
    const std::size_t line_end = std::min(lf, in.size());
    const auto cr = in.substr(at, line_end - at).find('\r');
    const std::size_t text_end = cr == std::string_view::npos ? line_end : at + cr;
    if (text_end > at) {
      if (line_start_ && in[at] == '.' && dots_ == Dots::stuff) out += '.';
      line_start_ = false;
      out.append(in, at, text_end - at);
    }
    if (text_end == in.size()) return;
    out += "\r\n";
    line_start_ = true;
    const bool crlf = in[text_end] == '\r' && text_end + 1 == lf;
    after_cr_ = in[text_end] == '\r' && text_end + 1 == in.size();
    at = text_end + (crlf ? 2 : 1);
  }
}

void DotEncoder::encode_exact(std::string_view in, std::string& out) {
  if (in.empty()) return;
  if (line_start_ && in[0] == '.' && dots_ == Dots::stuff) out += '.';
  std::size_t start = 0;  // not yet copied
  if (dots_ == Dots::stuff)
    for (auto dot = in.find("\n."); dot != std::string_view::npos; dot = in.find("\n.", dot + 1)) {
      out += in.substr(start, dot + 1 - start);
      out += '.';
      start = dot + 1;
    }
  out += in.substr(start);
  const bool crlf = in.back() == '\n' && (in.size() > 1 ? in[in.size() - 2] == '\r' : after_cr_);
  bare_lf_ = in.back() == '\n' && !crlf;
  after_cr_ = in.back() == '\r';
  line_start_ = in.back() == '\n';
}

void DotEncoder::finish(std::string& out) {
  if (!line_start_ || bare_lf_) out += "\r\n";
  if (dots_ == Dots::stuff) out += ".\r\n";
}

}  // namespace stagecoach::smtp
