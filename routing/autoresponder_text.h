// The replacements and control statements in the texts of an autoresponder
// (docs/reference/autoresponder.md, "Replacements"). Nothing fails: what is unknown stays as it is written.
#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace stagecoach::routing {

using CustomFields = std::map<std::string, std::string, std::less<>>;

struct TextValues {
  /// The value of "Subject", "Date:%d" …; nothing: no such name. None: only custom replacements work, and
  /// there are neither escapes nor control statements.
  std::function<std::optional<std::string>(std::string_view name)> built_in;
  const CustomFields& fields;                              // values of {$name}, defaults filled in
  std::function<std::string(std::string_view)> guard;      // what makes a value harmless where it is put in
  std::function<std::string(std::string_view)> run_lua;    // of <lua> elements; none: they stay as written
  std::size_t result_bytes_max = std::size_t{256} * 1024;  // more is cut off
};

std::string expand_text(std::string_view text, const TextValues& values);

/// Name and default of each {$name(default)}, in the order of the text.
std::vector<std::pair<std::string, std::string>> custom_fields_of(std::string_view text);

}  // namespace stagecoach::routing
