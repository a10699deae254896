// Passwords that another system knows (PAM, LDAP, Kerberos …), asked of saslauthd of Cyrus SASL over its
// socket: a program of its own does what may hang or crash. One question a connection: log-in name, password,
// service and realm, each a 16-bit length and bytes; the answer is such a text, "OK …" or "NO …".
#pragma once

#include <string>
#include <string_view>

#include "actors/blocking_pool.h"
#include "routing/model/result.h"

namespace stagecoach {

struct CheckElsewhere {
  std::string socket;   // path
  std::string service;  // the file of PAM
  std::string name;     // "fred", "fred@REALM" or "DOMAIN\\fred"
  std::string password;
};

/// True: the password is right. An error when saslauthd cannot be asked or gives no answer in 20 seconds.
/// Blocking.
Result<bool> ask_saslauthd(const CheckElsewhere& check);

/// The bytes of the question; an error when a text is longer than 65,535 bytes or holds a NUL.
Result<std::string> saslauthd_question(const CheckElsewhere& check);

struct ElsewhereAnswer {
  Outcome outcome;
  bool right = false;
};
/// At most four questions at a time, as saslauthd has five processes unless it is told otherwise.
using ElsewhereActor = BlockingActor<CheckElsewhere, ElsewhereAnswer>;
ElsewhereActor spawn_elsewhere(caf::actor_system& system);

}  // namespace stagecoach

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(stagecoach::CheckElsewhere)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(stagecoach::ElsewhereAnswer)
