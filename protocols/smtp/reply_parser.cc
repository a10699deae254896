#include "protocols/smtp/reply_parser.h"

#include <utility>

namespace stagecoach::smtp {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// Octets of an enhanced status code ("2.1.5") at the start of `text`; 0 when there is none.
std::size_t enhanced_size(std::string_view text) {
  if (text.size() < 5 || (text[0] != '2' && text[0] != '4' && text[0] != '5') || text[1] != '.') return 0;
  std::size_t at = 2;
  for (int part = 0; part < 2; ++part) {
    const std::size_t start = at;
    while (at < text.size() && at - start < 3 && is_digit(text[at])) ++at;
    if (at == start) return 0;
    if (part == 0 && (at >= text.size() || text[at++] != '.')) return 0;
  }
  return at == text.size() || text[at] == ' ' ? at : 0;
}

}  // namespace

void ReplyParser::add(std::string_view bytes) {
  if (offset_ > 0) buffer_.erase(0, std::exchange(offset_, 0));
  buffer_ += bytes;
}

void ReplyParser::clear() { *this = ReplyParser(limits_); }

Result<std::optional<Reply>> ReplyParser::next() {
  while (true) {
    const auto rest = std::string_view(buffer_).substr(offset_);
    const auto end = rest.find('\n');
    if (std::min(end, rest.size()) > limits_.line_bytes_max)
      return limit_reached("a line of the reply is too long");
    if (end == std::string_view::npos) return std::optional<Reply>();
    auto line = rest.substr(0, end);
    if (line.ends_with('\r')) line.remove_suffix(1);
    offset_ += end + 1;
    const auto complete = take(line);
    if (!complete) return complete.error();
    if (*complete) return std::optional<Reply>(std::exchange(reply_, {}));
  }
}

Result<bool> ReplyParser::take(std::string_view line) {
  if (line.size() < 3 || !is_digit(line[0]) || !is_digit(line[1]) || !is_digit(line[2]) || line[0] < '2' ||
      line[0] > '5' || (line.size() > 3 && line[3] != ' ' && line[3] != '-'))
    return invalid_input("what the server sent is no SMTP reply: " + std::string(line.substr(0, 100)));
  const bool more = line.size() > 3 && line[3] == '-';
  auto text = line.substr(std::min<std::size_t>(4, line.size()));
  const int code = (line[0] - '0') * 100 + (line[1] - '0') * 10 + (line[2] - '0');
  if (const std::size_t size = enhanced_size(text); size > 0 && text[0] == line[0]) {
    reply_.enhanced = text.substr(0, size);
    text.remove_prefix(std::min(text.size(), size + 1));
  }
  if (++lines_ > limits_.lines_max || reply_.text.size() + text.size() > limits_.reply_bytes_max)
    return limit_reached("the reply has no end");
  if (lines_ > 1) reply_.text += '\n';
  reply_.text += text;
  reply_.code = code;
  if (!more) lines_ = 0;
  return !more;
}

}  // namespace stagecoach::smtp
