#include "actors/serve.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <optional>

#include "actors/disk_reserve.h"
#include "actors/history_steps.h"
#include "actors/load_configuration.h"
#include "actors/log_settings.h"
#include "actors/password.h"
#include "actors/serialisation.h"
#include "actors/supervisor.h"
#include "storage/content_store.h"
#include "storage/managed_cluster.h"
#include "storage/migrations.h"
#include "storage/server_key_repository.h"
#include "storage/server_state_repository.h"
#include "storage/trace_repository.h"

namespace stagecoach {

namespace {

using namespace std::chrono_literals;
namespace fs = std::filesystem;

class SystemConfig : public caf::actor_system_config {
 public:
  explicit SystemConfig(const conf::Config& config) {
    add_message_types<caf::id_block::stagecoach>();
    const auto cores = std::max(2U, std::thread::hardware_concurrency());
    set("scheduler.policy", caf::atom("sharing"));
    set("scheduler.max-threads",
        static_cast<std::size_t>(config.server.threads > 0 ? config.server.threads
                                                           : static_cast<int>(cores)));
  }
};

/// Keeps a second server out of the data folder, as long as this process lives.
Result<void> lock_data_folder(const std::string& folder) {
  std::error_code error;
  const bool made = fs::create_directories(folder, error);
  if (error) return unavailable("cannot create data_dir " + folder + ": " + error.message());
  if (made)
    chmod(folder.c_str(), 0711);  // whatever the umask: PostgreSQL's user must pass to its folder below
  const int fd = open((folder + "/lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (fd < 0) return unavailable("cannot write into data_dir " + folder + ": " + std::strerror(errno));
  // A server that was killed releases its lock at once; one that stops needs a moment.
  for (int attempt = 0; flock(fd, LOCK_EX | LOCK_NB) != 0; ++attempt) {
    if (attempt == 50) return conflict("another stagecoach serve uses data_dir " + folder);
    std::this_thread::sleep_for(100ms);
  }
  return {};
}

/// The server's own secret, the same after a restart: makes up verifiers of users who do not exist.
Result<std::string> load_secret(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::string secret((std::istreambuf_iterator<char>(file)), {});
  if (secret.size() >= 32) return secret;
  secret = random_bytes(32);
  const int fd = open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (fd < 0 || ::write(fd, secret.data(), secret.size()) != static_cast<ssize_t>(secret.size()))
    return unavailable("cannot write " + path);
  ::close(fd);
  return secret;
}

void raise_descriptor_limit() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
}

/// One start of the server, with everything that it owns.
class Server {
 public:
  Server(std::string config_path, LoadedConfiguration loaded)
      : config_path_(std::move(config_path)),
        config_(std::move(loaded.config)),
        reserve_(config_->resolve(config_->server.data_dir)) {
    node_.set_config(config_);
    node_.set_scripts(std::move(loaded.scripts));
    node_.set_dkim_keys(std::move(loaded.dkim_keys));
    configure(node_.log, config_->log);
    sigemptyset(&signals_);
    for (const int signal : {SIGTERM, SIGINT, SIGHUP, SIGCHLD}) sigaddset(&signals_, signal);
  }

  int run() {
    pthread_sigmask(SIG_BLOCK, &signals_, nullptr);  // before any thread starts: all inherit it
    std::signal(SIGPIPE, SIG_IGN);                   // OpenSSL writes without MSG_NOSIGNAL
    raise_descriptor_limit();
    if (auto done = prepare(); !done) return fail(done.error());
    SystemConfig system_config(*config_);
    caf::actor_system system(system_config);
    start_reactors(system);
    const bool started = start_node(system);
    if (started) wait_for_signals();
    stop_node(system);
    return started ? 0 : 1;
  }

 private:
  int fail(const Error& error) {
    node_.log.error("serve", "", error.text());
    return 1;
  }

  Result<void> prepare() {
    if (!prepare_passwords()) return internal_error("libsodium cannot be initialised");
    const std::string folder = config_->resolve(config_->server.data_dir);
    if (auto locked = lock_data_folder(folder); !locked) return locked;
    auto secret = load_secret(fs::absolute(folder).string() + "/secret");
    if (!secret) return std::move(secret.error());
    node_.probe_secret = std::move(*secret);
    if (auto ready = prepare_database(folder); !ready) return ready;
    return prepare_schema();
  }

  Result<void> prepare_database(const std::string& folder) {
    const conf::StorageSettings& storage = config_->storage;
    if (storage.database != "managed") {
      conninfo_ = storage.database;
      return {};
    }
    storage::ClusterSettings settings;
    settings.folder = folder + "/database";
    settings.user = config_->server.run_as;
    settings.programs = config_->resolve(storage.postgres_bin);
    settings.shared_buffers_mb = storage.shared_buffers.bytes >> 20;
    settings.connections_max = storage.connections + 20;
    cluster_.emplace(std::move(settings));
    if (auto started = cluster_->start(); !started)
      return std::move(started.error()).while_doing("starting the managed database");
    conninfo_ = cluster_->conninfo();
    node_.log.info("database", "", cluster_->created() ? "created and started" : "started");
    return {};
  }

  Result<void> prepare_schema() {
    auto database = storage::Database::connect(conninfo_);
    if (!database) return std::move(database.error());
    auto applied = storage::migrate(*database);
    if (!applied) return std::move(applied.error());
    for (const std::string& name : *applied) node_.log.info("database", "", "applied migration " + name);
    static constexpr storage::Statement k_next_run{"next_run", "SELECT nextval('server_run')"};
    auto run = database->run(k_next_run);
    if (!run) return std::move(run.error());
    node_.numbers.begin(run->integer(0, 0));
    for (const auto& [purpose, place] :
         {std::pair{"unsubscribe", &node_.unsubscribe_key}, std::pair{"return path", &node_.bounce_key}}) {
      auto key = storage::ServerKeyRepository(*database).key(purpose, random_bytes(32));
      if (!key) return std::move(key.error());
      *place = std::move(*key);
    }
    auto unclean = storage::ServerStateRepository(*database).begin(state_name(), now_microseconds());
    if (!unclean) return std::move(unclean.error());
    if (*unclean) {
      node_.unclean_end = now_microseconds();
      node_.log.warning("serve", "",
                        "the run before has not ended in order: a message whose sending was under way may be "
                        "sent a second time");
    }
    auto swept = storage::ContentStore(*database).sweep(node_.numbers.run());
    if (swept && *swept > 0)
      node_.log.info("database", "", "removed " + std::to_string(*swept) + " remains of interrupted uploads");
    return {};
  }

  void start_reactors(caf::actor_system& system) {
    const int wanted = config_->server.reactors > 0 ? config_->server.reactors
                                                    : static_cast<int>(std::thread::hardware_concurrency());
    for (int i = 0; i < std::max(1, wanted); ++i) {
      node_.reactors().push_back(std::make_unique<Reactor>(system));
      node_.reactors().back()->start();
    }
  }

  bool start_node(caf::actor_system& system) {
    supervisor_ = spawn_supervisor(system, node_, {config_path_, conninfo_});
    caf::scoped_actor self{system};
    Outcome outcome;
    self->request(supervisor_, caf::infinite, StartNode{})
        .receive([&](const Outcome& answer) { outcome = answer; },
                 [&](const caf::error& error) {
                   outcome =
                       Outcome::failure(internal_error("the supervisor has ended: " + system.render(error)));
                 });
    if (!outcome.ok) {
      fail(outcome.error);
      return false;
    }
    node_.log.info("serve", "", "ready: " + config_->server.hostname);
    return true;
  }

  /// The main thread also looks after PostgreSQL: it is its parent.
  void wait_for_signals() {
    while (true) {
      const timespec pause{0, 250'000'000};
      siginfo_t info{};
      const int signal = sigtimedwait(&signals_, &info, &pause);
      if (signal == SIGTERM || signal == SIGINT) {
        node_.log.info("serve", "", "stopping");
        return;
      }
      if (signal == SIGHUP) caf::anon_send(supervisor_, ReloadNode{});
      look_after_database();
      look_at_free_space();
    }
  }

  /// A full disk would stop PostgreSQL in the middle of a commit: new mail is refused before that.
  void look_at_free_space() {
    const std::int64_t free_min = node_.config()->limits.disk_free_min.bytes;
    // Without the reserve the next time would have no way out: there must be room for both.
    const bool reserved = reserve_.keep(free_min);
    const std::int64_t free = reserve_.free_bytes();
    const bool low = !reserved || free < free_min;
    if (low && node_.database_away && reserve_.release())
      node_.log.warning("database", "",
                        "the disk is full: gave up the reserve, so that PostgreSQL can recover");
    if (node_.disk_low.exchange(low) == low) return;
    node_.log.write(low ? LogLevel::error : LogLevel::info, "serve", "",
                    low ? "little disk space is left (" + std::to_string(free >> 20) +
                              " MB, limits.disk_free_min): new mail is refused with 452"
                        : "there is enough disk space again");
  }

  void look_after_database() {
    if (!cluster_) return;
    const bool died = cluster_->has_died();
    if (died) node_.log.error("database", "", "PostgreSQL has ended; starting it again");
    if (!died && cluster_->pid() != 0) return;
    const auto now = std::chrono::steady_clock::now();
    if (!died && now < next_start_) return;
    if (auto started = cluster_->start(); !started) {
      node_.log.error("database", "", started.error().text());
      if (node_.disk_low && reserve_.release())
        node_.log.warning("database", "",
                          "the disk is full: gave up the reserve, so that PostgreSQL can recover");
      next_start_ = now + 500ms;
    } else {
      node_.log.info("database", "", "PostgreSQL runs again");
    }
  }

  void stop_node(caf::actor_system& system) {
    caf::scoped_actor self{system};
    caf::anon_send(supervisor_, StopNode{});
    self->wait_for(supervisor_);
    supervisor_ = nullptr;
    // What still runs is waiting for a peer or for the database: it gets a moment, then the process ends.
    const auto end = std::chrono::steady_clock::now() + 5s;
    while (system.registry().running() > 1 && std::chrono::steady_clock::now() < end)
      std::this_thread::sleep_for(10ms);
    const bool clean = system.registry().running() <= 1;
    for (auto& reactor : node_.reactors()) reactor->stop();
    if (clean) note_clean_end();
    if (cluster_) cluster_->stop();
    node_.log.info("serve", "", "stopped");
    if (!clean) std::_Exit(0);  // ~actor_system would wait for those for ever
  }

  /// Names this server among those that share the database.
  std::string state_name() const {
    return config_->server.hostname + " " + config_->resolve(config_->server.data_dir);
  }
  void note_clean_end() {
    auto database = storage::Database::connect(conninfo_);
    if (!database) return;
    (void)storage::HistoryRepository(*database).add_sessions(
        history_sessions(node_.ended_sessions.take(EndedSessions::k_sessions_max), node_.directory()));
    (void)storage::ServerStateRepository(*database).end(state_name(), now_microseconds());
  }

  std::string config_path_;
  ConfigPtr config_;
  DiskReserve reserve_;
  Node node_;
  std::optional<storage::ManagedCluster> cluster_;
  std::string conninfo_;
  SupervisorActor supervisor_;
  sigset_t signals_{};
  std::chrono::steady_clock::time_point next_start_;
};

}  // namespace

namespace {

/// All errors, but only the first warnings: thousands of users may each have one.
void print_problems(const conf::Problems& problems) {
  constexpr std::size_t k_warnings_max = 10;
  std::size_t warnings = 0;
  for (const conf::Problem& problem : problems) {
    const bool warning = problem.severity == conf::Problem::Severity::warning;
    if (warning && ++warnings > k_warnings_max) continue;
    std::cerr << problem.text() << "\n";
  }
  if (warnings > k_warnings_max)
    std::cerr << "… and " << warnings - k_warnings_max
              << " more warnings; `stagecoach check` shows them all\n";
}

}  // namespace

int serve(const std::string& config_path) {
  LoadedConfiguration loaded = load_configuration(config_path);
  print_problems(loaded.problems);
  if (!loaded.ok()) {
    std::cerr << "stagecoach: the configuration has errors; the server does not start\n";
    return 1;
  }
  Server server(fs::absolute(config_path).string(), std::move(loaded));
  return server.run();
}

}  // namespace stagecoach
