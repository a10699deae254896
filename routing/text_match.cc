#include "routing/text_match.h"

#include <algorithm>
#include <charconv>

#include "routing/model/address.h"
#include "routing/text.h"
#include "routing/wildcard.h"

namespace stagecoach::routing {
namespace {

/// `text` as a part of an expression that matches just it.
std::string quoted(std::string_view text) {
  std::string result;
  for (const char c : text) {
    if (std::string_view("\\^$.[]|()?*+{}#-/ ").find(c) != std::string_view::npos) result += '\\';
    result += c;
  }
  return result;
}

std::string wildcard_expression(std::string_view pattern) {
  std::string result;
  for (const char c : pattern) result += c == '*' ? ".*" : c == '?' ? "." : quoted(std::string_view(&c, 1));
  return result;
}

}  // namespace

std::optional<double> parse_number(std::string_view text) {
  const auto begin = text.find_first_not_of(" \t+");
  if (begin == std::string_view::npos) return std::nullopt;
  text = text.substr(begin, text.find_last_not_of(" \t") + 1 - begin);
  double value = 0;
  const auto [end, error] =
      std::from_chars(text.data(), text.data() + text.size(), value, std::chars_format::fixed);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

Result<TextMatch> TextMatch::compile(RuleMatch match, std::string_view data, bool ignore_case) {
  TextMatch text(match, data, ignore_case);
  if ((match == RuleMatch::greater || match == RuleMatch::less) && !parse_number(data))
    return invalid_input("\"" + std::string(data) + "\" is no number");
  if (auto compiled = text.compile_regex(); !compiled) return std::move(compiled).error();
  return text;
}

Result<void> TextMatch::compile_regex() {
  // Bytes compare well as they are, and ASCII also without regard to case; the rest is left to PCRE2.
  const bool by_hand =
      match_ == RuleMatch::wildcard ? ignore_case_ && is_ascii(data_) : !ignore_case_ || is_ascii(data_);
  const std::string flags = ignore_case_ ? "/is" : "/s";
  std::string expression;
  switch (match_) {
    case RuleMatch::regex:
      expression = Regex::is_regex(data_) ? data_ : "/" + data_ + (ignore_case_ ? "/i" : "/");
      break;
    case RuleMatch::wildcard: expression = "/\\A" + wildcard_expression(data_) + "\\z" + flags; break;
    case RuleMatch::equals: expression = "/\\A" + quoted(data_) + "\\z" + flags; break;
    case RuleMatch::begins_with: expression = "/\\A" + quoted(data_) + flags; break;
    case RuleMatch::ends_with: expression = "/" + quoted(data_) + "\\z" + flags; break;
    case RuleMatch::contains: expression = "/" + quoted(data_) + flags; break;
    default: return {};
  }
  if (by_hand && match_ != RuleMatch::regex) return {};
  auto regex = Regex::compile(expression);
  if (!regex) return std::move(regex).error();
  regex_ = std::move(*regex);
  return {};
}

bool TextMatch::matches(std::string_view value) const {
  return regex_ ? regex_->found_in(value) : compare(value);
}

bool TextMatch::compare(std::string_view value) const {
  const auto same = [this](std::string_view part) {
    return ignore_case_ ? equals_ignoring_case(part, data_) : part == data_;
  };
  switch (match_) {
    case RuleMatch::contains:
      return ignore_case_ ? find_ignoring_case(value, data_) != value.npos : value.find(data_) != value.npos;
    case RuleMatch::equals: return same(value);
    case RuleMatch::begins_with: return same(value.substr(0, data_.size()));
    case RuleMatch::ends_with:
      return value.size() >= data_.size() && same(value.substr(value.size() - data_.size()));
    case RuleMatch::wildcard: return matches_wildcard(data_, value);
    case RuleMatch::greater:
    case RuleMatch::less: {
      const auto number = parse_number(value), limit = parse_number(data_);
      if (!number || !limit) return false;
      return match_ == RuleMatch::greater ? *number > *limit : *number < *limit;
    }
    case RuleMatch::is_true: return true;
    case RuleMatch::regex: return false;  // always compiled
  }
  return false;
}

}  // namespace stagecoach::routing
