// The public key in DNS (RFC 6376 section 3.6): a TXT record at <selector>._domainkey.<domain>.
#pragma once

#include <string>
#include <string_view>

#include "protocols/dkim/signing_key.h"

namespace stagecoach::dkim {

/// "mail._domainkey.example.com"
std::string record_name(std::string_view selector, std::string_view domain);

/// "v=DKIM1; k=rsa; p=…"
std::string key_record(const SigningKey& key);

/// The text as a zone file has it: in quotes, in strings of at most 255 octets, "…" "…".
std::string txt_strings(std::string_view text);

}  // namespace stagecoach::dkim
