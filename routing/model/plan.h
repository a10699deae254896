// What routing decided about one arrival: values only. Storage commits a Plan in one transaction; explain,
// dry run and replay stop before that.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "routing/model/autoresponder.h"
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
  bool quarantined = false;        // the folder is the user's quarantine
  std::vector<std::string> flags;  // "\\Seen", "$Forwarded"
  std::string recipient;           // the address that led here: RFC 3461 success reports name it
  std::string original_recipient;  // its ORCPT, empty when not given
  std::uint8_t notify = notify_unset;
  int rendition = 0;  // 0: as it came; n: Plan::renditions[n - 1]
  bool operator==(const Delivery&) const = default;
};

/// How a waiting recipient is reached, and what its copy stands for.
struct QueueWay {
  std::string sender;  // the connection chosen by a rule; empty: whichever takes it
  std::string route;   // "[user:password@]server[:port]"; empty: by its domain
  std::string list;    // a member of this mailing list, whose copy has a link to unsubscribe him
  UserId mirror;  // its copy in the INBOX of this user goes when it is delivered, and it goes with that copy
  bool operator==(const QueueWay&) const = default;
};

/// Put one recipient into the outgoing queue. Recipients of one rendition share one queued message.
struct Enqueue {
  EnvelopeRecipient recipient;
  std::string sender;  // the [[sender]] chosen by a rule; empty: whichever takes it
  int priority = 0;    // smaller is earlier
  int rendition = 0;   // 0: as it came; n: Plan::renditions[n - 1]
  std::string route;   // "[user:password@]server[:port]" of a LAN forwarding target; empty: by its domain
  std::int64_t hold_minutes = 0;          // not sent before; 0: at once
  std::int64_t delete_after_minutes = 0;  // returned when it is unsent by then; 0: never
  std::string list;       // a member of this mailing list, lower case, who gets a link to unsubscribe
  std::string mirror_of;  // the user in whose INBOX the same copy is: QueueWay::mirror
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

/// One change of a header section. Values hold no line ends: whoever writes them cleans them.
struct HeaderEdit {
  enum class Kind : std::uint8_t { set, add, remove };
  Kind kind = Kind::set;  // set: the first field of this name becomes this one, further ones go
  std::string name;
  std::string value;  // UTF-8, unfolded
  bool operator==(const HeaderEdit&) const = default;
};

/// Text at the end of the message: `plain` under plain parts, `html` under HTML parts.
struct Footer {
  std::string plain, html;
  bool empty() const { return plain.empty() && html.empty(); }
  bool operator==(const Footer&) const = default;
};

/// A changed copy of the message that some of its recipients get.
struct Rendition {
  std::vector<HeaderEdit> header;  // carried out in order
  Footer footer;
  std::optional<std::string> reverse_path;  // of queue entries; nothing: as it came
  bool operator==(const Rendition&) const = default;
};

/// A message that the server writes itself. Values are UTF-8 and may come from strangers: the writer cleans
/// and encodes them.
struct ComposedMail {
  std::string from, reply_to;   // "Name <address>" or an address; empty reply_to: none
  std::vector<std::string> to;  // addresses
  std::string subject;
  std::vector<HeaderEdit> header;  // further fields
  std::string text, html;          // either or both
  AppendOriginal append_original = AppendOriginal::no;
  std::vector<std::string> attachments;  // names of files of `attachments_of`
  std::string attachments_of;            // user
  bool operator==(const ComposedMail&) const = default;
};

/// A new message that follows from this one. It is routed as mail of the server itself and committed in the
/// same transaction.
struct Generated {
  std::string purpose;  // "autoresponse", "monitor", "list moderation": for the trace
  std::string reverse_path;
  std::vector<std::string> recipients;
  std::optional<Rendition> changed_original;  // the original with changes …
  std::optional<ComposedMail> composed;       // … or a new text
  /// Of an autoresponse: not sent when `sender` got one of this definition within the interval. What was sent
  /// is logged with it.
  struct Memory {
    std::string user, definition, rule, sender;
    std::int64_t min_interval_hours = 0;
    bool operator==(const Memory&) const = default;
  };
  std::optional<Memory> memory;
  bool operator==(const Generated&) const = default;
};

/// Work for the lists after the commit: a post to expand or to moderate, a command, a bounce.
struct ListWork {
  enum class Kind : std::uint8_t { post, moderate, command, bounce };
  Kind kind = Kind::post;
  std::string list;       // of command: the address of the list server
  std::string recipient;  // the address that led here
  bool operator==(const ListWork&) const = default;
};

/// A rule of a user's automatic answers matched, whether it sends something or not.
struct AnswerMatch {
  std::string user, rule;
  bool operator==(const AnswerMatch&) const = default;
};

/// What is wrong with an automatic answer, for whoever cares for them.
struct AnswerFault {
  std::string user, definition, text;
  bool operator==(const AnswerFault&) const = default;
};

/// A rule of LAN forwarding took a recipient.
struct LanMatch {
  std::string rule;       // LanRule::key(): counts its matches
  std::string recipient;  // as the rule's server gets it
  std::string route;      // "[user:password@]server[:port]"
  bool verify = false;    // wildcards: whether the address exists is known to that server only
  bool operator==(const LanMatch&) const = default;
};

struct Plan {
  std::vector<Delivery> deliveries;
  std::vector<Enqueue> enqueue;
  std::vector<RefusedRecipient> refused;
  std::vector<Bounce> bounces;
  bool discard = false;  // accepted on purpose without any delivery (No-one, an empty group)
  bool urgent = false;   // what is enqueued makes a connection run at once
  std::vector<Reason> reasons;
  std::vector<Notice> notices;
  std::vector<Rendition> renditions;
  std::vector<Generated> generated;
  std::vector<ListWork> list_work;
  std::vector<AnswerMatch> answer_matches;
  std::vector<AnswerFault> answer_faults;
  std::vector<std::string> log;  // lines that scripts wrote
  /// Tokens of questions about collected mail which this message answers: download it.
  std::vector<std::string> download_answers;
  std::vector<LanMatch> lan_matches;
  bool operator==(const Plan&) const = default;
};

}  // namespace stagecoach
