#include "protocols/mime/decode.h"

#include <unicode/ucnv.h>
#include <unicode/unistr.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <memory>

#include "routing/model/address.h"

namespace stagecoach::mime {
namespace {

constexpr std::array<std::int8_t, 256> base64_values() {
  std::array<std::int8_t, 256> values{};
  for (auto& value : values) value = -1;
  constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  for (std::size_t i = 0; i < alphabet.size(); ++i)
    values[static_cast<unsigned char>(alphabet[i])] = static_cast<std::int8_t>(i);
  return values;
}

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  c = to_lower(c);
  return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

bool is_ascii(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 128; });
}

std::string latin1_to_utf8(std::string_view text) {
  std::string result;
  for (const char c : text) {
    const auto octet = static_cast<unsigned char>(c);
    if (octet < 128) {
      result += c;
    } else {
      result += static_cast<char>(0xC0 | (octet >> 6));
      result += static_cast<char>(0x80 | (octet & 0x3F));
    }
  }
  return result;
}

/// ICU looks names up in its data files: only what can be the name of a character set gets there.
bool is_charset_name(std::string_view name) {
  return !name.empty() && name.size() <= 40 && std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= '0' && c <= '9') || (to_lower(c) >= 'a' && to_lower(c) <= 'z') || c == '-' || c == '_' ||
           c == ':';
  });
}

struct ConverterCloser {
  void operator()(UConverter* converter) const { ucnv_close(converter); }
};

}  // namespace

std::string decode_base64(std::string_view text) {
  static constexpr auto k_values = base64_values();
  std::string result;
  result.reserve(text.size() / 4 * 3 + 3);
  std::uint32_t bits = 0;
  int count = 0;
  for (const char c : text) {
    if (c == '=') {  // padding: what is left of the quantum is not data; another encoding may follow
      count = 0;
      continue;
    }
    const int value = k_values[static_cast<unsigned char>(c)];
    if (value < 0) continue;
    bits = bits << 6 | static_cast<std::uint32_t>(value);
    ++count;
    if (count == 1) continue;
    result += static_cast<char>(bits >> (8 - 2 * count) & 0xFF);
    if (count == 4) count = 0;
  }
  return result;
}

std::string decode_quoted_printable(std::string_view text) {
  std::string result;
  result.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '=') {
      result += text[i];
      continue;
    }
    auto end = i + 1;  // a soft line break may have white space before its line end
    while (end < text.size() && (text[end] == ' ' || text[end] == '\t' || text[end] == '\r')) ++end;
    const int high = i + 2 < text.size() ? hex_value(text[i + 1]) : -1;
    const int low = i + 2 < text.size() ? hex_value(text[i + 2]) : -1;
    if (high >= 0 && low >= 0) {
      result += static_cast<char>(high * 16 + low);
      i += 2;
    } else if (end == text.size() || text[end] == '\n') {
      i = end;
    } else {
      result += '=';
    }
  }
  return result;
}

std::string decode_transfer(std::string_view encoding, std::string_view text) {
  if (equals_ignoring_case(encoding, "base64")) return decode_base64(text);
  if (equals_ignoring_case(encoding, "quoted-printable")) return decode_quoted_printable(text);
  return std::string(text);
}

bool is_valid_utf8(std::string_view text) {
  for (std::size_t i = 0; i < text.size();) {
    const auto lead = static_cast<unsigned char>(text[i]);
    if (lead < 0x80) {
      ++i;
      continue;
    }
    const std::size_t size = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
    if (lead < 0xC2 || lead > 0xF4 || i + size > text.size()) return false;
    std::uint32_t code = lead & (0xFFU >> (size + 1));
    for (std::size_t k = 1; k < size; ++k) {
      const auto octet = static_cast<unsigned char>(text[i + k]);
      if ((octet & 0xC0) != 0x80) return false;
      code = code << 6 | (octet & 0x3F);
    }
    if ((size == 3 && code < 0x800) || (size == 4 && code < 0x10000) || code > 0x10FFFF) return false;
    if (code >= 0xD800 && code <= 0xDFFF) return false;
    i += size;
  }
  return true;
}

std::string to_utf8(std::string_view charset, std::string_view text) {
  const bool plain = charset.empty() || equals_ignoring_case(charset, "us-ascii") ||
                     equals_ignoring_case(charset, "utf-8") || equals_ignoring_case(charset, "utf8");
  // Some encodings write everything in ASCII octets: ISO-2022-JP, HZ, UTF-7, UTF-16.
  const bool stateful = !plain && (equals_ignoring_case(charset.substr(0, 8), "iso-2022") ||
                                   equals_ignoring_case(charset.substr(0, 2), "hz") ||
                                   equals_ignoring_case(charset.substr(0, 3), "utf"));
  if (!stateful && is_ascii(text)) return std::string(text);
  if (plain && is_valid_utf8(text)) return std::string(text);
  if (plain || !is_charset_name(charset)) return latin1_to_utf8(text);
  UErrorCode error = U_ZERO_ERROR;
  const std::string name(charset);
  const std::unique_ptr<UConverter, ConverterCloser> converter(ucnv_open(name.c_str(), &error));
  if (U_FAILURE(error) || !converter) return latin1_to_utf8(text);
  const icu::UnicodeString unicode(text.data(), static_cast<std::int32_t>(text.size()), converter.get(),
                                   error);
  if (U_FAILURE(error)) return latin1_to_utf8(text);
  std::string result;
  unicode.toUTF8String(result);
  return result;
}

std::string fold_case(std::string_view utf8) {
  if (is_ascii(utf8)) return to_lower(utf8);
  auto unicode = icu::UnicodeString::fromUTF8({utf8.data(), static_cast<std::int32_t>(utf8.size())});
  std::string result;
  unicode.foldCase().toUTF8String(result);
  return result;
}

}  // namespace stagecoach::mime
