// Messages that the server itself generates: delivery status notifications and notices to local users. Made
// from values; the arrival is then routed and committed like any other.
#pragma once

#include <string>
#include <vector>

#include "actors/media.h"
#include "actors/node.h"
#include "protocols/dsn/report.h"
#include "routing/model/arrival.h"
#include "routing/model/plan.h"

namespace stagecoach {

/// What a report is about: the message as it is stored.
struct Reported {
  MessageId id;
  Envelope envelope;
  Time received{};
  std::string_view head;  // at least its header section
  std::int64_t header_bytes = 0;
  std::int64_t size_bytes = 0;  // when all of it is in `head`, a report may return it whole
  std::int64_t transmit_offset = 0;
};

/// A message that a Plan wants sent: composed anew, or the original with changes. `whole`: all bytes of the
/// original, as far as needs_whole_message() asks for them. Attachments that `files` lacks are left out.
Arrival generated_arrival(Node& node, const Generated& generated, const Reported& original,
                          std::string_view whole, const AnswerFiles& files = {});

/// A message of the server itself: `service` says of which part of it.
Arrival system_arrival(Node& node, Envelope envelope, std::string service, std::string_view message);

/// A DSN to the sender of the message.
Arrival report_arrival(Node& node, const Reported& message, std::vector<dsn::RecipientReport> recipients);

/// A message to a local user, with the original attached as far as `head` has it.
Arrival notice_arrival(Node& node, const Reported& message, const std::string& recipient,
                       const std::string& subject, const std::string& text);

/// "Mailer_Daemon@example.com": who sends what the server generates.
std::string daemon_address(const conf::Config& config);

}  // namespace stagecoach
