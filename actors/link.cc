#include "actors/link.h"

#include <ifaddrs.h>
#include <net/if.h>

#include <algorithm>

#include "actors/child_program.h"
#include "actors/database.h"
#include "actors/serialisation.h"
#include "storage/connection_link_repository.h"

namespace stagecoach {

std::string interface_that_is_up(const std::vector<std::string>& names) {
  ifaddrs* all = nullptr;
  if (names.empty() || ::getifaddrs(&all) != 0) return {};
  std::string found;
  for (const ifaddrs* one = all; one && found.empty(); one = one->ifa_next)
    if ((one->ifa_flags & IFF_UP) && (one->ifa_flags & IFF_RUNNING) &&
        std::find(names.begin(), names.end(), one->ifa_name) != names.end())
      found = one->ifa_name;
  ::freeifaddrs(all);
  return found;
}

void Link::open(std::function<void(bool)> then) {
  const auto connected = [this, then](bool there) {
    if (!there) return then(false);
    run(connection_.connected_command, connection_.connected_timeout, "connected_command",
        [then](Ended) { then(true); });
  };
  if (connection_.kind == conf::ConnectionKind::network) return connected(true);
  if (const std::string up = interface_that_is_up(connection_.reuse_interfaces); !up.empty()) {
    say_("the link is there already (" + up + ")");
    return connected(true);
  }
  connection_.down_command.empty() ? make(connected) : note(true, [this, connected] { make(connected); });
}

void Link::make(std::function<void(bool)> then) {
  run(connection_.up_command, connection_.command_timeout, "up_command", [this, then](Ended ended) {
    made_ = ended == Ended::well;
    if (made_) return then(true);
    const auto failed = [then] { then(false); };
    if (connection_.down_command.empty()) return failed();
    if (ended == Ended::not_started) return note(false, failed);
    const std::string up = interface_that_is_up(connection_.reuse_interfaces);
    if (up.empty()) return drop(failed);
    say_("the link stays: " + up + " is up");
    note(false, failed);
  });
}

void Link::close(std::function<void()> then) {
  run(connection_.disconnect_command, connection_.disconnect_timeout, "disconnect_command",
      [this, then](Ended) {
        if (!std::exchange(made_, false) || connection_.down_command.empty()) return then();
        drop(then);
      });
}

void Link::drop(std::function<void()> then) {
  run(connection_.down_command, connection_.command_timeout, "down_command",
      [this, then](Ended) { note(false, then); });
}

void Link::abandon() {
  if (!std::exchange(made_, false) || connection_.down_command.empty()) return;
  RunProgram program;
  program.words = connection_.down_command;
  program.environment = {{"STAGECOACH_CONNECTION", connection_.name}};
  program.timeout = connection_.command_timeout;
  caf::anon_send(spawn_program(self_->system()), std::move(program));
}

void Link::run(const std::vector<std::string>& words, std::chrono::seconds timeout, const char* what,
               std::function<void(Ended)> then) {
  if (words.empty()) return then(Ended::well);
  say_(std::string(what) + ": " + words.front());
  RunProgram program;
  program.words = words;
  program.environment = {{"STAGECOACH_CONNECTION", connection_.name}};
  program.timeout = timeout;
  const auto ended = [this, what, then](const ProgramReport& report) {
    const bool started = report.outcome.ok;
    if (started && report.end.succeeded()) return then(Ended::well);
    say_(std::string(what) + " " + (started ? report.end.text() : report.outcome.error.text()));
    then(started ? Ended::badly : Ended::not_started);
  };
  self_->request(spawn_program(self_->system()), caf::infinite, std::move(program))
      .then(ended, [ended](const caf::error&) {
        ended({Outcome::failure(internal_error("its actor has ended")), {}});
      });
}

void Link::note(bool is_up, std::function<void()> then) {
  ask_database<void>(
      self_, node_.handles()->database,
      [is_up,
       link = storage::ConnectionLink{connection_.name, now_microseconds()}](storage::Database& database) {
        storage::ConnectionLinkRepository links(database);
        return is_up ? links.note(link) : links.forget(link.connection);
      },
      [this, then = std::move(then)](Result<void> done) {
        if (!done) node_.log.error("connection", "", done.error().text());
        then();
      });
}

}  // namespace stagecoach
