// The resolvers of senders: the common one, or one that asks the sender's own name servers.
#pragma once

#include <map>
#include <string>

#include "actors/resolver.h"

namespace stagecoach {

class SenderResolvers {
 public:
  explicit SenderResolvers(ResolverActor common) : common_(std::move(common)) {}
  /// Makes those that `config` needs and ends the others.
  void configure(Node& node, const conf::Config& config);
  ResolverActor of(const std::string& connection) const;
  void end();

 private:
  struct Own {
    conf::DnsSettings settings;
    ResolverActor actor;
  };
  ResolverActor common_;
  std::map<std::string, Own> own_;  // by connection
};

}  // namespace stagecoach
