#include "actors/connections.h"

#include <mutex>
#include <set>

#include "actors/collector_runs.h"
#include "actors/connection_results.h"
#include "actors/imap_watch.h"
#include "actors/left_links.h"
#include "actors/link.h"
#include "actors/serialisation.h"

namespace stagecoach {

namespace {

constexpr auto k_watch = std::chrono::milliseconds(500);

std::string text_of(const conf::CollectorSettings& settings, const CollectReport& report) {
  return "collector " + settings.name + ": " + report.last_result + "; fetched " +
         std::to_string(report.fetched) + ", deleted " + std::to_string(report.deleted) + ", left " +
         std::to_string(report.left) +
         (report.duplicates ? ", duplicates " + std::to_string(report.duplicates) : "") +
         (report.failed ? ", failed " + std::to_string(report.failed) : "");
}

class Connections : public ConnectionsActor::base {
 public:
  Connections(caf::actor_config& config, Node& node, ResolverActor resolver)
      : ConnectionsActor::base(config),
        node_(node),
        config_(node.config()),
        results_(this, node),
        left_links_(this, node),
        collectors_(this, node, resolver),
        watches_(node, std::move(resolver)) {}

  behavior_type make_behavior() override {
    watches_.update(*config_);
    results_.load([this] { results_.forget_others(*config_); });
    left_links_.find([] {});
    return {[this](const RunConnection& run) -> caf::result<ConnectionReport> {
              auto promise = make_response_promise<ConnectionReport>();
              start(run, promise);
              return promise;
            },
            [this](const CollectNow& now) -> caf::result<CollectNowResult> {
              auto promise = make_response_promise<CollectNowResult>();
              collect_now(now.collector, promise);
              return promise;
            },
            [this](const ListConnections&) -> caf::result<ConnectionListing> {
              auto promise = make_response_promise<ConnectionListing>();
              results_.load([this, promise]() mutable { promise.deliver(listing()); });
              return promise;
            },
            [this](const SendUrgent& urgent) { send_urgent(urgent.id); },
            [this](const SentAtOnce& sent) {
              if (find(sent.connection)) results_.sent_at_once(sent.connection, sent.report);
            },
            [this](const SaveResults&) { results_.save(); },
            [this](const ConfigChanged& change) {
              config_ = change.config;
              watches_.update(*config_);
              results_.forget_others(*config_);
            },
            [this](caf::tick_atom) {
              watching_ = false;
              watch_senders();
            }};
  }
  void on_exit() override {
    watches_.end();
    collectors_.end();
    left_links_.end();
    for (auto& [name, run] : std::exchange(runs_, {}))
      if (auto link = std::move(run->link)) link->abandon();
  }
  const char* name() const override { return "connections"; }

 private:
  using Say = std::function<void(const std::string&)>;

  /// Those who follow a run; more may come while it goes on.
  class Watchers {
   public:
    void add(Say watcher) {
      const std::lock_guard lock(mutex_);
      if (watcher) all_.push_back(std::move(watcher));
    }
    bool any() {
      const std::lock_guard lock(mutex_);
      return !all_.empty();
    }
    void tell(const std::string& line) {
      const std::lock_guard lock(mutex_);
      for (const Say& watcher : all_) watcher(line);
    }

   private:
    std::mutex mutex_;
    std::vector<Say> all_;
  };

  /// One run under way.
  struct Run {
    RunConnection request;
    std::shared_ptr<Watchers> watchers = std::make_shared<Watchers>();
    Say status;  // tells whoever follows it
    ConnectionReport report;
    std::vector<caf::typed_response_promise<ConnectionReport>> promises;
    std::vector<conf::CollectorSettings> collectors;
    std::unique_ptr<Link> link;
    std::int64_t sending = 0;  // messages in the queue when its sender began
    std::int64_t sent = 0;     // of them, as told last
    bool sender_done = false, collectors_done = false;
    bool tried = false, connected = false;  // TCP connections
    std::set<std::string> before;           // connections of this chain of fallbacks
  };
  using RunPtr = std::shared_ptr<Run>;

  const conf::ConnectionSettings* find(const std::string& name) const {
    for (const conf::ConnectionSettings& connection : config_->connections)
      if (connection.name == name) return &connection;
    return nullptr;
  }

