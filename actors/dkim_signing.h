// Signs a message that is about to be sent: the header section as it goes out, the body from wherever it is.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "actors/dkim_keys.h"

namespace stagecoach {

/// Gives the body piece by piece, from its start, as often as it is called; stops with its Error.
using ReadBody = std::function<Result<void>(const std::function<void(std::string_view)>& take)>;

/// The keys for a message: those of the domain of its From address, of the return path when it has no From.
std::vector<const DkimKey*> dkim_keys_for(const DkimKeys& keys, std::string_view header,
                                          std::string_view reverse_path, bool lan);

/// The fields to put on top of `header`, one a key. `now`: seconds since 1970. Nothing is signed, and the
/// result is empty, when the header section ends before its text does.
Result<std::string> dkim_fields(const std::vector<const DkimKey*>& keys, std::string_view header,
                                const ReadBody& body, std::int64_t now);

}  // namespace stagecoach
