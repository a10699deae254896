#include "routing/autoresponder.h"

#include <algorithm>

#include "routing/autoresponder_compose.h"
#include "routing/autoresponder_conditions.h"
#include "routing/header_edit.h"
#include "routing/model/address.h"

namespace stagecoach::routing {
namespace {

constexpr std::string_view k_no_definition = "<None>";

/// The address in a field body that nobody has parsed: between angle brackets, else all of it.
std::string address_in(std::string_view body) {
  const auto close = body.find('>');
  const auto open = body.substr(0, close).rfind('<');
  if (close != std::string_view::npos && open != std::string_view::npos)
    return std::string(body.substr(open + 1, close - open - 1));
  const auto begin = std::min(body.find_first_not_of(" \t"), body.size());
  return std::string(body.substr(begin, body.find_first_of(" \t,;(", begin) - begin));
}

std::string address_of(const HeaderFields& header, std::string_view name) {
  for (const HeaderField& field : header)
    if (equals_ignoring_case(field.name, name))
      return field.addresses.empty() ? address_in(field.body) : field.addresses.front().text();
  return {};
}

/// The word before parameters and comments: "auto-replied; owner-email=…".
std::string first_word(std::string_view body) {
  const auto begin = std::min(body.find_first_not_of(" \t"), body.size());
  return to_lower(body.substr(begin, body.find_first_of(" \t;(", begin) - begin));
}

bool is_own(const User& user, const AutoresponseFacts& facts, std::string_view address) {
  const auto same = [&](std::string_view own) {
    if (own.find('@') != std::string_view::npos) return equals_ignoring_case(own, address);
    return !own.empty() &&
           equals_ignoring_case(std::string(own) + "@" + std::string(facts.default_domain), address);
  };
  const Profile& profile = *user.profile;
  const auto any = [&](const std::vector<std::string>& list) {
    return std::any_of(list.begin(), list.end(), same);
  };
  const auto mail = profile.address_book.find("mail");
  return same(facts.recipient) || same(user.name) || any(profile.aliases) ||
         any(profile.webmail.email_addresses) || any(profile.advanced.sender_addresses) ||
         (mail != profile.address_book.end() && same(mail->second));
}

const AutoresponderDefinition* find_definition(const std::vector<AutoresponderDefinition>& definitions,
                                               std::string_view name) {
  const auto found = std::find_if(
      definitions.begin(), definitions.end(),
      [&](const AutoresponderDefinition& entry) { return equals_ignoring_case(entry.name, name); });
  return found == definitions.end() ? nullptr : &*found;
}

}  // namespace

/// The checks in their order, each with its reason.
class AutoresponseRun {
 public:
  AutoresponseRun(const CompiledAutoresponder& compiled, const User& user, const AutoresponderPolicy& policy,
                  const std::vector<AutoresponderDefinition>& templates, const AutoresponseFacts& facts)
      : compiled_(*compiled.compiled_), user_(user), policy_(policy), templates_(templates), facts_(facts) {
    originator_ = address_of(facts.header, "From");
    if (originator_.empty()) originator_ = facts.reverse_path;
  }

  AutoresponseDecision run() {
    if (is_suppressed() || !is_triggered()) return std::move(decision_);
    const CompiledAnswerRule* rule = choose_rule();
    if (!rule) return std::move(decision_);
    const AutoresponderDefinition* definition = definition_of(*rule);
    if (definition) answer(*rule, *definition);
    return std::move(decision_);
  }

 private:
  void say(std::string rule, std::string where, std::string text) {
    decision_.reasons.push_back({"mailbox", std::move(rule), std::move(where), std::move(text)});
  }
  void say(std::string text) { say("autoresponder of " + user_.name, "", std::move(text)); }

  bool is_suppressed() {
    const auto submitted = first_word(first_body(facts_.header, "Auto-Submitted"));
    if (!submitted.empty() && submitted != "no") {
      say("no answer to an automatic message (Auto-Submitted: " + submitted + ")");
      return true;
    }
    if (const HeaderCondition* filter = first_match(compiled_.filters, facts_.header)) {
      say("no answer: header filter " + filter->text());
      return true;
    }
    return false;
  }

  bool is_triggered() {
    if (!compiled_.triggers_wanted) return true;
    const HeaderCondition* trigger = first_match(compiled_.triggers, facts_.header);
    say(trigger ? "header trigger " + trigger->text() : "no answer: no header trigger matches");
    return trigger != nullptr;
  }

  const CompiledAnswerRule* choose_rule() {
    const auto subject = first_body(facts_.header, "Subject");
    for (const CompiledAnswerRule& entry : compiled_.rules) {
      const AutoresponderRule& rule = entry.rule();
      if (rule.enabled && !entry.fault().empty())
        decision_.faults.push_back("the rule " + rule.name + " cannot match: " + entry.fault());
      const std::string why = entry.mismatch(facts_.now, originator_, subject);
      const std::string name = "autoresponder rule " + rule.name;
      say(name, rule.where.text(), why.empty() ? "matches: " + rule.autoresponder : "no: " + why);
      if (!why.empty()) continue;
      decision_.rule = rule.name;
      return &entry;
    }
    say("no answer: no rule matches");
    return nullptr;
  }

