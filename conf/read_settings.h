// toml++ table -> settings struct, by the struct's own declaration. Every mistake becomes a Problem with
// file, line, key, value and range; what is right is read nevertheless, so that one run reports all.
#pragma once

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "conf/problem.h"
#include "conf/setting.h"
#include "conf/toml.h"
#include "conf/units.h"
#include "conf/value_text.h"
#include "routing/model/address.h"

namespace stagecoach::conf {

/// Where a value stands in the file.
struct Place {
  std::string key;  // "service.mx.listen"
  int line = 0;
};

/// The lines of keys, for checks that come after reading. A key is that of line_key().
using KeyLines = std::map<std::string, int>;

/// Several entries may have one name, so the line where the entry begins (0: no entry) is part of the key.
inline std::string line_key(const std::string& label, int entry_line, const std::string& key) {
  return label + ":" + std::to_string(entry_line) + ":" + key;
}

struct ReadContext {
  std::string path;   // for problems
  std::string label;  // for provenances
  Problems& problems;
  KeyLines& lines;
  std::set<std::string>& seen;  // "server.hostname": given already, in this file or another one
  int entry_line = 0;           // of the entry of an array of tables that is being read

  void error(const Place& place, std::string message) const {
    problems.push_back({path, place.line, place.key, std::move(message), Problem::Severity::error});
  }
};

inline int line_of(const toml::source_region& region) { return static_cast<int>(region.begin.line); }

/// How a value that does not fit shows in a message; texts of a stranger's length are cut.
std::string shown(const toml::node& node);

template <class T, class C>
bool in_range(const T& value, const C& constraint, const Place& place, const ReadContext& context) {
  if constexpr (requires { constraint.min; }) {
    using Limit = decltype(constraint.min);
    const auto limit = static_cast<Limit>(value);
    if (limit >= constraint.min && limit <= constraint.max) return true;
    context.error(place, value_text(limit, constraint) + " is not between " +
                             value_text(constraint.min, constraint) + " and " +
                             value_text(constraint.max, constraint));
    return false;
  } else {
    return true;
  }
}

/// Integers: plain, as a size, or as a duration in minutes.
template <class T, class C>
bool read_integer(const toml::node& node, T& out, const C& constraint, const Place& place,
                  const ReadContext& context);

template <class D>
bool read_duration(const toml::node& node, D& out, const Place& place, const ReadContext& context) {
  if (const auto number = node.value_exact<std::int64_t>()) {
    constexpr std::int64_t k_count_max = 1'000'000'000;
    if (*number < -k_count_max || *number > k_count_max) {
      context.error(place, shown(node) + " is too large for a duration");
      return false;
    }
    out = D(*number);
    return true;
  }
  const auto text = node.value_exact<std::string>();
  const auto parsed = text ? parse_duration(*text) : Result<std::chrono::milliseconds>(invalid_input(""));
  if (!text) {
    context.error(place, shown(node) + " is no duration like \"90s\", \"5m\", \"2h\" or \"3d\"");
  } else if (!parsed) {
    context.error(place, parsed.error().reason);
  } else if (out = std::chrono::duration_cast<D>(*parsed); out != *parsed) {
    context.error(place, shown(node) + " is finer than this setting's unit");
  } else {
    return true;
  }
  return false;
}

template <class T, class C>
bool read_choice(const toml::node& node, T& out, const C& choices, const Place& place,
                 const ReadContext& context) {
  const auto text = node.value_exact<std::string>();
  const std::string wanted = text ? to_lower(*text) : std::string();
  std::string names;
  for (const auto& choice : choices.all) {
    if (text && wanted == choice.name) {
      out = choice.value;
      return true;
    }
    names += (names.empty() ? "" : ", ") + std::string(choice.name);
  }
  context.error(place, shown(node) + " is none of " + names);
  return false;
}

/// Text that a parser of units.h reads.
template <class T, class Parse>
bool read_parsed(const toml::node& node, T& out, Parse parse, const Place& place,
                 const ReadContext& context) {
  const auto text = node.value_exact<std::string>();
  auto parsed = parse(text ? std::string_view(*text) : std::string_view());
  if (!text || !parsed) {
    context.error(place, text ? parsed.error().reason : shown(node) + " is no text between quotes");
    return false;
  }
  out = *parsed;
  return true;
}

template <class T, class C>
bool read_value(const toml::node& node, T& out, const C& constraint, const Place& place,
                const ReadContext& context);

/// The parts of a text between separators, without white space around them and without empty ones.
std::vector<std::string> split_list(std::string_view text, std::string_view separators);

/// Whether an element of a list has the form that it must have.
bool fits(const std::string& element, const Separated& constraint, const Place& place,
          const ReadContext& context);

/// Limits of what one setting may hold.
inline constexpr std::size_t k_list_max = 1'000'000, k_map_max = 1'000;

template <class T, class C>
bool read_list(const toml::node& node, std::vector<T>& out, const C& constraint, const Place& place,
               const ReadContext& context) {
  out.clear();
  bool ok = true;
  const auto read_one = [&](const toml::node& element) {
    T value{};
    ok &= read_value(element, value, constraint, {place.key, line_of(element.source())}, context);
    out.push_back(std::move(value));
  };
  if constexpr (std::is_same_v<C, Separated>) {
    if (const auto text = node.value_exact<std::string>()) {
      for (std::string& part : split_list(*text, constraint.separators)) {
        ok &= fits(part, constraint, place, context);
        out.push_back(std::move(part));
      }
      return ok;
    }
  }
  if (const toml::array* array = node.as_array()) {
    if (array->size() > k_list_max) return context.error(place, "has more than a million elements"), false;
    for (const toml::node& element : *array) read_one(element);
  } else {
    read_one(node);
  }
  if constexpr (std::is_same_v<C, Required>) {
    if (out.empty()) context.error(place, "must not be empty");
  }
  return ok;
}

inline bool read_map(const toml::node& node, std::map<std::string, std::string>& out, const Place& place,
                     const ReadContext& context) {
  const toml::table* table = node.as_table();
  if (!table || table->size() > k_map_max) {
    context.error(place, table ? "has more than 1000 keys" : "is a table: write [" + place.key + "]");
    return false;
  }
  bool ok = true;
  for (const auto& [key, element] : *table) {
    const Place inner{joined_key(place.key, key.str()), line_of(key.source())};
    context.lines[line_key(context.label, context.entry_line, inner.key)] = inner.line;
    ok &= read_value(element, out[std::string(key.str())], Anything{}, inner, context);
  }
  return ok;
}

inline bool read_flag(const toml::node& node, std::optional<bool>& out, const Place& place,
                      const ReadContext& context) {
  const std::string word = to_lower(node.value_exact<std::string>().value_or(""));
  if (const auto value = node.value_exact<bool>())
    out = *value;
  else if (word == "on" || word == "off")
    out = word == "on";
  else if (word == "individual")
    out.reset();
  else
    return context.error(place, shown(node) + " is neither true, false nor \"individual\""), false;
  return true;
}

template <class T, class C>
bool read_integer(const toml::node& node, T& out, const C& constraint, const Place& place,
                  const ReadContext& context) {
  auto value = node.value_exact<std::int64_t>();
  if constexpr (std::is_same_v<C, Bytes>) {
    ByteSize size;
    if (!value && !read_parsed(node, size, parse_size, place, context)) return false;
    if (!value) value = size.bytes;
  } else if constexpr (std::is_same_v<C, Minutes>) {
    std::chrono::minutes duration{};
    const auto word = node.value_exact<std::string>();
    if (word && !constraint.unset.empty() && to_lower(*word) == constraint.unset) value = -1;
    if (!value && !read_duration(node, duration, place, context)) return false;
    if (!value) value = duration.count();
  }
  if (!value) return context.error(place, shown(node) + " is no integer"), false;
  if (!in_range(*value, constraint, place, context)) return false;
  out = static_cast<T>(*value);
  return true;
}

/// A text with a form: dates and numbers may stand without quotes.
bool read_checked(const toml::node& node, std::string& out, const Checked& constraint, const Place& place,
                  const ReadContext& context);

template <class T, class C>
bool read_value(const toml::node& node, T& out, const C& constraint, const Place& place,
                const ReadContext& context) {
  const auto wrong = [&](const char* what) {
    context.error(place, shown(node) + " is no " + what);
    return false;
  };
  if constexpr (IsVector<T>::value) {
    return read_list(node, out, constraint, place, context);
  } else if constexpr (IsSharedList<T>::value) {
    std::remove_const_t<typename T::element_type> list;
    const bool ok = read_list(node, list, constraint, place, context);
    out = std::make_shared<typename T::element_type>(std::move(list));
    return ok;
  } else if constexpr (IsTextMap<T>::value) {
    return read_map(node, out, place, context);
  } else if constexpr (requires { constraint.all; }) {
    return read_choice(node, out, constraint, place, context);
  } else if constexpr (std::is_same_v<T, bool>) {
    const auto value = node.value_exact<bool>();
    if (!value) return wrong("true or false");
    out = *value;
    return true;
  } else if constexpr (std::is_same_v<T, std::optional<bool>>) {
    return read_flag(node, out, place, context);
  } else if constexpr (std::is_integral_v<T>) {
    return read_integer(node, out, constraint, place, context);
  } else if constexpr (std::is_same_v<C, Checked>) {
    return read_checked(node, out, constraint, place, context);
  } else if constexpr (std::is_same_v<T, std::string> || std::is_same_v<T, Secret>) {
    auto value = node.value_exact<std::string>();
    if (!value) return wrong("text between quotes");
    if (std::is_same_v<C, Required> && value->empty()) {
      context.error(place, "must not be empty");
      return false;
    }
    if constexpr (std::is_same_v<C, Separated>)
      if (!fits(*value, constraint, place, context)) return false;
    if constexpr (std::is_same_v<T, Secret>)
      out.value = std::move(*value);
    else
      out = std::move(*value);
    return true;
  } else if constexpr (std::is_same_v<T, ByteSize>) {
    if (const auto bytes = node.value_exact<std::int64_t>())
      out.bytes = *bytes;
    else if (!read_parsed(node, out, parse_size, place, context))
      return false;
    return in_range(out, constraint, place, context);
  } else if constexpr (std::is_same_v<T, TimeOfDay>) {
    return read_parsed(node, out, parse_time_of_day, place, context);
  } else {
    static_assert(IsDuration<T>::value, "a kind of setting that the reader does not know");
    return read_duration(node, out, place, context) && in_range(out, constraint, place, context);
  }
}

template <SettingsStruct S>
void read_settings(const toml::table& table, S& settings, const ReadContext& context,
                   const std::string& prefix);

/// The sections of one array of tables.
template <SettingsStruct S>
void read_sections(const toml::node& node, std::vector<S>& out, const Place& place,
                   const ReadContext& context) {
  const toml::array* array = node.as_array();
  if (!array) return context.error(place, "is an array of tables: write [[" + place.key + "]]");
  if (array->size() > k_list_max) return context.error(place, "has more than a million entries");
  out.reserve(out.size() + array->size());  // entries are large
  for (const toml::node& element : *array) {
    const toml::table* table = element.as_table();
    if (!table) {
      context.error({place.key, line_of(element.source())},
                    "is an array of tables: write [[" + place.key + "]]");
      continue;
    }
    S section;
    std::set<std::string> seen;  // each section starts anew
    const ReadContext inner{context.path,  context.label, context.problems,
                            context.lines, seen,          line_of(table->source())};
    if constexpr (HasProvenance<S>)
      if (!context.label.empty()) section.where = {context.label, line_of(table->source())};
    std::string prefix = place.key;
    for (const char* name : {"name", "username", "address", "connection"}) {
      const auto text = (*table)[name].template value<std::string>();
      if (!text || text->empty() || text->size() > 64) continue;
      prefix += "." + *text;
      break;
    }
    read_settings(*table, section, inner, prefix);
    require_keys(section, {prefix, line_of(table->source())}, inner);
    out.push_back(std::move(section));
  }
}

/// Reports the required settings that are still empty.
template <SettingsStruct S>
void require_keys(const S& section, const Place& place, const ReadContext& context) {
  for_each_setting<S>([&](const auto& setting) {
    if constexpr (std::is_same_v<decltype(setting.constraint), Required>) {
      const std::string key(setting.key);
      if ((section.*setting.member).empty() && !context.seen.contains(place.key + "." + key))
        context.error({place.key + "." + key, place.line}, "is missing");
    }
  });
}

/// Reads one key if S, or one of its flat sections, knows it.
template <SettingsStruct S>
bool read_key(std::string_view key, const toml::node& node, S& settings, const ReadContext& context,
              const std::string& prefix, const Place& place) {
  bool known = false;
  for_each_setting<S>([&](const auto& setting) {
    if (known || (key != setting.key && (setting.also.empty() || key != setting.also))) return;
    known = true;
    auto& member = settings.*setting.member;
    using Member = std::remove_reference_t<decltype(member)>;
    if constexpr (SettingsStruct<Member>) {
      const std::string inner = joined_key(prefix, setting.key);
      if (const toml::table* table = node.as_table())
        read_settings(*table, member, context, inner);
      else
        context.error(place, "is a table: write [" + inner + "]");
    } else if constexpr (IsSectionList<Member>::value) {
      read_sections(node, member, {joined_key(prefix, setting.key), place.line}, context);
    } else {
      const std::string id = joined_key(prefix, setting.key);
      if (!context.seen.insert(id).second) return context.error(place, "is given twice (as " + id + ")");
      context.lines[line_key(context.label, context.entry_line, id)] = place.line;
      read_value(node, member, setting.constraint, place, context);
    }
  });
  for_each_setting<S>([&](const auto& setting) {
    if constexpr (std::is_same_v<decltype(setting.constraint), Flat>)
      known = known ||
              read_key(key, node, settings.*setting.member, context, joined_key(prefix, setting.key), place);
  });
  return known;
}

template <SettingsStruct S>
void known_keys(std::vector<std::string_view>& keys) {
  for_each_setting<S>([&](const auto& setting) {
    if (!setting.key.empty()) keys.push_back(setting.key);
    if (!setting.also.empty()) keys.push_back(setting.also);
    using Member = std::remove_cvref_t<decltype(std::declval<S&>().*setting.member)>;
    if constexpr (std::is_same_v<decltype(setting.constraint), Flat>) known_keys<Member>(keys);
  });
}

void unknown_key(std::string_view key, const std::vector<std::string_view>& keys, const Place& place,
                 const ReadContext& context);

/// The table of a key with a dot: "protocols" of "protocols.imap4".
template <SettingsStruct S>
bool read_dotted(std::string_view key, const toml::node& node, S& settings, const ReadContext& context,
                 const std::string& prefix) {
  std::vector<std::string_view> keys;
  known_keys<S>(keys);
  const std::string start = std::string(key) + ".";
  if (!node.is_table() ||
      std::none_of(keys.begin(), keys.end(), [&](auto known) { return known.starts_with(start); }))
    return false;
  for (const auto& [inner, element] : *node.as_table()) {
    const std::string dotted = start + std::string(inner.str());
    const Place place{joined_key(prefix, dotted), line_of(inner.source())};
    if (!read_key(dotted, element, settings, context, prefix, place))
      unknown_key(dotted, keys, place, context);
  }
  return true;
}

template <SettingsStruct S>
void read_settings(const toml::table& table, S& settings, const ReadContext& context,
                   const std::string& prefix) {
  for (const auto& [key, node] : table) {
    const Place place{joined_key(prefix, key.str()), line_of(key.source())};
    if (read_key(key.str(), node, settings, context, prefix, place)) continue;
    if (read_dotted(key.str(), node, settings, context, prefix)) continue;
    std::vector<std::string_view> keys;
    known_keys<S>(keys);
    unknown_key(key.str(), keys, place, context);
  }
}

}  // namespace stagecoach::conf
