#include "protocols/imap/folder_name.h"

#include <unicode/unistr.h>
#include <unicode/utf16.h>

#include <vector>

#include "protocols/mime/decode.h"
#include "routing/model/address.h"

namespace stagecoach::imap {
namespace {

constexpr std::string_view k_alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+,";
constexpr std::size_t k_name_bytes_max = 1000;

void append_base64(std::string& out, const std::u16string& units) {
  std::uint32_t bits = 0;
  int count = 0;
  out += '&';
  for (const char16_t unit : units) {
    bits = bits << 16 | unit;
    for (count += 16; count >= 6; count -= 6) out += k_alphabet[bits >> (count - 6) & 63];
  }
  if (count > 0) out += k_alphabet[bits << (6 - count) & 63];
  out += '-';
}

/// The text between "&" and "-".
bool decode_base64(std::string_view text, std::string& out) {
  std::u16string units;
  std::uint32_t bits = 0;
  int count = 0;
  for (const char c : text) {
    const auto value = k_alphabet.find(c);
    if (value == std::string_view::npos) return false;
    bits = bits << 6 | static_cast<std::uint32_t>(value);
    count += 6;
    if (count < 16) continue;
    count -= 16;
    units += static_cast<char16_t>(bits >> count & 0xFFFF);
  }
  if (count >= 6 || (bits & ((1U << count) - 1)) != 0) return false;
  for (std::size_t i = 0; i < units.size(); ++i) {
    if (!U16_IS_SURROGATE(units[i])) continue;
    if (!U16_IS_LEAD(units[i]) || i + 1 == units.size() || !U16_IS_TRAIL(units[i + 1])) return false;
    ++i;
  }
  icu::UnicodeString(units.data(), static_cast<std::int32_t>(units.size())).toUTF8String(out);
  return true;
}

bool starts_with_inbox(std::string_view name) {
  return name.size() >= 5 && equals_ignoring_case(name.substr(0, 5), "INBOX") &&
         (name.size() == 5 || name[5] == '/');
}

}  // namespace

std::string to_utf7(std::string_view utf8) {
  const auto unicode = icu::UnicodeString::fromUTF8({utf8.data(), static_cast<std::int32_t>(utf8.size())});
  std::string out;
  std::u16string units;
  for (std::int32_t i = 0; i <= unicode.length(); ++i) {
    const char16_t unit = i < unicode.length() ? unicode[i] : u'a';
    if (unit < 0x20 || unit > 0x7e) {
      units += unit;
      continue;
    }
    if (!units.empty()) append_base64(out, units);
    units.clear();
    if (i == unicode.length()) break;
    out += static_cast<char>(unit);
    if (unit == u'&') out += '-';
  }
  return out;
}

std::optional<std::string> from_utf7(std::string_view wire) {
  if (!mime::is_valid_utf8(wire)) return std::nullopt;
  std::string out;
  for (std::size_t i = 0; i < wire.size(); ++i) {
    if (wire[i] != '&') {
      out += wire[i];
      continue;
    }
    const auto end = wire.find('-', i);
    if (end == std::string_view::npos) return std::nullopt;
    if (end == i + 1)
      out += '&';
    else if (!decode_base64(wire.substr(i + 1, end - i - 1), out))
      return std::nullopt;
    i = end;
  }
  return out;
}

std::optional<std::string> parse_folder_name(std::string_view wire) {
  auto name = from_utf7(wire);
  if (!name) return std::nullopt;
  if (name->ends_with('/')) name->pop_back();
  if (name->empty() || name->size() > k_name_bytes_max || name->front() == '/') return std::nullopt;
  if (name->find("//") != std::string::npos) return std::nullopt;
  for (const char c : *name)
    if (static_cast<unsigned char>(c) < ' ' || c == 127) return std::nullopt;
  if (starts_with_inbox(*name)) name->replace(0, 5, "INBOX");
  return name;
}

bool matches_pattern(std::string_view pattern, std::string_view name) {
  // reached[i]: the pattern so far matches the first i bytes of the name
  std::vector<bool> reached(name.size() + 1, false);
  reached[0] = true;
  const bool inbox = starts_with_inbox(name);
  for (std::size_t p = 0; p < pattern.size(); ++p) {
    const char c = pattern[p];
    if (c == '*' || c == '%') {
      for (std::size_t i = 0; i < name.size(); ++i)
        if (reached[i] && (c == '*' || name[i] != '/')) reached[i + 1] = true;
      continue;
    }
    for (std::size_t i = name.size(); i-- > 0;) {
      const bool same = name[i] == c || (inbox && i < 5 && to_lower(name[i]) == to_lower(c));
      reached[i + 1] = reached[i] && same;
    }
    reached[0] = false;
  }
  return reached[name.size()];
}

}  // namespace stagecoach::imap
