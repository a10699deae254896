#include "actors/listing_filter.h"

#include <algorithm>
#include <charconv>
#include <optional>

#include "routing/model/address.h"

namespace stagecoach {

namespace {

using nlohmann::json;

/// A column of the row itself, or of its settings; null: it has none.
const json& cell(const json& row, const std::string& column) {
  static const json k_none;
  if (const auto found = row.find(column); found != row.end()) return *found;
  const auto settings = row.find("settings");
  if (settings == row.end() || !settings->is_object()) return k_none;
  const auto found = settings->find(column);
  return found == settings->end() ? k_none : *found;
}

/// The first value that the column has.
const json& example(const std::vector<json>& rows, const std::string& column) {
  static const json k_none;
  for (const json& row : rows)
    if (const json& value = cell(row, column); !value.is_null()) return value;
  return k_none;
}

std::optional<double> parse_number(std::string_view text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

/// ">5" and the like as an interval; its ends may be left out of it.
struct Interval {
  std::optional<double> from, to;
  bool with_from = true, with_to = true;
  bool contains(double value) const {
    return (!from || value > *from || (with_from && value == *from)) &&
           (!to || value < *to || (with_to && value == *to));
  }
};

std::optional<Interval> parse_interval(std::string_view text) {
  if (const auto dots = text.find(".."); dots != std::string_view::npos) {
    const auto from = parse_number(text.substr(0, dots)), to = parse_number(text.substr(dots + 2));
    if (!from || !to) return std::nullopt;
    return Interval{from, to};
  }
  const char sign = text.empty() ? 0 : text.front();
  if (sign != '<' && sign != '>') {
    const auto value = parse_number(text.substr(sign == '=' ? 1 : 0));
    if (!value) return std::nullopt;
    return Interval{value, value};
  }
  const bool with = text.substr(1, 1) == "=";
  const auto value = parse_number(text.substr(with ? 2 : 1));
  if (!value) return std::nullopt;
  return sign == '<' ? Interval{{}, value, true, with} : Interval{value, {}, with, true};
}

std::optional<bool> parse_flag(std::string_view text) {
  for (const char* yes : {"yes", "true", "on", "1"})
    if (equals_ignoring_case(text, yes)) return true;
  for (const char* no : {"no", "false", "off", "0"})
    if (equals_ignoring_case(text, no)) return false;
  return std::nullopt;
}

bool text_matches(const std::string& value, const std::string& wanted) {
  if (wanted.starts_with('=')) return equals_ignoring_case(value, std::string_view(wanted).substr(1));
  return to_lower(value).find(to_lower(wanted)) != std::string::npos;
}

bool matches(const json& value, const std::string& wanted) {
  if (value.is_string()) return text_matches(value.get_ref<const std::string&>(), wanted);
  if (value.is_boolean()) return value.get<bool>() == parse_flag(wanted);
  if (value.is_number()) return parse_interval(wanted)->contains(value.get<double>());
  if (!value.is_array()) return false;
  return std::any_of(value.begin(), value.end(), [&](const json& one) { return matches(one, wanted); });
}

/// Whether every value of this kind can be compared with the text.
Result<void> check(const std::string& column, const json& value, const std::string& wanted) {
  if (value.is_null()) return invalid_input("there is no column \"" + column + "\"");
  if (value.is_number() && !parse_interval(wanted))
    return invalid_input("\"" + wanted + "\" is none of 5, >5, >=5, <5, <=5, 2..5 (column " + column + ")");
  if (value.is_boolean() && !parse_flag(wanted))
    return invalid_input("\"" + wanted + "\" is neither yes nor no (column " + column + ")");
  return {};
}

}  // namespace

Result<std::vector<json>> filter_rows(std::vector<json> rows,
                                      const std::map<std::string, std::string>& conditions) {
  if (rows.empty()) return rows;
  for (const auto& [column, wanted] : conditions)
    if (auto right = check(column, example(rows, column), wanted); !right) return std::move(right.error());
  std::erase_if(rows, [&](const json& row) {
    return std::any_of(conditions.begin(), conditions.end(), [&](const auto& condition) {
      return !matches(cell(row, condition.first), condition.second);
    });
  });
  return rows;
}

Result<std::vector<json>> sort_rows(std::vector<json> rows, std::string_view column) {
  const bool down = column.starts_with('-');
  const std::string name(column.substr(down ? 1 : 0));
  if (name.empty() || rows.empty()) return rows;
  if (example(rows, name).is_null()) return invalid_input("there is no column \"" + name + "\"");
  const auto less = [&](const json& a, const json& b) {
    const json &x = cell(a, name), &y = cell(b, name);
    if (x.is_string() && y.is_string())
      return to_lower(x.get_ref<const std::string&>()) < to_lower(y.get_ref<const std::string&>());
    return x < y;
  };
  std::stable_sort(rows.begin(), rows.end(),
                   [&](const json& a, const json& b) { return down ? less(b, a) : less(a, b); });
  return rows;
}

}  // namespace stagecoach
