// Writes header fields and multipart bodies (RFC 5322, RFC 2045, RFC 2046, RFC 2047). Values cannot break
// out: CR, LF and other control characters in them become spaces, so nobody adds a field of his own. Lines
// are folded at 78 characters where there is a space to fold at. Text is UTF-8; what is not ASCII becomes
// encoded words.
#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

namespace stagecoach::mime {

/// "Fri, 20 Nov 2026 16:40:56 +0000" (RFC 5322 section 3.3).
std::string date_text(std::chrono::sys_seconds time,
                      std::chrono::minutes utc_offset = std::chrono::minutes{0});

/// "=?UTF-8?Q?Gr=C3=BC=C3=9Fe?=", or the text itself when it is ASCII and cannot be mistaken for an encoded
/// word.
std::string encode_words(std::string_view utf8);

/// "Fred Smith <fred@example.com>" with quotes or encoded words where needed; only the address without a
/// name.
struct NamedAddress {
  std::string name;     // UTF-8; may be empty
  std::string address;  // addr-spec
};
std::string to_text(const NamedAddress& address);

/// `name=value` for Content-Type and the like: quoted when needed, RFC 2231 when not ASCII.
std::string parameter_text(std::string_view name, std::string_view value);

class HeaderWriter {
 public:
  /// Unstructured text like Subject: encoded words where needed.
  HeaderWriter& text(std::string_view name, std::string_view utf8);
  /// Structured values that are given as they shall stand: only cleaned and folded.
  HeaderWriter& structured(std::string_view name, std::string_view value);
  HeaderWriter& addresses(std::string_view name, const std::vector<NamedAddress>& addresses);
  HeaderWriter& date(std::string_view name, std::chrono::sys_seconds time,
                     std::chrono::minutes utc_offset = std::chrono::minutes{0});

  const std::string& fields() const { return fields_; }
  /// The fields and the empty line that ends a header section.
  std::string finish() const { return fields_ + "\r\n"; }

 private:
  void add(std::string_view name, std::string_view value);
  std::string fields_;
};

/// A multipart body. The caller's header names the same boundary: multipart_type("mixed", boundary).
class MultipartWriter {
 public:
  explicit MultipartWriter(std::string boundary) : boundary_(std::move(boundary)) {}
  /// `header` ends with an empty line (HeaderWriter::finish()); line ends of the body are made CR LF.
  MultipartWriter& part(std::string_view header, std::string_view body);
  /// The same, byte for byte: for signed or embedded messages.
  MultipartWriter& part_exact(std::string_view header, std::string_view body);
  std::string finish();

 private:
  std::string boundary_;
  std::string body_;
};
/// `multipart/mixed; boundary="…"`
std::string multipart_type(std::string_view subtype, std::string_view boundary);

/// Each CR, LF or CR LF becomes CR LF.
std::string with_crlf(std::string_view text);
std::string encode_quoted_printable(std::string_view bytes);  // of text: CR LF stay line ends
std::string encode_base64_lines(std::string_view bytes);      // 76 characters a line

}  // namespace stagecoach::mime
