// Lua's patterns (Lua 5.4 reference manual, section 6.4.1) with a limit: each comparison takes a step, and a
// search that has none left ends. The library's own search cannot be stopped.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace stagecoach::routing {

class LuaPattern {
 public:
  static constexpr std::size_t k_none = static_cast<std::size_t>(-1);
  static constexpr std::size_t k_captures_max = 32;

  /// Refers to both texts. `steps_left` goes down; below 0 nothing matches any more.
  LuaPattern(std::string_view subject, std::string_view pattern, std::int64_t& steps_left)
      : subject_(subject), pattern_(pattern), steps_left_(steps_left) {}

  /// The end of the match that begins exactly at `begin`; k_none: there is none, or fault() says why.
  std::size_t match_at(std::size_t begin);
  /// What is wrong with the pattern: "malformed pattern (missing ']')"; empty: nothing.
  const char* fault() const { return fault_; }

  struct Capture {
    std::size_t begin = 0;
    std::size_t size = 0;
    bool is_position = false;  // "()": the place itself
  };
  /// Of the last match.
  std::size_t captures() const { return level_; }
  const Capture& capture(std::size_t i) const { return captures_[i]; }

 private:
  std::size_t match(std::size_t s, std::size_t p);
  std::size_t match_escape(std::size_t s, std::size_t p);
  std::size_t match_single(std::size_t s, std::size_t p, std::size_t end, bool& go_on);
  std::size_t class_end(std::size_t p);
  bool single_matches(std::size_t s, std::size_t p, std::size_t end);
  bool set_matches(unsigned char c, std::size_t p, std::size_t last) const;
  std::size_t expand(std::size_t s, std::size_t p, std::size_t end);
  std::size_t expand_least(std::size_t s, std::size_t p, std::size_t end);
  std::size_t open_capture(std::size_t s, std::size_t p, bool is_position);
  std::size_t close_capture(std::size_t s, std::size_t p);
  std::size_t balanced(std::size_t s, std::size_t p);
  std::size_t back_reference(std::size_t s, std::size_t p);
  bool frontier(std::size_t s, std::size_t p, std::size_t end) const;
  std::size_t fail(const char* why);
  bool step();
  char at(std::size_t p) const { return p < pattern_.size() ? pattern_[p] : '\0'; }

  std::string_view subject_, pattern_;
  std::int64_t& steps_left_;
  const char* fault_ = "";
  std::array<Capture, k_captures_max> captures_{};
  std::array<bool, k_captures_max> open_{};
  std::size_t level_ = 0;
  int depth_ = 0;
};

}  // namespace stagecoach::routing
