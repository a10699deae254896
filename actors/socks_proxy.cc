#include "actors/socks_proxy.h"

namespace stagecoach {

std::optional<SocksProxy> proxy_of(const conf::Config& config, const std::string& connection) {
  if (config.proxy.socks_address.empty()) return std::nullopt;
  for (const conf::ConnectionSettings& one : config.connections)
    if (one.name == connection && one.use_socks)
      return SocksProxy{config.proxy.socks_address, {}, config.proxy.socks_port, config.proxy.socks_user};
  return std::nullopt;
}

}  // namespace stagecoach
