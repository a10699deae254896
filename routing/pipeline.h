// Routing: (Arrival, Directory, Facts) -> Plan with reasons, through stages in the order of the
// configuration. Everything here is pure. A refusal at RCPT (check_recipient) comes from the same stage
// functions as the Plan.
//
// How the Plan of each source is to be read:
//   smtp, submission, lmtp   `refused` are replies. When all recipients are refused, the reply to the end of
//   DATA
//                            is the first one; when only some are, which RCPT had accepted, the caller
//                            bounces them.
//   collector, system        nobody waits for a reply: `refused` is empty, there are `bounces` and `notices`.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "routing/autoresponder.h"
#include "routing/directory.h"
#include "routing/header_field.h"
#include "routing/model/arrival.h"
#include "routing/model/plan.h"
#include "routing/model/result.h"
#include "routing/queue_change.h"
#include "routing/send_quota.h"
#include "routing/signature.h"

namespace stagecoach::routing {

/// The functions of signature.lua; empty ones: there is no such script.
struct SignatureScripts {
  std::function<std::string(SignatureDirection, SignatureFormat)> run;
};

/// What routing.lua changes of a user's forwarding for one message.
struct RoutingChange {
  std::optional<std::vector<std::string>> assistants, forward_to;
  std::optional<bool> keep;
};
enum class MonitorKind : std::uint8_t { incoming, internal, outgoing };

/// What was found out before routing.
struct Facts {
  Time now{};
  std::chrono::seconds utc_offset{0};  // of the server's local time at `now`
  double chance = 1;                   // 0 <= chance < 1: decides about samples; 1: none
  bool relay_allowed = false;  // this client may send to remote recipients without a login (its address)
  bool has_message = false;    // false: only the envelope is known yet (RCPT)
  std::int64_t own_bytes = 0;  // of the message's size: what this server has put on top
  int hops = 0;                // Received fields of the message (count_hops), without our own
  HeaderFields header;         // bodies unfolded, encoded words decoded; empty without a message
  std::function<std::string_view()> body;  // the text parts as UTF-8, decoded when first asked for
  std::optional<Time> message_date;
  std::optional<double> spam_score;
  std::shared_ptr<const CollectorRouting> collector;  // of a collected message
  SendUsage sent;                                     // by the user who logged in, before this message
  std::int64_t mailbox_bytes = 0;                     // of the user who logged in
  SignatureScripts signature_scripts;
  LuaElement autoresponse_lua;  // <lua> elements of automatic answers
  LuaGlobal autoresponse_script;
  /// How often a rule of a user's automatic answers has matched so far; none: 0.
  std::function<std::int64_t(std::string_view user, std::string_view rule)> autoresponse_matches;
  /// monitor.lua: targets instead of the normal ones, none of them: not monitored; nothing: the normal rules.
  std::function<std::optional<std::vector<std::string>>(MonitorKind)> monitor_script;
  std::function<std::optional<RoutingChange>(const User&)> routing_script;
  QueueScripts queue_scripts;
  std::string redirected_by;  // who has chosen Arrival::redirection; empty: a download rule

