#include "actors/service_access.h"

#include <arpa/inet.h>
#include <ifaddrs.h>
#include <netinet/in.h>

#include <bit>

namespace stagecoach {

namespace {

using routing::IpAddress;
using routing::IpNetwork;

IpAddress address_of(const sockaddr& socket_address) {
  IpAddress address;
  if (socket_address.sa_family == AF_INET) {
    address.bits = 32;
    const auto& v4 = reinterpret_cast<const sockaddr_in&>(socket_address).sin_addr;
    const auto* bytes = reinterpret_cast<const std::uint8_t*>(&v4);
    std::copy(bytes, bytes + 4, address.bytes.begin());
  } else if (socket_address.sa_family == AF_INET6) {
    address.bits = 128;
    const auto& v6 = reinterpret_cast<const sockaddr_in6&>(socket_address).sin6_addr;
    std::copy(v6.s6_addr, v6.s6_addr + 16, address.bytes.begin());
  }
  return address;
}

}  // namespace

std::vector<IpNetwork> local_networks() {
  std::vector<IpNetwork> networks;
  ifaddrs* interfaces = nullptr;
  if (getifaddrs(&interfaces) != 0) return networks;
  for (const ifaddrs* one = interfaces; one; one = one->ifa_next) {
    if (!one->ifa_addr || !one->ifa_netmask) continue;
    const IpAddress address = address_of(*one->ifa_addr);
    if (address.bits == 0) continue;
    int prefix = 0;
    for (const std::uint8_t byte : address_of(*one->ifa_netmask).bytes) prefix += std::popcount(byte);
    networks.push_back({routing::masked(address, prefix), prefix});
  }
  freeifaddrs(interfaces);
  return networks;
}

std::string access_refusal(conf::Protocol protocol, bool anonymous) {
  const std::string product = anonymous ? "" : "Stagecoach ";
  switch (protocol) {
    case conf::Protocol::imap: return "* BYE " + product + "IMAP4rev1 Server access not allowed!\r\n";
    case conf::Protocol::pop3: return "-ERR " + product + "Server access not allowed!\r\n";
    case conf::Protocol::http:
      return "HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
    default: return "554 5.7.1 Server access not allowed!\r\n";
  }
}

bool LoginAccess::allows(const std::shared_ptr<const conf::Config>& config, const std::string& service,
                         const std::string& client_ip, const std::string& user) {
  if (config != config_) {
    config_ = config;
    lists_.clear();
    for (const conf::ServiceSettings& one : config->services)
      if (!one.access.empty()) lists_.emplace(one.name, routing::AccessList(one.access, local_networks()));
  }
  const auto list = lists_.find(service);
  return list == lists_.end() || list->second.allows(client_ip, user);
}

}  // namespace stagecoach
