// The header fields that IMAP's ENVELOPE shows (RFC 3501 section 7.4.2), raw and unfolded.
#pragma once

#include <string>

#include "protocols/mime/header.h"

namespace stagecoach::mime {

struct EnvelopeFields {
  std::string date, subject, from, sender, reply_to, to, cc, bcc, in_reply_to, message_id;
  bool operator==(const EnvelopeFields&) const = default;
};

/// Takes the first field of each name; address fields that occur several times are joined by commas.
EnvelopeFields envelope_fields(const HeaderSection& section);

}  // namespace stagecoach::mime
