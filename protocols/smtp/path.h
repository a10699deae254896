// Paths of MAIL and RCPT (RFC 5321 section 4.1.2): "<@relay:fred@example.com>" to "fred@example.com".
// Tolerated: spaces between colon and bracket, as many programs write them; underscores in domains.
// Refused: a path without angle brackets, a domain's trailing dot, spaces inside outside of quotes.
// A source route is dropped (appendix C). Quotes are kept only where they are needed: `"fred"@x` is `fred@x`.
#pragma once

#include <string>
#include <string_view>

#include "routing/model/result.h"

namespace stagecoach::smtp {

struct PathRules {
  bool utf8 = false;        // SMTPUTF8 (RFC 6531): octets above 127 must be well-formed UTF-8
  bool empty = false;       // the null path <>
  bool postmaster = false;  // <postmaster> without a domain
  bool bare_local = false;  // <fred> without a domain (LMTP)
};

struct Path {
  std::string address;         // without brackets; empty: the null path
  std::string_view remainder;  // what follows the closing bracket, spaces at its start removed
};

/// Reads the path at the start of `text`. Error::Kind::limit_reached means too long (64, 255, 256 octets),
/// conflict a UTF-8 address without SMTPUTF8, invalid_input any other fault. The text of it is for the
/// client.
Result<Path> parse_path(std::string_view text, const PathRules& rules);

/// "fred@example.com", `"a b"@example.com`, "fred@[192.0.2.1]", without angle brackets, nothing around it.
Result<std::string> parse_mailbox(std::string_view text, const PathRules& rules);

/// A domain name or an address literal like [192.0.2.1] and [IPv6:2001:db8::1].
bool is_domain_or_literal(std::string_view text, bool utf8);

}  // namespace stagecoach::smtp
