// The server's side of one SASL exchange (RFC 4422): PLAIN (RFC 4616), LOGIN, SCRAM-SHA-256 (RFC 5802, RFC
// 7677). Pure: the nonce is an argument, passwords and verifiers are looked up by the owner. Responses come
// in and challenges go out as raw bytes; base64 and "*" (cancel) are the business of the protocol around it.
// One exchange is one attempt: after Done or Failed it is over.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "protocols/sasl/mechanism.h"
#include "protocols/sasl/scram.h"

namespace stagecoach::sasl {

/// Send this; the client's answer goes into step(). May be empty.
struct Challenge {
  std::string bytes;
};

/// Check the password, then call password_checked(). `authzid` is whom the client wants to act as: empty for
/// itself. An owner that knows no such right refuses an authzid that is neither empty nor the user.
struct PasswordOffered {
  std::string authzid;
  std::string user;
  std::string password;
};

/// Look up the verifier of the user, then call verifier_found(). Whoever may not log in has none.
struct VerifierWanted {
  std::string authzid;
  std::string user;
};

struct Done {
  std::string authzid;
  std::string user;
};

struct Failed {
  enum class Why { malformed, refused } why = Why::refused;
  std::string user;    // as far as it is known
  std::string reason;  // for the log; the client hears less
};

using ServerStep = std::variant<Challenge, PasswordOffered, VerifierWanted, Done, Failed>;

/// How a look-up by the owner ended. `unavailable`: nobody knows, the client may try again later.
enum class PasswordVerdict : std::uint8_t { accepted, refused, unavailable };

class ServerExchange {
 public:
  /// `nonce` is random and printable without comma (18 random bytes in base64). `probe_secret` makes up the
  /// verifiers of users who do not exist. Mechanisms that servers do not speak fail at once.
  ServerExchange(Mechanism mechanism, std::string nonce, std::string probe_secret);

  /// With the initial response of the client, or none. An empty one ("=") is an empty string.
  ServerStep begin(const std::optional<std::string>& initial_response);
  ServerStep step(std::string_view response);
  ServerStep password_checked(bool right);
  ServerStep verifier_found(std::optional<ScramVerifier> verifier);

  const std::string& user() const { return user_; }

 private:
  enum class State { start, wait_password, deciding, scram_final, scram_acknowledge, over };
  ServerStep fail(Failed::Why why, std::string reason);
  ServerStep plain(std::string_view message);
  ServerStep login(std::string_view response);
  ServerStep client_first(std::string_view message);
  ServerStep client_final(std::string_view message);

  Mechanism mechanism_;
  State state_ = State::start;
  std::string nonce_;
  std::string probe_secret_;
  std::string authzid_;
  std::string user_;
  std::string gs2_header_;
  std::string auth_message_;  // client-first-bare "," server-first
  ScramVerifier verifier_;
  bool known_ = false;  // the verifier is a real one
};

}  // namespace stagecoach::sasl
