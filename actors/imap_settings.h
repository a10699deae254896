// What a collector of kind imap tells its IMAP sessions: that of a visit and that of its watch.
#pragma once

#include <memory>
#include <string>

#include "conf/collector_settings.h"
#include "protocols/imap/client_session.h"

namespace stagecoach {

/// `secret`: the password, or with auth xoauth2 the access token. `tls`: TLS is possible here.
std::shared_ptr<const imap::ClientSettings> imap_settings(const conf::Pop3CollectorSettings& account,
                                                          const std::string& secret, bool tls,
                                                          std::int64_t message_bytes_max = 0);

}  // namespace stagecoach
