#include "protocols/imap/fetch_request.h"

#include <algorithm>

#include "protocols/imap/wire.h"
#include "routing/model/address.h"

namespace stagecoach::imap {
namespace {

constexpr std::size_t k_sections_max = 100;
constexpr std::size_t k_fields_max = 200;
constexpr std::size_t k_path_max = 100;

using mime::SectionKind;
using Filter = FetchSection::Filter;

bool parse_field_list(Cursor& cursor, FetchSection& section) {
  if (!cursor.space() || !cursor.take('(')) return false;
  section.label += " (";
  do {
    auto field = cursor.astring();
    if (!field || section.fields.size() >= k_fields_max) return false;
    if (section.label.back() != '(') section.label += ' ';
    append_string(section.label, *field);
    section.fields.push_back(std::move(*field));
  } while (cursor.space());
  section.label += ')';
  return cursor.take(')');
}

/// "HEADER", "HEADER.FIELDS (…)", "HEADER.FIELDS.NOT (…)", "TEXT", "MIME".
bool parse_section_text(Cursor& cursor, FetchSection& section) {
  const auto atom = cursor.atom();
  if (!atom) return false;
  const std::string name = to_lower(*atom);
  std::string upper(*atom);
  for (char& c : upper) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c;
  section.label += upper;
  section.kind = SectionKind::header;
  if (name == "header") return true;
  if (name == "text" || (name == "mime" && !section.path.empty())) {
    section.kind = name == "text" ? SectionKind::text : SectionKind::mime;
    return true;
  }
  if (name == "header.fields")
    section.filter = Filter::only;
  else if (name == "header.fields.not")
    section.filter = Filter::except;
  else
    return false;
  return parse_field_list(cursor, section);
}

bool parse_partial(Cursor& cursor, FetchSection& section) {
  if (!cursor.take('<')) return true;
  const auto offset = cursor.number();
  if (!offset || !cursor.take('.')) return false;
  const auto bytes = cursor.number();
  if (!bytes || *bytes == 0 || *offset > UINT32_MAX || *bytes > UINT32_MAX) return false;
  section.partial = true;
  section.partial_offset = *offset;
  section.partial_bytes = *bytes;
  section.label += '<' + std::to_string(*offset) + '>';
  return cursor.take('>');
}

bool parse_section(Cursor& cursor, FetchSection& section) {
  section.label = "BODY[";
  bool more = cursor.peek() != ']';
  while (more && cursor.peek() >= '0' && cursor.peek() <= '9') {
    const auto number = cursor.number();
    if (!number || *number == 0 || *number > UINT32_MAX || section.path.size() >= k_path_max) return false;
    section.path.push_back(static_cast<std::uint32_t>(*number));
    section.label += std::to_string(*number);
    more = cursor.take('.');
    if (more) section.label += '.';
  }
  if (more && !parse_section_text(cursor, section)) return false;
  section.label += ']';
  return cursor.take(']') && parse_partial(cursor, section);
}

FetchSection rfc822(const char* label, SectionKind kind, bool peek) {
  FetchSection section;
  section.kind = kind;
  section.peek = peek;
  section.label = label;
  return section;
}

/// The items without brackets.
bool add_plain_item(const std::string& name, FetchRequest& request) {
  const bool all = name == "all", fast = name == "fast", full = name == "full";
  if (all || fast || full) {
    request.flags = request.internal_date = request.size = true;
    request.envelope = request.envelope || all || full;
    request.body = request.body || full;
    return true;
  }
  const struct {
    const char* name;
    bool FetchRequest::*item;
  } k_items[] = {{"uid", &FetchRequest::uid},          {"flags", &FetchRequest::flags},
                 {"rfc822.size", &FetchRequest::size}, {"internaldate", &FetchRequest::internal_date},
                 {"modseq", &FetchRequest::modseq},    {"envelope", &FetchRequest::envelope},
                 {"body", &FetchRequest::body},        {"bodystructure", &FetchRequest::bodystructure}};
  for (const auto& item : k_items) {
    if (name != item.name) continue;
    request.*item.item = true;
    return true;
  }
  if (name == "rfc822")
    request.sections.push_back(rfc822("RFC822", SectionKind::body, false));
  else if (name == "rfc822.header")
    request.sections.push_back(rfc822("RFC822.HEADER", SectionKind::header, true));
  else if (name == "rfc822.text")
    request.sections.push_back(rfc822("RFC822.TEXT", SectionKind::text, false));
  else
    return false;
  return true;
}

bool parse_item(Cursor& cursor, FetchRequest& request) {
  if (request.sections.size() >= k_sections_max) return false;
  const bool peek = cursor.word("BODY.PEEK[");
  if (peek || cursor.word("BODY[")) {
    FetchSection section;
    section.peek = peek;
    if (!parse_section(cursor, section)) return false;
    request.sections.push_back(std::move(section));
    return true;
  }
  const auto atom = cursor.atom();
  return atom && add_plain_item(to_lower(*atom), request);
}

bool parse_modifiers(Cursor& cursor, FetchRequest& request) {
  if (cursor.at_end()) return true;
  if (!cursor.space() || !cursor.take('(') || !cursor.word("CHANGEDSINCE") || !cursor.space()) return false;
  request.changed_since = cursor.number();
  request.modseq = true;
  return request.changed_since && cursor.take(')') && cursor.at_end();
}

}  // namespace

bool FetchRequest::marks_seen() const {
  return std::any_of(sections.begin(), sections.end(),
                     [](const FetchSection& section) { return !section.peek; });
}

std::optional<FetchRequest> parse_fetch_request(Cursor& cursor) {
  FetchRequest request;
  if (cursor.take('(')) {
    do {
      if (!parse_item(cursor, request)) return std::nullopt;
    } while (cursor.space());
    if (!cursor.take(')')) return std::nullopt;
  } else if (!parse_item(cursor, request)) {
    return std::nullopt;
  }
  if (!parse_modifiers(cursor, request)) return std::nullopt;
  return request;
}

}  // namespace stagecoach::imap
