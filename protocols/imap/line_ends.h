// The content of a message in pieces: a bare CR or LF becomes CR LF, and the last line gets its end.
#pragma once

#include <string>
#include <string_view>

namespace stagecoach::imap {

class LineEnds {
 public:
  void pass(std::string_view bytes, std::string& out);
  void finish(std::string& out);

 private:
  void end_line(std::string& out);

  bool after_cr_ = false;
  bool in_line_ = false;
};

}  // namespace stagecoach::imap
