// Who may use which service from where: the access lists of the configuration (routing/client_access.h) with
// the networks of this machine.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "conf/config.h"
#include "routing/client_access.h"

namespace stagecoach {

/// The networks that this machine is attached to now, the loopback ones included.
std::vector<routing::IpNetwork> local_networks();

/// What a client hears that may not connect.
std::string access_refusal(conf::Protocol protocol, bool anonymous);

/// The access lists of all services of one configuration, made when it is first asked about.
class LoginAccess {
 public:
  /// Whether the user may log in to the service from this address. A service that is not known allows it.
  bool allows(const std::shared_ptr<const conf::Config>& config, const std::string& service,
              const std::string& client_ip, const std::string& user);

 private:
  std::shared_ptr<const conf::Config> config_;
  std::map<std::string, routing::AccessList> lists_;  // of those that have one
};

}  // namespace stagecoach
