#include "storage/managed_cluster.h"

#include <gmock/gmock.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <thread>

#include "tests/storage/storage_fixture.h"

namespace stagecoach::storage {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;

ClusterSettings settings_in(const TemporaryFolder& folder) {
  return {.folder = folder.path() + "/database", .shared_buffers_mb = 16, .connections_max = 10};
}

bool eventually(const std::function<bool()>& condition) {
  for (int i = 0; i < 1000; ++i) {
    if (condition()) return true;
    std::this_thread::sleep_for(10ms);
  }
  return false;
}

void remember(const ManagedCluster& cluster, int value) {
  auto database = must(Database::connect(cluster.conninfo()));
  must(database.execute("CREATE TABLE IF NOT EXISTS memory (n bigint); INSERT INTO memory VALUES (" +
                        std::to_string(value) + ")"));
}

std::int64_t sum_of_memory(const ManagedCluster& cluster) {
  auto database = must(Database::connect(cluster.conninfo()));
  constexpr Statement k_sum{"sum", "SELECT sum(n)::bigint FROM memory"};
  return must(database.run(k_sum)).integer(0, 0);
}

TEST(ManagedCluster, IsCreatedOnceAndKeepsWhatWasCommitted) {
  const TemporaryFolder folder;
  {
    ManagedCluster cluster(settings_in(folder));
    must(cluster.start());
    EXPECT_TRUE(cluster.created());
    remember(cluster, 1);
    const pid_t pid = cluster.pid();
    EXPECT_EQ(::kill(pid, 0), 0);
    cluster.stop();
    EXPECT_EQ(cluster.pid(), 0);
    EXPECT_NE(::kill(pid, 0), 0);
    EXPECT_FALSE(Database::connect(cluster.conninfo()));
    EXPECT_FALSE(cluster.has_died()) << "an end that was asked for is no death";
  }
  ManagedCluster again(settings_in(folder));
  must(again.start());
  EXPECT_FALSE(again.created());
  EXPECT_EQ(sum_of_memory(again), 1);
}

TEST(ManagedCluster, KeepsItsDurability) {
  const TemporaryFolder folder;
  ManagedCluster cluster(settings_in(folder));
  must(cluster.start());
  auto database = must(Database::connect(cluster.conninfo()));
  for (const char* setting : {"fsync", "synchronous_commit", "full_page_writes"}) {
    constexpr Statement k_setting{"setting", "SELECT current_setting($1)"};
    EXPECT_EQ(must(database.run(k_setting, {setting})).text(0, 0), "on") << setting;
  }
  constexpr Statement k_listen{"listen", "SELECT current_setting('listen_addresses')"};
  EXPECT_EQ(must(database.run(k_listen)).text(0, 0), "") << "reached by a Unix socket only";
}

TEST(ManagedCluster, ComesBackAfterAKill) {
  const TemporaryFolder folder;
  ManagedCluster cluster(settings_in(folder));
  must(cluster.start());
  remember(cluster, 1);
  auto open =
      must(Database::connect(cluster.conninfo()));  // its backend outlives the postmaster for a moment
  EXPECT_FALSE(cluster.has_died());
  ::kill(cluster.pid(), SIGKILL);
  ASSERT_TRUE(eventually([&] { return cluster.has_died(); }));
  EXPECT_EQ(cluster.pid(), 0);

  must(cluster.start());
  EXPECT_EQ(sum_of_memory(cluster), 1);
  constexpr Statement k_one{"one", "SELECT 1::bigint"};
  EXPECT_FALSE(open.run(k_one));
  EXPECT_TRUE(open.is_broken());
}

/// A server in a process of its own, with a database connection that is in use.
class OtherServer {
 public:
  explicit OtherServer(const TemporaryFolder& folder) {
    int ready[2];
    if (::pipe(ready) != 0) throw std::runtime_error("no pipe");
    server_ = ::fork();
    if (server_ == 0) run(folder, ready[1]);
    if (::read(ready[0], &postmaster_, sizeof postmaster_) != sizeof postmaster_) postmaster_ = 0;
    ::close(ready[0]);
    ::close(ready[1]);
  }
  pid_t postmaster() const { return postmaster_; }
  void kill_server() {
    ::kill(server_, SIGKILL);
    ::waitpid(server_, nullptr, 0);
  }

 private:
  [[noreturn]] static void run(const TemporaryFolder& folder, int ready) {
    ManagedCluster cluster(settings_in(folder));
    const bool started = cluster.start().has_value();
    if (started) remember(cluster, 1);
    const auto open = Database::connect(cluster.conninfo());
    const pid_t pid = started && open ? cluster.pid() : 0;
    if (::write(ready, &pid, sizeof pid) != sizeof pid) ::_exit(1);
    for (;;) ::pause();
  }
  pid_t server_ = 0, postmaster_ = 0;
};

TEST(ManagedCluster, EndsWhatAKilledServerLeftBehind) {
  const TemporaryFolder folder;
  OtherServer other(folder);
  ASSERT_NE(other.postmaster(), 0);
  other.kill_server();
  ManagedCluster cluster(settings_in(folder));
  must(cluster.start());
  EXPECT_NE(cluster.pid(), other.postmaster());
  remember(cluster, 2);
  EXPECT_EQ(sum_of_memory(cluster), 3);
}

TEST(ManagedCluster, StartsAfterServerAndPostmasterWereKilledTogether) {
  const TemporaryFolder folder;
  OtherServer other(folder);
  ASSERT_NE(other.postmaster(), 0);
  ::kill(other.postmaster(), SIGKILL);  // its children hold the shared memory for a moment
  other.kill_server();
  ManagedCluster cluster(settings_in(folder));
  must(cluster.start());
  EXPECT_EQ(sum_of_memory(cluster), 1);
}

TEST(ManagedCluster, FindsAShortSocketPathForADeepFolder) {
  const TemporaryFolder folder;
  ClusterSettings settings = settings_in(folder);
  settings.folder = folder.path() + "/" + std::string(100, 'd') + "/database";
  ManagedCluster cluster(settings);
  must(cluster.start());
  remember(cluster, 4);
  EXPECT_EQ(sum_of_memory(cluster), 4);
  cluster.stop();
  const std::string conninfo = cluster.conninfo();
  const auto begin = conninfo.find('/');
  std::filesystem::remove_all(conninfo.substr(begin, conninfo.find('\'', begin) - begin));
}

TEST(ManagedCluster, SaysWhatIsMissing) {
  const TemporaryFolder folder;
  ClusterSettings settings = settings_in(folder);
  settings.programs = "/nonexistent";
  ManagedCluster cluster(settings);
  const auto failed = cluster.start();
  ASSERT_FALSE(failed);
  EXPECT_THAT(failed.error().text(), HasSubstr("creating the database in"));
}

}  // namespace
}  // namespace stagecoach::storage
