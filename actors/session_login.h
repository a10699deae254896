// What sessions of all protocols do alike for a log-in: ask the authenticator, and say "unavailable" when it
// is gone.
#pragma once

#include <functional>

#include "actors/node.h"
#include "actors/serialisation.h"
#include "protocols/sasl/scram.h"
#include "protocols/sasl/server.h"

namespace stagecoach {

template <class Self, class Question>
void ask_authenticator(Self* self, Node& node, Question question,
                       std::function<void(const LoginAnswer&)> then) {
  self->request(node.handles()->authenticator, caf::infinite, std::move(question))
      .then([then](const LoginAnswer& answer) { then(answer); },
            [then](const caf::error&) {
              LoginAnswer answer;
              answer.kind = LoginAnswer::Kind::unavailable;
              answer.reason = "the authenticator has ended";
              then(answer);
            });
}

inline sasl::PasswordVerdict verdict_of(const LoginAnswer& answer) {
  switch (answer.kind) {
    case LoginAnswer::Kind::accepted: return sasl::PasswordVerdict::accepted;
    case LoginAnswer::Kind::unavailable: return sasl::PasswordVerdict::unavailable;
    case LoginAnswer::Kind::refused: break;
  }
  return sasl::PasswordVerdict::refused;
}

inline std::optional<sasl::ScramVerifier> verifier_of(const LoginAnswer& answer) {
  auto verifier = sasl::parse_scram_verifier(answer.verifier);
  if (!verifier) return std::nullopt;
  return std::move(*verifier);
}

/// A client may act as itself only.
inline bool acts_as_itself(const std::string& authzid, const std::string& user) {
  return authzid.empty() || equals_ignoring_case(authzid, user);
}

}  // namespace stagecoach
