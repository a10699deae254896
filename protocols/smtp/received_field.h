// The Received: trace field that a server puts on top of each message (RFC 5321 section 4.4, RFC 3848, RFC
// 6531).
#pragma once

#include <chrono>
#include <string>

#include "protocols/smtp/events.h"

namespace stagecoach::smtp {

/// Names the protocol: SMTP, ESMTP, ESMTPS, ESMTPA, ESMTPSA, LMTP…, UTF8SMTPS….
struct WithProtocol {
  Flavour flavour = Flavour::smtp;
  bool extended = true;  // EHLO or LHLO
  bool tls = false;
  bool authenticated = false;
  bool smtputf8 = false;
};
std::string keyword(const WithProtocol& with);

struct ReceivedField {
  std::string helo;       // what the client called itself
  std::string peer_name;  // its name by DNS; empty: unknown
  std::string peer_ip;    // "192.0.2.1" or "2001:db8::1"; empty: not by TCP
  std::string hostname;   // ours
  WithProtocol with;
  std::string id;
  std::string recipient;  // only when the message has exactly one: others must not see it
  std::string tls;        // "TLSv1.3 TLS_AES_256_GCM_SHA384", a comment; empty: none
  std::chrono::sys_seconds time{};
  std::chrono::minutes utc_offset{0};
};

/// The whole field, folded, with its last CR LF. What a client chose is cleaned: it cannot add lines or
/// comments.
std::string to_wire(const ReceivedField& field);

}  // namespace stagecoach::smtp
