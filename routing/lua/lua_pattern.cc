#include "routing/lua/lua_pattern.h"

#include <cctype>

namespace stagecoach::routing {
namespace {

constexpr int k_depth_max = 200;

bool is_in_class(unsigned char c, unsigned char letter) {
  bool in = false;
  switch (std::tolower(letter)) {
    case 'a': in = std::isalpha(c); break;
    case 'c': in = std::iscntrl(c); break;
    case 'd': in = std::isdigit(c); break;
    case 'g': in = std::isgraph(c); break;
    case 'l': in = std::islower(c); break;
    case 'p': in = std::ispunct(c); break;
    case 's': in = std::isspace(c); break;
    case 'u': in = std::isupper(c); break;
    case 'w': in = std::isalnum(c); break;
    case 'x': in = std::isxdigit(c); break;
    default: return letter == c;
  }
  return std::isupper(letter) ? !in : in;
}

}  // namespace

std::size_t LuaPattern::fail(const char* why) {
  if (!*fault_) fault_ = why;
  return k_none;
}

bool LuaPattern::step() { return --steps_left_ >= 0 && !*fault_; }

std::size_t LuaPattern::match_at(std::size_t begin) {
  level_ = 0;
  depth_ = 0;
  const std::size_t end = match(begin, 0);
  if (end == k_none) return k_none;
  for (std::size_t i = 0; i < level_; ++i)
    if (open_[i]) return fail("unfinished capture");
  return end;
}

std::size_t LuaPattern::match(std::size_t s, std::size_t p) {
  if (++depth_ > k_depth_max) return fail("pattern too complex");
  std::size_t result = k_none;
  while (true) {
    if (!step()) break;
    if (p >= pattern_.size()) {
      result = s;
      break;
    }
    const char c = pattern_[p];
    if (c == '(') {
      result = at(p + 1) == ')' && p + 1 < pattern_.size() ? open_capture(s, p + 2, true)
                                                           : open_capture(s, p + 1, false);
      break;
    }
    if (c == ')') {
      result = close_capture(s, p + 1);
      break;
    }
    if (c == '$' && p + 1 == pattern_.size()) {
      result = s == subject_.size() ? s : k_none;
      break;
    }
    if (c == '%' && p + 1 < pattern_.size() &&
        (at(p + 1) == 'b' || at(p + 1) == 'f' || std::isdigit(static_cast<unsigned char>(at(p + 1))))) {
      s = match_escape(s, p);
      if (s == k_none) break;
      p += at(p + 1) == 'b' ? 4 : at(p + 1) == 'f' ? class_end(p + 2) - p : 2;
      continue;
    }
    const std::size_t end = class_end(p);
    if (end == k_none) break;
    bool go_on = false;
    const std::size_t next = match_single(s, p, end, go_on);
    if (!go_on) {
      result = next;
      break;
    }
    s = next;
    p = end + (at(end) == '?' ? 1 : 0);
  }
  --depth_;
  return result;
}

/// %b, %f and %1 to %9: where the subject goes on; k_none: no match.
std::size_t LuaPattern::match_escape(std::size_t s, std::size_t p) {
  const char kind = at(p + 1);
  if (kind == 'b') return balanced(s, p + 2);
  if (kind != 'f') return back_reference(s, p + 1);
  if (at(p + 2) != '[') return fail("missing '[' after '%f' in pattern");
  const std::size_t end = class_end(p + 2);
  if (end == k_none) return k_none;
  return frontier(s, p + 2, end) ? s : k_none;
}

/// One character class with what stands behind it. `go_on`: the match continues behind both.
std::size_t LuaPattern::match_single(std::size_t s, std::size_t p, std::size_t end, bool& go_on) {
  const char suffix = at(end);
  const bool matches = single_matches(s, p, end);
  if (suffix == '*') return expand(s, p, end);
  if (suffix == '+') return matches ? expand(s + 1, p, end) : k_none;
  if (suffix == '-') return expand_least(s, p, end);
  if (suffix == '?') {
    if (matches)
      if (const std::size_t found = match(s + 1, end + 1); found != k_none || *fault_) return found;
    go_on = true;
    return s;
  }
  go_on = matches;
  return matches ? s + 1 : k_none;
}

std::size_t LuaPattern::class_end(std::size_t p) {
  if (pattern_[p] == '%') {
    if (p + 1 >= pattern_.size()) return fail("malformed pattern (ends with '%')");
    return p + 2;
  }
  if (pattern_[p] != '[') return p + 1;
  ++p;
  if (at(p) == '^') ++p;
  do {  // the first ']' stands for itself
    if (p >= pattern_.size()) return fail("malformed pattern (missing ']')");
    if (pattern_[p++] == '%') ++p;
  } while (p >= pattern_.size() || pattern_[p] != ']');
  return p + 1;
}

bool LuaPattern::single_matches(std::size_t s, std::size_t p, std::size_t end) {
  if (s >= subject_.size() || !step()) return false;
  const auto c = static_cast<unsigned char>(subject_[s]);
  if (pattern_[p] == '.') return true;
  if (pattern_[p] == '%') return is_in_class(c, static_cast<unsigned char>(pattern_[p + 1]));
  if (pattern_[p] == '[') return set_matches(c, p, end - 1);
  return static_cast<unsigned char>(pattern_[p]) == c;
}

/// `p` stands at '[', `last` at its ']'.
bool LuaPattern::set_matches(unsigned char c, std::size_t p, std::size_t last) const {
  bool wanted = true;
  if (pattern_[p + 1] == '^') {
    wanted = false;
    ++p;
  }
  while (++p < last) {
    const auto begin = static_cast<unsigned char>(pattern_[p]);
    if (begin == '%' && p + 1 < last) {
      if (is_in_class(c, static_cast<unsigned char>(pattern_[++p]))) return wanted;
    } else if (p + 2 < last && pattern_[p + 1] == '-') {
      const auto until = static_cast<unsigned char>(pattern_[p + 2]);
      p += 2;
      if (begin <= c && c <= until) return wanted;
    } else if (begin == c) {
      return wanted;
    }
  }
  return !wanted;
}

std::size_t LuaPattern::expand(std::size_t s, std::size_t p, std::size_t end) {
  std::size_t count = 0;
  while (single_matches(s + count, p, end)) ++count;
  for (;; --count) {
    if (const std::size_t found = match(s + count, end + 1); found != k_none || *fault_) return found;
    if (count == 0 || steps_left_ < 0) return k_none;
  }
}

std::size_t LuaPattern::expand_least(std::size_t s, std::size_t p, std::size_t end) {
  while (true) {
    if (const std::size_t found = match(s, end + 1); found != k_none || *fault_) return found;
    if (!single_matches(s, p, end)) return k_none;
    ++s;
  }
}

std::size_t LuaPattern::open_capture(std::size_t s, std::size_t p, bool is_position) {
  if (level_ >= k_captures_max) return fail("too many captures");
  captures_[level_] = {s, 0, is_position};
  open_[level_] = !is_position;
  ++level_;
  const std::size_t found = match(s, p);
  if (found == k_none) --level_;
  return found;
}

std::size_t LuaPattern::close_capture(std::size_t s, std::size_t p) {
  std::size_t last = level_;
  while (last > 0 && !open_[last - 1]) --last;
  if (last == 0) return fail("invalid pattern capture");
  captures_[last - 1].size = s - captures_[last - 1].begin;
  open_[last - 1] = false;
  const std::size_t found = match(s, p);
  if (found == k_none) open_[last - 1] = true;
  return found;
}

std::size_t LuaPattern::balanced(std::size_t s, std::size_t p) {
  if (p + 1 >= pattern_.size()) return fail("malformed pattern (missing arguments to '%b')");
  const char begin = pattern_[p], end = pattern_[p + 1];
  if (s >= subject_.size() || subject_[s] != begin) return k_none;
  std::size_t open = 1;
  while (++s < subject_.size() && step()) {
    if (subject_[s] == end) {
      if (--open == 0) return s + 1;
    } else if (subject_[s] == begin) {
      ++open;
    }
  }
  return k_none;
}

std::size_t LuaPattern::back_reference(std::size_t s, std::size_t p) {
  const auto number = static_cast<std::size_t>(pattern_[p] - '1');
  if (pattern_[p] == '0' || number >= level_ || open_[number] || captures_[number].is_position)
    return fail("invalid capture index in pattern");
  const std::string_view text = subject_.substr(captures_[number].begin, captures_[number].size);
  steps_left_ -= static_cast<std::int64_t>(text.size() / 16);
  return subject_.substr(s, text.size()) == text ? s + text.size() : k_none;
}

bool LuaPattern::frontier(std::size_t s, std::size_t p, std::size_t end) const {
  const auto before = s == 0 ? '\0' : subject_[s - 1];
  const auto here = s < subject_.size() ? subject_[s] : '\0';
  return !set_matches(static_cast<unsigned char>(before), p, end - 1) &&
         set_matches(static_cast<unsigned char>(here), p, end - 1);
}

}  // namespace stagecoach::routing
