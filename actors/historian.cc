#include "actors/historian.h"

#include <algorithm>

#include "actors/database.h"
#include "actors/history_steps.h"
#include "actors/local_day.h"
#include "actors/serialisation.h"
#include "actors/summary_report.h"

namespace stagecoach {

namespace {

using namespace std::chrono_literals;
using routing::LocalDay;
using storage::HistoryRepository;

constexpr std::chrono::milliseconds k_first_look = 1s, k_interval = 5s;
constexpr std::chrono::milliseconds k_pause = 50ms, k_busy_pause = 400ms;  // when more waits
constexpr std::int64_t k_busy_requests = 200;                              // a second
constexpr std::int64_t k_wait_max = 15 * 60 * 1'000'000LL;                 // microseconds
constexpr std::int64_t k_busy_writes = 20;  // so many requests wait for a commit: mail comes first
constexpr std::int64_t k_second = 1'000'000, k_minute = 60 * k_second, k_hour = 60 * k_minute;
constexpr std::int64_t k_late_span = k_hour, k_late_interval = 10 * k_minute;
constexpr std::int64_t k_slice_first = k_hour, k_slice_min = k_minute, k_slice_max = 6 * k_hour;
constexpr std::int64_t k_sessions = 2000, k_pruned_rows = 5000, k_counted_max = 100'000;
constexpr int k_reported_days_max = 7;  // of those that went by while the server was down

/// A look is a chain of pieces of work, each of which begins the next; at its end it sets the clock for the
/// next look. So there is never more than one piece under way.
class Historian : public HistorianActor::base {
 public:
  Historian(caf::actor_config& config, Node& node)
      : HistorianActor::base(config),
        node_(node),
        data_folder_(node.config()->resolve(node.config()->server.data_dir)),
        mail_log_(data_folder_) {}

  behavior_type make_behavior() override {
    delayed_send(this, k_first_look, caf::tick_atom_v);
    return {[this](caf::tick_atom) { look(); }};
  }
  const char* name() const override { return "historian"; }

 private:
  template <class T>
  void ask(std::function<Result<T>(storage::Database&)> work, std::function<void(T)> then) {
    ask_database<T>(this, node_.handles()->database, std::move(work), [this, then](Result<T> result) {
      if (!result) {
        warn(result.error());
        return rest(k_interval);
      }
      then(std::move(*result));
    });
  }
  void ask(std::function<Result<void>(HistoryRepository&)> work, std::function<void()> then) {
    ask<bool>(
        [work = std::move(work)](storage::Database& database) -> Result<bool> {
          HistoryRepository history(database);
          if (auto done = work(history); !done) return std::move(done.error());
          return true;
        },
        [then = std::move(then)](bool) { then(); });
  }

  /// What goes wrong every few seconds is said once.
  void warn(const Error& error) {
    if (std::exchange(warned_, error.text()) != error.text()) node_.log.warning("history", "", error.text());
  }
  void rest(std::chrono::milliseconds pause) { delayed_send(this, pause, caf::tick_atom_v); }

  void look() {
    config_ = node_.config();
    node_.counters.history_active = config_->history.enabled ? 1 : 0;
    node_.ended_sessions.keep(config_->history.enabled);
    const bool off = !config_->history.enabled, was_off = std::exchange(off_, off);
    if (off || was_off) return pass_over(off != was_off);
    if (mail_comes_first()) return write_sessions([this] { count(k_interval); });
    ask<HistoryStep>([now = now_microseconds(),
                      slice = slice_](storage::Database& database) { return move_on(database, now, slice); },
                     [this](HistoryStep step) { moved(std::move(step)); });
  }

  /// Much mail goes through at this moment: what is only remembered waits for a quieter one, though not for
  /// ever.
  bool mail_comes_first() {
    const std::int64_t now = now_microseconds(), requests = node_.counters.commit_requests;
    const std::int64_t passed = std::max(now - std::exchange(last_look_, now), k_second);
    const std::int64_t rate = (requests - std::exchange(last_requests_, requests)) * k_second / passed;
    return rate > k_busy_requests && position_ > 0 && now - position_ < k_wait_max;
  }

