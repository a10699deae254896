// The settings of a sending session's protocol engine: of its sender, and of one server.
#pragma once

#include <memory>
#include <string>

#include "actors/server_search.h"
#include "protocols/smtp/client_session.h"

namespace stagecoach {

std::shared_ptr<const smtp::ClientSettings> sending_settings(const SmtpClientTask& task,
                                                             const conf::Config& config);

/// With what holds for this server alone: its own log-in, a policy, a script. `token` takes the place of the
/// password when it is not empty. `in_clear`: TLS was tried and failed.
std::shared_ptr<const smtp::ClientSettings> settings_for(const smtp::ClientSettings& of_sender,
                                                         const MailServer& server, bool can_encrypt,
                                                         const std::string& token, bool in_clear);

}  // namespace stagecoach
