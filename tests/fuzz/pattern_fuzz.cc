// The first line is a pattern and a special header definition, the rest a value of a stranger.
#include <cstdint>
#include <string_view>

#include "routing/pattern.h"
#include "routing/special_header.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace stagecoach::routing;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto line = text.find('\n');
  if (line == std::string_view::npos) return 0;
  const auto definition = text.substr(0, line), value = text.substr(line + 1);
  if (const auto pattern = Pattern::compile(definition)) pattern->matches(value);
  if (const auto regex = Regex::compile(definition))
    if (regex->captures(value).size() > 100) __builtin_trap();
  if (const auto special = SpecialHeader::parse(definition))
    for (const std::string& address : special->addresses_in(value))
      if (address.empty()) __builtin_trap();
  return 0;
}
