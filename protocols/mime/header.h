// The header section of a message (RFC 5322 section 2.2), with the position of each field. Reading never
// fails: what is no field is kept as a field without a name. Offsets and sizes are bytes from the start of
// the text.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace stagecoach::mime {

/// Views into the text that was parsed; they live as long as it does.
struct Field {
  std::string_view name;  // as written, without the colon; empty: a line without a colon
  std::string_view body;  // raw: folds kept, white space after the colon and the last line end left out
  std::size_t offset = 0;
  std::size_t size_bytes = 0;  // with name, folds and line end
};

struct HeaderSection {
  std::vector<Field> fields;   // in order
  std::size_t size_bytes = 0;  // including the empty line that ends the section, if there is one
  bool complete = false;       // the empty line was found
  bool truncated = false;      // more fields than allowed: the rest is counted in size_bytes but not listed

  /// The first field of this name, without regard to case; nullptr if there is none.
  const Field* find(std::string_view name) const;
  std::vector<const Field*> find_all(std::string_view name) const;
  /// The unfolded body of the first field of this name; empty if there is none.
  std::string text(std::string_view name) const;
};

struct HeaderOptions {
  bool mbox_line = false;  // skip a leading "From " line, as mbox files have
  std::size_t fields_max = 10000;
};

/// Takes CR LF and bare LF as line ends, and any octet in a body.
HeaderSection parse_header_section(std::string_view message, HeaderOptions options = {});

/// Takes the line ends out of a folded body (RFC 5322 section 2.2.3) and trims white space at both ends.
std::string unfold(std::string_view body);

/// Decodes the encoded words of RFC 2047 in an unfolded body to UTF-8. What cannot be decoded stays as it is.
/// Raw octets above 127 are taken as UTF-8, or as Latin-1 if they are not valid UTF-8.
std::string decode_words(std::string_view text);

/// A parameter of Content-Type or Content-Disposition (RFC 2045), name in lower case.
struct Parameter {
  std::string name;
  std::string value;  // unquoted; RFC 2231 continuations are kept as they were sent
  bool operator==(const Parameter&) const = default;
};

/// "text/plain; charset=utf-8" as value and parameters. Comments are left out; broken parameters are skipped.
struct ParameterisedValue {
  std::string value;  // lower case: "text/plain"; empty if there was none
  std::vector<Parameter> parameters;

  /// The parameter's value, RFC 2231 continuations joined and decoded to UTF-8; empty if there is none.
  std::string decoded(std::string_view name) const;
  /// The value as sent; empty if there is none.
  std::string_view raw(std::string_view name) const;
};
ParameterisedValue parse_parameterised(std::string_view unfolded, std::size_t parameters_max = 100);

}  // namespace stagecoach::mime
