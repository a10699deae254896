#include "actors/queue.h"

#include "actors/database.h"
#include "actors/queue_outcome.h"
#include "actors/queue_route.h"
#include "actors/queue_state.h"
#include "actors/queue_trace.h"
#include "actors/serialisation.h"
#include "actors/smtp_client.h"
#include "actors/tls.h"

namespace stagecoach {

namespace {

constexpr int k_relay_sessions_max = 5;  // with one relay server at the same time
// A wake-up that is still due when its work could not be stored comes again, but not at once.
constexpr auto k_wake_min = std::chrono::seconds(1), k_wake_max = std::chrono::seconds(60);

class Queue : public LocalQueueActor::base {
 public:
  Queue(caf::actor_config& config, Node& node, ResolverActor resolver)
      : LocalQueueActor::base(config), node_(node), resolver_(std::move(resolver)) {
    set_down_handler([this](const caf::down_msg& down) { client_ended(down.source); });
  }

  behavior_type make_behavior() override {
    configure(node_.config());
    load();
    return {[this](const MessageQueued& queued) { when_loaded([this, queued] { arrived(queued); }); },
            [this](const RunSender& run) -> caf::result<SenderReport> {
              auto promise = make_response_promise<SenderReport>();
              when_loaded([this, connection = run.connection, promise] { this->run(connection, promise); });
              return promise;
            },
            [this](const NextDelivery& next) {
              return state_.take(next.destination, recipients_max(next.destination));
            },
            [this](const AttemptFinished& finished) -> caf::result<Outcome> {
              auto promise = make_response_promise<Outcome>();
              attempt_finished(finished, [promise](bool committed) mutable {
                promise.deliver(committed ? Outcome{} : Outcome::failure(unavailable("not stored")));
              });
              return promise;
            },
            [this](const SendingEnded& ended) { sending_ended(ended); },
            [this](const QueueCommand& command) -> caf::result<QueueCommandAnswer> {
              auto promise = make_response_promise<QueueCommandAnswer>();
              when_loaded([this, command, promise] { carry_out(command, promise); });
              return promise;
            },
            [this](const ListQueue& list) -> caf::result<QueueListing> {
              auto promise = make_response_promise<QueueListing>();
              when_loaded([this, list, promise]() mutable {
                auto entries = state_.list(list, now_microseconds());
                promise.deliver(entries ? QueueListing{{}, std::move(*entries)}
                                        : QueueListing{Outcome::failure(entries.error()), {}});
              });
              return promise;
            },
            [this](const CountQueue&) -> caf::result<QueueCount> {
              auto promise = make_response_promise<QueueCount>();
              when_loaded([this, promise]() mutable {
                promise.deliver(QueueCount{static_cast<std::int64_t>(state_.size())});
              });
              return promise;
            },
            [this](caf::tick_atom) {
              wake_at_ = INT64_MAX;
              wake();
            },
            [this](const ConfigChanged& change) { configure(change.config); }};
  }
  void on_exit() override {
    for (auto& [address, client] : clients_) anon_send(client.actor, ShutDown{});
    clients_.clear();
    resolver_ = nullptr;
  }
  const char* name() const override { return "queue"; }

 private:
  struct Client {
    SmtpClientActor actor;
    std::string destination;
    bool reported = false;  // said SendingEnded
  };
  struct Run {
    SenderReport report;
    std::vector<caf::typed_response_promise<SenderReport>> promises;
  };

  // ---- configuration and start ----

  void configure(const ConfigPtr& config) {
    config_ = config;
    for (auto [verify, context] : {std::pair{false, &tls_}, std::pair{true, &verifying_tls_}}) {
      auto made = make_client_tls(config->tls, verify);
      if (made)
        *context = std::move(*made);
      else
        node_.log.error("queue", "", made.error().text());
    }
  }

