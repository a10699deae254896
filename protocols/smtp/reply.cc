#include "protocols/smtp/reply.h"

namespace stagecoach::smtp {
namespace {

void append_clean(std::string& out, std::string_view text) {
  for (const char c : text) out += static_cast<unsigned char>(c) < ' ' || c == 127 ? '?' : c;
}

}  // namespace

std::string Reply::line() const {
  std::string result = std::to_string(code);
  if (!enhanced.empty()) result += " " + enhanced;
  if (!text.empty()) result += " ";
  // It goes to logs and terminals: no escape sequences.
  for (const char c : text)
    result += c == '\n' ? ' ' : static_cast<unsigned char>(c) < ' ' || c == '\x7f' ? '?' : c;
  return result;
}

std::string to_wire(const Reply& reply) {
  std::string wire;
  std::string_view rest = reply.text;
  while (true) {
    const auto end = rest.find('\n');
    wire += std::to_string(reply.code);
    wire += end == std::string_view::npos ? ' ' : '-';
    if (!reply.enhanced.empty()) {
      append_clean(wire, reply.enhanced);
      wire += ' ';
    }
    append_clean(wire, rest.substr(0, end));
    wire += "\r\n";
    if (end == std::string_view::npos) return wire;
    rest.remove_prefix(end + 1);
  }
}

}  // namespace stagecoach::smtp
