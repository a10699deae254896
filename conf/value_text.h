// Values of settings as TOML writes them; a Secret is "***".
#pragma once

#include <string>

#include "conf/setting.h"
#include "conf/units.h"

namespace stagecoach::conf {

/// A TOML basic string with quotes and escapes.
std::string in_quotes(std::string_view text);

template <class T, class C>
std::string value_text(const T& value, const C& constraint) {
  if constexpr (std::is_same_v<T, bool>) {
    return value ? "true" : "false";
  } else if constexpr (std::is_integral_v<T>) {
    return std::to_string(value);
  } else if constexpr (std::is_same_v<T, std::string>) {
    return in_quotes(value);
  } else if constexpr (std::is_same_v<T, Secret>) {
    return value.empty() ? "\"\"" : "\"***\"";
  } else if constexpr (std::is_same_v<T, ByteSize>) {
    return value.bytes == 0 ? "0" : in_quotes(size_text(value));
  } else if constexpr (std::is_same_v<T, TimeOfDay>) {
    return in_quotes(time_of_day_text(value));
  } else if constexpr (IsDuration<T>::value) {
    return in_quotes(duration_text(value));
  } else if constexpr (std::is_enum_v<T>) {
    for (const auto& choice : constraint.all)
      if (choice.value == value) return in_quotes(choice.name);
    return "?";
  } else {
    static_assert(IsVector<T>::value, "a kind of setting without a text");
    std::string text;
    for (const auto& element : value) text += (text.empty() ? "" : ", ") + value_text(element, constraint);
    return "[" + text + "]";
  }
}

/// The kind of a setting in words for the reference: "duration (an integer: seconds)".
template <class T>
std::string kind_text() {
  using namespace std::chrono;
  if constexpr (std::is_same_v<T, bool>)
    return "on or off";
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

}  // namespace stagecoach::conf