  void load() {
    ask_database<std::vector<storage::QueuedItem>>(
        this, node_.handles()->database,
        [](storage::Database& database) { return storage::QueueRepository(database).load(); },
        [this](Result<std::vector<storage::QueuedItem>> items) {
          if (!items) {
            node_.log.error("queue", "", items.error().text());
            return quit(caf::sec::runtime_error);  // the supervisor tries again
          }
          for (const storage::QueuedItem& item : *items) state_.add(item);
          note_size();
          if (!items->empty())
            node_.log.info("queue", "", std::to_string(items->size()) + " messages wait from before");
          loaded_ = true;
          wake();
          for (auto& work : std::exchange(when_loaded_, {})) work();
          send_immediately_all();
          send_routed(state_.make_all_routed_ready(now_microseconds()));
        });
  }
  /// What waits in the database comes first: nobody may see or change a queue that is only half there.
  void when_loaded(std::function<void()> work) {
    if (loaded_)
      work();
    else
      when_loaded_.push_back(std::move(work));
  }

  std::size_t recipients_max(const std::string& destination) const {
    const auto* sender = sender_for(destination);
    return sender ? static_cast<std::size_t>(sender->limits.max_recipients_per_message) : 0;
  }

  void note_size() { node_.counters.queue_messages = static_cast<std::int64_t>(state_.size()); }

  const conf::SenderSettings* sender_of(const std::string& connection) const {
    for (const conf::SenderSettings& sender : config_->senders)
      if (sender.connection == connection) return &sender;
    return nullptr;
  }

  /// The sender of a destination, also of a server that is reached without a connection.
  const conf::SenderSettings* sender_for(const std::string& destination) const {
    const auto route = routes_.find(destination);
    return route == routes_.end() ? sender_of(connection_of(destination)) : &route->second;
  }

  /// Whose sender takes what arrives at once; null: nobody's.
  const conf::SenderSettings* immediate_sender() const {
    const auto& options = config_->schedule_options;
    if (!options.send_immediately || options.paused) return nullptr;
    for (const std::string& connection : options.send_immediately_connections)
      if (const auto* sender = sender_of(connection)) return sender;
    if (!options.send_immediately_connections.empty() || config_->senders.empty()) return nullptr;
    return &config_->senders.front();
  }

  // ---- sending ----

  void arrived(const MessageQueued& queued) {
    state_.add(queued);
    note_size();
    send_at_once(queued.id);
    plan_wake();
  }
  void send_at_once(QueueId id) {
    const std::int64_t now = now_microseconds();
    if (const auto* sender = immediate_sender())
      for (const std::string& destination : state_.make_ready(id, *sender, now)) pump(destination, *sender);
    send_routed(state_.make_routed_ready(id, now));
  }
  void send_routed(const std::map<std::string, std::string>& routes) {
    for (const auto& [destination, route] : routes) {
      routes_[destination] = route_sender(route);
      pump(destination, routes_[destination]);
    }
  }

  // ---- what happens by itself: holds end, messages are given up, servers are tried again ----

  void wake() {
    const std::int64_t now = now_microseconds();
    for (const std::int64_t number : state_.take_woken(now)) {
      const QueueId id{number};
      if (auto verdict = state_.give_up(id, now))
        give_up(std::move(*verdict));
      else
        send_at_once(id);
    }
    plan_wake();
  }
  void plan_wake() {
    const auto next = state_.next_wake();
    if (!next || *next >= wake_at_) return;
    const std::chrono::microseconds wait{*next - now_microseconds()};
    const auto bounded = std::clamp<std::chrono::microseconds>(wait, k_wake_min, k_wake_max);
    wake_at_ = *next;
    delayed_send(this, std::chrono::duration_cast<std::chrono::milliseconds>(bounded), caf::tick_atom_v);
  }
  void give_up(QueueState::Verdict verdict) {
    for (const auto& report : verdict.reports)
      verdict.update.notes.push_back(
          attempt_note(report.result, "", state_.find(verdict.update.id), verdict.update));
    node_.counters.bounces += verdict.failed;
    state_.set_aside(verdict.update);
    commit(std::move(verdict), [](bool) {});
  }

