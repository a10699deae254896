// "Field: pattern" as filters write it: the whole body of a field, without regard to case, with * and ? or
// as /regex/. Wildcards also in the field name: "List-*: *" is any field of a mailing list.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "routing/header_field.h"
#include "routing/model/result.h"
#include "routing/pattern.h"

namespace stagecoach::routing {

class HeaderCondition {
 public:
  static Result<HeaderCondition> parse(std::string_view line);

  /// Any occurrence of the field may match.
  bool matches(const HeaderFields& header) const;
  const std::string& text() const { return text_; }

 private:
  HeaderCondition(std::string name, Pattern pattern, std::string text)
      : name_(std::move(name)), pattern_(std::move(pattern)), text_(std::move(text)) {}

  std::string name_;
  Pattern pattern_;
  std::string text_;
};

/// The first condition that matches; nullptr: none does.
const HeaderCondition* first_match(const std::vector<HeaderCondition>& conditions,
                                   const HeaderFields& header);

}  // namespace stagecoach::routing
