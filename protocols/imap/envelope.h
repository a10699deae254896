// The wire texts of ENVELOPE, BODYSTRUCTURE and BODY (RFC 3501 section 7.4.2), made once when a message
// arrives.
#pragma once

#include <string>
#include <string_view>

#include "protocols/mime/envelope_fields.h"
#include "protocols/mime/structure.h"

namespace stagecoach::imap {

/// "(\"Mon, 7 Feb 1994 …\" \"Hello\" ((NIL NIL \"fred\" \"example.com\")) … )". May hold literals; always
/// ASCII or 8-bit octets inside literals.
std::string envelope_text(const mime::EnvelopeFields& fields);
/// With the extension data, as for BODYSTRUCTURE.
std::string bodystructure_text(const mime::Structure& structure);
/// The non-extensible form, as FETCH BODY wants it, derived from the text of bodystructure_text.
std::string body_text(std::string_view bodystructure);

}  // namespace stagecoach::imap
