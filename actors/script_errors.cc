#include "actors/script_errors.h"

#include <algorithm>
#include <map>

#include "actors/admin_message.h"
#include "actors/database.h"
#include "actors/fault_throttle.h"
#include "actors/serialisation.h"
#include "routing/autoresponder_values.h"
#include "routing/list_rules.h"
#include "storage/script_error_repository.h"

namespace stagecoach {

namespace {

using namespace std::chrono_literals;

constexpr auto k_pause = 1s;                 // between two batches
constexpr std::size_t k_pending_max = 1000;  // different texts of one batch
constexpr std::int64_t k_entries_max = 1000;
constexpr std::int64_t k_days = 14;
constexpr std::int64_t k_day = 24LL * 3600 * 1'000'000;  // microseconds
constexpr std::int64_t k_told_seconds = 3600;
constexpr std::size_t k_told_max = 20;

class ScriptErrors : public ScriptErrorsActor::base {
 public:
  ScriptErrors(caf::actor_config& config, Node& node) : ScriptErrorsActor::base(config), node_(node) {}

  behavior_type make_behavior() override {
    return {[this](const ScriptFailed& failed) { add(failed); },
            [this](const AnswerFailed& failed) { tell(failed); },
            [this](const ProgramFailed& failed) { tell(failed); }, [this](caf::tick_atom) { write(); }};
  }
  const char* name() const override { return "script_errors"; }

 private:
  void add(const ScriptFailed& failed) {
    // A script may put texts of strangers into its errors; the database's index has a limit of bytes, too.
    std::string text = storage::clean_text(routing::single_line(failed.text));
    const auto known = pending_.find(text);
    if (known == pending_.end() && pending_.size() >= k_pending_max) return;
    if (pending_.empty()) delayed_send(this, k_pause, caf::tick_atom_v);
    storage::ScriptErrorEntry& entry = known == pending_.end() ? pending_[text] : known->second;
    const std::int64_t now = now_microseconds();
    if (entry.count++ == 0) {
      entry.text = std::move(text);
      entry.first_at = now;
    }
    entry.last_at = now;
    entry.message = failed.message;
  }

  void write() {
    if (std::exchange(writing_, true)) return delayed_send(this, k_pause, caf::tick_atom_v);
    ask_database<std::int64_t>(
        this, node_.handles()->database,
        [entries = std::exchange(pending_, {})](storage::Database& database) -> Result<std::int64_t> {
          storage::ScriptErrorRepository repository(database);
          for (const auto& [text, entry] : entries)
            if (auto added = repository.add(entry); !added) return std::move(added.error());
          return repository.prune(now_microseconds() - k_days * k_day, k_entries_max);
        },
        [this](Result<std::int64_t> done) {
          writing_ = false;
          if (!done) node_.log.warning("script", "", done.error().text());
        });
  }

  void tell(const AnswerFailed& failed) {
    const auto& [user, definition, text] = failed.fault;
    const std::string what =
        "automatic answers of " + user + (definition.empty() ? "" : ", " + definition) + ": " + text;
    node_.log.warning("autoresponder", std::to_string(failed.message.value), what);
    const auto directory = node_.directory();
    if (!directory || !throttle_.allow(what, now_seconds())) return;
    const User* target = routing::message_target(*directory, "Autoresponder");
    if (!target) return;
    send_to_user(node_, *directory, *target, "autoresponder error",
                 {"Error in an automatic answer of " + user,
                  "An automatic answer does not work as it is set.\n\nUser: " + user +
                      (definition.empty() ? "" : "\nDefinition: " + definition) + "\nError: " + text +
                      "\nMessage: " + std::to_string(failed.message.value) +
                      "\n\nThe same error is told again after an hour at the earliest.\n"});
  }

  void tell(const ProgramFailed& failed) {
    const auto directory = node_.directory();
    const std::string fault = failed.program + ": " + routing::single_line(failed.text);
    if (!directory || !throttle_.allow(fault, now_seconds())) return;
    const User* target = routing::message_target(*directory, "ExternalRouterError");
    if (!target) return;
    send_to_user(node_, *directory, *target, "program error",
                 {"A program that looks at messages has failed",
                  "The program of [programs] " + failed.program +
                      " has failed. Its message went on as it was.\n\nError: " + failed.text +
                      "\nMessage: " + std::to_string(failed.message.value) +
                      "\n\nThe same error is told again after an hour at the earliest.\n"});
  }

  Node& node_;
  std::map<std::string, storage::ScriptErrorEntry> pending_;
  bool writing_ = false;
  FaultThrottle throttle_{k_told_seconds, k_told_max};
};

}  // namespace

void report_script_error(Node& node, const Error& error, MessageId message) {
  node.log.error("script", message ? std::to_string(message.value) : "", error.text());
  if (const RouterActor router = node.handles()->router)
    caf::anon_send(caf::actor_cast<FailuresActor>(router), ScriptFailed{error.text(), message});
}

void report_program_error(Node& node, ProgramFailed failed) {
  node.log.error("program", std::to_string(failed.message.value), failed.text);
  if (const RouterActor router = node.handles()->router)
    caf::anon_send(caf::actor_cast<FailuresActor>(router), std::move(failed));
}

ScriptErrorsActor spawn_script_errors(caf::local_actor* parent, Node& node) {
  return parent->system().spawn<ScriptErrors>(std::ref(node));
}

}  // namespace stagecoach
