#include "protocols/imap/search_match.h"

#include <algorithm>
#include <chrono>

#include "protocols/mime/date.h"
#include "protocols/mime/decode.h"
#include "routing/model/address.h"

namespace stagecoach::imap {
namespace {

using Kind = SearchKey::Kind;

Truth truth(bool value) { return value ? Truth::yes : Truth::no; }

bool is_known(Truth value) { return value == Truth::yes || value == Truth::no; }

Truth all_of(const SearchKey& key, const SearchedMessage& message) {
  Truth result = Truth::yes;
  for (const SearchKey& child : key.children) {
    const Truth value = matches(child, message);
    if (value == Truth::no) return value;
    if (!is_known(value)) result = std::max(result, value);
  }
  return result;
}

Truth any_of(const SearchKey& key, const SearchedMessage& message) {
  Truth result = Truth::no;
  for (const SearchKey& child : key.children) {
    const Truth value = matches(child, message);
    if (value == Truth::yes) return value;
    if (!is_known(value)) result = std::max(result, value);
  }
  return result;
}

Truth negated(Truth value) { return is_known(value) ? truth(value == Truth::no) : value; }

bool has_keyword(const SearchedMessage& message, const std::string& name) {
  return std::any_of(message.keywords.begin(), message.keywords.end(),
                     [&](const std::string& keyword) { return equals_ignoring_case(keyword, name); });
}

bool field_matches(const mime::Field& field, const std::string& folded) {
  if (folded.empty()) return true;
  return mime::fold_case(mime::decode_words(mime::unfold(field.body))).find(folded) != std::string::npos;
}

Truth header_matches(const SearchKey& key, const SearchedMessage& message) {
  if (!message.header) return Truth::needs_header;
  for (const mime::Field& field : message.header->fields)
    if (equals_ignoring_case(field.name, key.field) && field_matches(field, key.text)) return Truth::yes;
  return Truth::no;
}

Truth body_matches(const SearchKey& key, const SearchedMessage& message) {
  if (!message.bodies) return Truth::needs_body;
  return truth(std::any_of(message.bodies->begin(), message.bodies->end(), [&](const std::string& body) {
    return body.find(key.text) != std::string::npos;
  }));
}

Truth text_matches(const SearchKey& key, const SearchedMessage& message) {
  if (!message.header || !message.bodies) return Truth::needs_body;
  if (body_matches(key, message) == Truth::yes) return Truth::yes;
  for (const mime::Field& field : message.header->fields) {
    if (field_matches(field, key.text)) return Truth::yes;
    const std::string line = mime::fold_case(std::string(field.name) + ": " + mime::unfold(field.body));
    if (line.find(key.text) != std::string::npos) return Truth::yes;
  }
  return Truth::no;
}

Truth day_matches(Kind kind, std::chrono::sys_days day, const SearchKey& key) {
  if (kind == Kind::before || kind == Kind::sent_before) return truth(day < key.day);
  if (kind == Kind::on || kind == Kind::sent_on) return truth(day == key.day);
  return truth(day >= key.day);
}

Truth sent_day_matches(const SearchKey& key, const SearchedMessage& message) {
  if (!message.header) return Truth::needs_header;
  const auto date = mime::parse_date(message.header->text("Date"));
  return date ? day_matches(key.kind, date->local_day(), key) : Truth::no;
}

std::chrono::sys_days internal_day(const MessageRow& row) {
  return std::chrono::floor<std::chrono::days>(
      std::chrono::sys_seconds(std::chrono::seconds(row.internal_date)));
}

}  // namespace

Truth matches(const SearchKey& key, const SearchedMessage& message) {
  const MessageRow& row = message.row;
  switch (key.kind) {
    case Kind::all: return Truth::yes;
    case Kind::sequence: return truth(contains(key.ranges, message.sequence));
    case Kind::uid: return truth(contains(key.ranges, row.uid));
    case Kind::flags_set: return truth((row.flags & key.flags) == key.flags);
    case Kind::flags_unset: return truth((row.flags & key.flags) == 0);
    case Kind::keyword: return truth(has_keyword(message, key.text));
    case Kind::unkeyword: return truth(!has_keyword(message, key.text));
    case Kind::before:
    case Kind::on:
    case Kind::since: return day_matches(key.kind, internal_day(row), key);
    case Kind::sent_before:
    case Kind::sent_on:
    case Kind::sent_since: return sent_day_matches(key, message);
    case Kind::larger: return truth(row.size_bytes > key.number);
    case Kind::smaller: return truth(row.size_bytes < key.number);
    case Kind::modseq: return truth(row.modseq >= key.number);
    case Kind::header: return header_matches(key, message);
    case Kind::body: return body_matches(key, message);
    case Kind::text: return text_matches(key, message);
    case Kind::both: return all_of(key, message);
    case Kind::either: return any_of(key, message);
    case Kind::none: return negated(matches(key.children.front(), message));
  }
  return Truth::no;
}

std::vector<std::pair<mime::Range, const mime::PartIndex::Node*>> searched_ranges(
    const mime::PartIndex& parts, std::uint64_t part_bytes_max) {
  using NodeKind = mime::PartIndex::Kind;
  std::vector<std::pair<mime::Range, const mime::PartIndex::Node*>> ranges;
  const auto add = [&](mime::Range range, const mime::PartIndex::Node& node) {
    range.size_bytes = std::min(range.size_bytes, part_bytes_max);
    if (range.size_bytes > 0) ranges.emplace_back(range, &node);
  };
  for (std::size_t i = 0; i < parts.nodes.size(); ++i) {
    const mime::PartIndex::Node& node = parts.nodes[i];
    if (node.kind == NodeKind::text) add(node.body, node);
    if (node.kind == NodeKind::message && i + 1 < node.next) add(parts.nodes[i + 1].header, node);
  }
  return ranges;
}

std::string searched_text(std::string_view bytes, const mime::PartIndex::Node& node) {
  if (node.kind == mime::PartIndex::Kind::message)
    return mime::fold_case(mime::decode_words(mime::unfold(bytes)));
  const char* const encoding = node.encoding == 'b'   ? "base64"
                               : node.encoding == 'q' ? "quoted-printable"
                                                      : "";
  return mime::fold_case(mime::to_utf8(node.charset, mime::decode_transfer(encoding, bytes)));
}

}  // namespace stagecoach::imap
