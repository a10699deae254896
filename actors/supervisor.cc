#include "actors/supervisor.h"

#include "actors/authenticator.h"
#include "actors/connections.h"
#include "actors/control.h"
#include "actors/database.h"
#include "actors/directory.h"
#include "actors/historian.h"
#include "actors/housekeeping.h"
#include "actors/lists.h"
#include "actors/load_configuration.h"
#include "actors/log_settings.h"
#include "actors/mailbox_care.h"
#include "actors/mailboxes.h"
#include "actors/queue.h"
#include "actors/resolver.h"
#include "actors/router.h"
#include "actors/serialisation.h"
#include "actors/service_set.h"
#include "actors/tls_policies.h"
#include "actors/tokens.h"
#include "actors/writer.h"
#include "conf/difference.h"
#include "conf/reader.h"

namespace stagecoach {

namespace {

using namespace std::chrono_literals;

constexpr auto k_first_back_off = 100ms, k_back_off_max = 10000ms;
constexpr auto k_certificate_look = 5s;

class Supervisor : public SupervisorActor::base {
 public:
  Supervisor(caf::actor_config& config, Node& node, NodeSettings settings)
      : SupervisorActor::base(config), node_(node), settings_(std::move(settings)), services_(node) {
    set_down_handler([this](const caf::down_msg& down) { child_died(down); });
    declare_children();
  }

  behavior_type make_behavior() override {
    return {[this](const StartNode&) -> caf::result<Outcome> {
              auto promise = make_response_promise<Outcome>();
              start(promise);
              return promise;
            },
            [this](const ReloadNode&) -> caf::result<ReloadAnswer> {
              auto promise = make_response_promise<ReloadAnswer>();
              reload(promise);
              return promise;
            },
            [this](const StopNode&) { stop(); },
            [this](const RestartChild& restart) { start_child(restart.name); },
            [this](caf::tick_atom) {
              delayed_send(this, k_certificate_look, caf::tick_atom_v);
              for (const std::string& name : services_.refresh_certificates(*node_.config()))
                node_.log.info("listener", name, "uses the changed certificate from now on");
            }};
  }
  const char* name() const override { return "supervisor"; }

 private:
  /// An actor that is started again when it dies; its dependents hold its handle and start again with it.
  struct Child {
    std::string name;
    std::function<caf::actor()> start;
    std::vector<std::string> dependents;
    caf::actor actor;
    std::chrono::milliseconds back_off = k_first_back_off;
    std::chrono::steady_clock::time_point started;
  };

  template <class Handle>
  static caf::actor untyped(const Handle& handle) {
    return caf::actor_cast<caf::actor>(handle);
  }

  void declare_children() {
    auto& system = this->system();
    const auto set = [this](auto Handles::*member, const auto& handle) {
      Handles handles = *node_.handles();
      handles.*member = handle;
      node_.set_handles(std::move(handles));
      return untyped(handle);
    };
    children_ = {
        {"database",
         [=, this, &system] {
           return set(&Handles::database,
                      spawn_database(system, node_, settings_.conninfo, node_.config()->storage.connections));
         },
         {}},
        {"writer",
         [=, this, &system] {
           return set(&Handles::writer, spawn_writer(system, node_, settings_.conninfo));
         },
         {}},
        {"outcomes",
         [=, this, &system] {
           return set(&Handles::outcomes, spawn_writer(system, node_, settings_.conninfo));
         },
         {}},
        {"mailboxes",
         [=, this, &system] { return set(&Handles::mailboxes, spawn_mailboxes(system, node_)); },
         {}},
        {"authenticator",
         [=, this, &system] {
           authenticator_ = spawn_authenticator(system, node_);
           return set(&Handles::authenticator, authenticator_);
         },
         {"directory"}},
        {"router",
         [=, this, &system] {
           router_ = spawn_router(system, node_);
           return set(&Handles::router, router_);
         },
         {"directory"}},
        {"lists",
         [=, this, &system] {
           lists_ = spawn_lists(system, node_);
           return set(&Handles::lists, untyped(lists_));
         },
         {"directory"}},
        {"directory",
         [=, this, &system] {
           directory_ = spawn_directory(system, node_, {router_, authenticator_, lists_});
           if (running_) load_directory(node_.config(), [](const Outcome&) {});
           return set(&Handles::directory, directory_);
         },
         {}},
        {"resolver",
         [this] {
           resolver_ = spawn_resolver(node_.next_reactor(), node_.config()->dns);
           return untyped(resolver_);
         },
         {"queue", "connections", "tls_policies"}},
        {"tls_policies",
         [=, this, &system] {
           return set(&Handles::tls_policies, untyped(spawn_tls_policies(system, node_, resolver_)));
         },
         {}},
        {"tokens",
         [=, this, &system] { return set(&Handles::tokens, untyped(spawn_tokens(system, node_))); },
         {}},
        {"queue",
         [=, this, &system] {
           queue_ = spawn_queue(system, node_, resolver_);
           return set(&Handles::queue, queue_);
         },
         {}},
        {"connections",
         [=, this, &system] {
           connections_ = spawn_connections(system, node_, resolver_);
           return set(&Handles::connections, untyped(connections_));
         },
         {"schedule"}},
        {"schedule",
         [this, &system] {
           schedule_ = spawn_schedule(system, node_, connections_);
           return untyped(schedule_);
         },
         {}},
        {"mailbox_care", [this, &system] { return untyped(spawn_mailbox_care(system, node_)); }, {}},
        {"housekeeping", [this, &system] { return untyped(spawn_housekeeping(system, node_)); }, {}},
        {"historian", [this, &system] { return untyped(spawn_historian(system, node_)); }, {}},
    };
  }

