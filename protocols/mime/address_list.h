// Address lists of header fields (RFC 5322 section 3.4), with groups, comments, quoted strings and obsolete
// routes. Reading never fails: what is no address is taken as a local part without domain, or skipped.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "routing/model/address.h"

namespace stagecoach::mime {

struct ListedAddress {
  enum class Kind { mailbox, group_begin, group_end };

  Kind kind = Kind::mailbox;
  std::string display_name;  // unquoted, encoded words kept (decode_words); of group_begin: the group's name
  std::string route;         // obsolete route "@a,@b", mostly empty
  std::string local;         // unquoted
  std::string domain;        // empty: none was given
  std::string group;         // name of the group it stands in; empty: none
  bool operator==(const ListedAddress&) const = default;
};

/// The field body, folded or not. Addresses beyond `addresses_max` are left out.
std::vector<ListedAddress> parse_address_list(std::string_view body, std::size_t addresses_max = 10000);

/// The first mailbox of the list that has a domain, else the first at all.
std::optional<Address> first_address(std::string_view body);

}  // namespace stagecoach::mime
