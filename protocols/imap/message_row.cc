#include "protocols/imap/message_row.h"

#include <algorithm>

#include "routing/model/address.h"

namespace stagecoach::imap {

std::uint32_t KeywordSets::intern(const std::vector<std::string>& keywords) {
  const auto found = std::find(sets_.begin(), sets_.end(), keywords);
  if (found != sets_.end()) return static_cast<std::uint32_t>(found - sets_.begin());
  sets_.push_back(keywords);
  return static_cast<std::uint32_t>(sets_.size() - 1);
}

std::vector<std::string> KeywordSets::all() const {
  std::vector<std::string> result;
  for (const auto& set : sets_)
    for (const std::string& keyword : set)
      if (std::none_of(result.begin(), result.end(),
                       [&](const std::string& known) { return equals_ignoring_case(known, keyword); }))
        result.push_back(keyword);
  return result;
}

}  // namespace stagecoach::imap
