// What all that looks at waiting recipients has in common: what is unchanged, and who is held.
#pragma once

#include "actors/queue_state.h"

namespace stagecoach {

inline QueueChange unchanged(const QueueState::Waiting& waiting) {
  QueueChange change;
  change.address = waiting.recipient.address;
  change.held = waiting.held;
  change.final_try = waiting.final_try;
  change.held_until = waiting.held_until;
  change.attempts = waiting.attempts;
  change.next_attempt = waiting.next_attempt;
  change.last_reply = waiting.last_reply;
  return change;
}

inline bool is_held(const QueueState::Waiting& waiting, std::int64_t now) {
  return waiting.held || waiting.held_until > now;
}

}  // namespace stagecoach
