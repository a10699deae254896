#include "conf/units.h"

#include <algorithm>
#include <charconv>

#include "routing/model/address.h"

namespace stagecoach::conf {
namespace {

using std::chrono::milliseconds;

struct Unit {
  std::string_view name;
  std::int64_t factor;
};
// From large to small, so that a text takes the largest unit that fits.
constexpr Unit k_durations[] = {{"w", 604800000}, {"d", 86400000}, {"h", 3600000},
                                {"m", 60000},     {"s", 1000},     {"ms", 1}};
constexpr Unit k_sizes[] = {{"gb", 1 << 30}, {"mb", 1 << 20}, {"kb", 1 << 10}, {"b", 1}, {"", 1}};
constexpr std::int64_t k_number_max = 1'000'000'000'000;

/// Takes digits off the front.
Result<std::int64_t> take_number(std::string_view& text) {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || number < 0 || number > k_number_max)
    return invalid_input("a number is expected");
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return number;
}

std::string take_letters(std::string_view& text) {
  std::size_t end = 0;
  while (end < text.size() && to_lower(text[end]) >= 'a' && to_lower(text[end]) <= 'z') ++end;
  std::string letters = to_lower(text.substr(0, end));
  text.remove_prefix(end);
  return letters;
}

template <std::size_t N>
const Unit* find_unit(const Unit (&units)[N], std::string_view name) {
  for (const Unit& unit : units)
    if (unit.name == name) return &unit;
  return nullptr;
}

}  // namespace

Result<milliseconds> parse_duration(std::string_view text) {
  const Error error =
      invalid_input("\"" + std::string(text) + "\" is no duration like \"90s\", \"5m\", \"2h\" or \"3d\"");
  milliseconds sum{0};
  if (text.empty()) return error;
  while (!text.empty()) {
    const auto number = take_number(text);
    const Unit* unit = find_unit(k_durations, take_letters(text));
    if (!number || !unit || *number > k_number_max / unit->factor) return error;
    sum += milliseconds(*number * unit->factor);
    if (sum.count() > k_number_max) return error;
  }
  return sum;
}

std::string duration_text(milliseconds duration) {
  if (duration.count() == 0) return "0s";
  for (const Unit& unit : k_durations)
    if (duration.count() % unit.factor == 0)
      return std::to_string(duration.count() / unit.factor) + std::string(unit.name);
  return std::to_string(duration.count()) + "ms";
}

Result<ByteSize> parse_size(std::string_view text) {
  const Error error =
      invalid_input("\"" + std::string(text) + "\" is no size like \"64kB\", \"50MB\" or \"2GB\"");
  const auto number = take_number(text);
  if (!number) return error;
  while (text.starts_with(' ')) text.remove_prefix(1);
  const Unit* unit = find_unit(k_sizes, take_letters(text));
  if (!unit || !text.empty() || *number > (k_number_max << 10) / unit->factor) return error;
  return ByteSize{*number * unit->factor};
}

std::string size_text(ByteSize size) {
  constexpr std::string_view k_names[] = {"GB", "MB", "kB"};
  for (std::size_t i = 0; i < std::size(k_names); ++i)
    if (size.bytes != 0 && size.bytes % k_sizes[i].factor == 0)
      return std::to_string(size.bytes / k_sizes[i].factor) + std::string(k_names[i]);
  return std::to_string(size.bytes);
}

Result<TimeOfDay> parse_time_of_day(std::string_view text) {
  const Error error = invalid_input("\"" + std::string(text) + "\" is no time of day like \"8:30\"");
  const auto hours = take_number(text);
  if (!hours || !text.starts_with(':')) return error;
  text.remove_prefix(1);
  if (text.size() != 2) return error;
  const auto minutes = take_number(text);
  if (!minutes || !text.empty() || *hours > 23 || *minutes > 59) return error;
  return TimeOfDay{static_cast<int>(*hours * 60 + *minutes)};
}

std::string time_of_day_text(TimeOfDay time) {
  const std::string minutes = std::to_string(time.minutes % 60);
  return std::to_string(time.minutes / 60) + ":" + (minutes.size() < 2 ? "0" : "") + minutes;
}

std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t above = row[j];
      row[j] = std::min({row[j - 1] + 1, above + 1, diagonal + (a[i - 1] == b[j - 1] ? 0 : 1)});
      diagonal = above;
    }
  }
  return row[b.size()];
}

std::string nearest(std::string_view wrong, const std::vector<std::string_view>& words) {
  constexpr std::size_t k_word_max = 64;  // longer ones are no slip of the hand
  if (wrong.size() > k_word_max) return {};
  std::string_view best;
  std::size_t best_distance = wrong.size() / 3 + 2;
  for (const std::string_view word : words) {
    const std::size_t distance = edit_distance(wrong, word);
    if (distance < best_distance) {
      best = word;
      best_distance = distance;
    }
  }
  return std::string(best);
}

}  // namespace stagecoach::conf
