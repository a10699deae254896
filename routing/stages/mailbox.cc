// What happens to a message at each user it reaches: forwards and assistants, then his message rules, then
// his automatic answer, and in which folders it is stored. A user gets a message once, however he is reached.
#include <deque>
#include <unordered_map>
#include <unordered_set>

#include "routing/pipeline.h"
#include "routing/refuse.h"
#include "routing/resolver.h"
#include "routing/store_forward.h"
#include "routing/user_routing.h"

namespace stagecoach::routing {
namespace {

constexpr const char* k_stage = "mailbox";
constexpr const char* k_quarantine_folder = "Quarantine";
constexpr double k_quarantine_score = 100;
constexpr std::size_t k_users_max = 200'000;  // of one message; far beyond any list

class MailboxStage {
 public:
  MailboxStage(Draft& draft, const RoutingInput& in) : draft_(draft), in_(in) {}

  void run() {
    std::vector<std::pair<std::string, EnvelopeRecipient>> first;
    for (const Target& target : draft_.targets) first.emplace_back(target.user, target.recipient);
    for (take_targets(); !waiting_.empty(); take_targets()) {
      const Target target = std::move(waiting_.front());
      waiting_.pop_front();
      if (reached_.size() <= k_users_max) reach(target);
    }
    return_cycles(first);
  }

 private:
  struct Reached {
    std::optional<std::size_t> delivery;  // the first into INBOX or where a rule moved it
    bool served = false;                  // somebody has the message through this user
    std::vector<std::string> onward;      // users who get it instead of him
  };

  /// Users whom a forward has found wait behind those who are there already.
  void take_targets() {
    for (Target& target : std::exchange(draft_.targets, {})) waiting_.push_back(std::move(target));
  }

  void say(const User& user, std::string rule, std::string text) {
    draft_.reason(k_stage, std::move(rule), user.where.text(), std::move(text));
  }

  void reach(const Target& target) {
    const User* user = in_.directory.find_user(target.user);
    if (!user) return;  // the resolver takes names from this very directory
    const auto [place, is_new] = reached_.emplace(target.user, Reached{});
    Reached& reached = place->second;
    if (!is_new) return reach_again(*user, target, reached);
    const bool quarantine = would_quarantine(*user);
    if (route_onward(*user, target, quarantine, reached)) run_rules_of(*user, target, quarantine, reached);
  }

  /// A second recipient that asked for a success report is kept beside the first: storage makes one copy of
  /// equal (user, folder) pairs, and reports on both (RFC 3461).
  void reach_again(const User& user, const Target& target, const Reached& before) {
    if (!before.delivery) return say(user, "once", target.user + ": the message went on already");
    if ((target.recipient.notify & notify_success) == 0 ||
        draft_.plan.deliveries[*before.delivery].recipient == target.recipient.address)
      return say(user, "once", target.user + " gets the message once");
    Delivery second = draft_.plan.deliveries[*before.delivery];
    set_recipient(second, target.recipient);
    draft_.plan.deliveries.push_back(std::move(second));
  }

  bool would_quarantine(const User& user) const {
    if (!in_.facts.spam_score) return false;
    const std::string& threshold = user.profile->advanced.quarantine_threshold;
    if (threshold == "disabled") return false;
    const double limit =
        threshold.empty() || threshold == "global" ? k_quarantine_score : std::atof(threshold.c_str());
    return *in_.facts.spam_score >= limit;
  }

  /// Forwards, assistants and size rules. False: the user keeps no copy.
  bool route_onward(const User& user, const Target& target, bool quarantine, Reached& reached) {
    UserRoutingFacts facts;
    facts.now = in_.facts.local_now();
    facts.sender = {in_.arrival.envelope.reverse_path, draft_.sender_user};
    facts.as_assistant = target.as_assistant;
    facts.would_quarantine = quarantine;
    facts.has_size = in_.facts.has_message && in_.arrival.content;
    facts.size_bytes = facts.has_size ? in_.size_bytes() : 0;
    if (in_.facts.routing_script) facts.script = in_.facts.routing_script(user);
    if (facts.script) say(user, "routing.lua", user.name + ": forwarding as the script says");
    const UserRoutingDecision decision = decide_user_routing(user, facts, in_.directory);
    for (const std::string& note : decision.notes) say(user, "routing of " + user.name, note);
    if (decision.onward.empty()) return true;
    const Way way = std::make_shared<const Step>(Step{"user " + target.user, target.way});
    const std::size_t others_before = others(), again_before = draft_.again.size();
    bool any = false;
    for (const auto& [onward, rule, as_assistant] : decision.onward)
      any |=
          Resolver(draft_, in_)
              .apply_target(onward, target.recipient, way, {k_stage, rule, user.where.text(), as_assistant});
    if (decision.keep) return true;
    if (!any) {
      // Every target is gone: the mail stays with the user who can see that.
      say(user, "routing of " + user.name, "no target exists, the message stays here");
      return true;
    }
    reached.served = others() > others_before;
    for (const Target& onward : draft_.targets) reached.onward.push_back(onward.user);
    for (std::size_t i = again_before; i < draft_.again.size(); ++i) {
      const ListReach& list = draft_.expanded[draft_.again[i].list];
      reached.served |= list.others;
      reached.onward.insert(reached.onward.end(), list.users.begin(), list.users.end());
    }
    return false;
  }

