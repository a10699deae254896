// A set of addresses as Local Domains and Accepted Domains list them. An entry is a domain ("example.com"),
// "*@domain" (the same), an address ("fred@example.com"), or a wildcard of either ("*.example.com",
// "joe.*@example.org"). Comparison is without regard to case.
#pragma once

#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "routing/model/address.h"

namespace stagecoach::routing {

class AddressSet {
 public:
  AddressSet() = default;
  /// Entries may also be joined by ';' in one string. Empty entries are skipped.
  explicit AddressSet(const std::vector<std::string>& entries);

  bool empty() const { return entries_.empty(); }
  /// An address without a domain is in no set.
  bool contains(const Address& address) const;
  /// Both in lower case.
  bool contains(std::string_view local, std::string_view domain) const;
  /// The single entries, lower case, in their order.
  const std::vector<std::string>& entries() const { return entries_; }

 private:
  void add(const std::string& entry);

  std::vector<std::string> entries_;
  std::unordered_set<std::string> domains_;
  std::unordered_set<std::string> addresses_;
  std::vector<std::string> domain_patterns_;
  std::vector<std::string> address_patterns_;
};

}  // namespace stagecoach::routing