  Child* child(const std::string& name) {
    for (Child& one : children_)
      if (one.name == name) return &one;
    return nullptr;
  }

  void start_child(const std::string& name) {
    Child* one = child(name);
    if (!one || stopping_) return;
    one->actor = one->start();
    one->started = std::chrono::steady_clock::now();
    monitor(one->actor);
    for (const std::string& dependent : one->dependents)
      if (Child* other = child(dependent); other && other->actor)
        send_exit(other->actor, caf::exit_reason::user_shutdown);
  }

  void child_died(const caf::down_msg& down) {
    if (stopping_) return;
    for (Child& one : children_) {
      if (!one.actor || one.actor.address() != down.source) continue;
      one.actor = nullptr;
      ++node_.counters.actor_restarts;
      if (std::chrono::steady_clock::now() - one.started > 60s) one.back_off = k_first_back_off;
      node_.log.error("supervisor", "",
                      one.name + " has ended (" + system().render(down.reason) + "); starting it again in " +
                          std::to_string(one.back_off.count()) + " ms");
      delayed_send(this, one.back_off, RestartChild{one.name});
      one.back_off = std::min<std::chrono::milliseconds>(one.back_off * 2, k_back_off_max);
      return;
    }
  }

  // ---- start ----

  void load_directory(const ConfigPtr& config, std::function<void(const Outcome&)> then) {
    request(directory_, caf::infinite, LoadDirectory{config})
        .then([then](const Outcome& outcome) { then(outcome); },
              [then](const caf::error&) { then(Outcome::failure(unavailable("the directory has ended"))); });
  }

  void start(caf::typed_response_promise<Outcome> promise) {
    const auto config = node_.config();
    if (auto prepared = services_.prepare(*config); !prepared) {
      services_.abandon();
      promise.deliver(Outcome::failure(prepared.error()));
      return;
    }
    const std::string control_path = config->resolve(config->server.data_dir) + "/control.sock";
    auto control = open_control_socket(control_path);
    if (!control) {
      services_.abandon();
      promise.deliver(Outcome::failure(control.error()));
      return;
    }
    for (Child& one : children_) start_child_first(one);
    load_directory(config, [this, promise, fd = *control](const Outcome& outcome) mutable {
      if (outcome.ok) {
        running_ = true;
        services_.commit();
        control_ = spawn_control(*node_.reactors().front(), fd, node_,
                                 {SupervisorActor{this}, settings_.config_path});
        delayed_send(this, k_certificate_look, caf::tick_atom_v);
      }
      promise.deliver(outcome);
    });
  }
  void start_child_first(Child& one) {
    one.actor = one.start();
    one.started = std::chrono::steady_clock::now();
    monitor(one.actor);
  }

  // ---- reload ----

