// Delivery status notifications (RFC 3464, RFC 6522, RFC 6533): the message that tells a sender what became
// of his. From values to bytes; boundary, Message-ID and dates are arguments. It is sent with the null
// reverse path, to report.to, and never in answer to a message with a null reverse path: both are the
// caller's business.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "routing/model/envelope.h"

namespace stagecoach::dsn {

enum class Action : std::uint8_t { failed, delayed, delivered, relayed, expanded };
/// "failed", "delayed" … as RFC 3464 section 2.3.3 writes it.
std::string_view name(Action action);

struct RecipientReport {
  std::string final_recipient;     // "fred@example.com"
  std::string original_recipient;  // decoded ORCPT "rfc822;fred@example.com"; empty: none
  Action action = Action::failed;
  std::string status;                   // "5.1.1"; empty: 2.0.0, 4.0.0 or 5.0.0 by the action
  std::string remote_mta;               // "mx.example.com"; empty: decided here
  std::string diagnostic;               // the remote reply "550 5.1.1 No such user", or words of ours
  bool diagnostic_from_remote = false;  // then it is given as "smtp; …"
  std::optional<std::chrono::sys_seconds> last_attempt;
  std::optional<std::chrono::sys_seconds> will_retry_until;  // delayed only
};

struct Report {
  std::string hostname;  // Reporting-MTA
  std::string from;      // "postmaster@example.com"
  std::string from_name = "Mail Delivery System";
  std::string to;          // the reverse path of the message
  std::string message_id;  // "<…@mail.example.com>" of the report itself
  std::string boundary;    // unique
  std::chrono::sys_seconds date{};
  std::string envelope_id;  // decoded ENVID; empty: none
  std::optional<std::chrono::sys_seconds> arrival;
  std::vector<RecipientReport> recipients;  // those with the same kind of news, usually
  std::string_view original;                // the message, or its header section
  bool original_complete = true;            // false: only the header section is given
  ReturnContent return_content = ReturnContent::unset;
  std::int64_t full_bytes_max = 100 * 1024;  // a larger message returns as header section even for RET=FULL
  bool smtputf8 = false;                     // the original needed it
};

/// The whole message, CR LF lines. The full original is returned only for failures, with RET=FULL or no RET,
/// within full_bytes_max; else its header section (RFC 3461 sections 4.3 and 6.2).
std::string write_report(const Report& report);

/// Which reports RFC 3461 section 4.1 wants: NOTIFY of the recipient against the news. Without NOTIFY:
/// failure and delay.
bool wanted(std::uint8_t notify, Action action);

}  // namespace stagecoach::dsn
