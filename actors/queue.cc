#include "actors/queue.h"

#include "actors/database.h"
#include "actors/idle_sessions.h"
#include "actors/lan_pause.h"
#include "actors/lan_sending.h"
#include "actors/maybe_sent.h"
#include "actors/queue_attempt.h"
#include "actors/queue_outcome.h"
#include "actors/queue_route.h"
#include "actors/queue_state.h"
#include "actors/queue_trace.h"
#include "actors/sender_resolvers.h"
#include "actors/serialisation.h"
#include "actors/smtp_client.h"
#include "actors/tls.h"
#include "routing/lan_target.h"

namespace stagecoach {

namespace {

constexpr int k_relay_sessions_max = 5;  // with one relay server at the same time
constexpr std::size_t k_attempts_of_failure_max = 100;
constexpr std::chrono::microseconds k_idle = std::chrono::seconds(2);
// A wake-up that is still due when its work could not be stored comes again, but not at once.
constexpr auto k_wake_min = std::chrono::seconds(1), k_wake_max = std::chrono::seconds(60);

class Queue : public LocalQueueActor::base {
 public:
  Queue(caf::actor_config& config, Node& node, ResolverActor resolver)
      : LocalQueueActor::base(config), node_(node), resolvers_(std::move(resolver)) {
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
            [this](const NextDelivery& next) -> caf::result<DeliveryTask> {
              const auto session = this->session();
              auto promise = make_response_promise<DeliveryTask>();
              next_delivery(next.destination, session, promise);
              return promise;
            },
            [this](const AttemptFinished& finished) -> caf::result<Outcome> {
              const auto client = clients_.find(session());
              if (client != clients_.end() && client->second.task == finished.id) client->second.task = {};
              auto promise = make_response_promise<Outcome>();
              attempt_finished(finished, [promise](bool committed) mutable {
                promise.deliver(committed ? Outcome{} : Outcome::failure(unavailable("not stored")));
              });
              return promise;
            },
            [this](const SendingReached& reached) { sending_reached(reached); },
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
                promise.deliver(QueueCount{static_cast<std::int64_t>(state_.size()), state_.size_bytes()});
              });
              return promise;
            },
            [this](caf::tick_atom) {
              wake_at_ = INT64_MAX;
              wake();
            },
            [this](const EndIdle&) { end_idle(); },
            [this](const ConfigChanged& change) {
              configure(change.config);
              if (loaded_) send_lan();
            }};
  }
  void on_exit() override {
    for (auto& [address, client] : clients_) anon_send(client.actor, ShutDown{});
    idle_.clear();
    clients_.clear();
    resolvers_.end();
  }
  const char* name() const override { return "queue"; }

 private:
  struct Client {
    SmtpClientActor actor;
    std::string destination;
    bool reached = false;                       // a server has accepted the connection
    bool reported = false;                      // said SendingEnded
    QueueId task;                               // under way; none: it has nothing to do
    ConfigPtr config;                           // that it was made with
    std::int64_t messages = 0, recipients = 0;  // so far
    SendingReached limits = {};                 // what a script allows it
  };
  struct Run {
    SenderReport report;
    std::vector<caf::typed_response_promise<SenderReport>> promises;
  };

  // ---- configuration and start ----

  void configure(const ConfigPtr& config) {
    begin_lan_pause(node_, config_.get(), *config);
    lan_.configure(config->lan_forwarding);
    config_ = config;
    state_.rules().configure(config->senders);
    idle_.end(INT64_MAX);  // they have reached servers of the old configuration
    state_.destinations().forget_failures();
    resolvers_.configure(node_, *config);
    if (auto made = make_client_tls(config->tls, false))
      tls_ = std::move(*made);
    else
      node_.log.error("queue", "", made.error().text());
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
          for (const storage::QueuedItem& item : *items) {
            if (node_.unclean_end > 0) maybe_sent_.note(item, node_.unclean_end);
            state_.add(item);
          }
          note_size();
          if (!items->empty())
            node_.log.info("queue", "", std::to_string(items->size()) + " messages wait from before");
          loaded_ = true;
          wake();
          for (auto& work : std::exchange(when_loaded_, {})) work();
          send_immediately_all();
          send_lan();
        });
  }
  /// What waits in the database comes first: nobody may see or change a queue that is only half there.
  void when_loaded(std::function<void()> work) {
    if (loaded_)
      work();
    else
      when_loaded_.push_back(std::move(work));
  }

  void note_size() { node_.counters.queue_messages = static_cast<std::int64_t>(state_.size()); }

  /// The sender of a destination, also of a server that is reached without a connection.
  const conf::SenderSettings* sender_for(const std::string& destination) const {
    return is_route_destination(destination) ? lan_.sender(destination)
                                             : sender_of(*config_, connection_of(destination));
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
    if (const auto* sender = immediate_sender(*config_, node_.schedule_paused))
      for (const std::string& destination : state_.make_ready(id, *sender, now)) pump(destination, *sender);
    send_lan(state_.make_routed_ready(id, now));
  }
  void send_lan(const std::map<std::string, std::string>& routes) {
    for (const auto& [destination, route] : routes) pump(destination, lan_.open(destination, route));
  }
  void send_lan() {
    pump_waiting(std::string(k_route_connection));
    send_lan(state_.make_all_routed_ready(now_microseconds()));
  }

  // ---- what happens by itself: holds end, messages are given up, servers are tried again ----

  void wake() {
    const std::int64_t now = now_microseconds();
    if (lan_.is_over(now)) send_lan();
    for (const conf::SenderSettings& sender : config_->senders) pump_waiting(sender.connection);
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
    for (const auto& next : {state_.next_wake(), lan_.next_wake()})
      if (next) plan_wake_at(*next);
  }
  void plan_wake_at(std::int64_t time) {
    if (time >= wake_at_) return;
    const std::chrono::microseconds wait{time - now_microseconds()};
    const auto bounded = std::clamp<std::chrono::microseconds>(wait, k_wake_min, k_wake_max);
    wake_at_ = time;
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
    if (const auto* sender = immediate_sender(*config_, node_.schedule_paused))
      for (const std::string& destination : state_.make_all_ready(*sender, now_microseconds()))
        pump(destination, *sender);
  }

  /// An administrator wants it now: every sender takes what it may.
  void send_all_now() {
    for (const conf::SenderSettings& sender : config_->senders) {
      for (const std::string& destination : state_.make_all_ready(sender, now_microseconds()))
        pump(destination, sender);
      pump_waiting(sender.connection);
    }
    send_lan();
  }

  void run(const std::string& connection, caf::typed_response_promise<SenderReport> promise) {
    const auto* sender = sender_of(*config_, connection);
    if (!sender) {
      promise.deliver(SenderReport{0, 0, 0, false, "no sender"});
      return;
    }
    runs_[connection].promises.push_back(promise);
    limited_.erase(connection);
    for (const std::string& destination : state_.make_all_ready(*sender, now_microseconds()))
      pump(destination, *sender);
    pump_waiting(connection);
    finish_run(connection);
  }

  /// Gives work to sessions that wait for it, and starts as many as the messages and the limits allow.
  void pump(const std::string& destination, const conf::SenderSettings& sender) {
    const bool lan = is_route_destination(destination);
    if (limited_.contains(connection_of(destination)) || (lan && node_.lan.paused)) {
      waiting_destinations_.insert(destination);
      return;
    }
    const auto allowance = state_.rules().allowance(destination, current_time());
    if (allowance.recipients == 0 && state_.ready(destination) > 0) {
      waiting_destinations_.insert(destination);
      return plan_wake_at(microseconds(allowance.until));
    }
    if (state_.ready(destination) > 0)
      idle_.employ(destination, [&](const caf::actor_addr& session) { return take(destination, session); });
    const bool relay = sender.kind == conf::SenderKind::relay;
    const Destinations::Limits limits{
        relay ? k_relay_sessions_max : sender.direct.connections_per_destination,
        relay ? 0 : sender.direct.threads};
    Destinations& places = state_.destinations();
    while (static_cast<std::size_t>(places.sessions(destination)) < state_.ready(destination)) {
      if (!(lan ? lan_.may_start(destination, places) : places.may_start(destination, limits))) {
        if (lan || places.sessions(destination) == 0) waiting_destinations_.insert(destination);
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
    task.lmtp = routing::is_lmtp_server(server_of_destination(destination));
    task.mx_override = state_.rules().override_of(destination);
    task.tls = tls_;
    state_.destinations().started(destination);
    SmtpClientActor client = spawn_smtp_client(node_.next_reactor(), node_, QueueActor{this},
                                               resolvers_.of(sender.connection), std::move(task));
    monitor(client);
    clients_.emplace(client.address(),
                     Client{.actor = client, .destination = destination, .config = config_});
  }

  // ---- work for sessions ----

  /// Who sends the present message; to be asked before make_response_promise() takes him away.
  caf::actor_addr session() { return caf::actor_cast<caf::actor_addr>(current_sender()); }

  void next_delivery(const std::string& destination, const caf::actor_addr& session,
                     IdleSessions::Promise promise) {
    DeliveryTask task = take(destination, session);
    if (task.id || !may_wait(session)) {
      promise.deliver(std::move(task));
      return;
    }
    if (idle_.add(destination, session, std::move(promise), now_microseconds() + k_idle.count()))
      delayed_send(this, k_idle, EndIdle{});
    finish_run(connection_of(destination));
  }
  /// The next message for a session, within the limits of its sender. Nothing: there is none, or not now.
  DeliveryTask take(const std::string& destination, const caf::actor_addr& session) {
    const auto client = clients_.find(session);
    const auto* sender = sender_for(destination);
    if (client == clients_.end() || !sender || client->second.config != config_) return {};
    const std::string connection = connection_of(destination);
    const conf::SenderLimits limits = limits_of(*sender, client->second.limits);
    std::int64_t room = room_of_session(limits, client->second.messages, client->second.recipients);
    if (room == 0) limited_.insert(connection);
    if (limited_.contains(connection) || state_.ready(destination) == 0) return {};
    if (is_route_destination(destination) && node_.lan.paused) {
      waiting_destinations_.insert(destination);
      return {};
    }
    const Time now = current_time();
    const SenderRules::Allowance allowance = state_.rules().allowance(destination, now);
    if (allowance.recipients == 0) {
      waiting_destinations_.insert(destination);
      plan_wake_at(microseconds(allowance.until));
      return {};
    }
    for (const std::int64_t limit : {allowance.recipients, limits.max_recipients_per_message})
      if (limit > 0) room = std::min(room, limit);
    DeliveryTask task = state_.take(destination, room == INT64_MAX ? 0 : static_cast<std::size_t>(room));
    if (!task.id) return task;
    const auto count = static_cast<std::int64_t>(task.envelope.recipients.size());
    state_.rules().note(destination, now, count);
    client->second.task = task.id;
    ++client->second.messages;
    client->second.recipients += count;
    set_return_path(task, *sender, node_.directory());
    task.maybe_repeated = maybe_sent_.take(task.id, destination);
    return task;
  }
  bool may_wait(const caf::actor_addr& session) const {
    const auto client = clients_.find(session);
    return client != clients_.end() && client->second.config == config_ &&
           !limited_.contains(connection_of(client->second.destination));
  }
  void end_idle() {
    if (const auto next = idle_.end(now_microseconds()))
      delayed_send(this, std::chrono::microseconds{*next - now_microseconds()} + std::chrono::milliseconds(1),
                   EndIdle{});
  }

  void client_ended(const caf::actor_addr& address) {
    const auto client = clients_.find(address);
    if (client == clients_.end()) return;
    const std::string destination = client->second.destination;
    const bool reported = client->second.reported;
    idle_.forget(address);
    if (client->second.task) state_.release_active(client->second.task, destination);
    state_.destinations().ended(destination, client->second.reached);
    clients_.erase(client);
    // A bug ended it: its work waits for the next attempt, not for a busy loop.
    if (!reported) fail_all(destination, session_ended_unexpectedly());
    if (const auto* sender = sender_for(destination)) {
      pump(destination, *sender);
      pump_waiting(connection_of(destination));
    }
    if (state_.destinations().sessions(destination) == 0 && state_.ready(destination) == 0) {
      lan_.forget(destination);
      state_.rules().forget(destination);
    }
    finish_run(connection_of(destination));
  }

  /// Those that had no session because the connection has enough of them.
  void pump_waiting(const std::string& connection) {
    std::set<std::string> waiting;
    for (const std::string& one : waiting_destinations_)
      if (connection_of(one) == connection) waiting.insert(one);
    for (const std::string& one : waiting) {
      waiting_destinations_.erase(one);
      if (const auto* sender = sender_for(one)) pump(one, *sender);
    }
  }

  void sending_reached(const SendingReached& reached) {
    const auto client = clients_.find(session());
    if (client == clients_.end() || std::exchange(client->second.reached, true)) return;
    client->second.limits = reached;
    state_.destinations().reached(reached.destination);
    pump_waiting(connection_of(reached.destination));
  }

  void sending_ended(const SendingEnded& ended) {
    if (const auto client = clients_.find(session()); client != clients_.end())
      client->second.reported = true;
    if (!is_route_destination(ended.destination)) {
      SenderReport& report = runs_[connection_of(ended.destination)].report;
      report.connected = report.connected || ended.connected;
      report.last_result = ended.failure.empty() ? "Connection successful" : ended.failure;
    }
    if (!ended.failure.empty()) fail_all(ended.destination, result_of(ended));
  }

  /// No session came about. Of many messages that wait for a dead destination only some count the attempt; it
  /// is left alone for a while, so that it costs the others nothing.
  void fail_all(const std::string& destination, const AttemptResult& result) {
    const bool permanent = result.kind == AttemptResult::Kind::permanent;
    const conf::SenderSettings fallback;
    const auto* sender = sender_for(destination);
    const bool lan = is_route_destination(destination);
    if (!permanent) {
      const std::int64_t minutes = lan ? lan_.alone_minutes_max() : alone_minutes_max(sender);
      const std::int64_t until = state_.destinations().failed(destination, now_microseconds(), minutes);
      if (lan) {
        lan_.leave_alone(until);
        plan_wake_at(until);
      }
    }
    for (const DeliveryTask& task :
         state_.take_failed(destination, sender ? *sender : fallback, now_microseconds(),
                            permanent ? SIZE_MAX : k_attempts_of_failure_max))
      attempt_finished(finished_with(task, destination, result), [](bool) {});
  }

  void finish_run(const std::string& connection) {
    const auto run = runs_.find(connection);
    if (run == runs_.end() || (state_.is_busy(connection) && !limited_.contains(connection))) return;
    for (const auto& [address, client] : clients_)
      if (!idle_.contains(address) && connection_of(client.destination) == connection) return;
    if (look_again(connection)) return;
    for (auto& promise : run->second.promises) promise.deliver(run->second.report);
    runs_.erase(run);
  }

  /// What has come since the run began, unless the sender leaves that to the next one.
  bool look_again(const std::string& connection) {
    const auto* sender = sender_of(*config_, connection);
    if (!sender || sender->advanced.only_waiting_at_start || limited_.contains(connection)) return false;
    for (const std::string& destination : state_.make_all_ready(*sender, now_microseconds()))
      pump(destination, *sender);
    return state_.is_busy(connection);
  }

  // ---- what became of an attempt ----

  using Then = OutcomeStored;

  void attempt_finished(const AttemptFinished& finished, Then then) {
    const auto* sender = sender_for(finished.destination);
    const conf::SenderSettings fallback;
    if (std::any_of(finished.results.begin(), finished.results.end(),
                    [](const AttemptResult& result) { return !result.host.empty(); }))
      state_.destinations().works(finished.destination);
    auto verdict =
        state_.judge(finished.id, finished.results, sender ? *sender : fallback, now_microseconds());
    if (is_route_destination(finished.destination) && lan_.silence(verdict))
      node_.log.warning("lan", std::to_string(finished.id.value), "failed without a report, as configured");
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
    if (!state_.find(update.id)) maybe_sent_.forget(update.id);
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
    if (command.action == "resume lan") {
      promise.deliver(QueueCommandAnswer{});
      return send_lan();
    }
    if (command.action != "copy" && command.action != "move") return carry_out(command, UserId{}, promise);
    find_user(this, node_, command.argument, [this, command, promise](Result<UserId> user) {
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

  void make_changes(const QueueCommand& command, std::vector<QueueUpdate> updates,
                    const QueueCommandAnswer& counted, CommandPromise promise) {
    auto left = std::make_shared<std::size_t>(updates.size());
    auto answer = std::make_shared<QueueCommandAnswer>(counted);
    for (const QueueUpdate& update : updates) state_.set_aside(update);
    for (QueueUpdate& update : updates) {
      for (const QueueChange& change : update.changes)
        update.notes.push_back(command_note(command, change, state_.find(update.id)));
      commit(state_.verdict_of(command, std::move(update)),
             [this, command, left, answer, promise](bool ok) mutable {
               if (!ok) answer->outcome = Outcome::failure(unavailable("the change could not be stored"));
               if (--*left > 0) return;
               promise.deliver(*answer);
               if (command.action == "retry") {
                 state_.destinations().forget_failures();
                 limited_.clear();
                 command.criteria.lan_only ? send_lan() : send_all_now();
               }
               if (command.action == "release" || command.action == "redirect") {
                 send_immediately_all();
                 send_lan();
               }
             });
    }
  }

  Node& node_;
  SenderResolvers resolvers_;
  ConfigPtr config_;
  TlsContext tls_;
  MaybeSent maybe_sent_;
  QueueState state_;
  LanSending lan_;
  std::int64_t wake_at_ = INT64_MAX;  // when the next tick is for
  bool loaded_ = false;
  std::vector<std::function<void()>> when_loaded_;
  IdleSessions idle_;
  std::unordered_map<caf::actor_addr, Client> clients_;
  std::set<std::string> waiting_destinations_;  // for a free session, or until more may be sent
  std::set<std::string> limited_;               // connections whose session limit is reached, until a run
  std::map<std::string, Run> runs_;             // by connection
};

}  // namespace

LocalQueueActor spawn_queue(caf::actor_system& system, Node& node, ResolverActor resolver) {
  return system.spawn<Queue>(std::ref(node), std::move(resolver));
}

}  // namespace stagecoach
