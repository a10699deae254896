// Minger: asks another server whether it takes mail for an address (draft-hathcock-minger-06; UDP port 4069).
// A question is one datagram, "address" or "address d=digest"; the answer is "address status". The digest is
// the MD5 of "secret:address" in base64.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace stagecoach::minger {

inline constexpr int k_port = 4069;
inline constexpr std::size_t k_datagram_bytes_max = 1024;

enum class Status {
  no_access = 0,    // the server does not answer us
  bad_request = 1,  // it did not understand the question
  bad_digest = 2,   // the secret is another one, or is missing
  unknown = 3,      // there is no such mailbox
  inactive = 4,     // there is, but it takes no mail
  active = 5,       // it takes mail
};

/// Without a secret: anonymous.
std::string question(std::string_view address, std::string_view secret);

/// Nothing: the datagram is no answer to a question about this address. Letters are compared without their
/// case.
std::optional<Status> parse_answer(std::string_view datagram, std::string_view address);

}  // namespace stagecoach::minger
