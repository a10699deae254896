// Settings, declared once: a struct's static settings() returns a tuple of Setting{key, &S::member,
// constraint, text}. The member's initial value is the default. The reader (read_settings.h), the reference
// (reference.h) and the description of changes (difference.h) walk the same tuple.
//
// Kinds of members and how TOML writes them:
//   bool                  true, false
//   int, std::int64_t     42
//   std::string, Secret   "text"
//   ByteSize              52428800 or "50MB" (kB, MB, GB: powers of 1024)
//   std::chrono durations "90s", "5m", "2h", "3d", or an integer in the unit of the member
//   TimeOfDay             "08:30"
//   an enumeration        one of its Choices
//   std::vector of these  an array; one value alone stands for an array of one
//   a struct with settings()              a table
//   std::vector of such structs           an array of tables
#pragma once

#include <chrono>
#include <concepts>
#include <cstddef>
#include <cstdint>
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
/// `[[sender]] servers`.
struct Flat {};

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

/// A struct that declares settings().
template <class S>
concept SettingsStruct = requires {
  S::settings();
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
struct IsDuration : std::false_type {};
template <class R, class P>
struct IsDuration<std::chrono::duration<R, P>> : std::true_type {};

/// Calls visit(setting) for each setting of S, in the order of declaration.
template <SettingsStruct S, class Visit>
constexpr void for_each_setting(Visit&& visit) {
  std::apply([&](const auto&... setting) { (visit(setting), ...); }, S::settings());
}

/// The written name of an enumerator: name_of(k_tls_modes, TlsMode::none) is "none".
template <class E, std::size_t N>
constexpr std::string_view name_of(const Choice<E> (&table)[N], E value) {
  for (const auto& choice : table)
    if (choice.value == value) return choice.name;
  return "?";
}

}  // namespace stagecoach::conf
