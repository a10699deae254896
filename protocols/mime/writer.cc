#include "protocols/mime/writer.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>

#include "protocols/sasl/base64.h"

namespace stagecoach::mime {
namespace {

constexpr std::size_t k_line_max = 78, k_line_hard_max = 998, k_encoded_word_max = 75;

bool is_ascii_printable(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](unsigned char c) { return c >= ' ' && c < 127; });
}

/// Control characters become spaces: whatever a stranger wrote, it stays in its field.
std::string clean(std::string_view text) {
  std::string result(text);
  for (char& c : result)
    if (static_cast<unsigned char>(c) < ' ' || c == 127) c = ' ';
  return result;
}

bool is_atext(char c) {
  return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
         std::string_view("!#$%&'*+-/=?^_`{|}~").find(c) != std::string_view::npos;
}

/// Octets of the UTF-8 sequence at the start of `text`, so that an encoded word never splits one.
std::size_t sequence_size(std::string_view text) {
  const auto lead = static_cast<unsigned char>(text[0]);
  const std::size_t size = lead < 0xc0 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
  return std::min(size, text.size());
}

std::string hex_octet(unsigned char c) { return {"0123456789ABCDEF"[c >> 4], "0123456789ABCDEF"[c & 15]}; }

/// The Q encoding (RFC 2047 section 4.2) in the subset that is allowed everywhere, phrases included.
std::string q_encoded(std::string_view octets) {
  std::string text;
  for (const char c : octets) {
    const bool safe = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
                      std::string_view("!*+-/").find(c) != std::string_view::npos;
    if (c == ' ')
      text += '_';
    else
      text += safe ? std::string(1, c) : "=" + hex_octet(static_cast<unsigned char>(c));
  }
  return text;
}

/// Breaks `value` into lines at spaces; a word longer than the hard limit is broken by force.
std::string folded(std::string_view name, std::string_view value) {
  std::string field(name);
  field += ':';
  std::size_t line = field.size();
  while (!value.empty()) {
    const auto start = std::min(value.find_first_not_of(' '), value.size());
    auto end = std::min(value.find(' ', start), value.size());
    if (end - start > k_line_hard_max - 80) end = start + k_line_hard_max - 80;
    const std::size_t word = end - start;
    if (word == 0) break;  // spaces at the end
    const std::size_t spaces = std::max<std::size_t>(start, 1);
    if (line + spaces + word > k_line_max && line > name.size() + 1) {
      field += "\r\n";
      line = 0;
    }
    field.append(std::min<std::size_t>(spaces, 64), ' ');
    field += value.substr(start, word);
    line += spaces + word;
    value.remove_prefix(end);
  }
  return field + "\r\n";
}

}  // namespace

