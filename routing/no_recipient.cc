#include "routing/no_recipient.h"

namespace stagecoach::routing {
namespace {

constexpr const char* k_stage = "recipients";
constexpr const char* k_rule = "no valid recipient";
constexpr const char* k_notice =
    "A collected message could not be delivered, because no valid recipient was found in its header section.";

class Outcome {
 public:
  Outcome(Draft& draft, const RoutingInput& input, const std::vector<EnvelopeRecipient>& invalid)
      : draft_(draft), input_(input), rules_(*input.facts.collector), invalid_(invalid) {}

  void run() {
    switch (rules_.on_no_recipient) {
      case NoRecipientAction::error_to_admin: error(input_.directory.main_administrator()); break;
      case NoRecipientAction::message_to_admin: message(input_.directory.main_administrator()); break;
      case NoRecipientAction::error_to: error(chosen()); break;
      case NoRecipientAction::message_to: message(chosen()); break;
      case NoRecipientAction::bounce: bounce(); break;
      case NoRecipientAction::ignore:
        draft_.plan.discard = true;
        say("discarded");
        break;
    }
    if (rules_.also_bounce && rules_.on_no_recipient != NoRecipientAction::bounce) bounce();
  }

 private:
  /// The chosen user; the main administrator when he does not exist, so that nothing is lost.
  const User* chosen() const {
    const User* user = input_.directory.find_user(split_address(rules_.on_no_recipient_target).local);
    return user ? user : input_.directory.main_administrator();
  }

  void error(const User* user) {
    if (!user) return nobody();
    draft_.plan.notices.push_back({to_lower(user->name), k_notice});
    say("error message to " + user->name);
  }

  void message(const User* user) {
    if (!user) return nobody();
    draft_.targets.push_back({to_lower(user->name), {user->name, notify_never, {}}});
    say("delivered to " + user->name);
  }

  void bounce() {
    if (input_.arrival.envelope.reverse_path.empty()) {
      draft_.plan.discard = true;  // a bounce of a bounce would go round for ever (RFC 5321 section 6.1)
      return say("not bounced: the return path is empty");
    }
    const double score = input_.facts.spam_score.value_or(0);
    if (rules_.bounce_spam_score > 0 && score >= rules_.bounce_spam_score) {
      draft_.plan.discard = true;
      return say("not bounced: the spam score is too high");
    }
    auto recipients = invalid_;
    if (recipients.empty())
      recipients.push_back(
          {"undisclosed-recipients@" + input_.directory.options().hostname, notify_unset, {}});
    for (EnvelopeRecipient& recipient : recipients)
      draft_.plan.bounces.push_back(
          {std::move(recipient), "5.1.1",
           "550 5.1.1 " + (rules_.bounce_text.empty() ? "No such recipient here" : rules_.bounce_text)});
    say("bounced to " + input_.arrival.envelope.reverse_path);
  }

  void nobody() {
    say("no user exists to be told; the message is returned");
    bounce();
  }

  void say(std::string text) { draft_.reason(k_stage, k_rule, rules_.where, std::move(text)); }

  Draft& draft_;
  const RoutingInput& input_;
  const CollectorRouting& rules_;
  const std::vector<EnvelopeRecipient>& invalid_;
};

}  // namespace

Draft route_without_recipient(Draft draft, const RoutingInput& input,
                              const std::vector<EnvelopeRecipient>& invalid) {
  Outcome(draft, input, invalid).run();
  return draft;
}

}  // namespace stagecoach::routing
