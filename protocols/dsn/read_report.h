// Reads delivery status notifications of others (RFC 3464): which recipients failed.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "protocols/dsn/report.h"

namespace stagecoach::dsn {

/// The recipients of the message/delivery-status part with final_recipient, original_recipient, action,
/// status and diagnostic; at most `recipients_max`. Empty: the message is no such report.
std::vector<RecipientReport> read_report(std::string_view message, std::size_t recipients_max = 1000);

}  // namespace stagecoach::dsn
