#include "protocols/imap/client_replies.h"

#include <algorithm>
#include <charconv>

#include "protocols/imap/cursor.h"
#include "protocols/imap/folder_name.h"
#include "protocols/mime/decode.h"
#include "routing/model/address.h"

namespace stagecoach::imap {
namespace {

constexpr std::size_t k_name_bytes_max = 1000;

std::string_view take_word(std::string_view& rest) {
  const auto end = std::min(rest.find(' '), rest.size());
  const auto word = rest.substr(0, end);
  rest.remove_prefix(std::min(end + 1, rest.size()));
  return word;
}

/// "BODY[HEADER.FIELDS (TO)]": what is in brackets belongs to the name.
std::string_view take_item_name(std::string_view& rest) {
  std::size_t end = 0;
  for (bool in_brackets = false; end < rest.size(); ++end) {
    const char c = rest[end];
    if (!in_brackets && (c == ' ' || c == '(' || c == ')')) break;
    in_brackets = c == '[' || (in_brackets && c != ']');
  }
  const auto name = rest.substr(0, end);
  rest.remove_prefix(end);
  return name;
}

bool skip_string(std::string_view& rest) {
  Cursor cursor(rest);
  if (!cursor.string()) return false;
  rest = cursor.rest();
  return true;
}

/// A string, an atom, or a list with all that is in it.
bool skip_value(std::string_view& rest) {
  std::size_t depth = 0;
  do {
    if (rest.empty()) return false;
    const char c = rest.front();
    if (c == '"' || c == '{') {
      if (!skip_string(rest)) return false;
      continue;
    }
    if (c == ')' && depth == 0) return true;  // a value is missing
    if (c == '(' || c == ')' || c == ' ') {
      depth += c == '(';
      depth -= c == ')';
      rest.remove_prefix(1);
      continue;
    }
    rest.remove_prefix(std::min(rest.find_first_of(" ()"), rest.size()));
  } while (depth > 0);
  return true;
}

template <class Number>
void read_number(std::string_view text, Number& number) {
  Number value = 0;
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), value);
  if (parsed.ec == std::errc{} && value > 0) number = value;
}

bool has_flag(std::string_view list, std::string_view flag) {
  list.remove_prefix(!list.empty() && list.front() == '(');
  if (list.ends_with(')')) list.remove_suffix(1);
  while (!list.empty())
    if (equals_ignoring_case(take_word(list), flag)) return true;
  return false;
}

bool read_content(std::string_view& rest, FetchReply& reply) {
  Cursor cursor(rest);
  if (cursor.peek() != '"' && cursor.peek() != '{') return skip_value(rest);  // NIL
  reply.content = cursor.string();
  rest = cursor.rest();
  return reply.content.has_value();
}

/// What goes into the log and the memory of a collector has to be UTF-8.
std::string shown_name(std::string_view wire) {
  if (auto name = from_utf7(wire)) return std::move(*name);
  std::string name(wire);
  if (!mime::is_valid_utf8(name))
    for (char& c : name)
      if (static_cast<unsigned char>(c) >= 128) c = '?';
  return name;
}

}  // namespace

bool Capabilities::offers(sasl::Mechanism mechanism) const {
  return std::find(auth.begin(), auth.end(), mechanism) != auth.end();
}

Capabilities parse_capabilities(std::string_view words) {
  Capabilities found;
  const struct {
    std::string_view name;
    bool Capabilities::*member;
  } k_names[] = {{"STARTTLS", &Capabilities::starttls}, {"LOGINDISABLED", &Capabilities::login_disabled},
                 {"SASL-IR", &Capabilities::sasl_ir},   {"LITERAL+", &Capabilities::literal_plus},
                 {"UIDPLUS", &Capabilities::uidplus},   {"MOVE", &Capabilities::move},
                 {"IDLE", &Capabilities::idle}};
  while (!words.empty()) {
    const auto word = take_word(words);
    for (const auto& [name, member] : k_names)
      if (equals_ignoring_case(word, name)) found.*member = true;
    if (word.size() < 5 || !equals_ignoring_case(word.substr(0, 5), "AUTH=")) continue;
    const auto mechanism = sasl::parse_mechanism(word.substr(5));
    if (mechanism && !found.offers(*mechanism)) found.auth.push_back(*mechanism);
  }
  return found;
}

