// A Plan in the shape that `stagecoach explain route` prints.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "routing/model/plan.h"

namespace stagecoach::routing {

struct ExplainedRoute {
  std::vector<std::string> users;   // who gets a copy, each once
  std::vector<std::string> remote;  // recipients for the outgoing queue
  std::optional<Refusal> refused;   // the first refusal
  std::vector<Reason> reasons;
  std::vector<std::string> plan;  // the steps in words: "deliver to albert, folder INBOX"
};

ExplainedRoute explain(const Plan& plan);

}  // namespace stagecoach::routing
