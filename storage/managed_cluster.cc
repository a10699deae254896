#include "storage/managed_cluster.h"

#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <functional>
#include <thread>
#include <vector>

#include "storage/pg.h"

namespace stagecoach::storage {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

namespace {

constexpr std::size_t k_socket_path_max = 90;  // sockaddr_un holds 108 bytes with "/.s.PGSQL.5432"
constexpr auto k_start_patience = 300s;        // crash recovery of a large log takes its time
constexpr auto k_stop_patience = 10s;          // for a fast shutdown, which writes a checkpoint
constexpr auto k_abort_patience = 5s;          // for an immediate one, which only ends
constexpr int k_not_runnable = 126, k_parent_gone = 125;

passwd* account(const std::string& user) { return geteuid() == 0 ? getpwnam(user.c_str()) : nullptr; }

/// In the child: becomes `pw`, ties its life to ours, and executes.
[[noreturn]] void become(const passwd* pw, std::vector<std::string>& arguments, const std::string& log,
                         pid_t parent) {
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
  std::signal(SIGPIPE, SIG_DFL);
  if (pw && (setgroups(0, nullptr) != 0 || setgid(pw->pw_gid) != 0 || setuid(pw->pw_uid) != 0))
    _exit(k_not_runnable);
  prctl(PR_SET_PDEATHSIG, SIGINT);  // after setuid, which clears it; SIGINT is PostgreSQL's fast shutdown
  if (getppid() != parent) _exit(k_parent_gone);
  setsid();
  const int out = open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0640);
  if (out >= 0) {
    dup2(out, STDOUT_FILENO);
    dup2(out, STDERR_FILENO);
  }
  const int in = open("/dev/null", O_RDONLY);
  if (in >= 0) dup2(in, STDIN_FILENO);
  for (int fd = 3; fd < 1024; ++fd) close(fd);
  if (chdir("/") != 0) _exit(k_not_runnable);
  // Otherwise PostgreSQL gives memory back and takes it again with every statement: a sixth of its time.
  setenv("MALLOC_TRIM_THRESHOLD_", "67108864", 1);
  setenv("MALLOC_TOP_PAD_", "1048576", 1);
  std::vector<char*> argv;
  for (std::string& argument : arguments) argv.push_back(argument.data());
  argv.push_back(nullptr);
  execv(argv[0], argv.data());
  _exit(127);
}

Result<pid_t> run_as(const passwd* pw, std::vector<std::string> arguments, const std::string& log) {
  const pid_t parent = getpid();
  const pid_t child = fork();
  if (child < 0) return unavailable(std::string("cannot start a process: ") + std::strerror(errno));
  if (child == 0) become(pw, arguments, log, parent);
  return child;
}

/// The processes of a PostgreSQL that runs in this folder, and what a killed one has left: as long as one of
/// them lives, it holds the shared memory, and a new PostgreSQL refuses to start beside it.
std::vector<pid_t> processes_in(const std::string& data) {
  std::vector<pid_t> processes;
  std::error_code error;
  const fs::path folder = fs::weakly_canonical(data, error);
  for (const auto& entry : fs::directory_iterator("/proc", error)) {
    const pid_t pid = std::atoi(entry.path().filename().c_str());
    if (pid > 1 && pid != getpid() && fs::read_symlink(entry.path() / "cwd", error) == folder)
      processes.push_back(pid);
  }
  return processes;
}

void signal_all(const std::vector<pid_t>& processes, int signal) {
  for (const pid_t pid : processes) kill(pid, signal);
}

bool wait_until(std::chrono::steady_clock::duration patience, const std::function<bool()>& done) {
  const auto end = std::chrono::steady_clock::now() + patience;
  while (!done()) {
    if (std::chrono::steady_clock::now() > end) return false;
    std::this_thread::sleep_for(5ms);
  }
  return true;
}

}  // namespace

