// The data of header modifiers with the values of a message: "%N <%O>". Shared by the modifiers of all
// outgoing mail and by those of lists, which know further letters.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "routing/header_field.h"

namespace stagecoach::routing {

/// Who wrote a message.
struct Originator {
  std::string address;  // "ann@x.example"
  std::string name;     // "Ann Smith"; the local part when there is none
};

/// By the From field, else by the envelope.
Originator originator_of(const HeaderFields& header, std::string_view reverse_path);

/// What a further letter (lower case) stands for, with the text made so far before it; nothing: it stays.
using ModifierLetter = std::function<std::optional<std::string>(char letter, std::string_view before)>;

/// %O address of the originator, %N his name (quoted before an address), %% a percent sign; either case.
std::string expand_modifier(std::string_view data, const Originator& originator,
                            const ModifierLetter& further = {});

}  // namespace stagecoach::routing