  void send_immediately_all() {
    if (const auto* sender = immediate_sender())
      for (const std::string& destination : state_.make_all_ready(*sender, now_microseconds()))
        pump(destination, *sender);
  }

  /// An administrator wants it now: every sender takes what it may.
  void send_all_now() {
    for (const conf::SenderSettings& sender : config_->senders)
      for (const std::string& destination : state_.make_all_ready(sender, now_microseconds()))
        pump(destination, sender);
    send_routed(state_.make_all_routed_ready(now_microseconds()));
  }

  void run(const std::string& connection, caf::typed_response_promise<SenderReport> promise) {
    const auto* sender = sender_of(connection);
    if (!sender) {
      promise.deliver(SenderReport{0, 0, 0, false, "no sender"});
      return;
    }
    runs_[connection].promises.push_back(promise);
    for (const std::string& destination : state_.make_all_ready(*sender, now_microseconds()))
      pump(destination, *sender);
    finish_run(connection);
  }

  /// Starts as many sessions for the destination as its messages and the limits allow.
  void pump(const std::string& destination, const conf::SenderSettings& sender) {
    const bool relay = sender.kind == conf::SenderKind::relay;
    const int limit = relay ? k_relay_sessions_max : sender.direct.connections_per_destination;
    while (sessions_[destination] < limit &&
           static_cast<std::size_t>(sessions_[destination]) < state_.ready(destination)) {
      if (!relay && static_cast<int>(clients_.size()) >= sender.direct.threads) {
        waiting_destinations_.insert(destination);
        return;
      }
      start_client(destination, sender);
    }
  }

  void start_client(const std::string& destination, const conf::SenderSettings& sender) {
    SmtpClientTask task;
    task.destination = destination;
    task.sender = sender;
    task.timeouts = config_->sender_timeouts;
    task.tls = sender.kind == conf::SenderKind::relay && sender.relay.tls_verify ? verifying_tls_ : tls_;
    ++sessions_[destination];
    SmtpClientActor client =
        spawn_smtp_client(node_.next_reactor(), node_, QueueActor{this}, resolver_, std::move(task));
    monitor(client);
    clients_.emplace(client.address(), Client{client, destination, false});
  }

  void client_ended(const caf::actor_addr& address) {
    const auto client = clients_.find(address);
    if (client == clients_.end()) return;
    const std::string destination = client->second.destination;
    const bool reported = client->second.reported;
    clients_.erase(client);
    if (!reported) {  // a bug ended it: its work waits for the next attempt, not for a busy loop
      AttemptResult result;
      result.status = "4.3.0";
      result.reply = "4.3.0 the sending session ended unexpectedly";
      fail_all(destination, result);
    }
    if (--sessions_[destination] <= 0) {
      sessions_.erase(destination);
      state_.release_active(destination);  // nobody is left who could report about them
    }
    if (const auto* sender = sender_for(destination)) {
      pump(destination, *sender);
      for (const std::string& waiting : std::exchange(waiting_destinations_, {})) pump(waiting, *sender);
    }
    if (!sessions_.contains(destination)) routes_.erase(destination);
    finish_run(connection_of(destination));
  }

  void sending_ended(const SendingEnded& ended) {
    if (const auto client = clients_.find(caf::actor_cast<caf::actor_addr>(current_sender()));
        client != clients_.end())
      client->second.reported = true;
    if (!is_route_destination(ended.destination)) {
      SenderReport& report = runs_[connection_of(ended.destination)].report;
      report.connected = report.connected || ended.connected;
      report.last_result = ended.failure.empty() ? "Connection successful" : ended.failure;
    }
    if (ended.failure.empty()) return;
    AttemptResult result;
    result.kind = ended.permanent ? AttemptResult::Kind::permanent : AttemptResult::Kind::temporary;
    result.status = ended.failure.substr(0, ended.failure.find(' '));
    result.reply = ended.failure;
    fail_all(ended.destination, result);
  }

