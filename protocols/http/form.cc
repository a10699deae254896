#include "protocols/http/form.h"

#include <algorithm>

#include "protocols/mime/header.h"

namespace stagecoach::http {

namespace {

constexpr std::size_t k_fields_max = 100;
constexpr std::size_t k_boundary_bytes_max = 70;  // RFC 2046 section 5.1.1

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

Error too_many() { return limit_reached("a form has at most 100 fields"); }

Result<std::vector<Field>> parse_urlencoded(std::string_view body) {
  std::vector<Field> fields;
  while (!body.empty()) {
    const std::string_view pair = body.substr(0, body.find('&'));
    body.remove_prefix(std::min(pair.size() + 1, body.size()));
    if (pair.empty()) continue;
    if (fields.size() == k_fields_max) return too_many();
    const auto equals = std::min(pair.find('='), pair.size());
    fields.push_back({percent_decoded(pair.substr(0, equals), true),
                      percent_decoded(pair.substr(std::min(equals + 1, pair.size())), true)});
  }
  return fields;
}

/// Where the next delimiter begins, at the start of a line; npos: nowhere.
std::size_t find_delimiter(std::string_view body, std::string_view delimiter, std::size_t from) {
  for (auto at = body.find(delimiter, from); at != std::string_view::npos; at = body.find(delimiter, at + 1))
    if (at == 0 || body[at - 1] == '\n') return at;
  return std::string_view::npos;
}

/// The line end in front of a delimiter belongs to the delimiter.
std::string_view without_line_end(std::string_view part) {
  if (part.ends_with('\n')) part.remove_suffix(1);
  if (part.ends_with('\r')) part.remove_suffix(1);
  return part;
}

Result<std::vector<Field>> parse_multipart(std::string_view boundary, std::string_view body) {
  if (boundary.empty() || boundary.size() > k_boundary_bytes_max)
    return invalid_input("a form in parts needs a boundary");
  const std::string delimiter = "--" + std::string(boundary);
  std::vector<Field> fields;
  auto at = find_delimiter(body, delimiter, 0);
  while (at != std::string_view::npos && !body.substr(at + delimiter.size()).starts_with("--")) {
    const auto line_end = body.find('\n', at);
    const auto next = find_delimiter(body, delimiter, at + 1);
    if (line_end == std::string_view::npos || next == std::string_view::npos)
      return invalid_input("a form in parts has no end");
    if (fields.size() == k_fields_max) return too_many();
    const std::string_view part = body.substr(line_end + 1, next - line_end - 1);
    const mime::HeaderSection head = mime::parse_header_section(part);
    fields.push_back({mime::parse_parameterised(head.text("Content-Disposition")).decoded("name"),
                      std::string(without_line_end(part.substr(std::min(head.size_bytes, part.size()))))});
    at = next;
  }
  if (at == std::string_view::npos) return invalid_input("a form in parts has no end");
  return fields;
}

}  // namespace

Result<std::vector<Field>> parse_form(std::string_view content_type, std::string_view body) {
  const mime::ParameterisedValue type = mime::parse_parameterised(content_type);
  if (type.value == "application/x-www-form-urlencoded") return parse_urlencoded(body);
  if (type.value == "multipart/form-data") return parse_multipart(type.raw("boundary"), body);
  return invalid_input("the body is no form");
}

std::string percent_decoded(std::string_view text, bool plus) {
  std::string decoded;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const int high = text[i] == '%' && i + 2 < text.size() ? hex_value(text[i + 1]) : -1;
    const int low = high >= 0 ? hex_value(text[i + 2]) : -1;
    if (low >= 0) {
      decoded += static_cast<char>(high * 16 + low);
      i += 2;
    } else {
      decoded += plus && text[i] == '+' ? ' ' : text[i];
    }
  }
  return decoded;
}

}  // namespace stagecoach::http
