// From an address or a target to users, remote recipients and lists (docs/reference/mappings.md): mappings,
// implied names of users, lists and groups, special addresses, ~@domain. What was found goes into the draft,
// with a reason for each decision. A file for each kind: resolver_mappings.cc, resolver_names.cc,
// resolver_special.cc, resolver_bounces.cc, resolver_lists.cc, resolver_targets.cc, lan_rules.cc.
#pragma once

#include <string>
#include <string_view>

#include "routing/pipeline.h"

namespace stagecoach::routing {

struct LanRule;  // lan_rules.h

/// Who named a target: for the reason.
struct NamedBy {
  const char* stage = "recipients";
  std::string rule;   // "list office", "forward of fred"
  std::string where;  // "stagecoach.toml:41"
  bool as_assistant = false;
};

class Resolver {
 public:
  Resolver(Draft& draft, const RoutingInput& input) : Resolver(draft, input, input.facts.collector.get()) {}
  /// `collector` null: as for mail that comes by SMTP.
  Resolver(Draft& draft, const RoutingInput& input, const CollectorRouting* collector)
      : draft_(draft), in_(input), collector_(collector), scope_{collector_} {}

  /// Decides about a recipient of the envelope. False: nobody knows it and it is no remote one either;
  /// nothing is recorded.
  bool resolve(const OpenRecipient& recipient);
  /// Refuses, or puts into the outgoing queue, what resolve() did not know.
  void unrecognised(const OpenRecipient& recipient);
  /// The target of one mapping. True: it decided something about the recipient.
  bool apply_mapping(const OpenRecipient& recipient, const Mapping& mapping);
  /// A target of a list, a forward, an assistant: the name of a user, a list or a group, an address, or
  /// "SMTP:…". `recipient` is the one that led here. False: there is no such target.
  bool apply_target(std::string_view target, const EnvelopeRecipient& recipient, const Way& way,
                    const NamedBy& by);
  /// Whether the address is one that this server, or the mailbox of this collector, is responsible for.
  bool is_own(const Address& address) const;

 private:
  static Way begin_way(const EnvelopeRecipient& recipient);
  bool is_external() const { return !draft_.local_sender; }
  void discard() {
    draft_.plan.discard = true;
    ++draft_.discards;
  }
  bool find(const OpenRecipient& recipient, const Way& way);
  bool apply_all(const OpenRecipient& recipient, const std::vector<const Mapping*>& mappings, const Way& way);
  bool apply_mapping(const OpenRecipient& recipient, const Mapping& mapping, const Way& way);
  bool elsewhere(const OpenRecipient& recipient, const NamedBy& by, const std::string& path);
  bool apply_lan_rule(const OpenRecipient& recipient, const LanRule& rule, const Way& way);
  bool implied(const OpenRecipient& recipient, const Way& way);
  bool special(const OpenRecipient& recipient, const Way& way);
  bool take_bounce_address(OpenRecipient& recipient);
  bool srs_address(const OpenRecipient& recipient);
  bool batv_address(OpenRecipient& recipient);
  bool to_user(const User& user, const EnvelopeRecipient& recipient, const Way& way, const NamedBy& by);
  bool may_receive(const User& user, const EnvelopeRecipient& recipient, const NamedBy& by);
  bool to_list(const MailList& list, const EnvelopeRecipient& recipient, const Way& way, const NamedBy& by);
  bool send_to_list(const MailList& list, const EnvelopeRecipient& recipient, const Way& way,
                    const NamedBy& by);
  std::size_t others() const;
  bool to_group(std::string_view group, const EnvelopeRecipient& recipient, const Way& way,
                const NamedBy& by);
  bool post(const MailList& list, const EnvelopeRecipient& recipient, const Way& way, const NamedBy& by);
  bool is_list_spam(const MailList& list, const EnvelopeRecipient& recipient, const Way& way);
  void expand(const MailList& list, const EnvelopeRecipient& recipient, const Way& way);
  bool comes_from_list(const MailList& list) const;
  void cycle(const EnvelopeRecipient& recipient, const Way& way, const NamedBy& by, const std::string& what);
  void say(const NamedBy& by, std::string text);

  Draft& draft_;
  const RoutingInput& in_;
  const CollectorRouting* collector_;
  MappingScope scope_;
  bool broken_ = false;  // a mapping named a target that does not exist
};

}  // namespace stagecoach::routing
