#include "actors/queue_criteria.h"

#include "routing/model/address.h"

namespace stagecoach {

namespace {

/// What may have a meaning in a regular expression.
bool is_ascii_punctuation(char c) {
  const bool letter_or_digit = (c >= '0' && c <= '9') || (to_lower(c) >= 'a' && to_lower(c) <= 'z');
  return static_cast<unsigned char>(c) < 0x80 && !letter_or_digit;
}

/// The regular expression that finds a text with wildcards anywhere, without regard to case.
std::string as_regex(std::string_view text) {
  std::string pattern = "/";
  for (const char c : text) {
    if (c == '*')
      pattern += ".*";
    else if (c == '?')
      pattern += '.';
    else if (is_ascii_punctuation(c))
      pattern += {'\\', c};
    else
      pattern += c;
  }
  return pattern + "/is";
}

}  // namespace

Result<SearchText> SearchText::compile(std::string_view text) {
  SearchText search;
  if (text.empty()) return search;
  auto regex = routing::Regex::compile(routing::Regex::is_regex(text) ? std::string(text) : as_regex(text));
  if (!regex) return std::move(regex.error());
  search.regex_ = std::move(*regex);
  return search;
}

Result<QueueMatch> QueueMatch::compile(std::string_view filter, const QueueCriteria& criteria) {
  QueueMatch match;
  const std::pair<SearchText*, std::string_view> texts[] = {
      {&match.filter_, filter},
      {&match.subject_, criteria.subject},
      {&match.source_ip_, criteria.source_ip},
      {&match.auth_sender_, criteria.auth_sender},
      {&match.to_, criteria.to},
      {&match.from_, criteria.from},
  };
  for (const auto& [search, text] : texts) {
    auto compiled = SearchText::compile(text);
    if (!compiled) return std::move(compiled.error());
    *search = std::move(*compiled);
  }
  match.size_min_ = criteria.size_min_bytes;
  match.size_max_ = criteria.size_max_bytes;
  match.held_ = criteria.held;
  match.lan_only_ = criteria.lan_only;
  return match;
}

bool QueueMatch::matches(const QueueFacts& facts) const {
  if (facts.size_bytes < size_min_ || (size_max_ > 0 && facts.size_bytes > size_max_)) return false;
  if (lan_only_ && !facts.lan) return false;
  if (held_ != QueueCriteria::Held::any && facts.held != (held_ == QueueCriteria::Held::yes)) return false;
  return subject_.matches(facts.subject) && source_ip_.matches(facts.source_ip) &&
         auth_sender_.matches(facts.auth_user) && to_.matches(facts.to) && from_.matches(facts.from) &&
         (filter_.matches(facts.to) || filter_.matches(facts.from));
}

}  // namespace stagecoach