  /// The same outcome for everything that is ready for a destination.
  void fail_all(const std::string& destination, const AttemptResult& result) {
    for (DeliveryTask task = state_.take(destination); task.id; task = state_.take(destination)) {
      AttemptFinished finished{task.id, destination, {}};
      for (const EnvelopeRecipient& recipient : task.envelope.recipients) {
        finished.results.push_back(result);
        finished.results.back().address = recipient.address;
      }
      attempt_finished(finished, [](bool) {});
    }
  }

  void finish_run(const std::string& connection) {
    const auto run = runs_.find(connection);
    if (run == runs_.end() || state_.is_busy(connection)) return;
    for (const auto& [address, client] : clients_)
      if (connection_of(client.destination) == connection) return;
    for (auto& promise : run->second.promises) promise.deliver(run->second.report);
    runs_.erase(run);
  }

  // ---- what became of an attempt ----

  using Then = OutcomeStored;

  void attempt_finished(const AttemptFinished& finished, Then then) {
    const auto* sender = sender_for(finished.destination);
    const conf::SenderSettings fallback;
    auto verdict =
        state_.judge(finished.id, finished.results, sender ? *sender : fallback, now_microseconds());
    for (const AttemptResult& result : finished.results)
      verdict.update.notes.push_back(
          attempt_note(result, finished.destination, state_.find(finished.id), verdict.update));
    node_.counters.deliveries += verdict.delivered;
    node_.counters.deliveries_deferred += verdict.deferred;
    node_.counters.bounces += verdict.failed;
    if (!is_route_destination(finished.destination)) {
      SenderReport& report = runs_[connection_of(finished.destination)].report;
      report.delivered += verdict.delivered;
      report.deferred += verdict.deferred;
      report.failed += verdict.failed;
    }
    commit(std::move(verdict), std::move(then));
  }

  void commit(QueueState::Verdict verdict, Then then) {
    QueueUpdate update = verdict.update;
    store_outcome(this, node_, state_.find(update.id), std::move(verdict),
                  [this, update = std::move(update), then = std::move(then)](bool committed) {
                    settle(update, committed, then);
                  });
  }

  /// After the commit. Without one the recipients wait again; what was delivered may be sent twice.
  void settle(QueueUpdate update, bool committed, const Then& then) {
    if (!committed) {
      node_.log.error("queue", std::to_string(update.id.value),
                      "the outcome of an attempt could not be stored");
      for (QueueChange& change : update.changes) {
        change.finished = false;
        change.next_attempt = now_microseconds() + 60'000'000;
      }
    }
    state_.apply(update);
    note_size();
    plan_wake();
    then(committed);
    std::vector<std::string> idle;
    for (const auto& [connection, run] : runs_) idle.push_back(connection);
    for (const std::string& connection : idle) finish_run(connection);
  }

  // ---- commands ----

  using CommandPromise = caf::typed_response_promise<QueueCommandAnswer>;

  static void refuse(CommandPromise promise, Error error) {
    promise.deliver(QueueCommandAnswer{Outcome::failure(std::move(error)), 0, 0});
  }

  void carry_out(const QueueCommand& command, CommandPromise promise) {
    if (command.action != "copy" && command.action != "move") return carry_out(command, UserId{}, promise);
    find_user(command.argument, [this, command, promise](Result<UserId> user) {
      if (!user) return refuse(promise, user.error());
      carry_out(command, *user, promise);
    });
  }

