#include "routing/autoresponder_text.h"

#include <algorithm>

#include "routing/model/address.h"
#include "routing/text.h"

namespace stagecoach::routing {
namespace {

constexpr auto k_none = std::string_view::npos;
constexpr std::size_t k_name_bytes_max = 1000, k_default_bytes_max = 10000;
constexpr std::string_view k_lua_open = "<lua>", k_lua_close = "</lua>";

bool is_letter(char c) { return to_lower(c) >= 'a' && to_lower(c) <= 'z'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool starts_with_ignoring_case(std::string_view text, std::string_view start) {
  return text.size() >= start.size() && equals_ignoring_case(text.substr(0, start.size()), start);
}

/// "{$name}" or "{$name(default)}" at the start of a text.
struct CustomField {
  std::string_view name, fallback;
  std::size_t size_bytes = 0;
};

std::optional<CustomField> read_custom_field(std::string_view text) {
  if (!text.starts_with("{$") || text.size() < 4 || !is_letter(text[2])) return std::nullopt;
  std::size_t end = 2;
  while (end < text.size() && (is_letter(text[end]) || is_digit(text[end]))) ++end;
  CustomField field{text.substr(2, end - 2)};
  if (end < text.size() && text[end] == '(') {
    const auto close = text.substr(0, k_default_bytes_max).find(")}", end);
    if (close == k_none) return std::nullopt;
    field.fallback = text.substr(end + 1, close - end - 1);
    end = close + 1;
  }
  if (end >= text.size() || text[end] != '}') return std::nullopt;
  field.size_bytes = end + 1;
  return field;
}

class Expander {
 public:
  explicit Expander(const TextValues& values) : values_(values) {}

  std::string run(std::string_view text) {
    const std::string_view stops = values_.built_in ? "\\{<" : "{";
    while (!text.empty() && result_.size() < values_.result_bytes_max) {
      const auto stop = std::min(text.find_first_of(stops), text.size());
      put(text.substr(0, stop));
      text.remove_prefix(stop);
      if (!text.empty()) text.remove_prefix(special(text));
    }
    return cut();
  }

 private:
  /// A nested {if}: whether its text shows now.
  struct Branch {
    bool shows = false, seen_else = false;
  };

  bool shows() const { return hidden_ == 0; }
  void put(std::string_view text) {
    if (shows()) result_ += text;
  }

  /// Handles what begins with \ { or < and returns its size.
  std::size_t special(std::string_view text) {
    if (text[0] == '\\') {
      put(text.size() > 1 ? text.substr(1, 1) : text);
      return std::min<std::size_t>(text.size(), 2);
    }
    std::size_t size = text[0] == '<' ? lua(text) : braces(text);
    if (size == 0) put(text.substr(0, size = 1));
    return size;
  }

  std::size_t lua(std::string_view text) {
    if (!values_.run_lua || lua_ended_ || !starts_with_ignoring_case(text, k_lua_open)) return 0;
    const auto script = text.substr(k_lua_open.size());
    const auto end = find_ignoring_case(script, k_lua_close);
    lua_ended_ = end == k_none;
    if (lua_ended_) return 0;
    if (shows()) result_ += values_.run_lua(script.substr(0, end));  // is not expanded again
    return k_lua_open.size() + end + k_lua_close.size();
  }

  std::size_t braces(std::string_view text) {
    if (const auto field = read_custom_field(text)) {
      const auto value = values_.fields.find(field->name);
      put(guarded(value == values_.fields.end() ? field->fallback : std::string_view(value->second)));
      return field->size_bytes;
    }
    const auto end = values_.built_in ? text.substr(0, k_name_bytes_max).find('}') : k_none;
    if (end == k_none) return starts_with_ignoring_case(text, "{rem ") && values_.built_in ? remark(text) : 0;
    const auto inside = text.substr(1, end - 1);
    if (control(inside)) return end + 1;
    if (!shows()) return end + 1;
    const auto value = values_.built_in(inside);
    if (!value) return 0;
    put(guarded(*value));
    return end + 1;
  }

  static std::size_t remark(std::string_view text) {
    const auto end = text.find('}');
    return end == k_none ? 0 : end + 1;
  }

  bool control(std::string_view inside) {
    const auto word = inside.substr(0, inside.find(' '));
    if (equals_ignoring_case(word, "rem")) return true;
    if (equals_ignoring_case(word, "if") || equals_ignoring_case(word, "ifnot")) {
      auto name = trimmed(inside.substr(word.size()));
      if (!name.starts_with('$')) return false;
      const auto value = values_.fields.find(name.substr(1));
      const bool filled = value != values_.fields.end() && !value->second.empty();
      branches_.push_back({filled == (word.size() == 2)});
      if (!branches_.back().shows) ++hidden_;
      return true;
    }
    if (branches_.empty()) return false;
    if (equals_ignoring_case(inside, "else") && !branches_.back().seen_else) {
      hidden_ += branches_.back().shows ? 1 : -1;
      branches_.back() = {!branches_.back().shows, true};
      return true;
    }
    if (!equals_ignoring_case(inside, "endif")) return false;
    if (!branches_.back().shows) --hidden_;
    branches_.pop_back();
    return true;
  }

  std::string guarded(std::string_view value) const {
    return values_.guard ? values_.guard(value) : std::string(value);
  }

  /// At most the allowed size, no character in two.
  std::string cut() {
    std::size_t size = values_.result_bytes_max;
    if (result_.size() <= size) return std::move(result_);
    while (size > 0 && (static_cast<unsigned char>(result_[size]) & 0xC0) == 0x80) --size;
    result_.resize(size);
    return std::move(result_);
  }

  const TextValues& values_;
  std::string result_;
  std::vector<Branch> branches_;
  int hidden_ = 0;          // branches that do not show
  bool lua_ended_ = false;  // there is no </lua> any more: not to be looked for again
};

}  // namespace

std::string expand_text(std::string_view text, const TextValues& values) {
  return Expander(values).run(text);
}

std::vector<std::pair<std::string, std::string>> custom_fields_of(std::string_view text) {
  std::vector<std::pair<std::string, std::string>> fields;
  for (auto at = text.find("{$"); at != k_none; at = text.find("{$", at)) {
    const auto field = read_custom_field(text.substr(at));
    if (field) fields.emplace_back(field->name, field->fallback);
    at += field ? field->size_bytes : 2;
  }
  return fields;
}

}  // namespace stagecoach::routing
