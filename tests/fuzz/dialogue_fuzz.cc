// What two sides say to each other, in any form: lines stay short, and one line is one.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "protocols/dialogue/dialogue_text.h"

using namespace stagecoach;

namespace {

void look(const std::vector<std::string>& lines) {
  for (const std::string& line : lines)
    if (line.size() > DialogueText::k_line_bytes_max + 20 || line.find('\n') != std::string::npos)
      std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 1) return 0;
  DialogueText text(static_cast<DialogueProtocol>(data[0] % 3));
  std::string_view stream(reinterpret_cast<const char*>(data) + 1, size - 1);
  // A NUL changes who speaks.
  bool client = true;
  for (; !stream.empty(); client = !client) {
    const auto part = stream.substr(0, stream.find('\0'));
    look(client ? text.sent(part) : text.received(part));
    stream.remove_prefix(std::min(part.size() + 1, stream.size()));
  }
  return 0;
}
