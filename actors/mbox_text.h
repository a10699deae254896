// The form of mbox files (RFC 4155): a "From " line, the message with LF line ends, an empty line. Lines of
// the message that begin with "From " behind any number of ">" get one more ">" (known as mboxrd), so that
// the bytes can be had back. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace stagecoach {

/// "From ann@remote.example Fri Nov 20 23:02:59 2026\n"; `seconds` since 1970, shown in UTC. Empty or strange
/// senders become MAILER-DAEMON.
std::string mbox_from_line(std::string_view sender, std::int64_t seconds);

/// One message, given in pieces.
class MboxText {
 public:
  std::string add(std::string_view bytes);
  /// What is still held back, the last line end, and the empty line.
  std::string finish();

 private:
  void take(char c, std::string& out);
  bool may_be_from_line() const;

  std::string line_start_;  // held back: it may become ">>From "
  bool at_start_ = true;    // of a line
  bool pending_cr_ = false;
};

}  // namespace stagecoach
