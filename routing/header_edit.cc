#include "routing/header_edit.h"

#include <algorithm>

#include "routing/model/address.h"
#include "routing/text.h"

namespace stagecoach::routing {
namespace {

bool is_field_name(std::string_view name) {
  return !name.empty() &&
         std::all_of(name.begin(), name.end(), [](char c) { return c > ' ' && c < 127 && c != ':'; });
}

}  // namespace

std::optional<HeaderEdit> parse_header_modifier(std::string_view line) {
  const auto colon = line.find(':');
  if (colon == std::string_view::npos) return std::nullopt;
  const auto name = trimmed(line.substr(0, colon));
  if (!is_field_name(name)) return std::nullopt;
  std::string value(trimmed(line.substr(colon + 1)));
  for (char& c : value)
    if (static_cast<unsigned char>(c) < ' ' || c == 127) c = ' ';
  const auto kind = value.empty() ? HeaderEdit::Kind::remove : HeaderEdit::Kind::set;
  return HeaderEdit{kind, std::string(name), std::move(value)};
}

void apply_edit(HeaderFields& header, const HeaderEdit& edit) {
  const auto same = [&](const HeaderField& field) { return equals_ignoring_case(field.name, edit.name); };
  const HeaderField changed{edit.name, edit.value, {}};
  const auto first = std::find_if(header.begin(), header.end(), same);
  if (edit.kind == HeaderEdit::Kind::add || (edit.kind == HeaderEdit::Kind::set && first == header.end())) {
    header.push_back(changed);
    return;
  }
  auto rest = first;
  if (edit.kind == HeaderEdit::Kind::set) *rest++ = changed;
  header.erase(std::remove_if(rest, header.end(), same), header.end());
}

std::string_view first_body(const HeaderFields& header, std::string_view name) {
  for (const HeaderField& field : header)
    if (equals_ignoring_case(field.name, name)) return field.body;
  return {};
}

}  // namespace stagecoach::routing
