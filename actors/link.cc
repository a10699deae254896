#include "actors/link.h"

#include <ifaddrs.h>
#include <net/if.h>

#include <algorithm>

#include "actors/child_program.h"
#include "actors/serialisation.h"

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
        [then](bool) { then(true); });
  };
  if (connection_.kind == conf::ConnectionKind::network) return connected(true);
  if (const std::string up = interface_that_is_up(connection_.reuse_interfaces); !up.empty()) {
    say_("the link is there already (" + up + ")");
    return connected(true);
  }
  run(connection_.up_command, connection_.command_timeout, "up_command", [this, connected](bool done) {
    made_ = done;
    connected(done);
  });
}

void Link::close(std::function<void()> then) {
  run(connection_.disconnect_command, connection_.disconnect_timeout, "disconnect_command",
      [this, then](bool) {
        if (!std::exchange(made_, false)) return then();
        run(connection_.down_command, connection_.command_timeout, "down_command", [then](bool) { then(); });
      });
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
               std::function<void(bool)> then) {
  if (words.empty()) return then(true);
  say_(std::string(what) + ": " + words.front());
  RunProgram program;
  program.words = words;
  program.environment = {{"STAGECOACH_CONNECTION", connection_.name}};
  program.timeout = timeout;
  const auto ended = [this, what, then](const ProgramReport& report) {
    const bool good = report.outcome.ok && report.end.succeeded();
    if (!good)
      say_(std::string(what) + " " + (report.outcome.ok ? report.end.text() : report.outcome.error.text()));
    then(good);
  };
  self_->request(spawn_program(self_->system()), caf::infinite, std::move(program))
      .then(ended, [ended](const caf::error&) {
        ended({Outcome::failure(internal_error("its actor has ended")), {}});
      });
}

}  // namespace stagecoach
