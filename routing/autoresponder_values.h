// The built-in replacements of an autoresponder: what {User}, {StartDate-1:%d.%m.} … stand for.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "routing/autoresponder_conditions.h"

namespace stagecoach::routing {

/// What the values are made of. Texts come from the message, and so from strangers.
struct ReplacementSource {
  std::string user, originator, original_subject;
  LocalTime now{};
  const CompiledAnswerRule& rule;
  std::int64_t matches = 0;  // of the rule, this time included
  std::string subject;       // of the answer, once it is known
};

/// Names without regard to case; nothing: no such name. Values are single lines.
std::optional<std::string> built_in_value(const ReplacementSource& source, std::string_view name);

/// All names without a format, with their values.
std::map<std::string, std::string, std::less<>> built_in_values(const ReplacementSource& source);

/// Control characters become spaces, white space at the ends goes, and what is beyond 900 bytes.
std::string single_line(std::string_view text);

}  // namespace stagecoach::routing
