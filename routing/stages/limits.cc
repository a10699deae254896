// What a user who logged in may send at all: blind copies, the sending quota, a mailbox that is too full.
// Limits on single remote recipients are in dispatch.
#include "routing/bcc.h"
#include "routing/pipeline.h"
#include "routing/quota_stages.h"
#include "routing/refuse.h"

namespace stagecoach::routing {
namespace {

constexpr const char* k_stage = "limits";

void refuse_all(Draft& draft, const RoutingInput& in, const Refusal& refusal, const std::string& rule,
                const std::string& where) {
  for (const OpenRecipient& recipient : std::exchange(draft.open, {}))
    refuse(draft, in, k_stage, recipient.envelope, refusal, rule, where);
}

std::int64_t remote_recipients(const Draft& draft, const RoutingInput& in) {
  std::int64_t count = 0;
  for (const OpenRecipient& recipient : draft.open)
    if (!in.directory.is_local_domain(recipient.address)) ++count;
  return count;
}

}  // namespace

Draft limits(Draft draft, const RoutingInput& in) {
  const User* sender = draft.sender_user.empty() ? nullptr : in.directory.find_user(draft.sender_user);
  if (!sender || draft.loop || !in.facts.has_message || in.arrival.origin.source == Source::system)
    return draft;
  const std::string rule = "user " + sender->name, where = sender->where.text();
  const Profile& profile = *sender->profile;
  const QuotaPolicy& policy = in.directory.policy().quota;
  if (!profile.permissions.allow_bcc)
    if (const auto hidden = bcc_recipients(in); !hidden.empty()) {
      draft.reason(k_stage, rule, where, hidden.front() + " is a blind copy");
      refuse_all(draft, in, {550, "5.7.1", "You may not send blind copies"}, rule, where);
    }
  if (blocks_sending(in.facts.mailbox_bytes, profile.quota_bytes, policy))
    refuse_all(draft, in, {552, "5.2.2", "Your mailbox is too full to send: delete something first"}, rule,
               where);
  const SendUsage message =
      usage_of(in.size_bytes(), static_cast<std::int64_t>(draft.open.size()), remote_recipients(draft, in));
  if (const auto fault =
          exceeded_send_quota(profile.send_quota, in.facts.sent, message, policy.send_extra_percent))
    refuse_all(draft, in, {450, "4.7.1", "Sending quota: " + *fault}, rule, where);
  return draft;
}

}  // namespace stagecoach::routing
