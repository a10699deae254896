#include "actors/sender_resolvers.h"

#include "actors/serialisation.h"

namespace stagecoach {

namespace {

void stop(const ResolverActor& actor) { caf::anon_send_exit(actor, caf::exit_reason::user_shutdown); }

}  // namespace

void SenderResolvers::configure(Node& node, const conf::Config& config) {
  std::map<std::string, Own> wanted;
  for (const conf::SenderSettings& sender : config.senders) {
    if (sender.kind != conf::SenderKind::direct || sender.direct.dns_servers.empty()) continue;
    conf::DnsSettings settings = config.dns;
    settings.servers = sender.direct.dns_servers;
    settings.cache_size = sender.direct.dns_cache_size;
    const auto known = own_.find(sender.connection);
    if (known != own_.end() && known->second.settings == settings)
      wanted.emplace(sender.connection, known->second);
    else
      wanted.emplace(sender.connection, Own{settings, spawn_resolver(node.next_reactor(), settings)});
  }
  for (const auto& [connection, own] : own_)
    if (const auto kept = wanted.find(connection); kept == wanted.end() || kept->second.actor != own.actor)
      stop(own.actor);
  own_ = std::move(wanted);
}

ResolverActor SenderResolvers::of(const std::string& connection) const {
  const auto own = own_.find(connection);
  return own == own_.end() ? common_ : own->second.actor;
}

void SenderResolvers::end() {
  for (const auto& [connection, own] : own_) stop(own.actor);
  own_.clear();
  common_ = nullptr;
}

}  // namespace stagecoach
