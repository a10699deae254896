// Rules of LAN forwarding: addresses whose mail goes to a server that is named
// (docs/reference/lan-forwarding.md). The first rule in their order that matches and whose condition holds
// decides. An address costs a few look-ups however many rules there are. Comparison is without regard to
// case.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "routing/directory.h"
#include "routing/wildcard_index.h"

namespace stagecoach::routing {

struct LanRule {
  /// "bob@example.com", "*@example.com", "~@example.com" (when nothing else knows the address), "bob" (at any
  /// own domain).
  std::string address;
  std::string condition = "all";  // all, pop3, smtp, or the name or number of a collector
  std::string route;              // "[user:password@][lmtp:]server[:port]"
  std::string rewrite;  // what the server sees; "*@new.example" keeps the user part; empty: as it was
  bool verify = false;  // with wildcards: its server can be asked whether an address exists
  Provenance where;

  bool applies(const MappingScope& scope) const;
  /// The recipient that the server sees.
  std::string rewritten(const Address& recipient) const;
  /// "server[:port]", without the log-in.
  std::string_view server() const;
  /// What tells it from other rules: for the count of its matches. Without the log-in.
  std::string key() const;
};

/// Whether the rule stands for addresses that it does not name: * or ? or ~.
bool is_open_ended(std::string_view rule_address);

/// Why a text cannot be the `address` or the `rewrite` of a rule; empty: it can. An empty rewrite can.
std::string lan_address_fault(std::string_view address, bool allow_bare_user);
std::string lan_rewrite_fault(std::string_view rewrite);

class LanRules {
 public:
  explicit LanRules(std::vector<LanRule> rules);

  const std::vector<LanRule>& rules() const { return rules_; }
  /// The rules but ~@domain. `own`: the address is at a domain of ours, or of the collector. Nullptr: none.
  const LanRule* find(const Address& address, const MappingScope& scope, bool own) const;
  /// The rules ~@domain.
  const LanRule* find_unrecognised(const Address& address, const MappingScope& scope) const;

 private:
  using Index = std::unordered_map<std::string, std::vector<std::uint32_t>>;  // lower case -> places

  void add(std::uint32_t place);
  const LanRule* first_of(std::vector<std::uint32_t>& places, const MappingScope& scope) const;

  std::vector<LanRule> rules_;
  Index addresses_;               // "fred@example.com"
  Index locals_;                  // "fred"
  Index domains_;                 // "*@example.com": by domain
  WildcardIndex patterns_;        // "s?les@*.example"
  WildcardIndex local_patterns_;  // "s?les"
  Index unrecognised_;            // "~@example.com": by domain
  WildcardIndex unrecognised_patterns_;
};

/// The rule of the directory that decides about this address; nullptr: none.
const LanRule* lan_rule_for(const Directory& directory, const Address& address, const MappingScope& scope);
const LanRule* unrecognised_lan_rule_for(const Directory& directory, const Address& address,
                                         const MappingScope& scope);

}  // namespace stagecoach::routing
