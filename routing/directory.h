// The directory: an immutable snapshot of users, groups, lists, mappings and local domains with indexes. It
// is built beside the old one and swapped in as a whole; sessions keep the one they have. Look-ups allocate
// little and take microseconds with 50,000 mappings. All names and addresses compare without regard to case.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "routing/address_set.h"
#include "routing/autoresponder.h"
#include "routing/collector_routing.h"
#include "routing/message_rules.h"
#include "routing/model/address.h"
#include "routing/model/directory_entry.h"
#include "routing/model/mail_list.h"
#include "routing/model/policy.h"
#include "routing/sending/bounce_addresses.h"
#include "routing/wildcard_index.h"

namespace stagecoach::routing {

class LanRules;  // lan_rules.h

/// What routing needs of the configuration besides the entries.
struct RoutingOptions {
  std::vector<std::string> local_domains;
  std::string default_domain;  // added to addresses without a domain
  std::string hostname;
  std::string main_administrator;  // a user name; empty: as postmaster() finds it
  bool disable_default_mapping = false;
  bool unrecognised_local_to_outgoing = false;
  bool unsubscribe_links = false;  // mailing lists may offer links to leave them
  int hops_max = 100;
  BounceAddresses bounce_addresses;
  std::shared_ptr<const LanRules> lan_rules;  // null: none
  Policy policy;
};

struct DirectoryEntries {
  std::vector<User> users;  // in their order
  std::vector<Mapping> mappings;
  std::vector<MailList> lists;
  std::vector<Group> groups;
};

/// Targets that are no users. Compared without regard to case.
inline constexpr std::string_view k_no_one = "No-one";
inline constexpr std::string_view k_remote = "*REMOTE";
/// Built-in groups besides No-one.
inline constexpr std::string_view k_everyone = "Everyone";
inline constexpr std::string_view k_admins = "Admins";

/// Which mappings apply: those of mail received by SMTP (submission, LMTP and the server's own included), or
/// those of mail of one collector.
struct MappingScope {
  const CollectorRouting* collector = nullptr;  // null: not collected
};

class Directory {
 public:
  Directory() = default;
  /// The entries keep their order: with several mappings of one address it is the order of the reasons.
  /// `previous`: its compiled rules are taken over for users whose profile is the same object.
  Directory(DirectoryEntries entries, RoutingOptions options, const Directory* previous = nullptr);

  const RoutingOptions& options() const { return options_; }
  const Policy& policy() const { return options_.policy; }
  /// The users as they are in force: what a group forces is in their profiles.
  const std::vector<User>& users() const { return users_; }
  /// The mappings, and behind them one for each alias of a user.
  const std::vector<Mapping>& mappings() const { return mappings_; }
  const std::vector<MailList>& lists() const { return lists_; }
  const std::vector<Group>& groups() const { return groups_; }
  /// Whether a mapping that a look-up returned stands for an alias of its target.
  bool is_alias(const Mapping& mapping) const {
    return static_cast<std::size_t>(&mapping - mappings_.data()) >= declared_;
  }

  /// The user with this name; nullptr: none.
  const User* find_user(std::string_view name) const;
  const MailList* find_list(std::string_view name) const;
  /// A custom group; the built-in ones have no settings.
  const Group* find_group(std::string_view name) const;
  /// Whether the name is that of a custom or built-in group.
  bool is_group(std::string_view name) const;
  /// The users of a custom or built-in group, primary and secondary members, in the order of users().
  std::vector<const User*> members_of_group(std::string_view name) const;
  /// The user who logs in as "fred" or as "fred@<local domain>"; nullptr: none. Mappings do not count.
  const User* find_login(std::string_view login) const;
  /// Who reads mail for postmaster: the user postmaster, else the first administrator, else the first user.
  const User* postmaster() const;
  /// Who gets messages about errors: options().main_administrator, else postmaster().
  const User* main_administrator() const;
  /// Whether the user may log in on this day ("2026-12-31"): enabled, not expired, his group enabled.
  bool is_active(const User& user, std::string_view today) const;
  /// Whether a message rule of some user looks at the text of messages.
  bool looks_at_text() const { return looks_at_text_; }
  /// What is compiled of the user's profile, ready to run; nullptr: he has neither rules nor automatic
  /// answers.
  struct CompiledUser {
    CompiledRules rules;
    CompiledAutoresponder autoresponder;
    std::shared_ptr<const Profile> source;  // as it was given
  };
  const CompiledUser* compiled(const User& user) const;

