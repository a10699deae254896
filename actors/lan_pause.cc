#include "actors/lan_pause.h"

#include <filesystem>
#include <fstream>

namespace stagecoach {

namespace {

std::filesystem::path mark(const conf::Config& config) {
  return std::filesystem::path(config.resolve(config.server.data_dir)) / "lan-forwarding.paused";
}

}  // namespace

void begin_lan_pause(Node& node, const conf::Config* before, const conf::Config& config) {
  std::error_code error;
  if (!before)
    node.lan.paused = config.lan_forwarding.paused || std::filesystem::exists(mark(config), error);
  else if (before->lan_forwarding.paused != config.lan_forwarding.paused) {
    node.lan.paused = config.lan_forwarding.paused;
    std::filesystem::remove(mark(config), error);  // the setting is newer than the command
  }
}

Result<void> set_lan_paused(Node& node, bool paused) {
  const auto path = mark(*node.config());
  std::error_code error;
  if (paused)
    std::ofstream(path) << "paused by a command\n";
  else
    std::filesystem::remove(path, error);
  if (node.lan.paused.exchange(paused) != paused)
    node.log.info("lan", "", paused ? "paused by a command" : "resumed by a command");
  if (std::filesystem::exists(path, error) != paused)
    return unavailable("it is so now, but a restart will forget it: " + path.string() + " cannot be changed");
  return {};
}

}  // namespace stagecoach
