// Copies for others than the recipients: of what a user sends (copy_sent_to) and for supervisors (message
// monitoring, docs/reference/monitoring.md). The server's own mail is never copied.
#include "routing/bcc.h"
#include "routing/pipeline.h"
#include "routing/resolver.h"

namespace stagecoach::routing {
namespace {

constexpr const char* k_stage = "copies";
constexpr std::size_t k_addresses_max = 100;  // in a header field

class Monitor {
 public:
  Monitor(Draft& draft, const RoutingInput& in)
      : draft_(draft), in_(in), policy_(in.directory.policy().monitor) {}

  void run() {
    if (!draft_.local_sender) {
      if (!scripted(MonitorKind::incoming, "incoming", policy_.subject_prefix_incoming))
        look("incoming", policy_.incoming, policy_.subject_prefix_incoming);
      return;
    }
    const bool outgoing = !draft_.remote.empty();
    if (scripted(outgoing ? MonitorKind::outgoing : MonitorKind::internal, outgoing ? "outgoing" : "internal",
                 outgoing ? policy_.subject_prefix_outgoing : policy_.subject_prefix_internal))
      return;
    // A message to both sides is one message: it is copied once, as the stricter class says.
    if (!draft_.remote.empty() && wanted(policy_.outgoing))
      look("outgoing", policy_.outgoing, policy_.subject_prefix_outgoing);
    else if (!draft_.targets.empty() || !draft_.plan.list_work.empty())
      look("internal", policy_.internal, policy_.subject_prefix_internal);
    if (policy_.bcc_target.empty() || draft_.sender_user.empty()) return;
    if (const auto hidden = bcc_recipients(in_); !hidden.empty())
      copy_to(policy_.bcc_target, "BCC monitoring", "bcc",
              draft_.remote.empty() ? policy_.subject_prefix_internal : policy_.subject_prefix_outgoing);
  }

 private:
  bool is_selected(std::string_view name) const {
    const User* user = name.empty() ? nullptr : in_.directory.find_user(name);
    return user && user->profile->permissions.monitor;
  }

  bool wanted(MonitorMode mode) const {
    if (mode != MonitorMode::selected) return mode == MonitorMode::all;
    return is_selected(draft_.sender_user) ||
           std::any_of(draft_.targets.begin(), draft_.targets.end(),
                       [&](const Target& target) { return is_selected(target.user); });
  }

  /// Whether monitor.lua has decided.
  bool scripted(MonitorKind kind, const char* name, const std::string& prefix) {
    const auto targets = in_.facts.monitor_script ? in_.facts.monitor_script(kind) : std::nullopt;
    if (!targets) return false;
    for (const std::string& target : *targets) copy_to(target, "monitor.lua", name, prefix);
    return true;
  }

  void look(const char* kind, MonitorMode mode, const std::string& prefix) {
    if (!wanted(mode)) return;
    if (policy_.min_size_kb > 0 && in_.arrival.content && in_.size_bytes() <= policy_.min_size_kb * 1024)
      return;
    if (!policy_.target.empty()) copy_to(policy_.target, "monitoring", kind, prefix);
    if (!policy_.random_target.empty() &&
        in_.facts.chance * 100 < static_cast<double>(policy_.random_percent))
      copy_to(policy_.random_target, "random monitoring", kind, prefix);
  }

  std::string recipients() const {
    std::string text;
    std::size_t count = 0;
    for (const EnvelopeRecipient& recipient : in_.arrival.envelope.recipients)
      if (++count <= k_addresses_max) text += (text.empty() ? "" : ", ") + recipient.address;
    return text;
  }

  void copy_to(const std::string& target, const char* rule, const char* kind, const std::string& prefix) {
    Rendition changes;
    changes.header.push_back(
        {HeaderEdit::Kind::set, "Subject", prefix + std::string(in_.facts.first("Subject"))});
    changes.header.push_back(
        {HeaderEdit::Kind::add, "X-Stagecoach-Monitor-From", in_.arrival.envelope.reverse_path});
    changes.header.push_back({HeaderEdit::Kind::add, "X-Stagecoach-Monitor-To", recipients()});
    Generated copy;
    copy.purpose = "monitor";
    copy.recipients = {in_.directory.complete(split_address(target)).text()};
    copy.changed_original = std::move(changes);
    draft_.reason(k_stage, rule, {}, std::string(kind) + " message, copy to " + target);
    draft_.plan.generated.push_back(std::move(copy));
  }

  Draft& draft_;
  const RoutingInput& in_;
  const MonitorPolicy& policy_;
};

void copy_sent(Draft& draft, const RoutingInput& in) {
  const User* sender = draft.sender_user.empty() ? nullptr : in.directory.find_user(draft.sender_user);
  if (!sender || in.arrival.envelope.recipients.empty()) return;
  const EnvelopeRecipient& first = in.arrival.envelope.recipients.front();
  const EnvelopeRecipient recipient{first.address, notify_never, {}};
  const Way way = std::make_shared<const Step>(Step{
      "sent by " + to_lower(sender->name), std::make_shared<const Step>(Step{"to " + first.address, {}})});
  for (const std::string& target : sender->profile->routing.copy_sent_to)
    Resolver(draft, in).apply_target(target, recipient, way,
                                     {k_stage, "copy_sent_to of " + sender->name, sender->where.text()});
}

}  // namespace

Draft copies(Draft draft, const RoutingInput& in) {
  const bool anything = !draft.targets.empty() || !draft.remote.empty() || !draft.plan.list_work.empty();
  if (!in.facts.has_message || !anything || in.arrival.origin.source == Source::system) return draft;
  Monitor(draft, in).run();
  copy_sent(draft, in);
  return draft;
}

}  // namespace stagecoach::routing