  ConnectionListing listing() const {
    ConnectionListing listing;
    for (const conf::ConnectionSettings& connection : config_->connections) {
      ConnectionStatus status = results_.status(connection.name);
      status.running = runs_.contains(connection.name);
      const auto begun = begun_.find(connection.name);
      status.last_begin = begun == begun_.end() ? status.last_run : begun->second;
      listing.connections.push_back(std::move(status));
    }
    return listing;
  }

  /// Tells the watchers, and the log when it is to have every status message. From any thread.
  Say status_of(const std::string& connection, std::shared_ptr<Watchers> watchers) {
    return [this_node = &node_, connection, watchers = std::move(watchers)](const std::string& line) {
      watchers->tell(line);
      if (this_node->config()->log.log_status)
        this_node->log.info("connection", "", connection + ": " + line);
    };
  }

  void start(const RunConnection& request, caf::typed_response_promise<ConnectionReport> promise) {
    if (!find(request.name)) {
      promise.deliver(ConnectionReport{
          Outcome::failure(not_found("there is no connection \"" + request.name + "\"")), {}});
      return;
    }
    if (const auto running = runs_.find(request.name); running != runs_.end()) {
      running->second->promises.push_back(promise);  // it will tell both
      if (request.progress) request.progress("the connection runs already; waiting for its end");
      running->second->watchers->add(request.progress);
      return;
    }
    auto run = std::make_shared<Run>();
    run->request = request;
    run->promises.push_back(promise);
    begin(run);
  }

  void send_urgent(MessageId id) {
    const conf::ScheduleOptions& options = config_->schedule_options;
    if (node_.schedule_paused) return;
    std::vector<std::string> names = options.send_immediately_connections;
    if (names.empty() && !config_->senders.empty()) names = {config_->senders.front().connection};
    for (const std::string& name : names) {
      if (runs_.contains(name))  // its sender may be done already
        anon_send(node_.handles()->queue, RunSender{name});
      else
        start({name, "urgent message " + std::to_string(id.value), nullptr},
              caf::typed_response_promise<ConnectionReport>());
    }
  }

  void begin(const RunPtr& run) {
    const std::string& name = run->request.name;
    runs_[name] = run;
    begun_[name] = now_microseconds();
    run->before.insert(name);
    run->watchers->add(run->request.progress);
    run->status = status_of(name, run->watchers);
    node_.log.info("connection", "", name + ": run begins (" + run->request.cause + ")");
    run->link = std::make_unique<Link>(this, node_, *find(name),
                                       [this, run](const std::string& line) { say(run, line); });
    left_links_.before_run(*find(name), [this, run] {
      run->link->open([this, run](bool there) { there ? work(run) : fail(run); });
    });
  }
  void work(const RunPtr& run) {
    run->collectors = CollectorRuns::of(*config_, run->request.name);
    run->tried = !run->collectors.empty();
    if (!config_->schedule_options.collect_then_send) send_mail(run);
    collect(run);
  }
  /// Without a link there is nothing to do but to try another connection.
  void fail(const RunPtr& run) {
    run->tried = run->sender_done = run->collectors_done = true;
    end(run);
  }

  void say(const RunPtr& run, const std::string& line) {
    run->report.lines.push_back(line);
    run->watchers->tell(line);
    node_.log.info("connection", "", run->request.name + ": " + line);
  }

  void send_mail(const RunPtr& run) {
    const bool has_sender =
        std::any_of(config_->senders.begin(), config_->senders.end(),
                    [&](const auto& sender) { return sender.connection == run->request.name; });
    if (!has_sender) {
      run->sender_done = true;
      return finish_if_done(run);
    }
    const auto done = [this, run](const SenderReport& report) {
      run->connected = run->connected || report.connected;
      run->tried = run->tried || report.connected || report.deferred > 0;
      say(run, result_text(report));
      run->sender_done = true;
      finish_if_done(run);
    };
    run->sending = node_.counters.queue_messages;
    watch_senders();
    request(node_.handles()->queue, caf::infinite, RunSender{run->request.name})
        .then([done](const SenderReport& report) { done(report); },
              [done](const caf::error&) {
                done(SenderReport{0, 0, 0, false, "the queue has ended"});
              });
  }

