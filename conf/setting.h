// Settings, declared once: SettingsOf<S>::settings() returns a tuple of Setting{key, &S::member, constraint,
// text}. A struct of conf/ declares it as its own static settings(); for a struct of routing/model it is a
// specialisation (profile_settings.h, list_settings.h, policy_settings.h). The member's initial value is the
// default. The reader (read_settings.h), the reference (reference.h), the description of changes
// (difference.h) and the text of single entries (entry_text.h) walk the same tuple.
//
// A key may have a dot, "protocols.imap4": it stands for a key of a table that has no struct of its own.
//
// Kinds of members and how TOML writes them:
//   bool                  true, false
//   int, std::int64_t     42
//   std::string, Secret   "text"
//   ByteSize              52428800 or "50MB" (kB, MB, GB: powers of 1024)
//   std::chrono durations "90s", "5m", "2h", "3d", or an integer in the unit of the member
//   TimeOfDay             "08:30"
//   an enumeration        one of its Choices
//   std::optional<bool>   true, false (or "on", "off"), or "individual" for neither
//   std::vector of these  an array; one value alone stands for an array of one
//   std::map of texts     a table with any keys
//   std::shared_ptr of a vector           like the vector; never null
//   a struct with settings                a table
//   std::vector of such structs           an array of tables
#pragma once

#include <algorithm>
#include <chrono>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include "routing/model/directory_entry.h"

namespace stagecoach::conf {

/// A text that is never printed: logs, differences and references show "***".
struct Secret {
  std::string value;
  bool empty() const { return value.empty(); }
  bool operator==(const Secret&) const = default;
};

struct ByteSize {
  std::int64_t bytes = 0;
  bool operator==(const ByteSize&) const = default;
  auto operator<=>(const ByteSize&) const = default;
};

/// Minutes since midnight, local time.
struct TimeOfDay {
  int minutes = 0;
  bool operator==(const TimeOfDay&) const = default;
  auto operator<=>(const TimeOfDay&) const = default;
};

constexpr ByteSize operator""_kB(unsigned long long n) { return {static_cast<std::int64_t>(n) << 10}; }
constexpr ByteSize operator""_MB(unsigned long long n) { return {static_cast<std::int64_t>(n) << 20}; }
constexpr ByteSize operator""_GB(unsigned long long n) { return {static_cast<std::int64_t>(n) << 30}; }

/// No constraint.
struct Anything {};

/// The key must be given, and not be empty.
struct Required {};

/// Inclusive limits of a number, a duration or a size; of each element of a list.
template <class T>
struct Range {
  T min;
  T max;
};
template <class A, class B>
Range(A, B) -> Range<std::common_type_t<A, B>>;

/// One name of an enumerator. Of several names of one enumerator the first is the one that is written.
template <class E>
struct Choice {
  std::string_view name;
  E value;
};

/// The names of an enumeration: Choices{k_tls_modes}.
template <class E>
struct Choices {
  std::span<const Choice<E>> all;
  template <std::size_t N>
  constexpr Choices(const Choice<E> (&table)[N]) : all(table) {}  // NOLINT: implicit by design
};

/// A section whose keys may also stand directly in the section around it: `[sender.relay] servers` or
/// `[[sender]] servers`. With an empty key they stand only there.
struct Flat {};

/// A text, or each text of a list, that must have a form. `fault` says what is wrong with one, or nothing;
/// `normal` gives the form that is kept ("-1" -> "disabled"). A date or a number may stand without quotes.
struct Checked {
  std::string (*fault)(std::string_view text);
  std::string (*normal)(std::string_view text) = nullptr;
};

/// A list of texts that may also be written as one text with these separators.
struct Separated {
  std::string_view separators;
  std::string (*fault)(std::string_view text) = nullptr;  // of one element, as in Checked
  bool has_passwords = false;                             // "SMTP:a@b@user:password@host": masked when shown
};

/// A text that is never shown, as a Secret.
struct Masked {};

/// An integer number of bytes that is written as a size.
struct Bytes {
  std::int64_t min, max;
};

/// An integer number of minutes that may be written as a duration; -1 by the word `unset`, if there is one.
struct Minutes {
  std::int64_t min, max;
  std::string_view unset = {};
};

template <class S, class M, class C = Anything>
struct Setting {
  std::string_view key;
  M S::*member;
  C constraint;
  std::string_view text;       // one or two sentences for the reference
  std::string_view also = {};  // a second accepted spelling of the key

