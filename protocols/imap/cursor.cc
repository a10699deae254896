#include "protocols/imap/cursor.h"

#include <charconv>

#include "routing/model/address.h"

namespace stagecoach::imap {
namespace {

bool is_atom_char(char c) {
  return static_cast<unsigned char>(c) > ' ' && c != 127 &&
         std::string_view("(){%*\"\\]").find(c) == std::string_view::npos;
}

}  // namespace

bool Cursor::take(char c) {
  if (at_end() || text_[at_] != c) return false;
  ++at_;
  return true;
}

bool Cursor::space() {
  if (!take(' ')) return false;
  while (take(' ')) continue;
  return true;
}

bool Cursor::word(std::string_view word) {
  if (!equals_ignoring_case(text_.substr(at_, word.size()), word)) return false;
  const auto end = at_ + word.size();
  const char last = to_lower(word.back());
  if (end < text_.size() && last >= 'a' && last <= 'z' && is_atom_char(text_[end]) && text_[end] != '.')
    return false;
  at_ = end;
  return true;
}

std::optional<std::string_view> Cursor::atom() {
  const auto begin = at_;
  while (!at_end() && is_atom_char(text_[at_])) ++at_;
  if (at_ == begin) return std::nullopt;
  return text_.substr(begin, at_ - begin);
}

std::string_view Cursor::sequence() {
  const auto begin = at_;
  while (!at_end() && std::string_view("0123456789*:,").find(text_[at_]) != std::string_view::npos) ++at_;
  return text_.substr(begin, at_ - begin);
}

std::optional<std::uint64_t> Cursor::number() {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text_.data() + at_, text_.data() + text_.size(), value);
  if (error != std::errc{}) return std::nullopt;
  at_ = static_cast<std::size_t>(end - text_.data());
  return value;
}

std::optional<std::string> Cursor::quoted() {
  std::string value;
  for (++at_; !at_end(); ++at_) {
    char c = text_[at_];
    if (c == '"') {
      ++at_;
      return value;
    }
    if (c == '\r' || c == '\n') return std::nullopt;
    if (c == '\\') {
      if (++at_; at_end()) return std::nullopt;
      c = text_[at_];
    }
    value += c;
  }
  return std::nullopt;
}

std::optional<std::string> Cursor::literal() {
  ++at_;
  const auto size = number();
  if (!size) return std::nullopt;
  take('+');
  if (!take('}') || !take('\r') || !take('\n') || *size > text_.size() - at_) return std::nullopt;
  std::string value(text_.substr(at_, *size));
  at_ += *size;
  return value;
}

std::optional<std::string> Cursor::string() {
  if (peek() == '"') return quoted();
  if (peek() == '{') return literal();
  return std::nullopt;
}

std::optional<std::string> Cursor::characters(std::string_view also) {
  const auto begin = at_;
  while (!at_end() && (is_atom_char(text_[at_]) || also.find(text_[at_]) != std::string_view::npos)) ++at_;
  if (at_ == begin) return std::nullopt;
  return std::string(text_.substr(begin, at_ - begin));
}

std::optional<std::string> Cursor::astring() {
  if (peek() == '"' || peek() == '{') return string();
  return characters("]");
}

std::optional<std::string> Cursor::pattern() {
  if (peek() == '"' || peek() == '{') return string();
  return characters("]%*");
}

std::optional<std::string> Cursor::nstring() {
  if (word("NIL")) return std::string();
  return string();
}

}  // namespace stagecoach::imap
