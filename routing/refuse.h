// A recipient gets nothing: a reply where somebody waits for one, else a bounce.
#pragma once

#include "routing/pipeline.h"

namespace stagecoach::routing {

/// Adds to plan.refused, or, for collected and the server's own mail, to plan.bounces. Without a return path
/// (RFC 5321 section 6.1) such mail ends here, with a reason.
void refuse(Draft& draft, const RoutingInput& input, const char* stage, const EnvelopeRecipient& recipient,
            Refusal refusal, std::string rule = {}, std::string where = {});

/// Whether a client waits for the reply.
inline bool has_client(Source source) {
  return source == Source::smtp || source == Source::submission || source == Source::lmtp;
}

}  // namespace stagecoach::routing
