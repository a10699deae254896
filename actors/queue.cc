#include "actors/queue.h"

#include "actors/database.h"
#include "actors/idle_sessions.h"
#include "actors/lan_pause.h"
#include "actors/lan_sending.h"
#include "actors/maybe_sent.h"
#include "actors/queue_attempt.h"
#include "actors/queue_changes.h"
#include "actors/queue_outcome.h"
#include "actors/queue_route.h"
#include "actors/queue_state.h"
#include "actors/queue_trace.h"
#include "actors/sender_resolvers.h"
#include "actors/sender_runs.h"
#include "actors/sending_sessions.h"
#include "actors/sent_at_once.h"
#include "actors/serialisation.h"
#include "actors/smtp_client.h"
#include "actors/tls.h"
#include "actors/waiting_destinations.h"
#include "routing/lan_target.h"

namespace stagecoach {

namespace {

constexpr int k_relay_sessions_max = 5;  // with one relay server at the same time
constexpr int k_trying_factor = 10;      // sessions that wait for a server cost little
constexpr std::size_t k_attempts_of_failure_max = 100;
constexpr std::size_t k_page = 2000;  // messages that are loaded together
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
              sessions_.release(session(), finished.id);
              auto promise = make_response_promise<Outcome>();
              attempt_finished(finished, [promise](bool committed) mutable {
                promise.deliver(committed ? Outcome{} : Outcome::failure(unavailable("not stored")));
              });
              give_turns(connection_of(finished.destination));
              return promise;
            },
            [this](const SendingReached& reached) { sending_reached(reached); },
            [this](const SendingEnded& ended) { sending_ended(ended); },
            [this](const QueueCommand& command) -> caf::result<QueueCommandAnswer> {
              auto promise = make_response_promise<QueueCommandAnswer>();
              when_loaded([this, command, promise] { changes_.carry_out(command, promise); });
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
                promise.deliver(QueueCount{static_cast<std::int64_t>(state_.size()), state_.size_bytes(),
                                           state_.to_connections(now_microseconds())});
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
              if (loaded_) begin_anew();
            }};
  }
  void on_exit() override {
    sessions_.end_all();
    idle_.clear();
    resolvers_.end();
  }
  const char* name() const override { return "queue"; }

 private:
  using Needs = WaitingDestinations::Needs;

  // ---- configuration and start ----

  void configure(const ConfigPtr& config) {
    begin_lan_pause(node_, config_.get(), *config);
    lan_.configure(config->lan_forwarding);
    for (const conf::SenderSettings& sender : config->senders)
      if (const auto* before = config_ ? sender_of(*config_, sender.connection) : nullptr;
          before && !(before->limits == sender.limits))
        limited_.erase(sender.connection);
    config_ = config;
    state_.configure(config->senders);
    state_.forget_ready();
    idle_.end(INT64_MAX);  // they have reached servers of the old configuration
    state_.destinations().forget_failures();
    resolvers_.configure(node_, *config);
    if (auto made = make_client_tls(config->tls, false))
      tls_ = std::move(*made);
    else
      node_.log.error("queue", "", made.error().text());
  }

  /// Page by page: a long queue is in memory only once.
  void load(QueueId after = {}) {
    ask_database<std::vector<storage::QueuedItem>>(
        this, node_.handles()->database,
        [after](storage::Database& database) {
          return storage::QueueRepository(database).load(after, k_page);
        },
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
          items->size() == k_page ? load(items->back().id) : has_loaded();
        });
  }
  void has_loaded() {
    if (state_.size() > 0)
      node_.log.info("queue", "", std::to_string(state_.size()) + " messages wait from before");
    loaded_ = true;
    state_.began(now_microseconds());
    wake();
    for (auto& work : std::exchange(when_loaded_, {})) work();
    send_all_due();
  }
  /// With another configuration: it decides what goes where, and a run whose sender is gone is over.
  void begin_anew() {
    for (const std::string& connection : runs_.running()) {
      if (const auto* sender = sender_of(*config_, connection))
        for (const std::string& destination : state_.make_all_ready(*sender, now_microseconds()))
          pump(destination, *sender);
      finish_run(connection);
    }
    send_all_due();
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
    for (const auto* sender : immediate_senders(*config_, node_.schedule_paused)) send(id, *sender, now);
    send_lan(state_.make_routed_ready(id, now));
  }
  void send(QueueId id, const conf::SenderSettings& sender, std::int64_t now) {
    for (const std::string& destination : state_.make_ready(id, sender, now)) pump(destination, sender);
  }
  void send_lan(const std::map<std::string, std::string>& routes) {
    for (const auto& [destination, route] : routes) pump(destination, lan_.open(destination, route));
  }
  void send_lan() {
    pump_held(std::string(k_route_connection));
    send_lan(state_.make_all_routed_ready(now_microseconds()));
  }

  // ---- what happens by itself: holds end, messages are given up, servers are tried again ----

  void wake() {
    const std::int64_t now = now_microseconds();
    if (lan_.is_over(now)) send_lan();
    for (const conf::SenderSettings& sender : config_->senders) pump_held(sender.connection);
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

  void send_all_due() {
    for (const auto* sender : immediate_senders(*config_, node_.schedule_paused))
      for (const std::string& destination : state_.make_all_ready(*sender, now_microseconds()))
        pump(destination, *sender);
    send_lan();
  }

  /// An administrator wants it now: every sender takes what it may.
  void send_all_now() {
    for (const conf::SenderSettings& sender : config_->senders) {
      for (const std::string& destination : state_.make_all_ready(sender, now_microseconds()))
        pump(destination, sender);
      pump_held(sender.connection);
    }
    send_lan();
  }

  void run(const std::string& connection, caf::typed_response_promise<SenderReport> promise) {
    const auto* sender = sender_of(*config_, connection);
    if (!sender) {
      promise.deliver(SenderReport{0, 0, 0, false, "no sender"});
      return;
    }
    runs_.begin(connection, promise);
    limited_.erase(connection);
    for (const std::string& destination : state_.make_all_ready(*sender, now_microseconds()))
      pump(destination, *sender);
    pump_held(connection);
    finish_run(connection);
  }

  /// Gives work to sessions that wait for it, and starts as many as the messages and the limits allow.
  void pump(const std::string& destination, const conf::SenderSettings& sender) {
    const bool lan = is_route_destination(destination);
    if (limited_.contains(connection_of(destination)) || (lan && node_.lan.paused))
      return waiting_.hold(destination);
    const auto allowance = state_.rules().allowance(destination, current_time());
    if (allowance.recipients == 0 && state_.ready(destination) > 0) {
      waiting_.hold(destination);
      return plan_wake_at(microseconds(allowance.until));
    }
    if (state_.ready(destination) > 0)
      idle_.employ(destination, [&](const caf::actor_addr& session) { return take(destination, session); });
    const Destinations& places = state_.destinations();
    while (static_cast<std::size_t>(places.sessions(destination)) < state_.ready(destination)) {
      if (lan && !lan_.may_start(destination, places)) return waiting_.hold(destination);
      if (!lan && !may_start(destination, sender)) {
        if (places.sessions(destination) == 0) waiting_.line_up(destination, Needs::session);
        return;
      }
      start_client(destination, sender);
    }
  }
  bool may_start(const std::string& destination, const conf::SenderSettings& sender) {
    Destinations& places = state_.destinations();
    if (sender.kind == conf::SenderKind::relay)
      return places.may_start(destination, {k_relay_sessions_max, 0});
    const auto& direct = sender.direct;
    return has_turn(sender) && places.may_start(destination, {direct.connections_per_destination,
                                                              direct.threads * k_trying_factor});
  }
  /// Whether the sender may have one more message under way.
  bool has_turn(const conf::SenderSettings& sender) const {
    return sender.kind != conf::SenderKind::direct ||
           sessions_.under_way(sender.connection) < sender.direct.threads;
  }
  /// To those that stand in line, as many as there are now.
  void give_turns(const std::string& connection) {
    const auto* sender = sender_of(*config_, connection);
    if (!sender) return;
    const int trying_max = sender->direct.threads * k_trying_factor;
    for (const Needs needs : {Needs::turn, Needs::session})
      for (std::size_t left = waiting_.in_line(connection, needs); left > 0 && has_turn(*sender); --left) {
        if (needs == Needs::session && !state_.destinations().may_try(connection, trying_max)) return;
        if (const auto destination = waiting_.next(connection, needs)) pump(*destination, *sender);
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
    sessions_.add(client, destination, config_);
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
    SendingSession* client = sessions_.find(session);
    const auto* sender = sender_for(destination);
    if (!client || !sender || client->config != config_) return {};
    const std::string connection = connection_of(destination);
    const conf::SenderLimits limits = limits_of(*sender, client->limits);
    std::int64_t room = room_of_session(limits, client->messages, client->recipients);
    if (room == 0) limited_.insert(connection);
    if (limited_.contains(connection) || state_.ready(destination) == 0) return {};
    if (is_route_destination(destination) && node_.lan.paused) {
      waiting_.hold(destination);
      return {};
    }
    if (!has_turn(*sender)) {
      waiting_.line_up(destination, Needs::turn);
      return {};
    }
    const Time now = current_time();
    const SenderRules::Allowance allowance = state_.rules().allowance(destination, now);
    if (allowance.recipients == 0) {
      waiting_.hold(destination);
      plan_wake_at(microseconds(allowance.until));
      return {};
    }
    for (const std::int64_t limit : {allowance.recipients, limits.max_recipients_per_message})
      if (limit > 0) room = std::min(room, limit);
    DeliveryTask task = state_.take(destination, room == INT64_MAX ? 0 : static_cast<std::size_t>(room));
    if (!task.id) return task;
    const auto count = static_cast<std::int64_t>(task.envelope.recipients.size());
    state_.rules().note(destination, now, count);
    sessions_.employ(*client, task.id, count);
    set_return_path(task, *sender, node_.directory());
    task.maybe_repeated = maybe_sent_.take(task.id, destination);
    return task;
  }
  bool may_wait(const caf::actor_addr& session) const {
    const SendingSession* client = sessions_.find(session);
    return client && client->config == config_ && !limited_.contains(connection_of(client->destination));
  }
  void end_idle() {
    if (const auto next = idle_.end(now_microseconds()))
      delayed_send(this, std::chrono::microseconds{*next - now_microseconds()} + std::chrono::milliseconds(1),
                   EndIdle{});
  }

  void client_ended(const caf::actor_addr& address) {
    const SendingSession* client = sessions_.find(address);
    if (!client) return;
    const std::string destination = client->destination, connection = connection_of(destination);
    const bool reported = client->reported;
    idle_.forget(address);
    if (client->task) state_.release_active(client->task, destination);
    state_.destinations().ended(destination, client->reached);
    sessions_.remove(address);
    // A bug ended it: its work waits for the next attempt, not for a busy loop.
    if (!reported) fail_all(destination, session_ended_unexpectedly());
    if (const auto* sender = sender_for(destination)) pump(destination, *sender);
    room_in(connection);
    if (state_.destinations().sessions(destination) == 0 && state_.ready(destination) == 0) {
      lan_.forget(destination);
      state_.rules().forget(destination);
    }
    finish_run(connection);
  }

  /// Those that may not have been sent to before.
  void pump_held(const std::string& connection) {
    for (const std::string& one : waiting_.take_held(connection))
      if (const auto* sender = sender_for(one)) pump(one, *sender);
  }
  /// A session has ended, or has reached its server.
  void room_in(const std::string& connection) {
    connection == k_route_connection ? pump_held(connection) : give_turns(connection);
  }

  void sending_reached(const SendingReached& reached) {
    SendingSession* client = sessions_.find(session());
    if (!client || std::exchange(client->reached, true)) return;
    client->limits = reached;
    state_.destinations().reached(reached.destination);
    room_in(connection_of(reached.destination));
  }

  void sending_ended(const SendingEnded& ended) {
    if (SendingSession* client = sessions_.find(session())) client->reported = true;
    if (!is_route_destination(ended.destination)) {
      SenderReport& report = runs_.report_of(connection_of(ended.destination));
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
    if (!runs_.is_unreported(connection)) return;
    if (state_.is_busy(connection) && !limited_.contains(connection)) return;
    if (sessions_.any([&](const caf::actor_addr& address, const SendingSession& one) {
          return !idle_.contains(address) && connection_of(one.destination) == connection;
        }))
      return;
    if (const auto sent = runs_.take_at_once(connection)) tell_sent_at_once(node_, connection, *sent);
    if (!runs_.runs(connection) || look_again(connection)) return;
    if (!sender_of(*config_, connection))
      runs_.report_of(connection).last_result = "the sender has been taken out of the configuration";
    runs_.finish(connection);
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
      SenderReport& report = runs_.report_of(connection_of(finished.destination));
      report.delivered += verdict.delivered;
      report.deferred += verdict.deferred;
      report.failed += verdict.failed;
    }
    commit(std::move(verdict), std::move(then));
  }

  /// What is left of it may go at once: by the runs that go on, or without one.
  void send_again(QueueId id) {
    for (const std::string& connection : runs_.running())
      if (const auto* sender = sender_of(*config_, connection)) send(id, *sender, now_microseconds());
    send_at_once(id);
  }

  void commit(QueueState::Verdict verdict, Then then) {
    QueueUpdate update = verdict.update;
    const bool again = verdict.again;
    store_outcome(this, node_, state_.find(update.id), std::move(verdict),
                  [this, again, update = std::move(update), then = std::move(then)](bool committed) {
                    settle(update, again, committed, then);
                  });
  }

  /// After the commit. Without one the recipients wait again; what was delivered may be sent twice.
  void settle(QueueUpdate update, bool again, bool committed, const Then& then) {
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
    if (committed && again) send_again(update.id);
    for (const std::string& connection : runs_.unreported()) finish_run(connection);
  }

  // ---- commands ----

  /// An administrator has changed what waits, or when.
  void carried_out(const QueueCommand& command) {
    if (command.action == "resume lan") return send_lan();
    if (command.action == "retry") {
      state_.destinations().forget_failures();
      limited_.clear();
      command.criteria.lan_only ? send_lan() : send_all_now();
    }
    if (command.action == "release" || command.action == "redirect") send_all_due();
  }

  Node& node_;
  SenderResolvers resolvers_;
  ConfigPtr config_;
  TlsContext tls_;
  MaybeSent maybe_sent_;
  QueueState state_;
  QueueChanges changes_{
      this, node_, state_,
      [this](QueueState::Verdict verdict, Then then) { commit(std::move(verdict), std::move(then)); },
      [this](const QueueCommand& command) { carried_out(command); }};
  LanSending lan_;
  std::int64_t wake_at_ = INT64_MAX;  // when the next tick is for
  bool loaded_ = false;
  std::vector<std::function<void()>> when_loaded_;
  IdleSessions idle_;
  SendingSessions sessions_;
  WaitingDestinations waiting_;
  std::set<std::string> limited_;  // connections whose session limit is reached, until a run
  SenderRuns runs_;
};

}  // namespace

LocalQueueActor spawn_queue(caf::actor_system& system, Node& node, ResolverActor resolver) {
  return system.spawn<Queue>(std::ref(node), std::move(resolver));
}

}  // namespace stagecoach