  /// The bodies of all fields of this name.
  std::vector<std::string_view> all(std::string_view name) const;
  /// The body of the first one; empty: none.
  std::string_view first(std::string_view name) const;
  /// The server's local time, of now and of the Date field.
  LocalTime local_now() const { return local(now); }
  LocalTime local(Time time) const;
  /// "2026-12-31"
  std::string today() const;
};

struct RoutingInput {
  const Arrival& arrival;
  const Directory& directory;
  const Facts& facts;
  /// As the sender sent it: what a rule says of a message does not depend on the fields of our own.
  std::int64_t size_bytes() const {
    return arrival.content ? arrival.content->size_bytes - facts.own_bytes : 0;
  }
};

/// The lists and users that a recipient came through, newest first; the oldest step is the recipient of the
/// envelope. Shared: a list has many members.
struct Step {
  std::string name;  // "list office", "user fred", lower case; the oldest: "to fred@example.com"
  std::shared_ptr<const Step> before;
};
using Way = std::shared_ptr<const Step>;
bool came_through(const Way& way, std::string_view name);

/// A recipient that no stage has decided about.
struct OpenRecipient {
  EnvelopeRecipient envelope;  // as given
  Address address;             // with the default domain, where it had none
  bool final_target = false;   // the envelope's text names a user or list itself: mappings do not count
};

/// A user who gets the message, and the recipient that led there.
struct Target {
  std::string user;  // lower case
  EnvelopeRecipient recipient;
  Way way;
  bool as_assistant = false;  // somebody's assistant: his own assistants get nothing
};

/// A recipient at another server.
struct RemoteRecipient {
  EnvelopeRecipient recipient;
  std::string route;  // of "SMTP:…" targets: "[user:password@]server[:port]"
  Way way;
  std::optional<std::string> reverse_path;  // another one than the message's
  /// By a list, a forward or an assistant: not the sender himself sends it there.
  bool is_forwarded() const { return way && way->before; }
};

/// Whom the members of an expanded list are: the users among them, and whether there is anybody else.
struct ListReach {
  std::vector<std::string> users;  // lower case
  bool others = false;
  bool complete = false;  // false: it is being expanded just now
};
/// A recipient that led to a list whose members have the message already.
struct ReachedAgain {
  std::string recipient, list;
};

/// The work in progress.
struct Draft {
  bool local_sender = false;            // logged in, or the server itself
  std::string sender_user;              // name of the user who sends; empty: a stranger or the server
  bool loop = false;                    // too many hops: no stage delivers
  bool dropped = false;                 // a script has discarded it
  std::vector<OpenRecipient> open;      // origin fills it, recipients empties it
  std::vector<Target> targets;          // recipients fills it, mailbox empties it
  std::vector<RemoteRecipient> remote;  // recipients fills it, dispatch empties it
  Rendition outgoing_changes;           // for all remote recipients
  Rendition internal_changes;           // for all local ones
  std::unordered_map<std::string, ListReach> expanded;  // lists that are done, lower case
  std::vector<ReachedAgain> again;
  bool wants_receipt = false;  // local copies carry k_receipt_keyword (receipt.h)
  std::size_t discards = 0;    // ways that end at nobody on purpose
  std::size_t cycles = 0;      // ways that came back to where they had been
  Plan plan;

  void reason(std::string stage, std::string rule, std::string where, std::string text) {
    plan.reasons.push_back({std::move(stage), std::move(rule), std::move(where), std::move(text)});
  }
  /// The number of a rendition with these changes: an equal one that exists, or a new one; 0 without changes.
  int rendition(const Rendition& changes);
};

using Stage = std::function<Draft(Draft, const RoutingInput&)>;

struct StageEntry {
  std::string name;
  Stage run;
};

/// All built-in stages, in their default order.
std::span<const StageEntry> known_stages();
/// Finds a stage that is not built in ("lua:office"); nothing: there is none.
using FindStage = std::function<std::optional<StageEntry>(std::string_view name)>;

/// The stages in the order of [pipeline].
class Pipeline {
 public:
  Pipeline();  // the default order
  /// Refuses an unknown or repeated name, an order without origin, recipients, mailbox and dispatch, and
  /// built-in stages in another order than the default one. Others may stand anywhere.
  static Result<Pipeline> of(const std::vector<std::string>& names, const FindStage& find = {});

  std::span<const StageEntry> stages() const { return stages_; }

 private:
  std::vector<StageEntry> stages_;
};

/// The empty draft that the first stage gets.
Draft begin_draft(const RoutingInput& input);
/// What is left undecided after the last stage is refused, so that no recipient is ever forgotten.
Plan finish_draft(Draft draft, const RoutingInput& input);

Plan run_pipeline(const Pipeline& pipeline, const RoutingInput& input);

/// The answer to RCPT.
struct RecipientVerdict {
  bool accepted = false;
  Refusal refusal;                // when not accepted
  bool delivers_locally = false;  // to at least one mailbox
  std::vector<Reason> reasons;
  std::vector<LanMatch> lan_matches;  // when accepted
};

/// Runs the pipeline for this one recipient. `input.arrival` has the origin and the reverse path; its
/// recipients are not looked at.
RecipientVerdict check_recipient(const Pipeline& pipeline, const RoutingInput& input,
                                 const EnvelopeRecipient& recipient);

// The stages, each in routing/stages/<name>.cc.
Draft origin(Draft draft, const RoutingInput& input);
Draft limits(Draft draft, const RoutingInput& input);
Draft headers(Draft draft, const RoutingInput& input);
Draft recipients(Draft draft, const RoutingInput& input);
Draft signatures(Draft draft, const RoutingInput& input);
Draft copies(Draft draft, const RoutingInput& input);
Draft mailbox(Draft draft, const RoutingInput& input);
Draft dispatch(Draft draft, const RoutingInput& input);

}  // namespace stagecoach::routing
