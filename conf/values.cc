// The parts of value_text.h, read_settings.h and problem.h that are no templates.
#include <algorithm>

#include "conf/read_settings.h"

namespace stagecoach::conf {

std::string in_quotes(std::string_view text) {
  std::string result = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') result += '\\';
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) {
      constexpr char k_digits[] = "0123456789abcdef";
      result += std::string("\\u00") + k_digits[(c >> 4) & 15] + k_digits[c & 15];
    } else {
      result += c;
    }
  }
  return result + "\"";
}

std::string shown(const toml::node& node) {
  constexpr std::size_t k_shown_max = 60;
  if (const auto text = node.value_exact<std::string>())
    return in_quotes(text->size() > k_shown_max ? text->substr(0, k_shown_max) + "..." : *text);
  if (const auto number = node.value_exact<std::int64_t>()) return std::to_string(*number);
  if (const auto flag = node.value_exact<bool>()) return *flag ? "true" : "false";
  if (node.is_table()) return "a table";
  if (node.is_array()) return "a list";
  if (node.is_floating_point()) return "a number with a point";
  return "a date or time";
}

std::string key_text(std::string_view key) {
  const bool bare = !key.empty() && std::all_of(key.begin(), key.end(), [](char c) {
    return (to_lower(c) >= 'a' && to_lower(c) <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
  });
  return bare ? std::string(key) : in_quotes(key);
}

std::vector<std::string> split_list(std::string_view text, std::string_view separators) {
  constexpr std::string_view k_blank = " \t\r\n";
  std::vector<std::string> parts;
  while (!text.empty() && parts.size() < k_list_max) {
    const auto end = std::min(text.find_first_of(separators), text.size());
    std::string_view part = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    part.remove_prefix(std::min(part.find_first_not_of(k_blank), part.size()));
    part = part.substr(0, part.find_last_not_of(k_blank) + 1);
    if (!part.empty()) parts.emplace_back(part);
  }
  return parts;
}

namespace {

std::string quoted_start(std::string_view text) {
  constexpr std::size_t k_shown_max = 60;
  return in_quotes(text.size() > k_shown_max ? std::string(text.substr(0, k_shown_max)) + "..." : text);
}

/// A text, or what stands for one: a number, a date, a time of day, or both.
std::optional<std::string> text_of(const toml::node& node) {
  if (auto text = node.value_exact<std::string>()) return text;
  if (const auto number = node.value_exact<std::int64_t>()) return std::to_string(*number);
  const auto two = [](int n) { return (n < 10 ? "0" : "") + std::to_string(n); };
  const auto day = [&](const toml::date& date) {
    return std::to_string(date.year) + "-" + two(date.month) + "-" + two(date.day);
  };
  const auto clock = [&](const toml::time& time) { return two(time.hour) + ":" + two(time.minute); };
  if (const auto date = node.value_exact<toml::date>()) return day(*date);
  if (const auto time = node.value_exact<toml::time>()) return clock(*time);
  if (const auto moment = node.value_exact<toml::date_time>())
    return day(moment->date) + " " + clock(moment->time);
  return std::nullopt;
}

}  // namespace

bool fits(const std::string& element, const Separated& constraint, const Place& place,
          const ReadContext& context) {
  const std::string fault = constraint.fault ? constraint.fault(element) : std::string();
  if (fault.empty()) return true;
  context.error(place,
                quoted_start(constraint.has_passwords ? shown_target(element) : element) + " " + fault);
  return false;
}

bool read_checked(const toml::node& node, std::string& out, const Checked& constraint, const Place& place,
                  const ReadContext& context) {
  const auto text = text_of(node);
  const std::string fault = !text           ? "is no text between quotes"
                            : text->empty() ? ""
                                            : constraint.fault(*text);
  if (!fault.empty())
    return context.error(place, (text ? quoted_start(*text) : shown(node)) + " " + fault), false;
  out = constraint.normal && !text->empty() ? constraint.normal(*text) : *text;
  return true;
}

void unknown_key(std::string_view key, const std::vector<std::string_view>& keys, const Place& place,
                 const ReadContext& context) {
  const std::string similar = nearest(key, keys);
  context.error(place, similar.empty() ? "is not known" : "is not known; do you mean " + similar + "?");
}

std::string Problem::text() const {
  std::string result = file + ":" + std::to_string(line) + ": ";
  if (!key.empty()) result += key + ": ";
  if (severity == Severity::warning) result += "warning: ";
  return result + message;
}

bool has_errors(const Problems& problems) {
  return std::any_of(problems.begin(), problems.end(),
                     [](const Problem& problem) { return problem.severity == Problem::Severity::error; });
}

}  // namespace stagecoach::conf
