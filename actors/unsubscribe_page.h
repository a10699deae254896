// The pages behind the links of unsubscribe.h (docs/reference/lists.md, "Unsubscribing"). To look at a page
// changes nothing, because scanners of mail fetch each link; only the POST of RFC 8058, or of the button on
// the page, which is the same, takes the member off the list. No cookies, no redirects.
#pragma once

#include "actors/http_routes.h"

namespace stagecoach {

void show_unsubscribe_page(HttpCall call);
void unsubscribe_by_one_click(HttpCall call);

}  // namespace stagecoach