  /// `user`: whose INBOX gets a copy.
  void carry_out(const QueueCommand& command, UserId user, CommandPromise promise) {
    auto updates = state_.command(command, now_microseconds());
    if (!updates) return refuse(promise, updates.error());
    if (updates->empty()) return refuse(promise, not_found("no waiting message matches"));
    QueueCommandAnswer answer;
    answer.messages = static_cast<std::int64_t>(updates->size());
    for (QueueUpdate& update : *updates) {
      answer.recipients += static_cast<std::int64_t>(update.changes.size());
      if (user) update.copy = QueuedCopy{user, state_.find(update.id)->size_bytes};
    }
    if (command.count_only) {
      promise.deliver(answer);
      return;
    }
    make_changes(command, std::move(*updates), answer, promise);
  }

  void find_user(const std::string& name, std::function<void(Result<UserId>)> then) {
    if (name.empty()) return then(invalid_input("the user who gets the message is missing"));
    request(node_.handles()->directory, caf::infinite, ListEntries{EntryKind::user, name, {}, false})
        .then(
            [then](const EntryListing& listing) {
              if (!listing.outcome.ok) return then(listing.outcome.error);
              if (listing.entries.empty()) return then(not_found("there is no such user"));
              then(UserId{listing.entries.front().id});
            },
            [then](const caf::error&) { then(unavailable("the directory has ended")); });
  }

  void make_changes(const QueueCommand& command, std::vector<QueueUpdate> updates,
                    const QueueCommandAnswer& counted, CommandPromise promise) {
    auto left = std::make_shared<std::size_t>(updates.size());
    auto answer = std::make_shared<QueueCommandAnswer>(counted);
    for (const QueueUpdate& update : updates) state_.set_aside(update);
    for (QueueUpdate& update : updates) {
      for (const QueueChange& change : update.changes)
        update.notes.push_back(command_note(command, change, state_.find(update.id)));
      commit(verdict_of(command, std::move(update)), [this, command, left, answer, promise](bool ok) mutable {
        if (!ok) answer->outcome = Outcome::failure(unavailable("the change could not be stored"));
        if (--*left > 0) return;
        promise.deliver(*answer);
        if (command.action == "retry") send_all_now();
        if (command.action == "release" || command.action == "redirect") {
          send_immediately_all();
          send_routed(state_.make_all_routed_ready(now_microseconds()));
        }
      });
    }
  }

  /// What a command makes of a message: `bounce` returns it.
  QueueState::Verdict verdict_of(const QueueCommand& command, QueueUpdate update) const {
    QueueState::Verdict verdict;
    const auto* item = state_.find(update.id);
    if (command.action == "bounce" && item) {
      for (const QueueChange& change : update.changes) {
        AttemptResult result;
        result.status = "5.0.0";
        result.reply = command.argument.empty() ? "Returned by the administrator" : command.argument;
        for (const auto& waiting : item->recipients)
          if (waiting.recipient.address == change.address)
            verdict.reports.push_back(
                {waiting.recipient, result, QueueState::Verdict::Report::Kind::failed, 0});
      }
    }
    verdict.update = std::move(update);
    return verdict;
  }

  Node& node_;
  ResolverActor resolver_;
  ConfigPtr config_;
  TlsContext tls_, verifying_tls_;
  QueueState state_;
  std::map<std::string, conf::SenderSettings> routes_;  // by destination, while a session has it
  std::int64_t wake_at_ = INT64_MAX;                    // when the next tick is for
  bool loaded_ = false;
  std::vector<std::function<void()>> when_loaded_;
  std::unordered_map<std::string, int> sessions_;  // by destination
  std::unordered_map<caf::actor_addr, Client> clients_;
  std::set<std::string> waiting_destinations_;  // for a free session
  std::map<std::string, Run> runs_;             // by connection
};

}  // namespace

LocalQueueActor spawn_queue(caf::actor_system& system, Node& node, ResolverActor resolver) {
  return system.spawn<Queue>(std::ref(node), std::move(resolver));
}

}  // namespace stagecoach