  /// Whoever watches a run sees the queue grow shorter.
  void watch_senders() {
    bool any = false;
    for (const auto& [name, run] : runs_) {
      const bool followed = run->watchers->any() || config_->log.log_status;
      if (!followed || run->sender_done || run->sending == 0) continue;
      any = true;
      const std::int64_t sent = run->sending - node_.counters.queue_messages;
      if (sent > 0 && std::exchange(run->sent, sent) != sent)
        run->status("sender: " + std::to_string(sent) + " of " + std::to_string(run->sending) + " messages");
    }
    if (any && !std::exchange(watching_, true)) delayed_send(this, k_watch, caf::tick_atom_v);
  }

  void collect(const RunPtr& run) {
    CollectorRuns::Watch watch;
    watch.connection = run->request.name;
    watch.progress = run->status;
    watch.report = [this, run](const conf::CollectorSettings& collector, const CollectReport& report) {
      run->connected = run->connected || report.connected;
      say(run, text_of(collector, report));
    };
    watch.done = [this, run] {
      run->collectors_done = true;
      if (config_->schedule_options.collect_then_send && !run->sender_done) return send_mail(run);
      finish_if_done(run);
    };
    collectors_.start(std::exchange(run->collectors, {}), std::move(watch));
  }

  /// One collector apart from a run: its watch has seen new mail.
  void collect_now(const std::string& name, caf::typed_response_promise<CollectNowResult> promise) {
    const auto collector = std::find_if(config_->collectors.begin(), config_->collectors.end(),
                                        [&](const auto& one) { return one.name == name && one.enabled; });
    if (collector == config_->collectors.end() || collectors_.is_running(name)) {
      promise.deliver(CollectNowResult{});
      return;
    }
    auto result = std::make_shared<CollectNowResult>();
    CollectorRuns::Watch watch;
    watch.connection = collector->connections.front();
    watch.progress = status_of(watch.connection, std::make_shared<Watchers>());
    watch.report = [this, result](const conf::CollectorSettings& settings, const CollectReport& report) {
      result->ok = report.outcome.ok;
      node_.log.info("connection", "", "new mail: " + text_of(settings, report));
    };
    watch.done = [result, promise]() mutable { promise.deliver(*result); };
    collectors_.start({*collector}, std::move(watch));
  }

  void finish_if_done(const RunPtr& run) {
    if (!run->sender_done || !run->collectors_done || !runs_.contains(run->request.name)) return;
    if (run->link) run->link->close([this, run] { end(run); });
  }
  void end(const RunPtr& run) {
    const std::string name = run->request.name;
    run->link.reset();  // it holds the run
    runs_.erase(name);
    const auto* connection = find(name);
    storage::ConnectionResult result{name, false, now_microseconds(), run->request.cause, run->report.lines};
    node_.ended_sessions.add({result.at, "connection " + name, "", "", (result.at - begun_[name]) / 1'000'000,
                              0, 0, run->connected ? "connected" : std::string(k_run_failed)});
    if (run->tried && !run->connected && connection && find(connection->fallback) &&
        !run->before.contains(connection->fallback) && !runs_.contains(connection->fallback)) {
      results_.run_ended(result, [] {});
      say(run, "no connection succeeded; trying " + connection->fallback);
      run->request.name = connection->fallback;
      run->sender_done = run->collectors_done = run->tried = false;
      run->sending = run->sent = 0;
      return begin(run);
    }
    if (run->tried && !run->connected) {
      say(run, std::string(k_run_failed));
      result.lines = run->report.lines;
    }
    node_.log.info("connection", "", name + ": run ended");
    const auto tell = [run] {
      for (auto& promise : run->promises) promise.deliver(run->report);
    };
    connection ? results_.run_ended(result, tell) : tell();
  }

  Node& node_;
  ConfigPtr config_;
  ConnectionResults results_;
  LeftLinks left_links_;
  CollectorRuns collectors_;
  ImapWatches watches_;
  std::map<std::string, RunPtr> runs_;
  std::map<std::string, std::int64_t>
      begun_;  // when the last run of a connection began, microseconds since 1970
  bool watching_ = false;
};

}  // namespace

ConnectionsActor spawn_connections(caf::actor_system& system, Node& node, ResolverActor resolver) {
  return system.spawn<Connections>(std::ref(node), std::move(resolver));
}

}  // namespace stagecoach