  void reload(caf::typed_response_promise<ReloadAnswer> promise) {
    LoadedConfiguration loaded = load_configuration(settings_.config_path);
    const std::function<void(std::vector<std::string>)> refuse =
        [this, promise](std::vector<std::string> lines) mutable {
          for (const std::string& line : lines) node_.log.error("reload", "", line);
          node_.log.error("reload", "", "nothing has changed");
          promise.deliver(ReloadAnswer{
              Outcome::failure(invalid_input("the configuration is refused; nothing has changed")),
              std::move(lines)});
        };
    if (!loaded.ok()) return refuse(loaded.errors());
    const auto before = node_.config();
    const ConfigPtr config = loaded.config;
    if (auto prepared = services_.prepare(*config); !prepared) {
      services_.abandon();
      return refuse({prepared.error().text()});
    }
    load_directory(config, [this, promise, config, before, refuse, scripts = loaded.scripts,
                            keys = loaded.dkim_keys](const Outcome& outcome) mutable {
      if (!outcome.ok) {
        services_.abandon();
        return refuse({outcome.error.text()});
      }
      node_.set_scripts(scripts);
      node_.set_dkim_keys(keys);
      put_into_force(config);
      ReloadAnswer answer{{}, conf::describe_changes(*before, *config)};
      for (const std::string& line : answer.lines) node_.log.info("reload", "", line);
      if (needs_restart(*before, *config))
        answer.lines.emplace_back(
            "data_dir, [storage] and the numbers of threads take effect at the next start");
      ++node_.counters.reloads;
      node_.log.info("reload", "", "the configuration is in force");
      promise.deliver(std::move(answer));
    });
  }

  static bool needs_restart(const conf::Config& before, const conf::Config& after) {
    return before.server.data_dir != after.server.data_dir || !(before.storage == after.storage) ||
           before.server.reactors != after.server.reactors || before.server.threads != after.server.threads;
  }

  void put_into_force(const ConfigPtr& config) {
    node_.set_config(config);
    configure(node_.log, config->log);
    services_.commit();
    const ConfigChanged change{config};
    send(router_, change);
    send(authenticator_, change);
    send(queue_, change);
    send(connections_, change);
    send(schedule_, change);
  }

  // ---- stop ----

  /// Sessions first; those who store what sessions have accepted come last. Called again until they have
  /// ended or the time of grace is over.
  void stop() {
    const auto now = std::chrono::steady_clock::now();
    if (!std::exchange(stopping_, true)) {
      grace_end_ = now + node_.config()->server.shutdown_grace;
      services_.shut_down();
      if (control_) send(control_, ShutDown{});
    }
    const auto& counters = node_.counters;
    const bool busy =
        counters.smtp_sessions + counters.pop3_sessions + counters.imap_sessions + counters.http_sessions > 0;
    if (busy && now < grace_end_) return delayed_send(this, 20ms, StopNode{});
    end_children();
    quit();
  }

  void end_children() {
    for (const char* name : {"historian", "housekeeping", "mailbox_care", "schedule", "connections", "queue",
                             "tls_policies", "tokens", "resolver", "lists", "directory", "authenticator",
                             "mailboxes", "router", "outcomes", "writer", "database"})
      if (Child* one = child(name); one && one->actor) send_exit(one->actor, caf::exit_reason::user_shutdown);
    children_.clear();
    control_ = nullptr;
    schedule_ = nullptr;
    connections_ = nullptr;
    lists_ = nullptr;
    queue_ = nullptr;
    resolver_ = nullptr;
    directory_ = nullptr;
    router_ = nullptr;
    authenticator_ = nullptr;
    node_.set_handles({});
  }

  Node& node_;
  NodeSettings settings_;
  ServiceSet services_;
  std::vector<Child> children_;
  LocalAuthenticatorActor authenticator_;
  LocalRouterActor router_;
  LocalDirectoryActor directory_;
  ResolverActor resolver_;
  LocalQueueActor queue_;
  ConnectionsActor connections_;
  ListsActor lists_;
  ScheduleActor schedule_;
  ListenerActor control_;
  std::chrono::steady_clock::time_point grace_end_;
  bool running_ = false, stopping_ = false;
};

}  // namespace

SupervisorActor spawn_supervisor(caf::actor_system& system, Node& node, NodeSettings settings) {
  return system.spawn<Supervisor>(std::ref(node), std::move(settings));
}

}  // namespace stagecoach
