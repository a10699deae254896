// Content transfer encodings (RFC 2045 section 6) and character sets. Decoding never fails: octets outside
// the encoding are skipped, unknown character sets are read as Latin-1.
#pragma once

#include <string>
#include <string_view>

namespace stagecoach::mime {

/// Skips what is not in the alphabet; ends at the padding of the last quantum only if nothing follows it.
std::string decode_base64(std::string_view text);
/// Takes soft line breaks out, keeps broken escapes as they are.
std::string decode_quoted_printable(std::string_view text);
/// `encoding` as in Content-Transfer-Encoding, any case; others than the two above leave the text unchanged.
std::string decode_transfer(std::string_view encoding, std::string_view text);

/// Converts to UTF-8 through ICU. Empty and unknown names mean: UTF-8 if it is valid, else Latin-1.
std::string to_utf8(std::string_view charset, std::string_view text);
bool is_valid_utf8(std::string_view text);

/// Folds case for comparison (Unicode default case folding); the text is UTF-8.
std::string fold_case(std::string_view utf8);

}  // namespace stagecoach::mime
