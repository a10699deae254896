// Which messages of the queue a listing or a bulk action means. A search text is found anywhere in the value
// without regard to case, with * and ? as wildcards inside it; /text/ is a regular expression, which minds
// the case unless it ends in /i.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "actors/messages.h"
#include "routing/regex.h"

namespace stagecoach {

/// One search text; empty: everything matches.
class SearchText {
 public:
  /// `invalid_input` for a regular expression that does not compile.
  static Result<SearchText> compile(std::string_view text);
  bool matches(std::string_view value) const { return !regex_ || regex_->found_in(value); }

 private:
  std::optional<routing::Regex> regex_;
};

/// What is compared of one recipient of a queued message.
struct QueueFacts {
  std::string_view from, to, subject, source_ip, auth_user;
  std::int64_t size_bytes = 0;
  bool held = false;
  bool lan = false;  // to a server of its own
};

class QueueMatch {
 public:
  /// `filter`: a search text for the recipient or the sender.
  static Result<QueueMatch> compile(std::string_view filter, const QueueCriteria& criteria);
  bool matches(const QueueFacts& facts) const;

 private:
  SearchText filter_, subject_, source_ip_, auth_sender_, to_, from_;
  std::int64_t size_min_ = 0, size_max_ = 0;
  QueueCriteria::Held held_ = QueueCriteria::Held::any;
  bool lan_only_ = false;
};

/// What is shown, and searched, of a message that the server itself made.
inline constexpr std::string_view k_unknown_ip = "unknown";

}  // namespace stagecoach
