// What a routing script has decided. The functions that it calls (refuse, redirect …) only collect; when the
// script has ended without an error, apply_decisions carries all of it out. So a script that fails half way
// has changed nothing.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "routing/pipeline.h"

namespace stagecoach::routing {

struct Decision {
  enum class Kind : std::uint8_t {
    accept,
    refuse,
    drop,
    redirect,
    add_recipient,
    remove_recipient,
    header,
    folder,
    flag,
    hold,
    priority,
  };
  Kind kind = Kind::accept;
  std::string where;                 // "office.lua:12"
  std::string name;                  // recipient or user; empty: all
  std::string text;                  // reason, folder, flag
  std::vector<std::string> targets;  // of redirect and add_recipient
  Refusal refusal;
  HeaderEdit header;
  std::int64_t number = 0;  // minutes, priority
};

/// In their order; of accept, refuse and drop the last one counts, and comes last.
Draft apply_decisions(Draft draft, const RoutingInput& input, const std::string& stage,
                      const std::vector<Decision>& decisions);

/// Every recipient that the draft knows, wherever it has got to, gets this refusal and nothing else.
void refuse_all(Draft& draft, const RoutingInput& input, const std::string& stage, const Refusal& refusal,
                const std::string& where);

}  // namespace stagecoach::routing
