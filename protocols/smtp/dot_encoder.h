// Writes content for DATA (RFC 5321 section 4.5.2), BDAT (RFC 3030) and POP3: a dot before each dot at the
// start of a line. A line starts after every LF, even a bare one, because some receivers end content at
// "\n.\r\n".
#pragma once

#include <string>
#include <string_view>

namespace stagecoach::smtp {

class DotEncoder {
 public:
  enum class Dots { stuff, none };  // none: BDAT
  /// normalise: each bare CR or LF becomes CR LF, as RFC 5321 section 2.3.8 demands of who sends.
  enum class LineEnds { normalise, exact };

  DotEncoder(Dots dots, LineEnds line_ends) : dots_(dots), line_ends_(line_ends) {}

  /// Appends the encoded bytes to `out`.
  void encode(std::string_view in, std::string& out);
  /// Ends the last line with CR LF if it has none, and with Dots::stuff appends "." CR LF.
  void finish(std::string& out);

 private:
  void encode_exact(std::string_view in, std::string& out);
  Dots dots_;
  LineEnds line_ends_;
  bool line_start_ = true;
  bool after_cr_ = false;  // the last byte was a CR: an LF that follows belongs to it
  bool bare_lf_ = false;   // the last byte was an LF without CR
};

}  // namespace stagecoach::smtp
