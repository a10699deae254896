#include "protocols/smtp/path.h"

#include <algorithm>
#include <string>

#include "protocols/smtp/utf8.h"
#include "routing/model/address.h"

namespace stagecoach::smtp {
namespace {

constexpr std::size_t k_local_max = 64, k_domain_max = 255, k_path_max = 256;  // RFC 5321 section 4.5.3.1

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_hex(char c) { return is_digit(c) || (to_lower(c) >= 'a' && to_lower(c) <= 'f'); }
bool is_letter(char c) { return to_lower(c) >= 'a' && to_lower(c) <= 'z'; }
bool is_atext(char c) {
  return is_letter(c) || is_digit(c) || static_cast<unsigned char>(c) >= 0x80 ||
         std::string_view("!#$%&'*+-/=?^_`{|}~").find(c) != std::string_view::npos;
}

/// What a local part may begin with, without quotes: atoms with single dots between them.
bool is_dot_string(std::string_view text) {
  if (text.empty() || text.front() == '.' || text.back() == '.') return false;
  for (std::size_t i = 0; i < text.size(); ++i)
    if (!is_atext(text[i]) && !(text[i] == '.' && text[i + 1] != '.')) return false;
  return true;
}

/// Octets of the local part at the start of `text`, up to "@" or ">"; 0 when it is malformed.
std::size_t local_size(std::string_view text) {
  if (text.empty()) return 0;
  if (text[0] != '"') return std::min(text.find_first_of("@>"), text.size());
  for (std::size_t i = 1; i < text.size(); ++i) {
    if (text[i] == '"') return i + 1;
    if (text[i] == '\\') ++i;
    if (i >= text.size() || static_cast<unsigned char>(text[i]) < ' ' || text[i] == 127) return 0;
  }
  return 0;
}

std::string unquoted(std::string_view quoted) {
  std::string text;
  for (std::size_t i = 1; i + 1 < quoted.size(); ++i) {
    if (quoted[i] == '\\') ++i;
    text += quoted[i];
  }
  return text;
}

bool is_ipv4(std::string_view text) {
  for (int part = 0; part < 4; ++part) {
    std::size_t size = 0;
    int value = 0;
    while (size < text.size() && size < 3 && is_digit(text[size])) value = value * 10 + (text[size++] - '0');
    if (size == 0 || value > 255) return false;
    text.remove_prefix(size);
    if (part == 3) break;
    if (!text.starts_with('.')) return false;
    text.remove_prefix(1);
  }
  return text.empty();
}

bool is_ipv6(std::string_view text) {
  int groups = 0;
  bool gap = false;
  if (text.starts_with("::")) {
    gap = true;
    text.remove_prefix(2);
  }
  while (!text.empty()) {
    if (text.find('.') != std::string_view::npos && text.find(':') == std::string_view::npos) {
      if (!is_ipv4(text)) return false;
      groups += 2;
      break;
    }
    std::size_t size = 0;
    while (size < text.size() && is_hex(text[size])) ++size;
    if (size == 0 || size > 4) return false;
    ++groups;
    text.remove_prefix(size);
    if (text.empty()) break;
    if (text.starts_with("::")) {
      if (gap) return false;
      gap = true;
      text.remove_prefix(2);
    } else if (text.starts_with(':') && text.size() > 1) {
      text.remove_prefix(1);
    } else {
      return false;
    }
  }
  return gap ? groups < 8 : groups == 8;
}

bool is_literal(std::string_view text) {
  text = text.substr(1, text.size() - 2);
  if (text.size() > 5 && equals_ignoring_case(text.substr(0, 5), "IPv6:")) return is_ipv6(text.substr(5));
  return is_ipv4(text);
}

bool is_label(std::string_view label) {
  if (label.empty() || label.size() > 63 || label.front() == '-' || label.back() == '-') return false;
  return std::all_of(label.begin(), label.end(), [](char c) {
    return is_letter(c) || is_digit(c) || c == '-' || c == '_' || static_cast<unsigned char>(c) >= 0x80;
  });
}

Error bad(std::string reason) { return invalid_input(std::move(reason)); }

/// Checks a local part that stands at the start of `text` and writes it in its shortest form.
Result<std::string> canonical_local(std::string_view local) {
  std::string plain = local.starts_with('"') ? unquoted(local) : std::string(local);
  if (plain.size() > k_local_max) return limit_reached("Local part is too long");
  if (is_dot_string(plain)) return plain;
  if (!local.starts_with('"') || plain.empty()) return bad("Bad local part");
  return std::string(local);
}

Result<std::string_view> without_source_route(std::string_view text) {
  if (!text.starts_with('@')) return text;
  const auto colon = text.find(':');
  const auto end = text.find('>');
  if (colon == std::string_view::npos || colon > end) return bad("Bad source route");
  return text.substr(colon + 1);
}

/// A mailbox at the start of `text`; `text` keeps what follows it.
Result<std::string> take_mailbox(std::string_view& text, const PathRules& rules) {
  const std::size_t size = local_size(text);
  if (size == 0) return bad("Bad local part");
  auto local = canonical_local(text.substr(0, size));
  if (!local) return std::move(local).error();
  text.remove_prefix(size);
  if (!text.starts_with('@')) {
    if (rules.bare_local || (rules.postmaster && equals_ignoring_case(*local, "postmaster"))) return *local;
    return bad("An address needs a domain");
  }
  text.remove_prefix(1);
  const std::size_t end = std::min(text.find('>'), text.size());
  const auto domain = text.substr(0, end);
  if (domain.size() > k_domain_max) return limit_reached("Domain is too long");
  if (!is_domain_or_literal(domain, true)) return bad("Bad domain");
  text.remove_prefix(end);
  std::string address = *local + "@" + std::string(domain);
  if (address.size() + 2 > k_path_max) return limit_reached("Path is too long");
  if (is_ascii(address)) return address;
  if (!rules.utf8) return conflict("Address needs SMTPUTF8");
  if (!is_utf8(address)) return bad("Address is not UTF-8");
  return address;
}

}  // namespace

bool is_domain_or_literal(std::string_view text, bool utf8) {
  if (text.empty() || text.size() > k_domain_max) return false;
  if (text.size() > 2 && text.front() == '[' && text.back() == ']') return is_literal(text);
  if (!utf8 && !is_ascii(text)) return false;
  while (true) {
    const auto dot = text.find('.');
    if (!is_label(text.substr(0, dot))) return false;
    if (dot == std::string_view::npos) return true;
    text.remove_prefix(dot + 1);
  }
}

Result<std::string> parse_mailbox(std::string_view text, const PathRules& rules) {
  auto mailbox = take_mailbox(text, rules);
  if (mailbox && !text.empty()) return bad("Something follows the address");
  return mailbox;
}

Result<Path> parse_path(std::string_view text, const PathRules& rules) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  if (!text.starts_with('<')) return bad("An address stands in angle brackets");
  text.remove_prefix(1);
  Path path;
  if (!(rules.empty && text.starts_with('>'))) {
    const auto route_removed = without_source_route(text);
    if (!route_removed) return route_removed.error();
    text = *route_removed;
    auto mailbox = take_mailbox(text, rules);
    if (!mailbox) return std::move(mailbox).error();
    path.address = std::move(*mailbox);
  }
  if (!text.starts_with('>')) return bad("The closing angle bracket is missing");
  text.remove_prefix(1);
  if (!text.empty() && text[0] != ' ') return bad("Parameters stand behind a space");
  while (text.starts_with(' ')) text.remove_prefix(1);
  path.remainder = text;
  return path;
}

}  // namespace stagecoach::smtp
