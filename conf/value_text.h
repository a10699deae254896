// Values of settings as TOML writes them. What is shown to people hides secrets ("***"); what is kept does
// not.
#pragma once

#include <string>

#include "conf/setting.h"
#include "conf/text_faults.h"
#include "conf/units.h"

namespace stagecoach::conf {

/// A TOML basic string with quotes and escapes.
std::string in_quotes(std::string_view text);

enum class Secrets { hidden, written };

/// A key of a table: bare when it may be.
std::string key_text(std::string_view key);

template <class S>
std::string inline_table(const S& section, Secrets secrets);

/// A list of texts, sections or others.
template <class T, class C>
std::string list_text(const std::vector<T>& list, const C& constraint, Secrets secrets);

template <class T, class C>
std::string integer_text(T value, const C& constraint) {
  if constexpr (std::is_same_v<C, Bytes>) {
    const std::string text = size_text(ByteSize{value});
    return text.ends_with('B') ? in_quotes(text) : text;
  } else if constexpr (std::is_same_v<C, Minutes>) {
    if (value == -1 && !constraint.unset.empty()) return in_quotes(constraint.unset);
    return value == 0 ? "0" : in_quotes(duration_text(std::chrono::minutes(value)));
  } else {
    return std::to_string(value);
  }
}

template <class T, class C>
std::string value_text(const T& value, const C& constraint, Secrets secrets = Secrets::hidden) {
  const auto secret = [&](const std::string& text) {
    return text.empty() ? "\"\"" : secrets == Secrets::hidden ? "\"***\"" : in_quotes(text);
  };
  if constexpr (IsVector<T>::value) {
    return list_text(value, constraint, secrets);
  } else if constexpr (IsSharedList<T>::value) {
    return list_text(*value, constraint, secrets);
  } else if constexpr (requires { constraint.all; }) {
    for (const auto& choice : constraint.all)
      if (choice.value == value) return in_quotes(choice.name);
    return "?";
  } else if constexpr (std::is_same_v<T, bool>) {
    return value ? "true" : "false";
  } else if constexpr (std::is_same_v<T, std::optional<bool>>) {
    return !value ? "\"individual\"" : *value ? "true" : "false";
  } else if constexpr (std::is_integral_v<T>) {
    return integer_text(value, constraint);
  } else if constexpr (std::is_same_v<T, std::string>) {
    if constexpr (std::is_same_v<C, Masked>) return secret(value);
    return in_quotes(value);
  } else if constexpr (std::is_same_v<T, Secret>) {
    return secret(value.value);
  } else if constexpr (std::is_same_v<T, ByteSize>) {
    return value.bytes == 0 ? "0" : in_quotes(size_text(value));
  } else if constexpr (std::is_same_v<T, TimeOfDay>) {
    return in_quotes(time_of_day_text(value));
  } else if constexpr (IsDuration<T>::value) {
    return in_quotes(duration_text(value));
  } else {
    static_assert(IsTextMap<T>::value, "a kind of setting without a text");
    std::string text;
    for (const auto& [key, entry] : value)
      text += (text.empty() ? " " : ", ") + key_text(key) + " = " + in_quotes(entry);
    return text.empty() ? "{}" : "{" + text + " }";
  }
}

template <class T, class C>
std::string list_text(const std::vector<T>& list, const C& constraint, Secrets secrets) {
  std::string text;
  for (const auto& element : list) {
    if (&element != &list.front()) text += ", ";
    if constexpr (SettingsStruct<T>)
      text += inline_table(element, secrets);
    else if constexpr (std::is_same_v<C, Separated>)
      text += in_quotes(constraint.has_passwords && secrets == Secrets::hidden ? shown_target(element)
                                                                               : std::string(element));
    else
      text += value_text(element, constraint, secrets);
  }
  return "[" + text + "]";
}

/// "{ name = \"Alarms\", enabled = false }" with the settings that differ from the default.
template <class S>
std::string inline_table(const S& section, Secrets secrets) {
  const S defaults;
  std::string text;
  for_each_setting<S>([&](const auto& setting) {
    const auto& value = section.*setting.member;
    using Member = std::remove_cvref_t<decltype(value)>;
    if (same_value(value, defaults.*setting.member)) return;
    text += (text.empty() ? " " : ", ") + std::string(setting.key) + " = ";
    if constexpr (SettingsStruct<Member>)
      text += inline_table(value, secrets);
    else
      text += value_text(value, setting.constraint, secrets);
  });
  return text.empty() ? "{}" : "{" + text + " }";
}

/// The kind of a setting in words for the reference: "duration (an integer: seconds)".
template <class T, class C = Anything>
std::string kind_text() {
  using namespace std::chrono;
  if constexpr (std::is_same_v<T, bool>)
    return "on or off";
  else if constexpr (std::is_same_v<T, std::optional<bool>>)
    return "on, off or individual";
  else if constexpr (std::is_same_v<C, Bytes>)
    return "size";
  else if constexpr (std::is_same_v<C, Minutes>)
    return "duration (an integer: minutes)";
  else if constexpr (IsTextMap<T>::value)
    return "table of texts";
  else if constexpr (SettingsStruct<T>)
    return "tables";
  else if constexpr (IsSharedList<T>::value)
    return "list of " + kind_text<typename T::element_type::value_type>();
  else if constexpr (std::is_integral_v<T>)
    return "integer";
  else if constexpr (std::is_same_v<T, std::string>)
    return "text";
  else if constexpr (std::is_same_v<T, Secret>)
    return "secret text";
  else if constexpr (std::is_same_v<T, ByteSize>)
    return "size";
  else if constexpr (std::is_same_v<T, TimeOfDay>)
    return "time of day";
  else if constexpr (std::is_same_v<T, seconds>)
    return "duration (an integer: seconds)";
  else if constexpr (std::is_same_v<T, minutes>)
    return "duration (an integer: minutes)";
  else if constexpr (std::is_same_v<T, milliseconds>)
    return "duration (an integer: milliseconds)";
  else if constexpr (std::is_enum_v<T>)
    return "choice";
  else
    return "list of " + kind_text<typename T::value_type>();
}

/// The kind with its limits or names: "integer, 0 to 100", "copy, redirect", "text, required".
template <class T, class C>
std::string values_text(const C& constraint) {
  std::string text = kind_text<T, C>();
  if constexpr (requires { constraint.min; }) {
    const auto limit = [&](std::int64_t number) { return value_text(number, constraint); };
    if constexpr (std::is_same_v<C, Bytes> || std::is_same_v<C, Minutes>)
      text += ", " + limit(constraint.min) + " to " + limit(constraint.max);
    else
      text += ", " + value_text(constraint.min, constraint) + " to " + value_text(constraint.max, constraint);
  } else if constexpr (requires { constraint.all; }) {
    text = IsVector<T>::value ? "list of " : "";
    for (const auto& choice : constraint.all) {
      const bool first_name = value_text(choice.value, constraint) == in_quotes(choice.name);
      if (first_name) text += (text.empty() || text.ends_with("of ") ? "" : ", ") + std::string(choice.name);
    }
  } else if constexpr (std::is_same_v<C, Required>) {
    text += ", required";
  } else if constexpr (std::is_same_v<C, Masked>) {
    text = "secret text";
  }
  return text;
}

}  // namespace stagecoach::conf
