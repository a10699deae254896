// Which computers may use a service, and which users from there (docs/reference/accounts.md): an ordered list
// of entries, of which the first that matches the client's address decides. Pure: the networks of this
// machine are facts.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "routing/model/provenance.h"
#include "routing/model/result.h"

namespace stagecoach::routing {

/// An IPv4 or IPv6 address. "::ffff:192.0.2.1" is the IPv4 address in it.
struct IpAddress {
  std::array<std::uint8_t, 16> bytes{};  // IPv4: the first four
  int bits = 0;                          // 32 or 128
  bool operator==(const IpAddress&) const = default;
};
/// Nothing: the text is no numeric address.
std::optional<IpAddress> parse_ip(std::string_view text);
/// As RFC 5952 writes it: "192.0.2.1", "2001:db8::1".
std::string text_of(const IpAddress& address);
/// The address with all bits behind the first `prefix` cleared.
IpAddress masked(IpAddress address, int prefix);

struct IpNetwork {
  IpAddress address;
  int prefix = 0;
};
bool contains(const IpNetwork& network, const IpAddress& address);
/// "192.0.2.0/24", "2001:db8::/32", or the address of one computer. `invalid_input`: it is none of them, or
/// bits behind the prefix are set; the reason then names the network that was probably meant.
Result<IpNetwork> parse_network(std::string_view text);

enum class AccessAction : std::uint8_t { allow, block };
enum class AccessType : std::uint8_t { ipv4, ipv6, local_nets, any4, any6, any };

/// One entry as it is declared.
struct AccessEntry {
  AccessAction action = AccessAction::allow;
  AccessType type = AccessType::ipv4;
  std::string address;             // of ipv4 and ipv6, alone or with "/" and the prefix
  int prefix = -1;                 // bits of the network; -1: one computer, if `address` has no "/"
  std::vector<std::string> users;  // who may log in from there; none: all
  Provenance where;
  bool operator==(const AccessEntry&) const = default;
};
/// What is wrong with an entry, as key and reason; an empty key: nothing.
struct AccessFault {
  std::string key, reason;
};
AccessFault access_fault(const AccessEntry& entry);

/// The entries of a service in the order in which they are tried: single computers, networks with longer
/// prefixes first, local networks, all of one family, all. Of equal ones those that block come first.
class AccessList {
 public:
  AccessList() = default;
  /// Entries with a fault are left out. `local` are the networks that this machine is attached to.
  AccessList(const std::vector<AccessEntry>& entries, const std::vector<IpNetwork>& local);

  /// Whether a client may connect. An empty list allows everybody; otherwise whom no entry allows may not.
  bool allows(std::string_view client_ip) const;
  /// Whether this user may log in from there.
  bool allows(std::string_view client_ip, std::string_view user) const;

 private:
  struct Rule {
    AccessEntry entry;
    std::vector<IpNetwork> networks;
    int rank = 0;  // smaller ones are tried first
  };
  const Rule* match(std::string_view client_ip) const;

  std::vector<Rule> rules_;
  bool empty_ = true;
};

}  // namespace stagecoach::routing
