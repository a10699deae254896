// The directory: an immutable snapshot of users, mappings and local domains with indexes. It is built beside
// the old one and swapped in as a whole; sessions keep the one they have. Look-ups allocate little and take
// microseconds with 50,000 mappings. All names and addresses compare without regard to case.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "routing/address_set.h"
#include "routing/collector_routing.h"
#include "routing/model/address.h"
#include "routing/model/directory_entry.h"

namespace stagecoach::routing {

/// What routing needs of the configuration besides the entries.
struct RoutingOptions {
  std::vector<std::string> local_domains;
  std::string default_domain;  // added to addresses without a domain
  std::string hostname;
  std::string main_administrator;  // a user name; empty: as postmaster() finds it
  bool disable_default_mapping = false;
  bool unrecognised_local_to_outgoing = false;
  int hops_max = 100;
};

/// Targets that are no users. Compared without regard to case.
inline constexpr std::string_view k_no_one = "No-one";
inline constexpr std::string_view k_remote = "*REMOTE";

/// Which mappings apply: those of mail received by SMTP (submission, LMTP and the server's own included), or
/// those of mail of one collector.
struct MappingScope {
  const CollectorRouting* collector = nullptr;  // null: not collected
};

class Directory {
 public:
  Directory() = default;
  /// The entries keep their order: with several mappings of one address it is the order of the reasons.
  Directory(std::vector<User> users, std::vector<Mapping> mappings, RoutingOptions options);

  const RoutingOptions& options() const { return options_; }
  const std::vector<User>& users() const { return users_; }
  /// The mappings, and behind them one for each alias of a user.
  const std::vector<Mapping>& mappings() const { return mappings_; }
  /// Whether a mapping that a look-up returned stands for an alias of its target.
  bool is_alias(const Mapping& mapping) const {
    return static_cast<std::size_t>(&mapping - mappings_.data()) >= declared_;
  }

  /// The user with this name; nullptr: none.
  const User* find_user(std::string_view name) const;
  /// The user who logs in as "fred" or as "fred@<local domain>"; nullptr: none. Mappings do not count.
  const User* find_login(std::string_view login) const;
  /// Who reads mail for postmaster: the user postmaster, else the first administrator, else the first user.
  const User* postmaster() const;
  /// Who gets messages about errors: options().main_administrator, else postmaster().
  const User* main_administrator() const;

  /// Whether this server is responsible for the address (Local Domains, or a mapping of that very address).
  bool is_local_domain(const Address& address) const { return local_.contains(address); }
  const AddressSet& local_domains() const { return local_; }
  /// The address with the default domain when it has none.
  Address complete(Address address) const;

  /// All mappings but ~@domain and those of type from that apply in this scope and match, in their order. An
  /// alias of a user is a mapping to this user.
  std::vector<const Mapping*> mappings_for(const Address& address, const MappingScope& scope) const;
  /// Mappings "~@domain" for an address that nothing else recognises.
  std::vector<const Mapping*> unrecognised_mappings_for(const Address& address,
                                                        const MappingScope& scope) const;
  /// Mappings of type from that match the sender of a collected message.
  std::vector<const Mapping*> from_mappings_for(const Address& sender, const MappingScope& scope) const;

 private:
  using Index =
      std::unordered_map<std::string, std::vector<std::uint32_t>>;  // lower case -> places in mappings_

  /// Mappings of one kind, each in the cheapest container that finds it.
  struct MappingIndex {
    Index addresses;                      // "fred@example.com"
    Index locals;                         // "fred": at any own domain
    Index locals_anywhere;                // "fred@*"
    Index domains;                        // "*@example.com", and other wildcards at one domain
    std::vector<std::uint32_t> patterns;  // all else: compared one by one
  };

  void add(std::uint32_t place);
  std::vector<const Mapping*> find(const MappingIndex& index, const Address& address,
                                   const MappingScope& scope, bool from) const;

  std::vector<User> users_;
  std::vector<Mapping> mappings_;
  std::size_t declared_ = 0;  // the first of mappings_ that is an alias
  RoutingOptions options_;
  AddressSet local_;
  std::unordered_map<std::string, std::uint32_t> users_by_name_;  // lower case
  MappingIndex recipients_;
  MappingIndex senders_;
  Index unrecognised_;                                // domain of "~@domain"
  std::vector<std::uint32_t> unrecognised_patterns_;  // "~@*.example.com"
};

using DirectoryPtr = std::shared_ptr<const Directory>;

}  // namespace stagecoach::routing
