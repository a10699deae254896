// The SOCKS server of [proxy] for connections with use_socks: whose way leads through it, and its address.
#pragma once

#include <optional>
#include <string>
#include <utility>

#include "actors/resolver.h"
#include "actors/stream_socket.h"

namespace stagecoach {

/// The proxy of this connection; its address is still to be found. Nothing: the direct way.
std::optional<SocksProxy> proxy_of(const conf::Config& config, const std::string& connection);

/// In the context of `self`: finds the address of `proxy`, then calls
/// `then(Result<std::optional<SocksProxy>>)`; at once when there is none.
template <class Self, class Then>
void find_proxy(Self* self, const ResolverActor& resolver, std::optional<SocksProxy> proxy, Then then) {
  using Found = Result<std::optional<SocksProxy>>;
  if (!proxy) return then(Found(std::nullopt));
  self->request(resolver, caf::infinite, ResolveHost{proxy->host})
      .then(
          [proxy, then](const HostAnswer& answer) mutable {
            if (!answer.outcome.ok || answer.addresses.empty())
              return then(Found(unavailable("the SOCKS server " + proxy->host +
                                            " has no address: " + answer.outcome.error.text())));
            proxy->ip = answer.addresses.front();
            then(Found(std::move(proxy)));
          },
          [then](const caf::error&) mutable { then(Found(unavailable("the resolver has ended"))); });
}

}  // namespace stagecoach
