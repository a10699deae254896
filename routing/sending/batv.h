// Bounce Address Tag Validation (draft-levine-smtp-batv-01): the return path of our own mail carries a tag
// that only we can make, so that bounces of mail that others sent in our name are known.
//
//   prvs=KDDDSSSSSS=fred@example.com   K: number of the key, 0; DDD: the last day that it is good, modulo
//                                      1000; SSSSSS: the first three bytes of a keyed hash, in hexadecimal
#pragma once

#include <optional>
#include <string>

#include "routing/model/address.h"
#include "routing/sending/bounce_addresses.h"

namespace stagecoach::routing {

/// The tagged path. Nothing: the local part would be longer than 64 octets.
std::optional<std::string> batv_tagged(const Address& path, const BatvRules& rules, std::int64_t today);

struct TaggedAddress {
  Address address;  // without the tag
  bool genuine = false;
  bool expired = false;  // genuine once, or so it says
};
/// Nothing: the address has no tag of this form. Case does not count, which some servers do not keep.
std::optional<TaggedAddress> batv_read(const Address& address, const BatvRules& rules, std::int64_t today);

}  // namespace stagecoach::routing