std::string date_text(std::chrono::sys_seconds time, std::chrono::minutes utc_offset) {
  using namespace std::chrono;
  const auto local = time + utc_offset;
  const auto day = floor<days>(local);
  const year_month_day date(day);
  const hh_mm_ss clock(local - day);
  static constexpr const char* k_days[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  static constexpr const char* k_months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                             "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const auto zone = std::abs(utc_offset.count());
  char text[64];
  std::snprintf(text, sizeof text, "%s, %u %s %04d %02d:%02d:%02d %c%02d%02d",
                k_days[weekday(day).c_encoding()], unsigned(date.day()), k_months[unsigned(date.month()) - 1],
                int(date.year()), int(clock.hours().count()), int(clock.minutes().count()),
                int(clock.seconds().count()), utc_offset.count() < 0 ? '-' : '+', int(zone / 60 % 100),
                int(zone % 60));
  return text;
}

std::string encode_words(std::string_view utf8) {
  const std::string text = clean(utf8);
  if (is_ascii_printable(text) && text.find("=?") == std::string::npos) return text;
  static constexpr std::string_view k_open = "=?UTF-8?Q?";
  std::string result, word;
  for (std::string_view rest = text; !rest.empty();) {
    const std::size_t size = sequence_size(rest);
    const std::string encoded = q_encoded(rest.substr(0, size));
    if (k_open.size() + word.size() + encoded.size() + 2 > k_encoded_word_max) {
      result += std::string(k_open) + word + "?= ";
      word.clear();
    }
    word += encoded;
    rest.remove_prefix(size);
  }
  return result + std::string(k_open) + word + "?=";
}

std::string to_text(const NamedAddress& address) {
  std::string target = clean(address.address);
  target.erase(std::remove_if(target.begin(), target.end(), [](char c) { return c == '<' || c == '>'; }),
               target.end());
  const std::string name = clean(address.name);
  if (name.empty()) return target;
  const std::string angle = " <" + target + ">";
  if (!is_ascii_printable(name) || name.find("=?") != std::string::npos) return encode_words(name) + angle;
  if (std::all_of(name.begin(), name.end(), [](char c) { return is_atext(c) || c == ' '; }))
    return name + angle;
  std::string quoted = "\"";
  for (const char c : name) {
    if (c == '"' || c == '\\') quoted += '\\';
    quoted += c;
  }
  return quoted + "\"" + angle;
}

std::string parameter_text(std::string_view name, std::string_view value) {
  const std::string text = clean(value);
  const auto is_token = [](char c) {
    return c > ' ' && c < 127 && std::string_view("()<>@,;:\\\"/[]?=").find(c) == std::string_view::npos;
  };
  std::string result = std::string(name);
  if (!text.empty() && std::all_of(text.begin(), text.end(), is_token)) return result + "=" + text;
  if (is_ascii_printable(text)) {
    result += "=\"";
    for (const char c : text) {
      if (c == '"' || c == '\\') result += '\\';
      result += c;
    }
    return result + "\"";
  }
  result += "*=UTF-8''";  // RFC 2231 section 4
  for (const char c : text) {
    if (is_token(c) && c != '*' && c != '\'' && c != '%')
      result += c;
    else
      result += "%" + hex_octet(static_cast<unsigned char>(c));
  }
  return result;
}

void HeaderWriter::add(std::string_view name, std::string_view value) {
  std::string field_name(name);
  for (char& c : field_name)
    if (c <= ' ' || c >= 127 || c == ':') c = '-';
  fields_ += folded(field_name, value);
}

HeaderWriter& HeaderWriter::text(std::string_view name, std::string_view utf8) {
  add(name, encode_words(utf8));
  return *this;
}

HeaderWriter& HeaderWriter::structured(std::string_view name, std::string_view value) {
  add(name, clean(value));
  return *this;
}

HeaderWriter& HeaderWriter::addresses(std::string_view name, const std::vector<NamedAddress>& addresses) {
  std::string value;
  for (const NamedAddress& address : addresses) value += (value.empty() ? "" : ", ") + to_text(address);
  add(name, value);
  return *this;
}

HeaderWriter& HeaderWriter::date(std::string_view name, std::chrono::sys_seconds time,
                                 std::chrono::minutes utc_offset) {
  add(name, date_text(time, utc_offset));
  return *this;
}

MultipartWriter& MultipartWriter::part(std::string_view header, std::string_view body) {
  return part_exact(header, with_crlf(body));
}

MultipartWriter& MultipartWriter::part_exact(std::string_view header, std::string_view body) {
  body_ += "--" + boundary_ + "\r\n";
  body_ += header;
  body_ += body;
  body_ += "\r\n";  // belongs to the boundary that follows (RFC 2046 section 5.1.1)
  return *this;
}

std::string MultipartWriter::finish() { return std::move(body_) + "--" + boundary_ + "--\r\n"; }

std::string multipart_type(std::string_view subtype, std::string_view boundary) {
  return "multipart/" + std::string(subtype) + "; " + parameter_text("boundary", boundary);
}

std::string with_crlf(std::string_view text) {
  std::string result;
  result.reserve(text.size() + text.size() / 32);
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\r' && text[i] != '\n') {
      result += text[i];
      continue;
    }
    if (text[i] == '\r' && i + 1 < text.size() && text[i + 1] == '\n') ++i;
    result += "\r\n";
  }
  return result;
}

std::string encode_quoted_printable(std::string_view bytes) {
  std::string result;
  std::size_t line = 0;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    if (bytes.substr(i, 2) == "\r\n") {
      result += "\r\n";
      line = 0;
      ++i;
      continue;
    }
    const char c = bytes[i];
    const bool at_end = i + 1 == bytes.size() || bytes.substr(i + 1, 2) == "\r\n";
    const bool plain = (c > ' ' && c < 127 && c != '=') || ((c == ' ' || c == '\t') && !at_end);
    const std::string encoded = plain ? std::string(1, c) : "=" + hex_octet(static_cast<unsigned char>(c));
    if (line + encoded.size() > 75) {
      result += "=\r\n";
      line = 0;
    }
    result += encoded;
    line += encoded.size();
  }
  return result;
}

std::string encode_base64_lines(std::string_view bytes) {
  const std::string text = sasl::encode_base64(bytes);
  std::string result;
  for (std::size_t i = 0; i < text.size(); i += 76) result += text.substr(i, 76) + "\r\n";
  return result;
}

}  // namespace stagecoach::mime
