// The private PostgreSQL cluster of a server: created on the first start, reached by a Unix socket only,
// durable (fsync on), ended with the server. Everything here is called from the main thread before or between
// other work: the kernel ends the cluster when the thread that started it dies (PR_SET_PDEATHSIG).
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <string>

#include "routing/model/result.h"

namespace stagecoach::storage {

struct ClusterSettings {
  std::string folder;             // data_dir/database: cluster, socket and log live below
  std::string user = "postgres";  // runs PostgreSQL when the server itself is root
  std::string programs;  // folder of initdb and postgres; empty: the newest below /usr/lib/postgresql
  std::int64_t shared_buffers_mb = 256;
  std::int64_t connections_max = 40;
};

class ManagedCluster {
 public:
  explicit ManagedCluster(ClusterSettings settings) : settings_(std::move(settings)) {}
  ~ManagedCluster() { stop(); }
  ManagedCluster(const ManagedCluster&) = delete;
  ManagedCluster& operator=(const ManagedCluster&) = delete;

  /// Creates the cluster if there is none, ends what a killed server left behind, starts PostgreSQL and
  /// returns when it answers. PostgreSQL recovers by itself from a crash; that counts as starting.
  Result<void> start();
  /// Whether PostgreSQL has ended without being asked to; then start() is due again. Reaps the process.
  bool has_died();
  /// Fast shutdown: open transactions are rolled back, everything committed is on disk.
  void stop();

  std::string conninfo() const;
  pid_t pid() const { return pid_; }
  bool created() const { return created_; }

 private:
  Result<void> prepare_folders();
  Result<void> create();
  Result<void> end_leftover();
  Result<void> launch();
  Result<void> await_answer();
  Result<std::string> program(const std::string& name) const;
  std::string data() const { return settings_.folder + "/cluster"; }
  std::string log() const { return settings_.folder + "/postgresql.log"; }
  std::string last_log_line() const;

  ClusterSettings settings_;
  std::string socket_folder_;
  pid_t pid_ = 0;
  bool created_ = false;
};

}  // namespace stagecoach::storage