  /// Without history: what happens now is not in it later either.
  void pass_over(bool at_once) {
    node_.counters.history_waiting = 0;
    const std::int64_t now = now_microseconds();
    if (!at_once && now < next_pass_) return rest(k_interval);
    next_pass_ = now + k_minute;
    ask(
        [now](HistoryRepository& history) -> Result<void> {
          if (auto passed = history.pass_over(now); !passed) return passed;
          return history.set_summarised(routing::day_text(local_day_of(now) - std::chrono::days(1)));
        },
        [this] { prune(); });
  }

  void moved(HistoryStep step) {
    if (step.found >= k_step_rows)
      slice_ = std::max(slice_ / 2, k_slice_min);
    else if (step.found < k_step_rows / 4)
      slice_ = std::min(slice_ * 2, k_slice_max);
    position_ = step.until;
    summarised_ = step.summarised;
    const bool behind = step.behind;
    log(step);
    const auto pause = node_.counters.waiting_writes > k_busy_writes ? k_busy_pause : k_pause;
    write_sessions([this, behind, pause] { behind ? count(pause) : look_late(); });
  }

  void log(const HistoryStep& step) {
    const bool keep = config_->summary.keep_mail_log;
    auto done = mail_log_.begin_day(std::max(day_begun_, local_day_of(step.from)), keep);
    if (done) done = mail_log_.append(step.lines, keep);
    day_begun_ = local_day_of(position_);
    if (done) done = mail_log_.begin_day(day_begun_, keep);
    if (!done) warn(done.error());
  }

  void write_sessions(std::function<void()> then) {
    if (const std::int64_t dropped = node_.ended_sessions.take_dropped(); dropped > 0)
      node_.log.warning("history", "", std::to_string(dropped) + " sessions were too many to be remembered");
    auto taken = std::make_shared<std::vector<EndedSession>>(node_.ended_sessions.take(k_sessions));
    if (taken->empty()) return then();
    ask_database<bool>(
        this, node_.handles()->database,
        [sessions =
             history_sessions(*taken, node_.directory())](storage::Database& database) -> Result<bool> {
          if (auto done = HistoryRepository(database).add_sessions(sessions); !done)
            return std::move(done.error());
          return true;
        },
        [this, taken, then](Result<bool> done) {
          if (done) return taken->size() < k_sessions ? then() : write_sessions(then);
          warn(done.error());
          node_.ended_sessions.give_back(std::move(*taken));
          rest(k_interval);
        });
  }

  // ---- what came late ----

  void look_late() {
    const std::int64_t now = now_microseconds();
    if (now < next_late_) return report();
    next_late_ = now + k_late_interval;
    look_back_from(position_ - k_late_span, position_, [this] { report(); });
  }

  void look_back_from(std::int64_t from, std::int64_t until, std::function<void()> then) {
    if (from >= until) return then();
    ask<HistoryStep>([from, until](storage::Database& database) { return look_back(database, from, until); },
                     [this, until, then](HistoryStep step) {
                       log(step);
                       look_back_from(step.until, until, then);
                     });
  }

  // ---- the report about a day ----

  void report() {
    const LocalDay today = local_day_of(position_);
    const LocalDay yesterday = today - std::chrono::days(1);
    const auto last = routing::parse_day(summarised_);
    // A history that begins has no days behind it; without the report they pass in silence.
    if (!last || !config_->summary.enabled) {
      if (last && *last >= yesterday) return prune();
      return note_day(yesterday, [this] { prune(); });
    }
    const LocalDay day =
        std::max(*last + std::chrono::days(1), today - std::chrono::days(k_reported_days_max));
    if (day >= today || now_microseconds() < next_report_) return prune();
    next_report_ = now_microseconds() + 5 * k_minute;  // when this one fails
    look_back_from(begin_of_day(day), begin_of_day(day + std::chrono::days(1)),
                   [this, day, yesterday] { write_report(day, day == yesterday); });
  }

