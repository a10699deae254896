// The reading side of the database: a dispatcher with an idle list before detached workers, each with a
// connection of its own. Work is a function; its typed answer comes back to the actor that asked.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "actors/local_messages.h"
#include "actors/node.h"

namespace stagecoach {

/// `conninfo` is asked for at each connect: the managed cluster may come back elsewhere.
DatabaseActor spawn_database(caf::actor_system& system, Node& node, std::string conninfo, int workers);

/// Runs `work` on a database connection, then `then` in the context of `self`. Work that only reads is
/// repeated once when the connection broke under it.
template <class T, class Self>
void ask_database(Self* self, const DatabaseActor& database,
                  std::function<Result<T>(storage::Database&)> work, std::function<void(Result<T>)> then) {
  auto answer = std::make_shared<std::optional<Result<T>>>();
  DatabaseJob job;
  job.work = [answer, work = std::move(work)](storage::Database& connection) {
    answer->emplace(work(connection));
  };
  job.failed = [answer](const Error& error) { answer->emplace(error); };
  self->request(database, caf::infinite, std::move(job))
      .then([answer, then](const DatabaseDone&) { then(std::move(**answer)); },
            [then](const caf::error&) { then(unavailable("the database actor has ended")); });
}

}  // namespace stagecoach
