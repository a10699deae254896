// What the members of a mailing list get: the message with the list's header modifiers, List- fields and
// signature (RFC 2369, RFC 2919). Values of strangers stay inside their fields: whoever writes the header
// cleans and encodes them.
#pragma once

#include <string>
#include <string_view>

#include "routing/header_field.h"
#include "routing/list_rules.h"
#include "routing/model/plan.h"

namespace stagecoach::routing {

/// `header`: of the message, bodies decoded. The modifiers come first, so that one that names a List- field
/// takes the place of ours.
Rendition list_rendition(const MailList& list, const HeaderFields& header, std::string_view reverse_path,
                         const Directory& directory);

/// Whether each remote member gets a link of his own to leave the list (RFC 8058), where links are possible.
bool offers_one_click(const MailList& list);

/// "<mailto:…>" of the List-Unsubscribe field (RFC 2369).
std::string unsubscribe_by_mail(const MailList& list, const Directory& directory);

/// "%n <%l>" with the values of this message: %O originator's address, %N his name, %L the list (its address
/// inside <>, else its name), %M moderator's address, %% a percent sign; either case.
std::string expand_modifier(std::string_view data, const MailList& list, const HeaderFields& header,
                            std::string_view reverse_path, const Directory& directory);

}  // namespace stagecoach::routing
