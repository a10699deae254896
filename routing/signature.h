// Which signature a message gets (docs/reference/signatures.md): the user's own, the one for all who logged
// in, or the default one, each for outgoing and for internal mail, as plain text and HTML.
#pragma once

#include <functional>
#include <string>

#include "routing/model/directory_entry.h"
#include "routing/model/plan.h"
#include "routing/model/policy.h"

namespace stagecoach::routing {

enum class SignatureDirection { outgoing, internal };
enum class SignatureFormat { plain, html };

/// The text that a script gives for one format; empty: the normal choice; "<blank>": none.
using SignatureScript = std::function<std::string(SignatureFormat)>;

struct SignatureChoice {
  Footer footer;     // both forms or none
  std::string text;  // who decided: "personal signature of fred", for the trace
};

/// `sender` is the user who logged in; nullptr: a local sender who did not. The script is not called for a
/// user whose signature is disabled.
SignatureChoice choose_signature(const User* sender, SignatureDirection direction, const Policy& policy,
                                 const SignatureScript& script = {});

/// Makes the missing form from the other one: for signatures of lists, which are plain text.
Footer complete_footer(Footer footer);

}  // namespace stagecoach::routing
