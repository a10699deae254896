// Puts a footer under the text of a message. Never fails: where it has no place (signed, encrypted, no text)
// the message stays as it is.
#pragma once

#include <string>
#include <string_view>

#include "routing/model/plan.h"

namespace stagecoach::mime {

/// Under the first text/plain and the first text/html part that is no attachment; of an alternative under
/// both. A part keeps its transfer encoding and its character set as long as they can hold the footer; else
/// it becomes UTF-8. Text parts above 16 MB stay as they are.
std::string add_footer(std::string_view message, const Footer& footer);

/// Whether anything in the message is signed or encrypted (S/MIME, PGP), so that its text must not change.
bool is_protected(std::string_view message);

}  // namespace stagecoach::mime
