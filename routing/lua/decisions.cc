#include "routing/lua/decisions.h"

#include <unordered_set>

#include "routing/refuse.h"
#include "routing/resolver.h"

namespace stagecoach::routing {
namespace {

struct Taken {
  EnvelopeRecipient recipient;
  Way way;
};

Way way_of(const EnvelopeRecipient& recipient) {
  return std::make_shared<const Step>(Step{"to " + recipient.address, nullptr});
}

bool is_same(std::string_view name, std::string_view other) {
  return name.empty() || equals_ignoring_case(name, other);
}

template <class List, class Test>
void take_if(List& list, const Test& test) {
  list.erase(std::remove_if(list.begin(), list.end(), test), list.end());
}

/// Takes the recipients with this address or user name out of the draft; an empty name: all of them. Each
/// stands once in the result, as one that goes on.
std::vector<Taken> take(Draft& draft, const std::string& name) {
  std::vector<Taken> taken;
  std::unordered_set<std::string> seen;
  const auto keep = [&](const EnvelopeRecipient& recipient, const Way& way) {
    if (seen.insert(to_lower(recipient.address)).second)
      taken.push_back({recipient, way ? way : way_of(recipient)});
    return true;
  };
  take_if(draft.open, [&](const OpenRecipient& one) {
    return (is_same(name, one.envelope.address) || is_same(name, one.address.text())) &&
           keep(one.envelope, {});
  });
  take_if(draft.targets, [&](const Target& one) {
    return (is_same(name, one.recipient.address) || is_same(name, one.user)) && keep(one.recipient, one.way);
  });
  take_if(draft.remote, [&](const RemoteRecipient& one) {
    return is_same(name, one.recipient.address) && keep(one.recipient, one.way);
  });
  take_if(draft.plan.list_work, [&](const ListWork& one) {
    return (is_same(name, one.recipient) || is_same(name, one.list)) &&
           keep({one.recipient, notify_unset, {}}, {});
  });
  take_if(draft.plan.deliveries, [&](const Delivery& one) {
    return (is_same(name, one.recipient) || is_same(name, one.user)) &&
           keep({one.recipient, one.notify, one.original_recipient}, {});
  });
  take_if(draft.plan.enqueue, [&](const Enqueue& one) {
    return is_same(name, one.recipient.address) && keep(one.recipient, {});
  });
  return taken;
}

bool has_recipients(const Draft& draft) {
  return !draft.open.empty() || !draft.targets.empty() || !draft.remote.empty() ||
         !draft.plan.list_work.empty() || !draft.plan.deliveries.empty() || !draft.plan.enqueue.empty();
}

bool is_verdict(const Decision& decision) {
  return decision.kind == Decision::Kind::accept || decision.kind == Decision::Kind::refuse ||
         decision.kind == Decision::Kind::drop;
}

class Carrier {
 public:
  Carrier(Draft& draft, const RoutingInput& in, const std::string& stage)
      : draft_(draft), in_(in), stage_(stage), rule_("script " + stage.substr(stage.find(':') + 1)) {}

  void carry_out(const Decision& decision) {
    switch (decision.kind) {
      case Decision::Kind::accept: return say(decision, "accepted");
      case Decision::Kind::refuse: return refuse_all(draft_, in_, stage_, decision.refusal, decision.where);
      case Decision::Kind::drop: return drop(decision);
      case Decision::Kind::redirect: return redirect(decision);
      case Decision::Kind::add_recipient: return add(decision);
      case Decision::Kind::remove_recipient: return remove(decision);
      case Decision::Kind::header: return change_header(decision);
      case Decision::Kind::folder: return set_folder(decision);
      case Decision::Kind::flag: return set_flag(decision);
      case Decision::Kind::hold:
      case Decision::Kind::priority: return set_queue(decision);
    }
  }

 private:
  void say(const Decision& decision, std::string text) {
    draft_.reason(stage_, rule_, decision.where, std::move(text));
  }

  void drop(const Decision& decision) {
    take(draft_, {});
    draft_.plan.generated.clear();
    draft_.dropped = draft_.plan.discard = true;
    say(decision, "dropped: " + decision.text);
  }

  /// Whether at least one target exists.
  bool send_to(const Decision& decision, const Taken& taken) {
    const Way way = std::make_shared<const Step>(Step{rule_, taken.way});
    bool any = false;
    for (const std::string& target : decision.targets)
      any |= Resolver(draft_, in_)
                 .apply_target(target, taken.recipient, way, {stage_.c_str(), rule_, decision.where});
    return any;
  }