  constexpr Setting(std::string_view key, M S::*member, C constraint, std::string_view text,
                    std::string_view also = {})
      : key(key), member(member), constraint(constraint), text(text), also(also) {}
  constexpr Setting(std::string_view key, M S::*member, std::string_view text)
      : key(key), member(member), constraint(), text(text) {}
};
template <class S, class M>
Setting(std::string_view, M S::*, std::string_view) -> Setting<S, M, Anything>;

/// Where the settings of S are declared; specialised for structs that cannot do it themselves.
template <class S>
struct SettingsOf {};
template <class S>
requires requires { S::settings(); }
struct SettingsOf<S> {
  static constexpr auto settings() { return S::settings(); }
};

/// A struct whose settings are declared. The declaration must be included before the first question.
template <class S>
concept SettingsStruct = requires {
  SettingsOf<S>::settings();
};

/// Entries that remember where they were declared.
template <class S>
concept HasProvenance = requires(S s) {
  { s.where } -> std::convertible_to<Provenance>;
};

template <class T>
struct IsVector : std::false_type {};
template <class T>
struct IsVector<std::vector<T>> : std::true_type {};

/// An array of tables.
template <class T>
struct IsSectionList : std::false_type {};
template <SettingsStruct T>
struct IsSectionList<std::vector<T>> : std::true_type {};

template <class T>
struct IsTextMap : std::false_type {};
template <>
struct IsTextMap<std::map<std::string, std::string>> : std::true_type {};

/// shared_ptr<const std::vector<T>>
template <class T>
struct IsSharedList : std::false_type {};
template <class T>
struct IsSharedList<std::shared_ptr<const std::vector<T>>> : std::true_type {};

template <class T>
struct IsDuration : std::false_type {};
template <class R, class P>
struct IsDuration<std::chrono::duration<R, P>> : std::true_type {};

/// Calls visit(setting) for each setting of S, in the order of declaration.
template <SettingsStruct S, class Visit>
constexpr void for_each_setting(Visit&& visit) {
  std::apply([&](const auto&... setting) { (visit(setting), ...); }, SettingsOf<S>::settings());
}

/// "user.fred" and "quota" give "user.fred.quota"; an empty part adds nothing.
inline std::string joined_key(std::string_view prefix, std::string_view key) {
  std::string result(prefix);
  if (!result.empty() && !key.empty()) result += '.';
  return result.append(key);
}

/// Whether two values of a setting are the same; where they were declared does not count.
template <class T>
bool same_value(const T& a, const T& b) {
  if constexpr (IsSharedList<T>::value) {
    return a == b || *a == *b;
  } else if constexpr (SettingsStruct<T>) {
    bool same = true;
    for_each_setting<T>(
        [&](const auto& setting) { same = same && same_value(a.*setting.member, b.*setting.member); });
    return same;
  } else if constexpr (IsSectionList<T>::value) {
    return a.size() == b.size() && std::equal(a.begin(), a.end(), b.begin(),
                                              [](const auto& x, const auto& y) { return same_value(x, y); });
  } else {
    return a == b;
  }
}

/// The written name of an enumerator: name_of(k_tls_modes, TlsMode::none) is "none".
template <class E, std::size_t N>
constexpr std::string_view name_of(const Choice<E> (&table)[N], E value) {
  for (const auto& choice : table)
    if (choice.value == value) return choice.name;
  return "?";
}

}  // namespace stagecoach::conf
