// Automatic answers behind the control socket: who got which, and forgetting it.
#include "actors/control_mail.h"
#include "actors/json_values.h"
#include "storage/autoresponse_repository.h"

namespace stagecoach {

namespace {

using nlohmann::json;

constexpr int k_rows_max = 10'000;

json rows_of(const std::vector<storage::LoggedAutoresponse>& logged) {
  json rows = json::array();
  for (const storage::LoggedAutoresponse& one : logged)
    rows.push_back({{"at", json_time(one.at)},
                    {"definition", one.definition},
                    {"rule", one.rule},
                    {"sender", one.sender}});
  return rows;
}

}  // namespace

void autoresponder_log(ControlTask& task) {
  const std::string name = task.arguments().at("user").get<std::string>();
  const std::string definition = task.arguments().value("definition", "");
  const bool clear = task.arguments().value("clear", false);
  task.find_user(name, [&task, name, definition, clear](UserId user) {
    task.read<json>(
        [user, definition, clear](storage::Database& database) -> Result<json> {
          storage::AutoresponseRepository repository(database);
          if (clear) {
            auto cleared = repository.clear(user, definition);
            if (!cleared) return std::move(cleared.error());
            return json{{"cleared", *cleared}};
          }
          auto logged = repository.of_user(user, definition, k_rows_max);
          if (!logged) return std::move(logged.error());
          return rows_of(*logged);
        },
        [&task, name, definition, clear](json result) {
          if (clear)
            caf::anon_send(caf::actor_cast<LocalRouterActor>(task.node().handles()->router),
                           ForgetAnswers{name, definition});
          task.succeed(std::move(result));
        });
  });
}

}  // namespace stagecoach
