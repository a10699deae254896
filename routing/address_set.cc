#include "routing/address_set.h"

#include "routing/wildcard.h"

namespace stagecoach::routing {
namespace {

std::string_view trim(std::string_view text) {
  const auto begin = text.find_first_not_of(" \t");
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t") - begin + 1);
}

}  // namespace

AddressSet::AddressSet(const std::vector<std::string>& entries) {
  for (const std::string& joined : entries) {
    std::string_view rest = joined;
    while (!rest.empty()) {
      const auto end = rest.find(';');
      const auto entry = trim(rest.substr(0, end));
      rest = end == std::string_view::npos ? std::string_view{} : rest.substr(end + 1);
      if (!entry.empty()) entries_.push_back(to_lower(entry));
    }
  }
  for (const std::string& entry : entries_) add(entry);
}

void AddressSet::add(const std::string& entry) {
  const bool whole_domain = entry.starts_with("*@");
  const std::string domain = whole_domain ? entry.substr(2) : entry;
  if (domain.find('@') == std::string::npos) {
    if (has_wildcard(domain))
      domain_patterns_.push_back(domain);
    else
      domains_.insert(domain);
  } else if (has_wildcard(entry)) {
    address_patterns_.push_back(entry);
  } else {
    addresses_.insert(entry);
  }
}

bool AddressSet::contains(const Address& address) const {
  return contains(to_lower(address.local), to_lower(address.domain));
}

bool AddressSet::contains(std::string_view local, std::string_view domain) const {
  if (domain.empty()) return false;
  if (domains_.contains(std::string(domain))) return true;
  for (const std::string& pattern : domain_patterns_)
    if (matches_wildcard(pattern, domain)) return true;
  if (addresses_.empty() && address_patterns_.empty()) return false;
  const std::string key = std::string(local) + "@" + std::string(domain);
  if (addresses_.contains(key)) return true;
  for (const std::string& pattern : address_patterns_)
    if (matches_wildcard(pattern, key)) return true;
  return false;
}

}  // namespace stagecoach::routing
