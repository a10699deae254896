// The supervisor with everything it starts, on a real PostgreSQL: what dies comes back, and mail goes on.
#include "actors/supervisor.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <thread>

#include "actors/generated_mail.h"
#include "actors/intake.h"
#include "actors/password.h"
#include "actors/serialisation.h"
#include "conf/reader.h"
#include "storage/managed_cluster.h"
#include "storage/migrations.h"

namespace stagecoach {
namespace {

using namespace std::chrono_literals;
namespace fs = std::filesystem;

class SystemConfig : public caf::actor_system_config {
 public:
  SystemConfig() {
    add_message_types<caf::id_block::stagecoach>();
    set("scheduler.policy", caf::atom("sharing"));
    set("scheduler.max-threads", std::size_t{2});
  }
};

constexpr const char* k_config = R"(
[server]
hostname = "mail.example.com"
[local]
domains = ["example.com"]
[log]
level = "error"
[[user]]
name = "fred"
password = "{plain}fred-secret"
)";

/// A whole node without services, in a folder of its own.
class RunningNode {
 public:
  RunningNode()
      : folder_(fs::temp_directory_path() / ("stagecoach-supervisor-" + std::to_string(::getpid()))) {
    fs::create_directories(folder_);
    fs::permissions(folder_, fs::perms(0755));
    prepare_passwords();
    conf::ReadConfig read = conf::read_config_text(std::string(k_config));
    read.config.server.data_dir = folder_;
    node.set_config(std::make_shared<const conf::Config>(std::move(read.config)));
    node.log.configure(LogLevel::error, false);
    storage::ClusterSettings settings;
    settings.folder = folder_ / "database";
    settings.shared_buffers_mb = 32;
    cluster_ = std::make_unique<storage::ManagedCluster>(settings);
    require(cluster_->start());
    auto database = storage::Database::connect(cluster_->conninfo());
    require(database);
    require(storage::migrate(*database));
    node.numbers.begin(1);
    system_ = std::make_unique<caf::actor_system>(system_config_);
    node.reactors().push_back(std::make_unique<Reactor>(*system_));
    node.reactors().back()->start();
    supervisor_ = spawn_supervisor(*system_, node, {"", cluster_->conninfo()});
    caf::scoped_actor self{*system_};
    self->request(supervisor_, 60s, StartNode{})
        .receive([](const Outcome& outcome) { EXPECT_TRUE(outcome.ok) << outcome.error.text(); },
                 [this](const caf::error& error) { ADD_FAILURE() << system_->render(error); });
  }
  ~RunningNode() {
    caf::scoped_actor self{*system_};
    caf::anon_send(supervisor_, StopNode{});
    self->wait_for(supervisor_);
    supervisor_ = nullptr;
    for (int i = 0; i < 500 && system_->registry().running() > 1; ++i) std::this_thread::sleep_for(10ms);
    node.reactors().front()->stop();
    cluster_->stop();
    fs::remove_all(folder_);
  }
  RunningNode(const RunningNode&) = delete;
  RunningNode& operator=(const RunningNode&) = delete;

  RouteResult deliver() {
    const std::string text = "Subject: Hello\r\n\r\nHello\r\n";
    Counter uncounted{0};
    RouteMessage message;
    message.arrival.id = node.numbers.take();
    Intake intake(message.arrival.id, INT64_MAX, uncounted);
    intake.add(text);
    message.arrival.envelope.reverse_path = "ann@remote.example";
    message.arrival.envelope.recipients.push_back({"fred@example.com", notify_unset, {}});
    message.arrival.received = current_time();
    message.arrival.content = intake.finish();
    RouteResult result;
    caf::scoped_actor self{*system_};
    self->request(node.handles()->router, 10s, message)
        .receive([&](const RouteResult& answer) { result = answer; }, [](const caf::error&) {});
    return result;
  }

  template <class Handle>
  void kill(const Handle& actor) {
    caf::anon_send_exit(actor, caf::exit_reason::kill);
  }

  Node node;

 private:
  template <class T>
  static void require(const Result<T>& result) {
    if (!result) throw std::runtime_error(result.error().text());
  }

  fs::path folder_;
  std::unique_ptr<storage::ManagedCluster> cluster_;
  SystemConfig system_config_;
  std::unique_ptr<caf::actor_system> system_;
  SupervisorActor supervisor_;
};

TEST(Supervisor, StartsAgainWhatHasDiedAndMailGoesOn) {
  RunningNode running;
  ASSERT_TRUE(running.deliver().accepted);
  const struct {
    const char* name;
    std::function<caf::actor_addr(const Handles&)> address;
  } k_actors[] = {{"router", [](const Handles& handles) { return handles.router.address(); }},
                  {"writer", [](const Handles& handles) { return handles.writer.address(); }},
                  {"database", [](const Handles& handles) { return handles.database.address(); }},
                  {"directory", [](const Handles& handles) { return handles.directory.address(); }},
                  {"queue", [](const Handles& handles) { return handles.queue.address(); }}};
  for (const auto& [name, address] : k_actors) {
    const auto before = address(*running.node.handles());
    const auto restarts = running.node.counters.actor_restarts.load();
    running.kill(caf::actor_cast<caf::actor>(before));
    for (int i = 0; i < 1000 && address(*running.node.handles()) == before; ++i)
      std::this_thread::sleep_for(10ms);
    EXPECT_NE(address(*running.node.handles()), before) << name;
    EXPECT_GT(running.node.counters.actor_restarts, restarts) << name;
    RouteResult result;
    for (int i = 0; i < 100 && !result.accepted;
         ++i) {  // the directory may still be on its way to a new router
      std::this_thread::sleep_for(20ms);
      result = running.deliver();
    }
    EXPECT_TRUE(result.accepted) << name;
    EXPECT_EQ(result.deliveries, 1) << name;
  }
}

}  // namespace
}  // namespace stagecoach
