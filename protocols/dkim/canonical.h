// The two canonical forms of RFC 6376 section 3.4, for header fields and for bodies. Line ends are made CR LF
// first, as they are when a message is sent: each bare CR or LF counts as a line end. Nothing fails.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace stagecoach::dkim {

enum class Form : std::uint8_t { simple, relaxed };

/// A field as it is hashed, with its CR LF. `raw`: name, colon, body with folds; the last line end may be
/// missing.
std::string canonical_field(Form form, std::string_view raw);

/// Each bare CR or LF becomes CR LF.
std::string with_crlf(std::string_view text);

/// A body in pieces of any size. The canonical bytes go to `sink`, in blocks of some 16 kB: memory does not
/// depend on the body.
class CanonicalBody {
 public:
  using Sink = std::function<void(std::string_view)>;
  CanonicalBody(Form form, Sink sink) : form_(form), sink_(std::move(sink)) {}

  void add(std::string_view piece);
  /// Once, at the end.
  void finish();

 private:
  void text(std::string_view span);
  void line_end();
  void flush_if_full();

  Form form_;
  Sink sink_;
  std::string out_;
  std::int64_t empty_lines_ = 0;  // not written: they count only when text follows
  bool in_line_ = false;          // text of this line has been written
  bool space_ = false;            // relaxed: white space that counts only when text follows
  bool after_cr_ = false;
  bool any_ = false;  // something has been written
};

}  // namespace stagecoach::dkim
