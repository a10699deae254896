#include "routing/client_access.h"

#include <algorithm>
#include <charconv>

#include "routing/model/address.h"

namespace stagecoach::routing {

namespace {

constexpr int k_groups = 8;  // of an IPv6 address, 16 bits each

std::optional<unsigned> parse_number(std::string_view text, int base, std::size_t digits_max, unsigned max) {
  unsigned value = 0;
  if (text.empty() || text.size() > digits_max) return std::nullopt;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, base);
  if (error != std::errc() || end != text.data() + text.size() || value > max) return std::nullopt;
  return value;
}

/// Four numbers into `out`.
bool parse_quad(std::string_view text, std::uint8_t* out) {
  for (int i = 0; i < 4; ++i) {
    const auto dot = text.find('.');
    if ((dot == std::string_view::npos) != (i == 3)) return false;
    const auto number = parse_number(text.substr(0, dot), 10, 3, 255);
    if (!number) return false;
    out[i] = static_cast<std::uint8_t>(*number);
    text.remove_prefix(i == 3 ? text.size() : dot + 1);
  }
  return true;
}

/// The groups of one side of "::"; the last may be an IPv4 address. Nothing: none of these.
std::optional<std::vector<std::uint8_t>> parse_groups(std::string_view text) {
  std::vector<std::uint8_t> bytes;
  while (!text.empty()) {
    const auto colon = text.find(':');
    const std::string_view group = text.substr(0, colon);
    if (group.find('.') != std::string_view::npos) {
      std::uint8_t quad[4];
      if (colon != std::string_view::npos || !parse_quad(group, quad)) return std::nullopt;
      bytes.insert(bytes.end(), quad, quad + 4);
      return bytes;
    }
    const auto number = parse_number(group, 16, 4, 0xffff);
    if (!number || bytes.size() >= 2 * k_groups) return std::nullopt;
    bytes.push_back(static_cast<std::uint8_t>(*number >> 8));
    bytes.push_back(static_cast<std::uint8_t>(*number & 0xff));
    if (colon == std::string_view::npos) break;
    text.remove_prefix(colon + 1);
    if (text.empty()) return std::nullopt;  // a colon at the end
  }
  return bytes;
}

std::optional<IpAddress> parse_v6(std::string_view text) {
  IpAddress address;
  address.bits = 128;
  const auto gap = text.find("::");
  const auto head = parse_groups(text.substr(0, gap));
  const auto tail = gap == std::string_view::npos ? std::optional(std::vector<std::uint8_t>{})
                                                  : parse_groups(text.substr(gap + 2));
  const bool quad_inside =
      gap != std::string_view::npos && text.substr(0, gap).find('.') != std::string_view::npos;
  if (!head || !tail || quad_inside) return std::nullopt;
  const std::size_t given = head->size() + tail->size();
  if (gap == std::string_view::npos ? given != 16 : given > 14) return std::nullopt;
  std::copy(head->begin(), head->end(), address.bytes.begin());
  std::copy(tail->rbegin(), tail->rend(), address.bytes.rbegin());
  return address;
}

/// "::ffff:192.0.2.1" becomes 192.0.2.1.
IpAddress unmapped(const IpAddress& address) {
  static constexpr std::array<std::uint8_t, 12> k_mapped{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
  if (address.bits != 128 || !std::equal(k_mapped.begin(), k_mapped.end(), address.bytes.begin()))
    return address;
  IpAddress v4;
  v4.bits = 32;
  std::copy(address.bytes.begin() + 12, address.bytes.end(), v4.bytes.begin());
  return v4;
}

bool has_address(AccessType type) { return type == AccessType::ipv4 || type == AccessType::ipv6; }

IpNetwork everything(int bits) { return {IpAddress{{}, bits}, 0}; }

std::string network_text(const AccessEntry& entry) {
  return entry.prefix < 0 ? entry.address : entry.address + "/" + std::to_string(entry.prefix);
}

/// Where the longest run of two or more zero groups begins and ends; 8 and 8: there is none.
std::pair<int, int> longest_gap(const std::array<unsigned, k_groups>& groups) {
  std::pair<int, int> gap{k_groups, k_groups};
  for (int begin = 0; begin < k_groups;) {
    int end = begin;
    while (end < k_groups && groups[static_cast<std::size_t>(end)] == 0) ++end;
    if (end - begin >= 2 && end - begin > gap.second - gap.first) gap = {begin, end};
    begin = end + 1;
  }
  return gap;
}

std::string quad_text(const std::uint8_t* bytes) {
  std::string text = std::to_string(bytes[0]);
  for (int i = 1; i < 4; ++i) text += "." + std::to_string(bytes[i]);
  return text;
}

std::vector<IpNetwork> networks_of(const AccessEntry& entry, const std::vector<IpNetwork>& local) {
  switch (entry.type) {
    case AccessType::local_nets: return local;
    case AccessType::any4: return {everything(32)};
    case AccessType::any6: return {everything(128)};
    case AccessType::any: return {everything(32), everything(128)};
    case AccessType::ipv4:
    case AccessType::ipv6: break;
  }
  auto network = parse_network(network_text(entry));
  return network ? std::vector{*network} : std::vector<IpNetwork>{};
}

int rank_of(const AccessEntry& entry, const std::vector<IpNetwork>& networks) {
  switch (entry.type) {
    case AccessType::ipv4:
    case AccessType::ipv6: return networks.front().address.bits - networks.front().prefix;
    case AccessType::local_nets: return 200;
    case AccessType::any4:
    case AccessType::any6: return 300;
    case AccessType::any: break;
  }
  return 400;
}

}  // namespace

std::optional<IpAddress> parse_ip(std::string_view text) {
  if (text.find(':') != std::string_view::npos) {
    const auto address = parse_v6(text);
    return address ? std::optional(unmapped(*address)) : std::nullopt;
  }
  IpAddress address;
  address.bits = 32;
  if (!parse_quad(text, address.bytes.data())) return std::nullopt;
  return address;
}

std::string text_of(const IpAddress& address) {
  if (address.bits == 32) return quad_text(address.bytes.data());
  std::array<unsigned, k_groups> groups{};
  for (std::size_t i = 0; i < groups.size(); ++i)
    groups[i] = unsigned{address.bytes[2 * i]} << 8 | address.bytes[2 * i + 1];
  const auto [begin, end] = longest_gap(groups);
  std::string text;
  for (int i = 0; i < k_groups; ++i) {
    if (i == begin) text += "::";
    if (i >= begin && i < end) continue;
    if (!text.empty() && text.back() != ':') text += ':';
    char hex[4];
    const auto last = std::to_chars(hex, hex + sizeof hex, groups[static_cast<std::size_t>(i)], 16).ptr;
    text.append(hex, last);
  }
  return text;
}

IpAddress masked(IpAddress address, int prefix) {
  for (int i = 0; i < 16; ++i) {
    const int kept = std::clamp(prefix - 8 * i, 0, 8);
    address.bytes[static_cast<std::size_t>(i)] &= static_cast<std::uint8_t>(0xff00 >> kept);
  }
  return address;
}

bool contains(const IpNetwork& network, const IpAddress& address) {
  return network.address.bits == address.bits &&
         masked(address, network.prefix) == masked(network.address, network.prefix);
}

Result<IpNetwork> parse_network(std::string_view text) {
  const auto slash = text.find('/');
  const auto address = parse_ip(text.substr(0, slash));
  const std::string shown = "\"" + std::string(text.substr(0, 60)) + "\" ";
  if (!address) return invalid_input(shown + "is no IP address or network");
  const auto bits = static_cast<unsigned>(address->bits);
  const auto prefix =
      slash == std::string_view::npos ? bits : parse_number(text.substr(slash + 1), 10, 3, bits);
  if (!prefix) return invalid_input(shown + "has a prefix that is not 0 to " + std::to_string(bits));
  const IpNetwork network{masked(*address, static_cast<int>(*prefix)), static_cast<int>(*prefix)};
  if (network.address != *address)
    return invalid_input(shown + "is the address of a computer: its network is " + text_of(network.address) +
                         "/" + std::to_string(*prefix));
  return network;
}

AccessFault access_fault(const AccessEntry& entry) {
  if (!has_address(entry.type)) {
    if (!entry.address.empty()) return {"address", "is for the types ipv4 and ipv6 only"};
    if (entry.prefix >= 0) return {"prefix", "is for the types ipv4 and ipv6 only"};
    return {};
  }
  const auto slash = entry.address.find('/');
  const auto address = parse_ip(std::string_view(entry.address).substr(0, slash));
  const int bits = entry.type == AccessType::ipv4 ? 32 : 128;
  if (!address || address->bits != bits)
    return {"address", "\"" + entry.address + "\" is no " + (bits == 32 ? "IPv4" : "IPv6") + " address"};
  if (entry.prefix > bits) return {"prefix", "is at most " + std::to_string(bits)};
  if (slash != std::string::npos && entry.prefix >= 0) return {"prefix", "stands behind the address already"};
  if (const auto network = parse_network(network_text(entry)); !network)
    return {"address", network.error().reason};
  return {};
}

AccessList::AccessList(const std::vector<AccessEntry>& entries, const std::vector<IpNetwork>& local)
    : empty_(entries.empty()) {
  for (const AccessEntry& entry : entries) {
    if (!access_fault(entry).key.empty()) continue;
    Rule rule{entry, networks_of(entry, local), 0};
    rule.rank = rank_of(entry, rule.networks);
    rules_.push_back(std::move(rule));
  }
  std::stable_sort(rules_.begin(), rules_.end(), [](const Rule& a, const Rule& b) {
    if (a.rank != b.rank) return a.rank < b.rank;
    return a.entry.action == AccessAction::block && b.entry.action == AccessAction::allow;
  });
}

const AccessList::Rule* AccessList::match(std::string_view client_ip) const {
  const auto address = parse_ip(client_ip);
  if (!address) return nullptr;
  for (const Rule& rule : rules_)
    for (const IpNetwork& network : rule.networks)
      if (contains(network, *address)) return &rule;
  return nullptr;
}

bool AccessList::allows(std::string_view client_ip) const {
  if (empty_) return true;
  const Rule* rule = match(client_ip);
  return rule && rule->entry.action == AccessAction::allow;
}

bool AccessList::allows(std::string_view client_ip, std::string_view user) const {
  if (empty_) return true;
  const Rule* rule = match(client_ip);
  if (!rule || rule->entry.action != AccessAction::allow) return false;
  const std::vector<std::string>& users = rule->entry.users;
  return users.empty() || std::any_of(users.begin(), users.end(), [&](const std::string& name) {
           return equals_ignoring_case(name, user);
         });
}

}  // namespace stagecoach::routing