Result<std::string> ManagedCluster::program(const std::string& name) const {
  if (!settings_.programs.empty()) return settings_.programs + "/" + name;
  std::string newest;
  int newest_version = 0;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator("/usr/lib/postgresql", error)) {
    const int version = std::atoi(entry.path().filename().c_str());
    const auto candidate = entry.path() / "bin" / name;
    if (version > newest_version && fs::exists(candidate)) {
      newest = candidate;
      newest_version = version;
    }
  }
  if (newest.empty())
    return not_found("no PostgreSQL server programs below /usr/lib/postgresql: apt-get install postgresql");
  return newest;
}

Result<void> ManagedCluster::prepare_folders() {
  std::error_code error;
  fs::create_directories(settings_.folder, error);
  if (error) return unavailable("cannot create " + settings_.folder + ": " + error.message());
  settings_.folder = fs::canonical(settings_.folder);
  socket_folder_ = settings_.folder + "/socket";
  if (socket_folder_.size() > k_socket_path_max)
    socket_folder_ = "/tmp/stagecoach-" + std::to_string(std::hash<std::string>{}(settings_.folder));
  if (mkdir(socket_folder_.c_str(), 0700) != 0 && errno != EEXIST)
    return unavailable("cannot create " + socket_folder_ + ": " + std::strerror(errno));
  const passwd* pw = account(settings_.user);
  // Whoever owns the socket folder is the database's administrator: nobody may have made it before us.
  struct stat status {};
  if (lstat(socket_folder_.c_str(), &status) != 0 || !S_ISDIR(status.st_mode) ||
      (status.st_mode & 077) != 0 || (status.st_uid != geteuid() && !(pw && status.st_uid == pw->pw_uid)))
    return conflict(socket_folder_ + " is not a private folder of this server: remove it");
  if (geteuid() != 0) return {};
  if (!pw)
    return not_found("PostgreSQL does not run as root, and there is no user \"" + settings_.user +
                     "\": set [server] run_as");
  for (const std::string& folder : {settings_.folder, socket_folder_})
    if (chown(folder.c_str(), pw->pw_uid, pw->pw_gid) != 0)
      return unavailable("cannot give " + folder + " to " + settings_.user + ": " + std::strerror(errno));
  return {};
}

Result<void> ManagedCluster::create() {
  auto initdb = program("initdb");
  if (!initdb) return std::move(initdb.error());
  const passwd* pw = account(settings_.user);
  // Built under another name first: a start that was interrupted here leaves nothing that looks like a
  // cluster.
  const std::string building = data() + ".new";
  std::error_code error;
  fs::remove_all(building, error);
  // "trust" is safe because only the owner of the socket folder (mode 0700) can reach the server.
  auto child = run_as(pw,
                      {*initdb, "-D", building, "-U", "stagecoach", "-A", "trust", "-E", "UTF8",
                       "--locale=C.UTF-8", "--no-instructions"},
                      log());
  if (!child) return std::move(child.error());
  int status = 0;
  waitpid(*child, &status, 0);
  if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
    return unavailable("creating the database in " + data() + " failed; " + log() +
                       " says: " + last_log_line() +
                       (pw ? " (user " + settings_.user + " must be able to reach this folder)" : ""));
  fs::rename(building, data(), error);
  if (error) return unavailable("cannot rename " + building + ": " + error.message());
  created_ = true;
  return {};
}

Result<void> ManagedCluster::end_leftover() {
  const auto gone = [this] { return processes_in(data()).empty(); };
  // Nobody works in the folder: lock files that are left would still count for PostgreSQL as long as its
  // process is a zombie, or when its number has been given to another.
  const auto unlock = [this]() -> Result<void> {
    unlink((data() + "/postmaster.pid").c_str());
    unlink((socket_folder_ + "/.s.PGSQL.5432.lock").c_str());
    return {};
  };
  if (gone()) return unlock();
  // The kernel has told the postmaster to stop when its server died; that may need a moment. PostgreSQL 15
  // hangs for ever when the word came during its crash recovery: then an immediate shutdown ends it. What is
  // committed is safe in any case.
  std::ifstream file(data() + "/postmaster.pid");
  if (pid_t postmaster = 0; file >> postmaster) {
    const auto living = processes_in(data());
    if (std::find(living.begin(), living.end(), postmaster) != living.end()) kill(postmaster, SIGINT);
  }
  if (wait_until(k_stop_patience, gone)) return unlock();
  signal_all(processes_in(data()), SIGQUIT);
  if (wait_until(k_abort_patience, gone)) return unlock();
  signal_all(processes_in(data()), SIGKILL);
  if (wait_until(k_abort_patience, gone)) return unlock();
  return unavailable("processes of another PostgreSQL still use " + data());
}