  /// What left for somebody who is no user of this message.
  std::size_t others() const {
    return draft_.remote.size() + draft_.plan.list_work.size() + draft_.plan.refused.size() +
           draft_.plan.bounces.size() + draft_.discards;
  }

  void run_rules_of(const User& user, const Target& target, bool quarantine, Reached& reached) {
    const Directory::CompiledUser* compiled = in_.facts.has_message ? in_.directory.compiled(user) : nullptr;
    RuleOutcome outcome;
    outcome.quarantined = quarantine;
    if (compiled && !compiled->rules.empty()) {
      outcome = run_rules(compiled->rules, rule_facts(quarantine));
      for (const RuleReport& report : outcome.reports)
        draft_.reason(k_stage, "rule " + report.rule, report.where, user.name + ": " + report.text);
      forward_by_rule(user, target, outcome);
    }
    bool keep = !outcome.removed;
    if (compiled && !compiled->autoresponder.empty() && keep && !outcome.quarantined)
      keep = answer(user, target, *compiled);
    deliver(user, target, outcome, keep, reached);
  }

  RuleFacts rule_facts(bool quarantine) const {
    RuleFacts facts{.header = in_.facts.header};
    facts.kind = in_.arrival.origin.source == Source::system ? MessageKind::system
                 : draft_.local_sender                       ? MessageKind::local
                                                             : MessageKind::incoming;
    facts.body = in_.facts.body;
    facts.size_bytes = in_.size_bytes();
    facts.spam_score = in_.facts.spam_score;
    facts.quarantined = quarantine;
    facts.now = in_.facts.local_now();
    if (in_.facts.message_date) facts.message_date = in_.facts.local(*in_.facts.message_date);
    return facts;
  }

  void forward_by_rule(const User& user, const Target& target, const RuleOutcome& outcome) {
    const Way way = std::make_shared<const Step>(Step{"user " + target.user, target.way});
    for (const RuleForward& forward : outcome.forwards) {
      const std::size_t before = draft_.remote.size();
      Resolver(draft_, in_)
          .apply_target(forward.address, target.recipient, way,
                        {k_stage, "message rule of " + user.name, user.where.text(), true});
      for (std::size_t i = before; i < draft_.remote.size(); ++i)
        if (!forward.sender.empty()) draft_.remote[i].reverse_path = forward.sender;
    }
  }

  /// The automatic answer. False: the message itself is not kept.
  bool answer(const User& user, const Target& target, const Directory::CompiledUser& compiled) {
    AutoresponseFacts facts{.header = in_.facts.header};
    facts.now = in_.facts.local_now();
    facts.reverse_path = in_.arrival.envelope.reverse_path;
    facts.recipient = target.recipient.address;
    facts.default_domain = in_.directory.options().default_domain;
    if (const auto& matches = in_.facts.autoresponse_matches)
      facts.matches = [&](std::string_view rule) { return matches(user.name, rule); };
    facts.run_lua = in_.facts.autoresponse_lua;
    facts.run_global = in_.facts.autoresponse_script;
    const Policy& policy = in_.directory.policy();
    AutoresponseDecision decision = decide_autoresponse(compiled.autoresponder, user, policy.autoresponder,
                                                        policy.autoresponder_templates, facts);
    for (Reason& reason : decision.reasons) draft_.plan.reasons.push_back(std::move(reason));
    if (!decision.rule.empty()) draft_.plan.answer_matches.push_back({to_lower(user.name), decision.rule});
    for (std::string& fault : decision.faults)
      draft_.plan.answer_faults.push_back({to_lower(user.name), decision.definition, std::move(fault)});
    const Way way = std::make_shared<const Step>(Step{"user " + target.user, target.way});
    for (const std::string& address : decision.copy_original_to)
      Resolver(draft_, in_)
          .apply_target(address, target.recipient, way,
                        {k_stage, "autoresponder of " + user.name, user.where.text(), true});
    if (decision.response) add_response(user, std::move(decision));
    return decision.keep_original;
  }

  void add_response(const User& user, AutoresponseDecision decision) {
    Generated response;
    response.purpose = "autoresponse";
    response.reverse_path = std::move(decision.response->reverse_path);
    response.recipients = std::move(decision.response->recipients);
    response.composed = std::move(decision.response->mail);
    response.memory = Generated::Memory{to_lower(user.name), decision.definition, decision.rule,
                                        decision.response->sender, decision.response->min_interval_hours};
    draft_.plan.generated.push_back(std::move(response));
  }

