// Remote recipients: into the outgoing queue for those who may send there, a refusal for all others.
#include <unordered_set>

#include "routing/access.h"
#include "routing/list_post.h"
#include "routing/pipeline.h"
#include "routing/queue_scripts.h"
#include "routing/refuse.h"
#include "routing/sending/sender_rewriting.h"

namespace stagecoach::routing {
namespace {

constexpr const char* k_stage = "dispatch";
constexpr std::size_t k_reasons_max = 50;

/// Local parts of other servers may be case sensitive; domains are not.
std::string queue_key(const RemoteRecipient& remote) {
  const Address address = split_address(remote.recipient.address);
  return address.local + "@" + to_lower(address.domain) + " " + remote.route;
}

class Dispatcher {
 public:
  Dispatcher(Draft& draft, const RoutingInput& in)
      : draft_(draft),
        in_(in),
        sender_(draft.sender_user.empty() ? nullptr : in.directory.find_user(draft.sender_user)),
        link_list_(list_with_links()),
        may_relay_(draft.local_sender || in.facts.relay_allowed) {}

  void run() {
    std::unordered_set<std::string> queued;
    for (RemoteRecipient& remote : std::exchange(draft_.remote, {})) {
      if (auto refusal = fault(remote)) {
        refuse(draft_, in_, k_stage, remote.recipient, std::move(refusal->first), refusal->second,
               sender_ && refusal->second != "relay" ? sender_->where.text() : std::string());
      } else if (queued.insert(queue_key(remote)).second) {
        enqueue(std::move(remote));
      }
    }
    if (queued_ > k_reasons_max)
      draft_.reason(k_stage, "queue", {},
                    std::to_string(queued_) + " recipients in all into the outgoing queue");
  }

 private:
  using Fault = std::optional<std::pair<Refusal, std::string>>;

  /// What an administrator has set up (a list, a forward) goes out for strangers too.
  Fault fault(const RemoteRecipient& remote) const {
    const Address address = split_address(remote.recipient.address);
    if (!may_relay_ && !remote.is_forwarded()) return {{{550, "5.7.1", "Relaying not allowed"}, "relay"}};
    if (address.domain.empty()) return {{{550, "5.1.2", "The address has no domain"}, ""}};
    if (!sender_ || remote.is_forwarded()) return {};
    const UserPermissions& permissions = sender_->profile->permissions;
    const std::string rule = "user " + sender_->name;
    if (!permissions.send_internet) return {{{550, "5.7.1", "You may send to local users only"}, rule}};
    if (!is_permitted(address, permissions.target_whitelist, permissions.target_blacklist,
                      in_.directory.target_whitelist(), in_.directory.target_blacklist()))
      return {{{550, "5.7.1", "You may not send to this address"}, rule}};
    if (in_.facts.has_message && in_.arrival.content && permissions.max_outgoing_kb > 0 &&
        in_.size_bytes() > permissions.max_outgoing_kb * 1024)
      return {{{552, "5.3.4",
                "The message is larger than the " + std::to_string(permissions.max_outgoing_kb) +
                    " kB that you may send"},
               rule}};
    return {};
  }

  /// The list whose post this is, when its members get links to leave it.
  const MailList* list_with_links() const {
    constexpr std::string_view k_list = "list ";
    const std::string& service = in_.arrival.origin.service;
    if (!in_.directory.options().unsubscribe_links || in_.arrival.origin.source != Source::system ||
        !service.starts_with(k_list))
      return nullptr;
    const MailList* list = in_.directory.find_list(std::string_view(service).substr(k_list.size()));
    return list && offers_one_click(*list) ? list : nullptr;
  }

  /// SRS and BATV. One message mostly has one return path: what it becomes is found once.
  void rewrite_path(RemoteRecipient& remote, Rendition& changes) {
    const bool own = draft_.local_sender || remote.reverse_path;
    if (remote.reverse_path) changes.reverse_path = std::move(remote.reverse_path);
    const std::string& path =
        changes.reverse_path ? *changes.reverse_path : in_.arrival.envelope.reverse_path;
    const bool forwarded = remote.is_forwarded() && remote.route.empty();  // a LAN server asks no SPF
    const std::string key = path + (forwarded ? " f" : " ") + (own ? "o" : "");
    if (key != last_path_) {
      last_path_ = key;
      last_rewritten_ = rewritten_path(in_.directory, path, forwarded, own, in_.facts.now);
      if (last_rewritten_) draft_.reason(k_stage, last_rewritten_->rule, {}, last_rewritten_->text);
    }
    if (last_rewritten_ && !last_rewritten_->path.empty()) changes.reverse_path = last_rewritten_->path;
  }

  void enqueue(RemoteRecipient remote) {
    Enqueue entry;
    Rendition changes = draft_.outgoing_changes;
    rewrite_path(remote, changes);
    entry.rendition = draft_.rendition(changes);
    entry.route = std::move(remote.route);
    const bool own = sender_ && in_.arrival.origin.source != Source::system;
    if (own && entry.route.empty()) {
      const UserAdvanced& advanced = sender_->profile->advanced;
      const OutgoingPolicy& policy = in_.directory.policy().outgoing;
      const auto chosen = [](std::int64_t own_value, std::int64_t global) {
        return own_value < 0 ? global : own_value;
      };
      entry.priority = static_cast<int>(advanced.outgoing_priority);
      entry.hold_minutes = chosen(advanced.outgoing_hold_minutes, policy.hold_minutes);
      entry.delete_after_minutes =
          chosen(advanced.outgoing_delete_after_minutes, policy.delete_after_minutes);
    }
    if (link_list_ && !remote.is_forwarded() && entry.route.empty()) entry.list = to_lower(link_list_->name);
    std::string text = remote.recipient.address + " into the outgoing queue";
    if (entry.hold_minutes > 0) text += ", held for " + std::to_string(entry.hold_minutes) + " minutes";
    if (!entry.list.empty()) text += ", with a link to leave the list";
    // A list of 20,000 members needs no 20,000 lines in the trace.
    if (++queued_ <= k_reasons_max) draft_.reason(k_stage, "queue", {}, std::move(text));
    entry.recipient = std::move(remote.recipient);
    draft_.plan.enqueue.push_back(std::move(entry));
  }

  Draft& draft_;
  const RoutingInput& in_;
  const User* sender_;
  const MailList* link_list_;
  bool may_relay_;
  std::size_t queued_ = 0;
  std::string last_path_;
  std::optional<RewrittenPath> last_rewritten_;
};

}  // namespace

Draft dispatch(Draft draft, const RoutingInput& in) {
  Dispatcher(draft, in).run();
  ask_queue_scripts(draft, in);
  return draft;
}

}  // namespace stagecoach::routing
