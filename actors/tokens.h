// Access tokens for log-ins by XOAUTH2: fetched with the refresh token of [sender.oauth] or
// [collector.oauth] (RFC 6749 section 6), kept until shortly before they expire, shared by all who have the
// same settings.
#pragma once

#include <string>

#include "actors/local_messages.h"
#include "conf/oauth_settings.h"

namespace stagecoach {

class Node;

struct FindToken {
  conf::OauthSettings settings;
  std::string refused;  // a token that the server has just refused: it is not given again
};
struct TokenAnswer {
  Outcome outcome;  // unavailable: the provider cannot be reached; invalid_input: it said no
  std::string token;
};
using TokensActor = caf::typed_actor<caf::replies_to<FindToken>::with<TokenAnswer>>;
TokensActor spawn_tokens(caf::actor_system& system, Node& node);

/// In the context of `self`: asks for the token of `settings`.
template <class Self, class Then>
void find_token(Self* self, const caf::actor& tokens, FindToken question, Then then) {
  self->request(caf::actor_cast<TokensActor>(tokens), caf::infinite, std::move(question))
      .then([then](const TokenAnswer& answer) { then(answer); },
            [then](const caf::error&) {
              then(TokenAnswer{Outcome::failure(unavailable("the fetching of tokens has ended")), {}});
            });
}

}  // namespace stagecoach

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(stagecoach::FindToken)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(stagecoach::TokenAnswer)
