#include "actors/left_links.h"

#include "actors/database.h"
#include "actors/serialisation.h"

namespace stagecoach {

void LeftLinks::find(std::function<void()> then) {
  if (known_) return then();
  when_known_.push_back(std::move(then));
  if (when_known_.size() > 1) return;  // it is being read
  ask_database<std::vector<storage::ConnectionLink>>(
      self_, node_.handles()->database,
      [](storage::Database& database) { return storage::ConnectionLinkRepository(database).load(); },
      [this](Result<std::vector<storage::ConnectionLink>> left) { found(std::move(left)); });
}

void LeftLinks::found(Result<std::vector<storage::ConnectionLink>> left) {
  if (left) {
    known_ = true;
    for (const storage::ConnectionLink& one : *left)
      if (!begun_.contains(one.connection)) drop(one.connection);
  } else {
    node_.log.error("connection", "", left.error().text());
  }
  for (const auto& then : std::exchange(when_known_, {})) then();
}

void LeftLinks::drop(const std::string& name) {
  conf::ConnectionSettings connection;  // one without a command: then it is only forgotten
  connection.name = name;
  for (const conf::ConnectionSettings& one : node_.config()->connections)
    if (one.name == name) connection = one;
  if (connection.down_command.empty())
    node_.log.warning("connection", "",
                      name + ": a run that was cut off may have left the link up; no down_command is known");
  else
    node_.log.info("connection", "", name + ": the link was left up by a run that was cut off; dropping it");
  Link& link = *(dropping_[name].link = std::make_unique<Link>(
                     self_, node_, std::move(connection), [this, name](const std::string& line) {
                       node_.log.info("connection", "", name + ": " + line);
                     }));
  link.drop([this, name] {
    const auto dropped = dropping_.extract(name);
    for (const auto& then : dropped.mapped().waiting) then();
  });
}

void LeftLinks::before_run(const conf::ConnectionSettings& connection, std::function<void()> then) {
  if (connection.kind != conf::ConnectionKind::command) return then();
  find([this, name = connection.name, then = std::move(then)] {
    begun_.insert(name);
    const auto dropping = dropping_.find(name);
    dropping == dropping_.end() ? then() : dropping->second.waiting.push_back(then);
  });
}

void LeftLinks::end() {
  when_known_.clear();
  dropping_.clear();
}

}  // namespace stagecoach
