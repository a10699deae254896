#include "routing/refuse.h"

namespace stagecoach::routing {

void refuse(Draft& draft, const RoutingInput& input, const char* stage, const EnvelopeRecipient& recipient,
            Refusal refusal, std::string rule, std::string where) {
  const std::string line = std::to_string(refusal.code) + " " + refusal.enhanced + " " + refusal.text;
  if (rule.empty()) rule = "refused";
  draft.reason(stage, std::move(rule), std::move(where), recipient.address + ": " + line);
  if (has_client(input.arrival.origin.source)) {
    draft.plan.refused.push_back({recipient.address, std::move(refusal)});
  } else if (!input.arrival.envelope.reverse_path.empty()) {
    draft.plan.bounces.push_back({recipient, refusal.enhanced, line});
  } else {
    draft.plan.discard = true;
    draft.reason(stage, "no return path", {}, recipient.address + ": nobody can be told");
  }
}

}  // namespace stagecoach::routing
