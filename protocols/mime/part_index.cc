#include "protocols/mime/part_index.h"

#include <charconv>

#include "routing/model/address.h"

namespace stagecoach::mime {
namespace {

char kind_letter(const Part& part) {
  if (part.is_multipart()) return 'm';
  if (part.is_message()) return 'r';
  return part.type == "text" ? 't' : 'o';
}

std::string charset_of(const Part& part) {
  for (const Parameter& parameter : part.parameters) {
    if (parameter.name != "charset") continue;
    std::string charset = to_lower(parameter.value.substr(0, 40));
    std::erase_if(charset, [](char c) { return c <= ' ' || c > '~' || c == ';' || c == ','; });
    return charset;
  }
  return {};
}

void serialize(const Part& part, std::string& text) {
  const char kind = kind_letter(part);
  text += kind;
  text += std::to_string(part.header_offset) + '.' + std::to_string(part.body_offset - part.header_offset) +
          '.' + std::to_string(part.size_bytes()) + '.' + std::to_string(part.children.size());
  if (part.encoding == "base64") text += 'b';
  if (part.encoding == "quoted-printable") text += 'q';
  if (kind == 't')
    if (const std::string charset = charset_of(part); !charset.empty()) text += ',' + charset;
  text += ';';
  for (const Part& child : part.children) serialize(child, text);
}

bool take_number(std::string_view& text, std::uint64_t& number) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{}) return false;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return true;
}

/// "t120.40.312.0q,utf-8" without the semicolon.
bool read_node(std::string_view text, PartIndex::Node& node, std::uint64_t& children) {
  static constexpr std::string_view k_kinds = "tomr";
  const auto kind = text.empty() ? std::string_view::npos : k_kinds.find(text.front());
  if (kind == std::string_view::npos) return false;
  node.kind = static_cast<PartIndex::Kind>(kind);
  std::uint64_t* const numbers[] = {&node.header.offset, &node.header.size_bytes, &node.body.size_bytes,
                                    &children};
  for (std::uint64_t* number : numbers) {
    text.remove_prefix(1);  // the kind, or the point
    if (!take_number(text, *number) || *number > (1ULL << 40)) return false;
    if (number != &children && (text.empty() || text.front() != '.')) return false;
  }
  node.body.offset = node.header.offset + node.header.size_bytes;
  if (!text.empty() && text.front() != ',') node.encoding = text.front();
  if (const auto comma = text.find(','); comma != std::string_view::npos)
    node.charset = text.substr(comma + 1);
  return true;
}

using Kind = PartIndex::Kind;
constexpr std::uint32_t k_none = UINT32_MAX;

std::uint32_t nth_child(const PartIndex& index, std::uint32_t node, std::uint32_t number) {
  const std::uint32_t end = index.nodes[node].next;
  std::uint32_t child = node + 1;
  while (child < end && --number > 0) child = index.nodes[child].next;
  return child < end ? child : k_none;
}

/// Part `number` of the message whose entity is `node`: its parts, or itself as number 1.
std::uint32_t part_of_message(const PartIndex& index, std::uint32_t node, std::uint32_t number) {
  if (index.nodes[node].kind == Kind::multipart) return nth_child(index, node, number);
  return number == 1 ? node : k_none;
}

std::uint32_t find_part(const PartIndex& index, std::span<const std::uint32_t> path) {
  std::uint32_t node = part_of_message(index, 0, path.front());
  for (const std::uint32_t number : path.subspan(1)) {
    if (node == k_none) break;
    if (index.nodes[node].kind == Kind::multipart)
      node = nth_child(index, node, number);
    else if (index.nodes[node].kind == Kind::message && node + 1 < index.nodes[node].next)
      node = part_of_message(index, node + 1, number);
    else
      node = k_none;
  }
  return node;
}

}  // namespace

std::string serialize(const Structure& structure) {
  std::string text;
  serialize(structure.root, text);
  return text;
}

Result<PartIndex> parse_part_index(std::string_view text) {
  PartIndex index;
  struct Parent {
    std::uint32_t node;
    std::uint64_t children_left;
  };
  std::vector<Parent> parents;
  while (!text.empty()) {
    const auto end = text.find(';');
    std::uint64_t children = 0;
    PartIndex::Node node;
    if (end == std::string_view::npos || !read_node(text.substr(0, end), node, children))
      return internal_error("the stored positions of the parts are damaged");
    text.remove_prefix(end + 1);
    if (!index.nodes.empty() && parents.empty()) return internal_error("stored parts without parent");
    if (!parents.empty()) --parents.back().children_left;
    const auto position = static_cast<std::uint32_t>(index.nodes.size());
    node.next = position + 1;
    index.nodes.push_back(std::move(node));
    parents.push_back({position, children});
    while (!parents.empty() && parents.back().children_left == 0) {
      index.nodes[parents.back().node].next = static_cast<std::uint32_t>(index.nodes.size());
      parents.pop_back();
    }
  }
  if (index.nodes.empty() || !parents.empty()) return internal_error("stored parts are missing");
  return index;
}

std::optional<Range> locate(const PartIndex& index, std::span<const std::uint32_t> path, SectionKind kind) {
  if (index.nodes.empty()) return std::nullopt;
  const auto message_range = [&](const PartIndex::Node& node) {
    return kind == SectionKind::header ? node.header : node.body;
  };
  if (path.empty()) {
    const PartIndex::Node& root = index.nodes[0];
    if (kind == SectionKind::mime) return std::nullopt;
    if (kind == SectionKind::body) return Range{0, root.body.offset + root.body.size_bytes};
    return message_range(root);
  }
  const std::uint32_t position = find_part(index, path);
  if (position == k_none) return std::nullopt;
  const PartIndex::Node& node = index.nodes[position];
  if (kind == SectionKind::body) return node.body;
  if (kind == SectionKind::mime) return node.header;
  if (node.kind != Kind::message || position + 1 >= node.next) return std::nullopt;
  return message_range(index.nodes[position + 1]);
}

}  // namespace stagecoach::mime
