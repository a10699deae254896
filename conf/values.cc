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
