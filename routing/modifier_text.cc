#include "routing/modifier_text.h"

#include <algorithm>

#include "routing/header_edit.h"

namespace stagecoach::routing {
namespace {

/// "Ann Smith" of "Ann Smith <ann@x.example>"; the local part when there is no name.
std::string name_in(std::string_view from, const std::string& address) {
  const auto open = from.find('<');
  std::string name(from.substr(0, open == std::string_view::npos ? 0 : open));
  std::erase(name, '"');
  const auto end = name.find_last_not_of(" \t");
  name.resize(end == std::string::npos ? 0 : end + 1);
  return name.empty() ? split_address(address).local : name;
}

std::string address_in(const HeaderFields& header, std::string_view reverse_path) {
  for (const HeaderField& field : header)
    if (equals_ignoring_case(field.name, "From"))
      if (auto address = field_address(field); !address.empty()) return address;
  return std::string(reverse_path);
}

/// Not quoted text becomes a quoted string where it stands before an address.
std::string display_name(const std::string& name) {
  std::string quoted = "\"";
  for (const char c : name) {
    if (c == '"' || c == '\\') quoted += '\\';
    quoted += c;
  }
  return quoted + "\"";
}

}  // namespace

Originator originator_of(const HeaderFields& header, std::string_view reverse_path) {
  Originator originator;
  originator.address = address_in(header, reverse_path);
  originator.name = name_in(first_body(header, "From"), originator.address);
  return originator;
}

std::string expand_modifier(std::string_view data, const Originator& originator,
                            const ModifierLetter& further) {
  const bool before_address = data.find('<') != std::string_view::npos;
  std::string result;
  for (std::size_t i = 0; i < data.size(); ++i) {
    if (data[i] != '%' || i + 1 == data.size()) {
      result += data[i];
      continue;
    }
    const char letter = to_lower(data[++i]);
    if (letter == 'o') {
      result += originator.address;
    } else if (letter == 'n') {
      result += before_address ? display_name(originator.name) : originator.name;
    } else if (letter == '%') {
      result += '%';
    } else if (const auto text = further ? further(letter, result) : std::nullopt) {
      result += *text;
    } else {
      result.append({'%', data[i]});
    }
  }
  return result;
}

}  // namespace stagecoach::routing