Result<void> ManagedCluster::launch() {
  auto postgres = program("postgres");
  if (!postgres) return std::move(postgres.error());
  std::vector<std::string> arguments{*postgres, "-D", data()};
  const auto set = [&](const std::string& assignment) {
    arguments.emplace_back("-c");
    arguments.push_back(assignment);
  };
  set("listen_addresses=");
  set("unix_socket_directories=" + socket_folder_);
  set("unix_socket_permissions=0700");
  set("shared_buffers=" + std::to_string(settings_.shared_buffers_mb) + "MB");
  set("max_connections=" + std::to_string(settings_.connections_max));
  // Durability is not ours to trade: these are PostgreSQL's defaults, repeated so that nobody wonders.
  set("fsync=on");
  set("synchronous_commit=on");
  set("full_page_writes=on");
  set("max_wal_size=4GB");
  set("min_wal_size=256MB");
  set("wal_buffers=16MB");
  set("wal_level=minimal");
  set("max_wal_senders=0");
  set("checkpoint_timeout=15min");
  set("bgwriter_delay=100ms");
  set("autovacuum_naptime=20s");
  set("jit=off");
  set("logging_collector=off");
  set("log_min_messages=warning");
  set("log_checkpoints=off");
  auto child = run_as(account(settings_.user), std::move(arguments), log());
  if (!child) return std::move(child.error());
  pid_ = *child;
  return {};
}

Result<void> ManagedCluster::await_answer() {
  std::string refusal;
  const bool answered = wait_until(k_start_patience, [&] {
    if (has_died()) return true;
    auto database = Database::connect(conninfo());
    if (!database) refusal = database.error().reason;
    return database.has_value();
  });
  if (pid_ == 0)
    return unavailable("PostgreSQL ended while starting; " + log() + " says: " + last_log_line());
  if (!answered) return unavailable("PostgreSQL does not answer: " + refusal);
  return {};
}

Result<void> ManagedCluster::start() {
  if (auto done = prepare_folders(); !done) return done;
  if (auto done = end_leftover(); !done) return done;
  if (!fs::exists(data() + "/PG_VERSION"))
    if (auto done = create(); !done) return done;
  if (auto done = launch(); !done) return done;
  return await_answer();
}

bool ManagedCluster::has_died() {
  if (pid_ == 0) return false;
  int status = 0;
  if (waitpid(pid_, &status, WNOHANG) != pid_) return false;
  pid_ = 0;
  return true;
}

void ManagedCluster::stop() {
  if (pid_ == 0) return;
  kill(pid_, SIGINT);
  const auto ended = [this] { return pid_ == 0 || has_died(); };
  if (wait_until(k_stop_patience, ended)) return;
  kill(pid_, SIGQUIT);  // immediate: recovers at the next start
  if (wait_until(k_abort_patience, ended)) return;
  signal_all(processes_in(data()), SIGKILL);
  waitpid(pid_, nullptr, 0);
  pid_ = 0;
}

std::string ManagedCluster::conninfo() const {
  return "host='" + socket_folder_ +
         "' user=stagecoach dbname=postgres application_name=stagecoach connect_timeout=5";
}

std::string ManagedCluster::last_log_line() const {
  std::ifstream file(log());
  std::string line, last;
  while (std::getline(file, line))
    if (!line.empty()) last = line;
  return last;
}

}  // namespace stagecoach::storage
