// What an automatic answer says and whom it goes to, after its rule has been chosen.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "routing/autoresponder.h"
#include "routing/autoresponder_conditions.h"

namespace stagecoach::routing {

struct AnswerInput {
  const User& user;
  const AutoresponderPolicy& policy;
  const AutoresponderDefinition& definition;
  const CompiledAnswerRule& rule;
  const AutoresponseFacts& facts;
  std::string originator;               // address of the message's sender
  std::vector<std::string> addressees;  // of send_response_to and the sender, as far as he may be answered
};

struct ComposedAnswer {
  ComposedMail mail;
  std::vector<std::string> recipients, copy_original_to;
  bool keep_original = true;
  std::int64_t min_interval_hours = 0;
  bool veto = false;         // a script wants no answer
  bool lua_missing = false;  // <lua> elements were left out
  std::vector<std::string> faults;
};

/// Runs the scripts. Nothing in the result can break out of a header field.
ComposedAnswer compose_answer(const AnswerInput& input);

/// Addresses of a field of the definition, its custom replacements filled in; separated by ; , or spaces.
std::vector<std::string> expand_addresses(const std::vector<std::string>& texts,
                                          const AutoresponderDefinition& definition,
                                          const AutoresponderRule& rule);

}  // namespace stagecoach::routing
