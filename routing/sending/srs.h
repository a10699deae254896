// The Sender Rewriting Scheme: the return path of forwarded mail becomes an address of ours that holds the
// original one, so that the receiver's SPF check finds us, and bounces come back through us.
//
//   SRS0=HHHHH=TT=remote.example=ann@ours     from ann@remote.example
//   SRS1=HHHHH=b.example==HHHH=TT=dom=loc@ours  from SRS0=HHHH=TT=dom=loc@b.example, or from an SRS1 of it
//
// H is a keyed hash, T the day, both in base 32: neither depends on case, which some servers do not keep.
#pragma once

#include <optional>
#include <string>

#include "routing/model/address.h"
#include "routing/model/result.h"
#include "routing/sending/bounce_addresses.h"

namespace stagecoach::routing {

/// The rewritten path. Nothing: the local part would be longer than the 64 octets of RFC 5321.
std::optional<std::string> srs_forward(const Address& path, const SrsRules& rules, std::int64_t today);

/// Whether the local part looks like one that SRS has made, here or elsewhere.
bool is_srs(const Address& address);

/// The path that a rewritten address of ours stands for. The Error says why it is none: forged or too old.
Result<std::string> srs_reverse(const Address& address, const SrsRules& rules, std::int64_t today);

}  // namespace stagecoach::routing
