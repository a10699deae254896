// Reads content as DATA (RFC 5321 section 4.5.2) and POP3 (RFC 1939 section 3) send it: finds the end, CR LF
// "." CR LF, and takes away the dots that the sender has put before dots. Only CR LF ends a line here:
// "\n.\n",
// "\n.\r\n", "\r.\r" and the like never end the content, so that nobody smuggles a second message in.
// Fast: lines are found by memchr and copied in large spans.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace stagecoach::smtp {

class DotDecoder {
 public:
  /// What happens to a CR or LF that stands alone. Framing does not change: only CR LF counts.
  enum class BareLineEnds { keep, normalise };  // normalise: each becomes CR LF

  explicit DotDecoder(BareLineEnds bare = BareLineEnds::keep) : bare_(bare) {}

  /// Decodes from `in`, appends to `out`, returns how many bytes were taken: all of them, or those up to and
  /// including the end. Any split of the stream gives the same content.
  std::size_t decode(std::string_view in, std::string& out);

  bool ended() const { return state_ == State::ended; }
  bool saw_bare_cr() const { return bare_cr_; }
  bool saw_bare_lf() const { return bare_lf_; }
  /// Octets of the longest line so far, without CR LF.
  std::int64_t longest_line() const { return longest_; }

 private:
  enum class State { line_start, dot, dot_cr, text, text_cr, ended };
  std::size_t text(std::string_view in, std::string& out);
  void bare_cr(std::string& out);
  void bare_lf(std::string& out);
  void count(std::size_t octets);

  State state_ = State::line_start;
  BareLineEnds bare_;
  bool bare_cr_ = false;
  bool bare_lf_ = false;
  std::int64_t line_ = 0;
  std::int64_t longest_ = 0;
};

}  // namespace stagecoach::smtp
