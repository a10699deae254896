// The listening sockets of a configuration with their certificates. A new set is prepared completely (files
// read, sockets bound) before anything of the old one changes.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "actors/listener.h"

namespace stagecoach {

class ServiceSet {
 public:
  explicit ServiceSet(Node& node) : node_(node) {}

  /// Everything that may fail: certificates, sockets for addresses that are not open yet.
  Result<void> prepare(const conf::Config& config);
  /// Puts the prepared set into force. Listeners that are no longer wanted stop accepting.
  void commit();
  void abandon();  // closes what prepare() opened

  /// Reads certificates again when their files have changed; gives the names of the services concerned.
  std::vector<std::string> refresh_certificates(const conf::Config& config);
  void shut_down();

 private:
  struct Open {
    ListenerActor listener;
    ServicePtr service;
    std::string certificate, key, stamp;
  };
  struct Prepared {
    ServicePtr service;
    std::string certificate, key;
    int fd = -1;  // a new socket; -1: the address is open already
  };
  Result<TlsContext> load_tls(const conf::Config& config, const conf::ServiceSettings& settings,
                              std::string& certificate, std::string& key);

  Node& node_;
  std::map<std::string, Open> open_;          // by "host:port"
  std::map<std::string, Prepared> prepared_;  // the same
};

}  // namespace stagecoach