  const AutoresponderDefinition* definition_of(const CompiledAnswerRule& rule) {
    const std::string& name = rule.rule().autoresponder;
    if (equals_ignoring_case(name, k_no_definition)) {
      decision_.definition = k_no_definition;
      say("no answer: the rule wants none");
      return nullptr;
    }
    const auto* definition = find_definition(user_.profile->autoresponder.definitions, name);
    if (!definition) definition = find_definition(templates_, name);
    if (definition) {
      decision_.definition = definition->name;
      return definition;
    }
    say("no answer: there is no autoresponder " + name);
    decision_.faults.push_back("the rule " + rule.rule().name +
                               " names a definition that does not exist: " + name);
    return nullptr;
  }

  /// The sender, when he may be answered; else a reason.
  std::string sender_to_answer() {
    if (facts_.reverse_path.empty()) return refused("the message has no return path");
    std::string sender(facts_.reverse_path);
    if (!policy_.rfc3834) {
      const std::string reply_to = address_of(facts_.header, "Reply-To");
      sender = reply_to.empty() ? originator_ : reply_to;
    }
    if (sender.find('@') == std::string::npos && !facts_.default_domain.empty())
      sender += "@" + std::string(facts_.default_domain);
    if (is_own(user_, facts_, sender)) return refused(sender + " is the user himself");
    if (const std::string filter = compiled_.reply_filters.refusal(sender); !filter.empty())
      return refused("reply filter for " + sender + ": " + filter);
    return sender;
  }

  std::string refused(std::string why) {
    say("the sender is not answered: " + std::move(why));
    return {};
  }

  void answer(const CompiledAnswerRule& rule, const AutoresponderDefinition& definition) {
    auto addressees = expand_addresses(definition.send_response_to, definition, rule.rule());
    const std::string sender =
        addressees.empty() || definition.send_to_original_sender ? sender_to_answer() : std::string();
    if (!sender.empty()) addressees.push_back(sender);
    bool keep = definition.keep_original;
    if (addressees.empty()) {
      say("no answer: there is nobody to send it to");
      decision_.copy_original_to = expand_addresses(definition.copy_original_to, definition, rule.rule());
    } else {
      auto composed = compose_answer({user_, policy_, definition, rule, facts_, originator_, addressees});
      if (composed.lua_missing) say("<lua> elements were left out: scripts are not available");
      keep = composed.keep_original;
      for (std::string& fault : composed.faults) decision_.faults.push_back(std::move(fault));
      decision_.copy_original_to = std::move(composed.copy_original_to);
      const std::string key = to_lower(sender.empty() ? originator_ : sender);
      if (may_send(composed, definition, key)) send(std::move(composed), definition, key);
    }
    // A message that was neither answered nor passed on must not get lost.
    const bool done = decision_.response || too_soon_ || !decision_.copy_original_to.empty();
    decision_.keep_original = keep || !done;
    if (!decision_.keep_original) say("the original is not kept");
  }

  bool may_send(const ComposedAnswer& composed, const AutoresponderDefinition& definition,
                const std::string& key) {
    if (composed.veto || composed.recipients.empty()) {
      say(composed.veto ? "no answer: a script forbids it" : "no answer: a script left no recipient");
      return false;
    }
    if (!facts_.last_answer || composed.min_interval_hours == 0) return true;
    const auto hours = facts_.last_answer(definition.name, key);
    too_soon_ = hours && *hours < composed.min_interval_hours;
    if (too_soon_)
      say("no answer: " + key + " got one " + std::to_string(*hours) + " hours ago, less than " +
          std::to_string(composed.min_interval_hours));
    return !too_soon_;
  }

  void send(ComposedAnswer composed, const AutoresponderDefinition& definition, const std::string& key) {
    std::string to;
    for (const std::string& recipient : composed.recipients) to += (to.empty() ? "" : ", ") + recipient;
    say("autoresponder " + definition.name, definition.where.text(), "answers to " + to);
    decision_.response =
        AutoresponseDecision::Response{policy_.return_path, std::move(composed.recipients), key,
                                       composed.min_interval_hours, std::move(composed.mail)};
  }

  const CompiledAutoresponder::Compiled& compiled_;
  const User& user_;
  const AutoresponderPolicy& policy_;
  const std::vector<AutoresponderDefinition>& templates_;
  const AutoresponseFacts& facts_;
  std::string originator_;
  bool too_soon_ = false;
  AutoresponseDecision decision_;
};

AutoresponseDecision decide_autoresponse(const CompiledAutoresponder& compiled, const User& user,
                                         const AutoresponderPolicy& policy,
                                         const std::vector<AutoresponderDefinition>& templates,
                                         const AutoresponseFacts& facts) {
  if (compiled.empty()) return {};
  return AutoresponseRun(compiled, user, policy, templates, facts).run();
}

}  // namespace stagecoach::routing