  void redirect(const Decision& decision) {
    const std::vector<Taken> all = take(draft_, decision.name);
    for (const Taken& taken : all) {
      if (send_to(decision, taken)) continue;
      say(decision, taken.recipient.address + ": no target exists, the recipient stays");
      draft_.open.push_back(
          {taken.recipient, in_.directory.complete(split_address(taken.recipient.address))});
    }
    if (all.empty()) say(decision, decision.name + " is no recipient of this message");
  }

  void add(const Decision& decision) {
    // A copy: nobody waits for a report about it.
    const auto& recipients = in_.arrival.envelope.recipients;
    const std::string address = recipients.empty() ? decision.targets.front() : recipients.front().address;
    const EnvelopeRecipient recipient{address, notify_never, {}};
    if (!send_to(decision, {recipient, way_of(recipient)}))
      say(decision, decision.targets.front() + ": no such target");
  }

  void remove(const Decision& decision) {
    const auto taken = take(draft_, decision.name);
    say(decision,
        taken.empty() ? decision.name + " is no recipient of this message" : decision.name + ": removed");
    if (taken.empty() || has_recipients(draft_)) return;
    draft_.plan.discard = true;
    say(decision, "no recipient is left");
  }

  // ---- changes ----

  void change_header(const Decision& decision) {
    const HeaderEdit& edit = decision.header;
    draft_.outgoing_changes.header.push_back(edit);
    draft_.internal_changes.header.push_back(edit);
    for (Delivery& delivery : draft_.plan.deliveries) delivery.rendition = with(delivery.rendition, edit);
    for (Enqueue& entry : draft_.plan.enqueue) entry.rendition = with(entry.rendition, edit);
    say(decision,
        edit.kind == HeaderEdit::Kind::remove ? edit.name + ": removed" : edit.name + ": " + edit.value);
  }

  /// The number of the rendition with one edit more.
  int with(int number, const HeaderEdit& edit) {
    Rendition changes;
    if (number > 0) changes = draft_.plan.renditions[static_cast<std::size_t>(number) - 1];
    changes.header.push_back(edit);
    return draft_.rendition(changes);
  }

  /// Copies that a rule has put elsewhere stand in front of the delivery itself.
  void set_folder(const Decision& decision) {
    std::string folder;
    for (const Delivery& delivery : draft_.plan.deliveries)
      if (is_same(decision.name, delivery.user) && !delivery.quarantined) folder = delivery.folder;
    if (folder.empty()) return say(decision, decision.name + " has no copy of this message");
    for (Delivery& delivery : draft_.plan.deliveries)
      if (is_same(decision.name, delivery.user) && !delivery.quarantined && delivery.folder == folder)
        delivery.folder = decision.text;
    say(decision, decision.name + ": " + decision.text);
  }

  void set_flag(const Decision& decision) {
    for (Delivery& delivery : draft_.plan.deliveries)
      if (is_same(decision.name, delivery.user) &&
          std::find(delivery.flags.begin(), delivery.flags.end(), decision.text) == delivery.flags.end())
        delivery.flags.push_back(decision.text);
    say(decision, decision.name + ": flag " + decision.text);
  }

  void set_queue(const Decision& decision) {
    const bool hold = decision.kind == Decision::Kind::hold;
    for (Enqueue& entry : draft_.plan.enqueue) {
      if (hold)
        entry.hold_minutes = decision.number;
      else
        entry.priority = static_cast<int>(decision.number);
    }
    say(decision, hold ? "held for " + std::to_string(decision.number) + " minutes"
                       : "priority " + std::to_string(decision.number));
  }

  Draft& draft_;
  const RoutingInput& in_;
  const std::string& stage_;
  std::string rule_;
};

}  // namespace

void refuse_all(Draft& draft, const RoutingInput& input, const std::string& stage, const Refusal& refusal,
                const std::string& where) {
  for (const Taken& taken : take(draft, {}))
    refuse(draft, input, stage.c_str(), taken.recipient, refusal,
           "script " + stage.substr(stage.find(':') + 1), where);
  draft.plan.generated.clear();
  draft.dropped = true;
}

Draft apply_decisions(Draft draft, const RoutingInput& input, const std::string& stage,
                      const std::vector<Decision>& decisions) {
  Carrier carrier(draft, input, stage);
  const Decision* verdict = nullptr;
  for (const Decision& decision : decisions) {
    if (is_verdict(decision))
      verdict = &decision;
    else
      carrier.carry_out(decision);
  }
  if (verdict) carrier.carry_out(*verdict);
  return draft;
}

}  // namespace stagecoach::routing