std::optional<StatusReply> parse_status(std::string_view text) {
  StatusReply reply;
  reply.status = take_word(text);
  const auto is = [&](std::string_view word) { return equals_ignoring_case(reply.status, word); };
  if (!is("OK") && !is("NO") && !is("BAD") && !is("BYE") && !is("PREAUTH")) return std::nullopt;
  const auto end = text.find(']');
  if (!text.starts_with('[') || end == std::string_view::npos) return reply;
  reply.argument = text.substr(1, end - 1);
  reply.code = take_word(reply.argument);
  return reply;
}

std::optional<RemoteFolder> parse_folder(std::string_view text) {
  const std::string_view whole = text;
  if (!text.starts_with('(') || !skip_value(text)) return std::nullopt;
  const auto flags = whole.substr(0, whole.size() - text.size());
  Cursor cursor(text);
  if (!cursor.space() || !cursor.nstring() || !cursor.space()) return std::nullopt;
  auto wire = cursor.astring();
  if (!wire || wire->empty() || wire->size() > k_name_bytes_max) return std::nullopt;
  const auto is_control = [](char c) { return static_cast<unsigned char>(c) < ' ' || c == 127; };
  if (std::any_of(wire->begin(), wire->end(), is_control)) return std::nullopt;
  RemoteFolder folder;
  folder.name = shown_name(*wire);
  folder.wire = std::move(*wire);
  folder.selectable = !has_flag(flags, "\\Noselect") && !has_flag(flags, "\\NonExistent");
  return folder;
}

std::optional<FetchReply> parse_fetch(std::string_view text) {
  FetchReply reply;
  if (!text.starts_with('(')) return std::nullopt;
  text.remove_prefix(1);
  while (!text.starts_with(')')) {
    while (text.starts_with(' ')) text.remove_prefix(1);
    const auto name = take_item_name(text);
    if (name.empty()) return std::nullopt;
    while (text.starts_with(' ')) text.remove_prefix(1);
    if (name.size() > 5 && equals_ignoring_case(name.substr(0, 5), "BODY[")) {
      if (!read_content(text, reply)) return std::nullopt;
    } else {
      const std::string_view before = text;
      if (!skip_value(text)) return std::nullopt;
      const auto value = before.substr(0, before.size() - text.size());
      if (equals_ignoring_case(name, "UID")) read_number(value, reply.uid);
      if (equals_ignoring_case(name, "RFC822.SIZE")) read_number(value, reply.size_bytes);
      if (equals_ignoring_case(name, "FLAGS")) reply.deleted = has_flag(value, "\\Deleted");
    }
    while (text.starts_with(' ')) text.remove_prefix(1);
    if (text.empty()) return std::nullopt;
  }
  return reply;
}

std::optional<LiteralMark> literal_mark(std::string_view line) {
  if (!line.ends_with('}')) return std::nullopt;
  const auto open = line.rfind('{');
  if (open == std::string_view::npos) return std::nullopt;
  auto digits = line.substr(open + 1, line.size() - open - 2);
  if (digits.ends_with('+')) digits.remove_suffix(1);
  LiteralMark mark{open, 0};
  const auto parsed = std::from_chars(digits.data(), digits.data() + digits.size(), mark.size_bytes);
  if (digits.empty() || parsed.ec != std::errc{} || parsed.ptr != digits.data() + digits.size())
    return std::nullopt;
  return mark;
}

}  // namespace stagecoach::imap
