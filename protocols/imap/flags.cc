#include "protocols/imap/flags.h"

#include <algorithm>

#include "routing/model/address.h"

namespace stagecoach::imap {
namespace {

constexpr std::size_t k_keywords_max = 100;  // in one command
constexpr std::size_t k_keyword_bytes_max = 200;

constexpr struct {
  Flag flag;
  const char* name;
} k_flags[] = {{flag_answered, "\\Answered"}, {flag_flagged, "\\Flagged"}, {flag_deleted, "\\Deleted"},
               {flag_seen, "\\Seen"},         {flag_draft, "\\Draft"},     {flag_recent, "\\Recent"}};

bool add_flag(Cursor& cursor, Flags& flags) {
  if (cursor.take('\\')) {
    const auto name = cursor.atom();
    const std::uint8_t flag = name ? system_flag("\\" + std::string(*name)) : 0;
    if (flag == 0 || flag == flag_recent) return false;
    flags.system |= flag;
    return true;
  }
  const auto keyword = cursor.atom();
  if (!keyword || keyword->size() > k_keyword_bytes_max || flags.keywords.size() >= k_keywords_max)
    return false;
  const auto same = [&](const std::string& known) { return equals_ignoring_case(known, *keyword); };
  if (std::none_of(flags.keywords.begin(), flags.keywords.end(), same)) flags.keywords.emplace_back(*keyword);
  return true;
}

}  // namespace

std::uint8_t system_flag(std::string_view name) {
  for (const auto& known : k_flags)
    if (equals_ignoring_case(known.name, name)) return known.flag;
  return 0;
}

std::optional<Flags> parse_flags(Cursor& cursor, bool bare) {
  Flags flags;
  const bool list = cursor.take('(');
  if (!list && !bare) return std::nullopt;
  while (!(list && cursor.peek() == ')')) {
    if (!add_flag(cursor, flags)) return std::nullopt;
    if (!cursor.space()) break;
  }
  if (list && !cursor.take(')')) return std::nullopt;
  std::sort(flags.keywords.begin(), flags.keywords.end(),
            [](const std::string& a, const std::string& b) { return to_lower(a) < to_lower(b); });
  return flags;
}

void append_flags(std::string& out, std::uint8_t system, const std::vector<std::string>& keywords) {
  out += '(';
  const auto add = [&](std::string_view name) {
    if (out.back() != '(') out += ' ';
    out += name;
  };
  for (const auto& known : k_flags)
    if (system & known.flag) add(known.name);
  for (const std::string& keyword : keywords) add(keyword);
  out += ')';
}

}  // namespace stagecoach::imap
