// One session with a remote SMTP server: finds the hosts of its destination, connects to the first that
// responds, and fetches message after message from the queue until nothing is left for the destination.
#pragma once

#include "actors/mx_override.h"
#include "actors/node.h"
#include "actors/resolver.h"
#include "actors/stream_socket.h"
#include "conf/sender_settings.h"

namespace stagecoach {

struct SmtpClientTask {
  std::string destination;  // as the queue names it
  conf::SenderSettings sender;
  conf::SenderTimeouts timeouts;
  bool lmtp = false;                              // the server speaks LMTP (RFC 2033)
  TlsContext tls;                                 // null: no encryption
  std::shared_ptr<const MxOverride> mx_override;  // null: the MX records count
};
using SmtpClientActor = caf::typed_actor<caf::reacts_to<ShutDown>>;

SmtpClientActor spawn_smtp_client(Reactor& reactor, Node& node, QueueActor queue, ResolverActor resolver,
                                  SmtpClientTask task);

}  // namespace stagecoach
