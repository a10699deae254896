#include "routing/regex.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include "routing/model/address.h"

namespace stagecoach::routing {
namespace {

constexpr std::uint32_t k_match_limit = 100000;
constexpr std::uint32_t k_heap_limit_kb = 10000;
constexpr std::size_t k_captures_max = 100;
constexpr std::size_t k_pattern_bytes_max = 10000;

template <auto Free>
struct Deleter {
  template <class T>
  void operator()(T* handle) const {
    Free(handle);
  }
};
using CodeHandle = std::unique_ptr<pcre2_code, Deleter<pcre2_code_free>>;
using ContextHandle = std::unique_ptr<pcre2_match_context, Deleter<pcre2_match_context_free>>;
using MatchHandle = std::unique_ptr<pcre2_match_data, Deleter<pcre2_match_data_free>>;

std::string message_of(int code) {
  PCRE2_UCHAR text[256];
  pcre2_get_error_message(code, text, sizeof text);
  return reinterpret_cast<const char*>(text);
}

/// Bits of the flags, or an error; `repeat` is flag g.
Result<std::uint32_t> options_of(std::string_view flags, bool& repeat) {
  std::uint32_t options = PCRE2_NEVER_BACKSLASH_C | PCRE2_MATCH_INVALID_UTF;
  for (const char flag : flags) {
    switch (flag) {
      case 'i': options |= PCRE2_CASELESS; break;
      case 'm': options |= PCRE2_MULTILINE; break;
      case 's': options |= PCRE2_DOTALL; break;
      case 'x': options |= PCRE2_EXTENDED; break;
      case 'g': repeat = true; break;
      default: return invalid_input(std::string("unknown flag '") + flag + "' of a regular expression");
    }
  }
  return options;
}

}  // namespace

struct Regex::Code {
  CodeHandle code;
  ContextHandle context;

  /// The number of set groups plus one, or a value below 1: no match, or a limit was hit.
  int match(std::string_view value, std::size_t offset, pcre2_match_data* data) const {
    return pcre2_match(code.get(), reinterpret_cast<PCRE2_SPTR>(value.data()), value.size(), offset, 0, data,
                       context.get());
  }
};

bool Regex::is_regex(std::string_view text) {
  if (text.size() < 2 || text.front() != '/') return false;
  const auto end = text.rfind('/');
  if (end == 0) return false;
  for (const char flag : text.substr(end + 1))
    if (to_lower(flag) < 'a' || to_lower(flag) > 'z') return false;
  return true;
}

Result<Regex> Regex::compile(std::string_view text) {
  if (!is_regex(text)) return invalid_input("a regular expression stands between slashes: /text/i");
  if (text.size() > k_pattern_bytes_max) return limit_reached("the regular expression is too long");
  const auto end = text.rfind('/');
  bool repeat = false;
  const auto options = options_of(text.substr(end + 1), repeat);
  if (!options) return options.error();
  const auto pattern = text.substr(1, end - 1);
  int error = 0;
  PCRE2_SIZE offset = 0;
  auto code = std::make_shared<Code>();
  code->code.reset(pcre2_compile(reinterpret_cast<PCRE2_SPTR>(pattern.data()), pattern.size(), *options,
                                 &error, &offset, nullptr));
  if (!code->code)
    return invalid_input("regular expression: " + message_of(error) + " at character " +
                         std::to_string(offset + 1));
  pcre2_jit_compile(code->code.get(), PCRE2_JIT_COMPLETE);  // failure only means that matches are slower
  code->context.reset(pcre2_match_context_create(nullptr));
  pcre2_set_match_limit(code->context.get(), k_match_limit);
  pcre2_set_heap_limit(code->context.get(), k_heap_limit_kb);
  return Regex(std::move(code), repeat);
}

bool Regex::found_in(std::string_view value) const {
  const MatchHandle data(pcre2_match_data_create(1, nullptr));
  return code_->match(value, 0, data.get()) >= 0;
}

std::vector<std::string> Regex::captures(std::string_view value) const {
  const MatchHandle data(pcre2_match_data_create_from_pattern(code_->code.get(), nullptr));
  std::vector<std::string> found;
  std::size_t offset = 0;
  while (offset <= value.size()) {
    const int groups = code_->match(value, offset, data.get());
    if (groups < 1) break;
    const PCRE2_SIZE* ends = pcre2_get_ovector_pointer(data.get());
    for (int group = 1; group < groups && found.size() < k_captures_max; ++group)
      if (ends[2 * group] != PCRE2_UNSET && ends[2 * group] <= ends[2 * group + 1])
        found.emplace_back(value.substr(ends[2 * group], ends[2 * group + 1] - ends[2 * group]));
    if (!repeat_ || found.size() >= k_captures_max) break;
    offset = ends[1] > offset ? ends[1] : offset + 1;  // an empty match must not be found for ever
  }
  return found;
}

}  // namespace stagecoach::routing
