#include "routing/user_routing.h"

#include <algorithm>

#include "routing/time_window.h"

namespace stagecoach::routing {
namespace {

/// A window that cannot be read never holds: `check` reports it, and mail stays where it is.
bool is_open(const TimeWindow& window, LocalTime now) {
  const auto parsed = DailyWindow::parse(window);
  return parsed && parsed->contains(now);
}

class Decider {
 public:
  Decider(const User& user, const UserRoutingFacts& facts, const Directory& directory)
      : user_(user), routing_(user.profile->routing), facts_(facts), directory_(directory) {
    if (!facts.script) return;
    if (facts.script->assistants) routing_.assistants = *facts.script->assistants;
    if (facts.script->forward_to) {
      // The script has looked at the time itself.
      routing_.forward_to = *facts.script->forward_to;
      routing_.use_forwarding = true;
      routing_.forward_window = {};
    }
  }

  UserRoutingDecision run() {
    if (facts_.would_quarantine && routing_.no_forward_if_quarantined && has_any()) {
      decision_.notes.push_back("no forward and no assistant: the message is quarantined");
      return std::move(decision_);
    }
    const bool forwarded = forward();
    assist(forwarded);
    by_size(routing_.size_ge, facts_.size_bytes >= routing_.size_ge.kb * 1024, "at least");
    by_size(routing_.size_le, facts_.size_bytes <= routing_.size_le.kb * 1024, "at most");
    if (facts_.script && facts_.script->keep) decision_.keep = *facts_.script->keep;
    return std::move(decision_);
  }

 private:
  bool has_any() const { return !routing_.assistants.empty() || !routing_.forward_to.empty(); }

  void add(const std::vector<std::string>& targets, const std::string& rule, bool as_assistant) {
    for (const std::string& target : targets) decision_.onward.push_back({target, rule, as_assistant});
  }

  bool forward() {
    if (routing_.forward_to.empty()) return false;
    if (!routing_.use_forwarding) return note("forwarding is switched off");
    if (!is_open(routing_.forward_window, facts_.now)) return note("outside the times of the forward");
    add(routing_.forward_to, "forward of " + user_.name, false);
    decision_.keep = false;
    return true;
  }

  void assist(bool forwarded) {
    if (routing_.assistants.empty()) return;
    // An assistant who checks mail and passes it on must reach the user; and assistants have no assistants,
    // or one message could go round an office.
    if (facts_.as_assistant) return void(note("assistants of an assistant get nothing"));
    const bool from_assistant = std::any_of(
        routing_.assistants.begin(), routing_.assistants.end(),
        [&](const std::string& assistant) { return is_same_person(assistant, facts_.sender, directory_); });
    if (from_assistant) return void(note("comes from an assistant"));
    if (!is_open(routing_.assistant_window, facts_.now))
      return void(note("outside the times of the assistants"));
    add(routing_.assistants, "assistant of " + user_.name, true);
    if (routing_.redirect_to_assistant && !forwarded) decision_.keep = false;
  }

  void by_size(const SizeRouting& rule, bool matches, const char* how) {
    if (rule.kb <= 0 || rule.targets.empty() || !facts_.has_size || !matches) return;
    add(rule.targets,
        std::string("size rule of ") + user_.name + ", " + how + " " + std::to_string(rule.kb) + " kB", true);
    if (rule.action == CopyMode::redirect) decision_.keep = false;
  }

  bool note(const char* text) {
    decision_.notes.push_back(text);
    return false;
  }

  const User& user_;
  UserRouting routing_;
  const UserRoutingFacts& facts_;
  const Directory& directory_;
  UserRoutingDecision decision_;
};

}  // namespace

UserRoutingDecision decide_user_routing(const User& user, const UserRoutingFacts& facts,
                                        const Directory& directory) {
  return Decider(user, facts, directory).run();
}

}  // namespace stagecoach::routing
