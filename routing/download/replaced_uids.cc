#include "routing/download/replaced_uids.h"

#include <unordered_map>

namespace stagecoach::routing {
namespace {

using Sizes = std::unordered_map<std::string_view, std::int64_t>;

Sizes sizes_of(const std::vector<SizedUid>& messages) {
  Sizes sizes;
  for (const SizedUid& message : messages) {
    if (message.uid.empty()) continue;
    const auto [at, is_new] = sizes.emplace(message.uid, message.size_bytes);
    if (!is_new && at->second != message.size_bytes) at->second = 0;
  }
  return sizes;
}

bool has_another_size(const SizedUid& message, const Sizes& sizes) {
  const auto other = sizes.find(message.uid);
  return other != sizes.end() && other->second > 0 && message.size_bytes > 0 &&
         other->second != message.size_bytes;
}

/// Counted from 0 or from 1.
bool are_places(const std::vector<SizedUid>& listed) {
  if (listed.empty()) return false;
  std::size_t place = listed.front().uid == "0" ? 0 : 1;
  for (const SizedUid& message : listed)
    if (message.uid != std::to_string(place++)) return false;
  return true;
}

/// Messages that came later are behind those that are known; one that has gone has moved the others.
bool begins_with(const std::vector<SizedUid>& listed, const std::vector<SizedUid>& known) {
  if (known.size() > listed.size()) return false;
  const Sizes sizes = sizes_of(known);
  for (std::size_t i = 0; i < known.size(); ++i)
    if (!sizes.contains(listed[i].uid) || has_another_size(listed[i], sizes)) return false;
  return true;
}

}  // namespace

std::vector<std::string> replaced_uids(const std::vector<SizedUid>& known,
                                       const std::vector<SizedUid>& listed) {
  const Sizes sizes = sizes_of(listed);
  const bool all = are_places(listed) && !begins_with(listed, known);
  std::vector<std::string> replaced;
  for (const SizedUid& message : known)
    if (all || has_another_size(message, sizes)) replaced.emplace_back(message.uid);
  return replaced;
}

}  // namespace stagecoach::routing
