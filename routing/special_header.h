// One definition of a special header field, which an ISP adds to keep the envelope recipient:
//   "X-RCPTTO", "X-RCPTTO: *"         the whole data is the address
//   "Delivered-To: 547-* confirmed"   literal text before and after the address
//   "X-Recipient: abc * ~"            ~ at the end: any text after the address
//   "X-Recipient: /<([^>]+)>/ig"      each capture group is an address
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "routing/model/result.h"
#include "routing/regex.h"

namespace stagecoach::routing {

class SpecialHeader {
 public:
  static Result<SpecialHeader> parse(std::string_view definition);

  /// Without regard to case.
  const std::string& field_name() const { return name_; }

  /// The addresses in the unfolded data of one field; empty when the data does not fit the definition.
  std::vector<std::string> addresses_in(std::string_view data) const;

 private:
  SpecialHeader() = default;

  std::string name_;
  std::string prefix_;
  std::string suffix_;
  bool any_suffix_ = false;
  std::optional<Regex> regex_;
};

}  // namespace stagecoach::routing