  void write_report(LocalDay day, bool yesterday) {
    const auto directory = node_.directory();
    if (!directory) return prune();
    const std::string purpose = "daily summary " + routing::day_text(day);
    ask<DayOver>([facts = summary_facts(node_, *directory, day), purpose,
                  folder = config_->summary.keep_raw ? data_folder_ : std::string()](
                     storage::Database& database) { return end_day(database, facts, purpose, folder); },
                 [this, directory, day, yesterday, purpose](DayOver over) {
                   // The server may have been down for days: only the last one is reported when nothing
                   // happened.
                   if (over.made || (over.usage.totals.empty() && !yesterday)) return reported(day);
                   send_report(*directory, day, over.usage, purpose);
                 });
  }

  void send_report(const routing::Directory& directory, LocalDay day, const routing::UsageDay& usage,
                   const std::string& purpose) {
    const User* user = summary_recipient(*config_, directory);
    if (!user) return reported(day);
    if (!config_->summary.to.empty() && !equals_ignoring_case(user->name, config_->summary.to))
      node_.log.warning(
          "history", "",
          "there is no user " + config_->summary.to + " (summary.to): " + user->name + " gets the summary");
    RouteMessage message;
    message.arrival = summary_arrival(node_, directory, *user, usage, purpose);
    request(node_.handles()->router, caf::infinite, std::move(message))
        .then(
            [this, day, name = user->name](const RouteResult& result) {
              if (!result.accepted) {
                warn(unavailable("the summary was not stored: " + result.reply.text));
                return prune();
              }
              node_.log.info("history", "",
                             "the summary for " + routing::day_text(day) + " is in the mail for " + name);
              reported(day);
            },
            [this](const caf::error&) {
              warn(unavailable("the router has ended"));
              prune();
            });
  }

  void reported(LocalDay day) {
    next_report_ = 0;
    note_day(day, [this] { prune(); });
  }
  void note_day(LocalDay day, std::function<void()> then) {
    ask([text = routing::day_text(day)](HistoryRepository& history) { return history.set_summarised(text); },
        std::move(then));
  }

  // ---- the rest of a look ----

  void prune() {
    const std::int64_t now = now_microseconds();
    if (now < next_prune_) return count(k_interval);
    const std::int64_t before = now - config_->history.days * 24 * k_hour;
    ask<std::int64_t>(
        [before](storage::Database& database) {
          return HistoryRepository(database).prune(before, k_pruned_rows);
        },
        [this, now](std::int64_t removed) {
          if (removed < k_pruned_rows) next_prune_ = now + k_hour;
          count(k_interval);
        });
  }

  /// How much waits, for `stagecoach status`.
  void count(std::chrono::milliseconds pause) {
    const std::int64_t now = now_microseconds();
    if (!config_->history.enabled || (pause < k_interval && now < next_count_)) return rest(pause);
    next_count_ = now + 5 * k_second;
    ask<std::int64_t>(
        [position = position_](storage::Database& database) {
          return HistoryRepository(database).waiting(position, k_counted_max);
        },
        [this, pause](std::int64_t rows) {
          node_.counters.history_waiting = rows + static_cast<std::int64_t>(node_.ended_sessions.size());
          warned_.clear();
          rest(pause);
        });
  }

  Node& node_;
  ConfigPtr config_;
  std::string data_folder_;
  MailLog mail_log_;
  std::int64_t position_ = 0;  // trace rows of this time and before are in the history
  std::int64_t slice_ =
      k_slice_first;        // how much of the trace a step looks at: much of it where little happened
  std::string summarised_;  // the last day that was reported
  LocalDay day_begun_{};
  std::int64_t next_late_ = 0, next_report_ = 0, next_prune_ = 0, next_count_ = 0, next_pass_ = 0;
  std::int64_t last_look_ = 0, last_requests_ = 0;
  std::string warned_;
  bool off_ = false;
};

}  // namespace

HistorianActor spawn_historian(caf::actor_system& system, Node& node) {
  return system.spawn<Historian, caf::detached>(std::ref(node));
}

}  // namespace stagecoach
