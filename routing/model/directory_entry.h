// The entries of the directory: users and mappings, as TOML declares them or the database holds them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "routing/model/ids.h"

namespace stagecoach {

/// Where an entry comes from. Declared entries are read-only for programs.
struct Provenance {
  std::string file;  // empty: the database
  int line = 0;
  /// "stagecoach.toml:41" or "database".
  std::string text() const { return file.empty() ? "database" : file + ":" + std::to_string(line); }
  bool operator==(const Provenance&) const = default;
};

struct User {
  UserId id;             // given by storage; also declared users have one
  std::string name;      // unique without regard to case
  std::string password;  // "$argon2id$…", or "{plain}…" as declared; never logged
  std::string scram;     // SCRAM-SHA-256 verifier "SCRAM-SHA-256$4096:salt$StoredKey:ServerKey"; may be empty
  std::string full_name;
  std::vector<std::string> aliases;  // further addresses: "sales", "fred@example.net"
  bool administrator = false;
  bool enabled = true;
  bool receive_internet = true;  // false: external senders do not find this user
  bool send_internet = true;     // false: may not send to remote recipients
  std::int64_t quota_bytes = 0;  // 0: unlimited
  Provenance where;
  bool operator==(const User&) const = default;
};

/// When a mapping applies (docs/reference/mappings.md).
enum class MappingType : std::uint8_t { always, pop3, smtp, from };

struct Mapping {
  std::int64_t id = 0;
  std::string address;  // "sales", "sales@example.com", "*@example.com", "~@example.com"
  std::string target;   // a user, a list, a group, "No-one" or "*REMOTE"
  MappingType type = MappingType::always;
  std::string collector;  // for pop3 and from: only mail of this collector; empty: all
  std::string comments;
  Provenance where;
  bool operator==(const Mapping&) const = default;
};

}  // namespace stagecoach
