// What routing decided about one arrival: values only. Storage commits a Plan in one transaction; explain,
// dry run and replay stop before that.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "routing/model/envelope.h"
#include "routing/model/ids.h"

namespace stagecoach {

/// One decision and what made it. `where` is "stagecoach.toml:41", "database", or empty for built-in rules.
struct Reason {
  std::string stage;  // "recipients"
  std::string rule;   // "mapping sales"
  std::string where;
  std::string text;  // "sales@example.com -> albert"
  bool operator==(const Reason&) const = default;
};

/// A reply of the SMTP server: code, enhanced code of RFC 3463, text.
struct Refusal {
  int code = 550;
  std::string enhanced = "5.1.1";
  std::string text;
  bool operator==(const Refusal&) const = default;
};

/// Store one copy in a folder of a user. Equal (user, folder) pairs of one Plan are one delivery.
struct Delivery {
  std::string user;                // name, lower case
  std::string folder = "INBOX";    // created when it does not exist
  std::vector<std::string> flags;  // "\\Seen", "$Forwarded"
  std::string recipient;           // the address that led here: RFC 3461 success reports name it
  std::string original_recipient;  // its ORCPT, empty when not given
  std::uint8_t notify = notify_unset;
  bool operator==(const Delivery&) const = default;
};

/// Put one recipient into the outgoing queue. Recipients of one Plan share one queued message.
struct Enqueue {
  EnvelopeRecipient recipient;
  std::string sender;  // the [[sender]] chosen by a rule; empty: whichever takes it
  int priority = 0;    // smaller is earlier
  bool operator==(const Enqueue&) const = default;
};

struct RefusedRecipient {
  std::string recipient;
  Refusal refusal;
  bool operator==(const RefusedRecipient&) const = default;
};

/// Return the message to its sender: a DSN (RFC 3464) is generated for these recipients.
struct Bounce {
  EnvelopeRecipient recipient;
  std::string status;      // "5.1.1"
  std::string diagnostic;  // "550 5.1.1 No such user here"
  bool operator==(const Bounce&) const = default;
};

/// Tell a local user that a message could not be delivered: the server generates a message with this text and
/// the original attached.
struct Notice {
  std::string user;  // name, lower case
  std::string text;  // "No valid recipient was found in the header section."
  bool operator==(const Notice&) const = default;
};

struct Plan {
  std::vector<Delivery> deliveries;
  std::vector<Enqueue> enqueue;
  std::vector<RefusedRecipient> refused;
  std::vector<Bounce> bounces;
  bool discard = false;  // accepted on purpose without any delivery (No-one, an empty group)
  std::vector<Reason> reasons;
  std::vector<Notice> notices;
  bool operator==(const Plan&) const = default;
};

}  // namespace stagecoach
