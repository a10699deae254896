#include "actors/counters.h"

namespace stagecoach {

std::vector<std::pair<const char*, std::int64_t>> Counters::all() const {
  return {
      {"connections", connections},
      {"connections_refused", connections_refused},
      {"tls_handshakes", tls_handshakes},
      {"logins", logins},
      {"logins_failed", logins_failed},
      {"messages_accepted", messages_accepted},
      {"messages_refused", messages_refused},
      {"recipients_refused", recipients_refused},
      {"bytes_accepted", bytes_accepted},
      {"copies_stored", copies_stored},
      {"messages_queued", messages_queued},
      {"deliveries", deliveries},
      {"deliveries_deferred", deliveries_deferred},
      {"bounces", bounces},
      {"messages_collected", messages_collected},
      {"collections_failed", collections_failed},
      {"commits", commits},
      {"commit_requests", commit_requests},
      {"commit_failures", commit_failures},
      {"database_reconnects", database_reconnects},
      {"actor_restarts", actor_restarts},
      {"reloads", reloads},
      {"smtp_sessions", smtp_sessions},
      {"pop3_sessions", pop3_sessions},
      {"imap_sessions", imap_sessions},
      {"http_sessions", http_sessions},
      {"client_sessions", client_sessions},
      {"control_sessions", control_sessions},
      {"body_bytes", body_bytes},
      {"waiting_writes", waiting_writes},
      {"queue_messages", queue_messages},
      {"history_active", history_active},
      {"history_waiting", history_waiting},
  };
}

}  // namespace stagecoach
