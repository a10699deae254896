// TLS contexts: certificates from files, a self-signed one when none is given, and what clients of other
// servers need. TLS 1.2 is the oldest version unless the configuration says otherwise.
#pragma once

#include <string>

#include "actors/stream_socket.h"
#include "conf/server_settings.h"
#include "routing/model/result.h"

namespace stagecoach {

/// Server side. `certificate` is a PEM file with the chain, `key` its private key.
Result<TlsContext> load_server_tls(const std::string& certificate, const std::string& key,
                                   const conf::TlsSettings& settings);

/// Makes an ECDSA P-256 key and a self-signed certificate for `hostname`, valid ten years, unless both files
/// exist. The key is readable by its owner only.
Result<void> ensure_self_signed(const std::string& certificate, const std::string& key,
                                const std::string& hostname);

/// Client side. With `verify` the server's certificate must be valid for the name that start_tls() is given;
/// else it is looked at, too, and tls_check.h tells what was found.
Result<TlsContext> make_client_tls(const conf::TlsSettings& settings, bool verify);

/// Changes when one of the files changes: sizes and times of change.
std::string file_stamp(const std::string& certificate, const std::string& key);

}  // namespace stagecoach
