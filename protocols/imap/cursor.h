// Reads the parts of one command (RFC 3501 section 9). The text holds its literals inline: "{5}CRLF" and the
// bytes. A read that fails returns nothing and leaves the position anywhere: the command is BAD then.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace stagecoach::imap {

class Cursor {
 public:
  explicit Cursor(std::string_view text) : text_(text) {}

  bool at_end() const { return at_ >= text_.size(); }
  char peek() const { return at_end() ? '\0' : text_[at_]; }
  std::string_view rest() const { return text_.substr(at_); }

  /// Exactly this character.
  bool take(char c);
  /// One space; more are tolerated.
  bool space();
  /// This word (any case), if a delimiter follows it.
  bool word(std::string_view word);
  /// Letters, digits and what else an atom has; as a view into the command.
  std::optional<std::string_view> atom();
  /// An atom of a sequence set: digits, "*", ":", ",".
  std::string_view sequence();
  std::optional<std::uint64_t> number();
  /// Quoted or literal.
  std::optional<std::string> string();
  std::optional<std::string> astring();
  /// astring that may hold the wild cards of LIST.
  std::optional<std::string> pattern();
  /// string or NIL (an empty string).
  std::optional<std::string> nstring();

 private:
  std::optional<std::string> characters(std::string_view also);
  std::optional<std::string> quoted();
  std::optional<std::string> literal();

  std::string_view text_;
  std::size_t at_ = 0;
};

}  // namespace stagecoach::imap
