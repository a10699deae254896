#include "routing/header_field.h"

namespace stagecoach::routing {
namespace {

/// Received fields hold comments in which anything may stand: "(for <x@y.example>)" is none of our business.
std::string without_comments(std::string_view text) {
  std::string result;
  int depth = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '\\' && i + 1 < text.size()) {
      if (depth == 0) result.append(text.substr(i, 2));
      ++i;
    } else if (c == '(') {
      ++depth;
    } else if (c == ')' && depth > 0) {
      --depth;
      result += ' ';
    } else if (depth == 0) {
      result += c == '\t' || c == '\r' || c == '\n' ? ' ' : c;
    }
  }
  return result;
}

}  // namespace

std::string field_address(const HeaderField& field) {
  if (!field.addresses.empty()) return field.addresses.front().text();
  // Not parsed by the caller: of another field, or of one that a stage has changed.
  std::string_view body = field.body;
  if (const auto open = body.find('<'); open != std::string_view::npos) {
    body = body.substr(open + 1);
    body = body.substr(0, body.find('>'));
  }
  body = body.substr(0, body.find_first_of(",;"));
  const auto begin = body.find_first_not_of(" \t");
  if (begin == std::string_view::npos) return {};
  body = body.substr(begin, body.find_last_not_of(" \t") + 1 - begin);
  const bool is_address = body.find('@') != std::string_view::npos &&
                          body.find_first_of(" \t\r\n\"<>()") == std::string_view::npos;
  return is_address ? std::string(body) : std::string();
}

int count_hops(const HeaderFields& fields) {
  int hops = 0;
  for (const HeaderField& field : fields) hops += equals_ignoring_case(field.name, "Received");
  return hops;
}

std::string received_for(std::string_view body) {
  const std::string text = " " + without_comments(body.substr(0, body.rfind(';')));
  for (std::size_t at = 0; at + 5 <= text.size(); ++at) {
    if (!equals_ignoring_case(std::string_view(text).substr(at, 5), " for ")) continue;
    const auto begin = text.find_first_not_of(' ', at + 5);
    if (begin == std::string::npos) return {};
    if (text[begin] == '<') {
      const auto end = text.find('>', begin);
      return end == std::string::npos ? std::string() : text.substr(begin + 1, end - begin - 1);
    }
    return text.substr(begin, text.find(' ', begin) - begin);
  }
  return {};
}

}  // namespace stagecoach::routing