  static void set_recipient(Delivery& delivery, const EnvelopeRecipient& recipient) {
    delivery.recipient = recipient.address;
    delivery.original_recipient = recipient.original_recipient;
    delivery.notify = recipient.notify;
  }

  void deliver(const User& user, const Target& target, const RuleOutcome& outcome, bool keep,
               Reached& reached) {
    reached.served = true;
    Rendition changes = draft_.internal_changes;
    changes.header.insert(changes.header.end(), outcome.header.begin(), outcome.header.end());
    Delivery delivery;
    delivery.user = target.user;
    delivery.flags = outcome.flags();
    delivery.rendition = draft_.rendition(changes);
    for (const std::string& folder : outcome.copy_folders) {
      Delivery copy = delivery;
      copy.folder = folder;
      copy.recipient = target.recipient.address;
      copy.notify = notify_never;
      say(user, "folder", target.user + ": " + folder);
      draft_.plan.deliveries.push_back(std::move(copy));
    }
    if (!keep) {
      draft_.plan.discard = true;
      return say(user, "not kept", target.user + ": nothing is stored in INBOX");
    }
    if (outcome.quarantined) {
      delivery.folder = k_quarantine_folder;
      delivery.quarantined = true;
    } else if (outcome.move_folder) {
      delivery.folder = *outcome.move_folder;
    }
    set_recipient(delivery, target.recipient);
    const bool inactive = !in_.directory.is_active(user, in_.facts.today());
    say(user, inactive ? "inactive user" : "folder",
        target.user + ": " + delivery.folder + (inactive ? ", stored although the user cannot log in" : ""));
    reached.delivery = draft_.plan.deliveries.size();
    store_and_forward(draft_, user, delivery);
    draft_.plan.deliveries.push_back(std::move(delivery));
  }

  /// A user is served when somebody has the message through him.
  void find_served() {
    for (bool changed = true; changed;) {
      changed = false;
      for (auto& [name, reached] : reached_)
        if (!reached.served &&
            std::any_of(reached.onward.begin(), reached.onward.end(), [&](const std::string& next) {
              const auto found = reached_.find(next);
              return found != reached_.end() && found->second.served;
            }))
          changed = reached.served = true;
    }
  }

  bool is_served(const std::string& user) const {
    const auto found = reached_.find(user);
    return found == reached_.end() || found->second.served;
  }

  /// Whether somebody else has the message because of this recipient: another member of the list, a remote
  /// address, a mailing list.
  bool has_others(const EnvelopeRecipient& recipient,
                  const std::vector<std::pair<std::string, EnvelopeRecipient>>& first) const {
    const std::string root = "to " + recipient.address;
    const auto oldest = [](const Way& way) {
      const Step* step = way.get();
      while (step && step->before) step = step->before.get();
      return step ? std::string_view(step->name) : std::string_view();
    };
    return std::any_of(first.begin(), first.end(),
                       [&](const auto& one) {
                         return one.second.address == recipient.address && is_served(one.first);
                       }) ||
           std::any_of(draft_.remote.begin(), draft_.remote.end(),
                       [&](const RemoteRecipient& remote) { return oldest(remote.way) == root; }) ||
           std::any_of(draft_.plan.list_work.begin(), draft_.plan.list_work.end(),
                       [&](const ListWork& work) { return work.recipient == recipient.address; }) ||
           std::any_of(draft_.again.begin(), draft_.again.end(), [&](const ReachedAgain& again) {
             return again.recipient == recipient.address && is_list_served(draft_.expanded.at(again.list));
           });
  }

  bool is_list_served(const ListReach& list) const {
    return list.others || std::any_of(list.users.begin(), list.users.end(),
                                      [&](const std::string& user) { return is_served(user); });
  }

  /// Forwards that only lead round. The sender gets the message back when nobody at all has it; beside others
  /// who have it, it stays with the user whose forward goes round.
  void return_cycles(const std::vector<std::pair<std::string, EnvelopeRecipient>>& first) {
    find_served();
    std::unordered_set<std::string> returned;
    for (const auto& [name, recipient] : first) {
      if (is_served(name)) continue;
      if (has_others(recipient, first)) {
        const User* user = in_.directory.find_user(name);
        Reached& reached = reached_[name];
        say(*user, "cycle", name + ": forwarding leads back to itself, the message stays here");
        deliver(*user, {name, recipient, {}}, {}, true, reached);
      } else if (returned.insert(recipient.address).second) {
        refuse(draft_, in_, k_stage, recipient, {550, "5.4.6", "Forwarding leads back to itself"}, "cycle");
      }
    }
  }

  Draft& draft_;
  const RoutingInput& in_;
  std::deque<Target> waiting_;
  std::unordered_map<std::string, Reached> reached_;
};

}  // namespace

Draft mailbox(Draft draft, const RoutingInput& in) {
  MailboxStage(draft, in).run();
  return draft;
}

}  // namespace stagecoach::routing