  /// Whether this server is responsible for the address (Local Domains, or a mapping of that very address).
  bool is_local_domain(const Address& address) const { return local_.contains(address); }
  const AddressSet& local_domains() const { return local_; }
  /// The address with the default domain when it has none.
  Address complete(Address address) const;
  /// "fred@example.com" of a user, list or group: name and default domain.
  std::string address_of(std::string_view name) const;

  /// All mappings but ~@domain and those of type from that apply in this scope and match, in their order. An
  /// alias of a user is a mapping to this user.
  /// `skipped` gets those that match, but are for another kind of message.
  std::vector<const Mapping*> mappings_for(const Address& address, const MappingScope& scope,
                                           std::vector<const Mapping*>* skipped = nullptr) const;
  /// Mappings "~@domain" for an address that nothing else recognises.
  std::vector<const Mapping*> unrecognised_mappings_for(const Address& address,
                                                        const MappingScope& scope) const;
  /// Mappings of type from that match the sender of a collected message.
  std::vector<const Mapping*> from_mappings_for(const Address& sender, const MappingScope& scope) const;
  /// What an address stands for that is no user, list or mapping: a list server, the return address of a
  /// list, or an address whose mail vanishes (replies to automatic answers).
  enum class Special : std::uint8_t { none, list_server, list_return, vanishes, download_answer };
  struct SpecialAddress {
    Special kind = Special::none;
    const MailList* list = nullptr;  // of list_return
    std::string token = {};          // of download_answer
  };
  SpecialAddress special_address(const Address& address) const;

  /// The lists of policy().permissions, ready to compare.
  const AddressSet& target_whitelist() const { return target_white_; }
  const AddressSet& target_blacklist() const { return target_black_; }
  const AddressSet& sender_whitelist() const { return sender_white_; }
  const AddressSet& sender_blacklist() const { return sender_black_; }

 private:
  using Index = std::unordered_map<std::string, std::vector<std::uint32_t>>;  // lower case -> places
  using Names = std::unordered_map<std::string, std::uint32_t>;               // lower case -> place

  using Places = FilteredMap<std::vector<std::uint32_t>>;

  /// Mappings of one kind, each in the cheapest container that finds it.
  struct MappingIndex {
    Places addresses;              // "fred@example.com"
    Places locals;                 // "fred": at any own domain
    Places locals_anywhere;        // "fred@*"
    WildcardIndex patterns;        // "*@example.com", "s?les@*.example"
    WildcardIndex local_patterns;  // "s?les": at any own domain
  };

  void add_users(const Directory* previous);
  void compile(std::uint32_t place, const Directory* previous);
  void add_lists();
  void add(std::uint32_t place);
  std::vector<const Mapping*> find(const MappingIndex& index, const Address& address,
                                   const MappingScope& scope, bool from,
                                   std::vector<const Mapping*>* skipped = nullptr) const;

  std::vector<User> users_;
  std::vector<Mapping> mappings_;
  std::vector<MailList> lists_;
  std::vector<Group> groups_;
  bool looks_at_text_ = false;
  std::size_t declared_ = 0;  // the first of mappings_ that is an alias
  RoutingOptions options_;
  AddressSet local_;
  AddressSet target_white_, target_black_, sender_white_, sender_black_;
  Names users_by_name_, lists_by_name_, groups_by_name_;
  Names list_returns_;  // return address -> list
  Index list_servers_;  // own addresses of list servers; the generic one is not in it
  std::unordered_map<const Profile*, std::shared_ptr<const CompiledUser>> compiled_;  // by source
  std::vector<const CompiledUser*> compiled_by_user_;                                 // parallel to users_
  MappingIndex recipients_;
  MappingIndex senders_;
  Places unrecognised_;                               // domain of "~@domain"
  std::vector<std::uint32_t> unrecognised_patterns_;  // "~@*.example.com"
};

using DirectoryPtr = std::shared_ptr<const Directory>;

}  // namespace stagecoach::routing
