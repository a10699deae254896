// What the sessions of one [[service]] share: its settings, its TLS context, the engine's settings made from
// them. Replaced as a whole by a reload; sessions keep the one they began with.
#pragma once

#include <memory>
#include <string>

#include "actors/local_messages.h"
#include "actors/node.h"
#include "actors/stream_socket.h"
#include "protocols/imap/options.h"
#include "protocols/pop3/server_session.h"
#include "protocols/smtp/server_session.h"
#include "routing/client_access.h"

namespace stagecoach {

struct Service {
  conf::ServiceSettings settings;
  TlsContext tls;  // null: no encryption
  std::shared_ptr<const smtp::ServerSettings> smtp, smtp_loopback;
  std::shared_ptr<const pop3::ServerSettings> pop3, pop3_loopback;
  routing::AccessList access;  // who may connect from where
  Counter sessions{0};

  bool starttls() const { return tls && settings.tls == conf::ServiceTls::starttls; }
  bool implicit_tls() const { return tls && settings.tls == conf::ServiceTls::implicit; }
};
using ServicePtr = std::shared_ptr<Service>;

/// A service of the configuration with what its sessions need.
ServicePtr make_service(const Node& node, const conf::Config& config, const conf::ServiceSettings& settings,
                        TlsContext tls);

/// Plain-text log-ins are allowed without encryption from here: they cannot be overheard.
bool is_loopback(const std::string& ip);

using SessionActor = WatcherActor::extend<caf::reacts_to<ShutDown>>;

/// One for each protocol; `fd` is accepted and non-blocking. The session lives on `reactor`.
SessionActor spawn_smtp_session(Reactor& reactor, int fd, Node& node, ServicePtr service);

/// A connection of ours that has been turned (RFC 2645): we are the server of an SMTP session on it. Whoever
/// watches the session finds in `course` what became of it, when it has ended.
struct TurnedCourse {
  std::int64_t messages = 0;
  std::string fault;  // empty: the other side took its leave
};
SessionActor spawn_turned_session(Reactor& reactor, const OpenSocket& open, Node& node, ServicePtr service,
                                  std::shared_ptr<TurnedCourse> course);

SessionActor spawn_pop3_session(Reactor& reactor, int fd, Node& node, ServicePtr service);
SessionActor spawn_imap_session(Reactor& reactor, int fd, Node& node, ServicePtr service);
SessionActor spawn_http_session(Reactor& reactor, int fd, Node& node, ServicePtr service);

}  // namespace stagecoach
