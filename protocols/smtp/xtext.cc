#include "protocols/smtp/xtext.h"

namespace stagecoach::smtp {
namespace {

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

}  // namespace

std::string encode_xtext(std::string_view bytes) {
  std::string text;
  for (const unsigned char c : bytes) {
    if (c >= '!' && c <= '~' && c != '+' && c != '=') {
      text += static_cast<char>(c);
    } else {
      text += '+';
      text += "0123456789ABCDEF"[c >> 4];
      text += "0123456789ABCDEF"[c & 15];
    }
  }
  return text;
}

std::optional<std::string> decode_xtext(std::string_view text) {
  std::string bytes;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '+') {
      if (i + 2 >= text.size()) return std::nullopt;
      const int high = hex_value(text[i + 1]), low = hex_value(text[i + 2]);
      if (high < 0 || low < 0) return std::nullopt;
      bytes += static_cast<char>(high << 4 | low);
      i += 2;
    } else if (c < '!' || c > '~' || c == '=') {
      return std::nullopt;
    } else {
      bytes += c;
    }
  }
  return bytes;
}

}  // namespace stagecoach::smtp
