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

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "routing/directory.h"
#include "routing/header_field.h"
#include "routing/model/arrival.h"
#include "routing/model/plan.h"
#include "routing/model/result.h"

namespace stagecoach::routing {

/// What was found out before routing.
struct Facts {
  Time now{};
  int hops = 0;                // Received fields of the message (count_hops), without our own
  bool relay_allowed = false;  // this client may send to remote recipients without a login (its address)
  HeaderFields header;         // needed for collected mail; may be empty otherwise
  std::shared_ptr<const CollectorRouting> collector;  // of a collected message
};

struct RoutingInput {
  const Arrival& arrival;
  const Directory& directory;
  const Facts& facts;
};

/// A recipient that no stage has decided about.
struct OpenRecipient {
  EnvelopeRecipient envelope;  // as given
  Address address;             // with the default domain, where it had none
  bool final_user = false;     // address.local names a user himself: mappings do not count (single_user)
};

/// A user who gets the message, and the recipient that led there.
struct Target {
  std::string user;  // lower case
  EnvelopeRecipient recipient;
};

/// The work in progress.
struct Draft {
  bool local_sender = false;              // logged in, or the server itself
  std::string sender_user;                // name of the user who sends; empty: a stranger or the server
  bool loop = false;                      // too many hops: no stage delivers
  std::vector<OpenRecipient> open;        // origin fills it, recipients empties it
  std::vector<Target> targets;            // recipients fills it, mailbox empties it
  std::vector<EnvelopeRecipient> remote;  // recipients fills it, dispatch empties it
  Plan plan;

  void reason(std::string stage, std::string rule, std::string where, std::string text) {
    plan.reasons.push_back({std::move(stage), std::move(rule), std::move(where), std::move(text)});
  }
};

using Stage = Draft (*)(Draft, const RoutingInput&);

struct StageEntry {
  std::string_view name;
  Stage run;
};

/// All stages that exist, in their default order.
std::span<const StageEntry> known_stages();

/// The stages in the order of [pipeline].
class Pipeline {
 public:
  Pipeline();  // the default order
  /// Refuses an unknown or repeated name, and an order without recipients, mailbox or dispatch.
  static Result<Pipeline> of(const std::vector<std::string>& names);

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
};

/// Runs the pipeline for this one recipient. `input.arrival` has the origin and the reverse path; its
/// recipients are not looked at.
RecipientVerdict check_recipient(const Pipeline& pipeline, const RoutingInput& input,
                                 const EnvelopeRecipient& recipient);

// The stages, each in routing/stages/<name>.cc.
Draft origin(Draft draft, const RoutingInput& input);
Draft recipients(Draft draft, const RoutingInput& input);
Draft mailbox(Draft draft, const RoutingInput& input);
Draft dispatch(Draft draft, const RoutingInput& input);

}  // namespace stagecoach::routing
