// What a session or a collector hands to the router: envelope, message, where it came from, and when.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "routing/model/envelope.h"
#include "routing/model/ids.h"

namespace stagecoach {

using Time = std::chrono::sys_time<std::chrono::microseconds>;

/// By which road a message came. `system` is mail that the server itself generates.
enum class Source : std::uint8_t { smtp, submission, lmtp, collector, system };

/// Where a message came from and what is known of its sender.
struct Origin {
  Source source = Source::smtp;
  std::string service;             // name of the [[service]] or the [[collector]]
  std::string peer;                // IP address and port: "192.0.2.1:4711", empty for system mail
  std::string helo;                // what the client called itself
  std::string authenticated_user;  // name of the user who logged in; empty: a stranger
  std::string session;             // session number, as the log shows it
  bool tls = false;
  bool operator==(const Origin&) const = default;
};

/// The bytes of one message, trace fields included. Small messages are whole in `head`. Of a large one `head`
/// holds at least the header section (up to a limit), and all its bytes are in storage already under
/// `stored`.
struct Content {
  std::string head;
  std::int64_t size_bytes = 0;         // of all, as it will be served
  std::int64_t header_size_bytes = 0;  // up to and including the empty line that ends the header section
  std::int64_t transmit_offset = 0;    // bytes at the start that are not sent on (Return-Path)
  ContentId stored;                    // none: everything is in head
  std::string envelope;                // the IMAP ENVELOPE (RFC 3501 section 7.4.2), made once on arrival
  std::string structure;               // the IMAP BODYSTRUCTURE, made once on arrival
  std::string parts;                   // serialised positions of the MIME parts (protocols/mime)
};

/// One target of a download rule.
struct CollectedTarget {
  std::string target;  // a user, a list, a group or an address
  std::string folder;  // of the user; empty: as his own rules say
  bool operator==(const CollectedTarget&) const = default;
};
/// Where download rules send a collected message.
struct Redirection {
  std::vector<CollectedTarget> targets;
  bool original = true;  // those whom the collector finds get it, too
  bool operator==(const Redirection&) const = default;
};

struct Arrival {
  MessageId id;
  Envelope envelope;
  Origin origin;
  Time received{};
  std::shared_ptr<const Content> content;
  Redirection redirection;
};

}  // namespace stagecoach
