#include "actors/housekeeping.h"

#include "actors/database.h"
#include "storage/autoresponse_repository.h"
#include "storage/content_store.h"
#include "storage/trace_repository.h"

namespace stagecoach {

namespace {

using namespace std::chrono_literals;

constexpr auto k_first_look = 60s, k_interval = 3600s;
constexpr std::int64_t k_day = 24LL * 3600 * 1000000;
constexpr std::int64_t k_answer_days = 180;  // for how long automatic answers are remembered

class Housekeeping : public HousekeepingActor::base {
 public:
  Housekeeping(caf::actor_config& config, Node& node) : HousekeepingActor::base(config), node_(node) {}

  behavior_type make_behavior() override {
    delayed_send(this, k_first_look, caf::tick_atom_v);
    return {[this](caf::tick_atom) {
      delayed_send(this, k_interval, caf::tick_atom_v);
      clean();
    }};
  }
  const char* name() const override { return "housekeeping"; }

 private:
  void clean() {
    node_.recent.expire();
    const std::int64_t before = now_microseconds() - node_.config()->log.trace_days * k_day;
    ask_database<std::int64_t>(
        this, node_.handles()->database,
        [before, answers_before = now_microseconds() - k_answer_days * k_day,
         run = node_.numbers.run()](storage::Database& database) -> Result<std::int64_t> {
          auto traces = storage::TraceRepository(database).prune(before);
          if (!traces) return traces;
          auto contents = storage::ContentStore(database).sweep(run);
          if (!contents) return contents;
          auto answers = storage::AutoresponseRepository(database).prune(answers_before);
          if (!answers) return answers;
          return *traces + *contents + *answers;
        },
        [this](Result<std::int64_t> removed) {
          if (!removed) return node_.log.warning("housekeeping", "", removed.error().text());
          if (*removed > 0)
            node_.log.info("housekeeping", "", "removed " + std::to_string(*removed) + " old rows");
        });
  }

  Node& node_;
};

}  // namespace

HousekeepingActor spawn_housekeeping(caf::actor_system& system, Node& node) {
  return system.spawn<Housekeeping>(std::ref(node));
}

}  // namespace stagecoach
