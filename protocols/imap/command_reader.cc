#include "protocols/imap/command_reader.h"

#include <algorithm>
#include <charconv>

namespace stagecoach::imap {
namespace {

/// "{12}" or "{12+}" at the end of the line.
std::optional<CommandReader::Literal> announcement(std::string_view line) {
  if (!line.ends_with('}')) return std::nullopt;
  const auto brace = line.rfind('{');
  if (brace == std::string_view::npos) return std::nullopt;
  std::string_view number = line.substr(brace + 1, line.size() - brace - 2);
  CommandReader::Literal literal;
  if (number.ends_with('+')) {
    literal.waits = false;
    number.remove_suffix(1);
  }
  const auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), literal.size_bytes);
  if (number.empty() || error != std::errc{} || end != number.data() + number.size()) return std::nullopt;
  return literal;
}

}  // namespace

CommandReader::Step CommandReader::next() {
  while (true) {
    if (literal_left_ > 0) {
      const std::string bytes = take_bytes(literal_left_);
      text_ += bytes;
      literal_left_ -= bytes.size();
      if (literal_left_ > 0) return Step::more;
    }
    const auto found = line();
    if (!found) {
      if (line_bytes_ + waiting() > text_bytes_max_) {
        if (!skipping_) text_ += input_.substr(at_, 200);
        skipping_ = true;
        clear();
      }
      return Step::more;
    }
    std::string_view content = found->substr(0, found->size() - 1);
    if (content.ends_with('\r')) content.remove_suffix(1);
    line_bytes_ += content.size();
    const bool too_long = skipping_ || line_bytes_ > text_bytes_max_;
    text_ += too_long ? content.substr(0, skipping_ ? 0 : 200) : content;
    const auto literal = too_long ? std::nullopt : announcement(content);
    consume(found->size());
    if (too_long) return Step::too_long;
    if (!literal) return Step::command;
    literal_ = *literal;
    text_ += "\r\n";
    return Step::literal;
  }
}

std::optional<std::string_view> CommandReader::line() {
  const auto end = input_.find('\n', std::max(at_, scanned_));
  scanned_ = input_.size();
  if (end == std::string::npos) return std::nullopt;
  scanned_ = end + 1;
  return std::string_view(input_).substr(at_, end + 1 - at_);
}

void CommandReader::consume(std::size_t count) {
  at_ += count;
  scanned_ = std::max(scanned_, at_);
  if (at_ == input_.size()) {
    clear();
  } else if (at_ > 16384 && at_ > input_.size() / 2) {
    input_.erase(0, at_);
    scanned_ -= at_;
    at_ = 0;
  }
}

void CommandReader::clear() {
  if (input_.capacity() > 1024)
    std::string().swap(input_);
  else
    input_.clear();
  at_ = scanned_ = 0;
}

void CommandReader::reset() {
  if (text_.capacity() > 1024)
    std::string().swap(text_);
  else
    text_.clear();
  line_bytes_ = 0;
  literal_left_ = 0;
  skipping_ = false;
}

std::optional<std::string> CommandReader::take_line() {
  const auto found = line();
  if (!found) return std::nullopt;
  std::string content(found->substr(0, found->size() - 1));
  if (content.ends_with('\r')) content.pop_back();
  consume(found->size());
  return content;
}

std::string CommandReader::take_bytes(std::uint64_t count) {
  const auto size = static_cast<std::size_t>(std::min<std::uint64_t>(count, waiting()));
  std::string bytes = input_.substr(at_, size);
  consume(size);
  // A line feed among these bytes was none: what follows is to be scanned from its beginning.
  scanned_ = at_;
  return bytes;
}

std::uint64_t CommandReader::skip_bytes(std::uint64_t count) {
  const auto size = std::min<std::uint64_t>(count, waiting());
  consume(static_cast<std::size_t>(size));
  scanned_ = at_;
  return size;
}

}  // namespace stagecoach::imap
