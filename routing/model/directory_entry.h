// The entries of the directory: users and mappings, as TOML declares them or the database holds them.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "routing/model/ids.h"
#include "routing/model/profile.h"
#include "routing/model/provenance.h"

namespace stagecoach {

/// A password for one program of a user, besides his main one.
struct AppPassword {
  std::string name;  // "phone"
  std::string hash;  // "$argon2id$…"
  std::string scram;
  std::uint8_t protocols = protocol_all;  // bits of ProtocolBit
  std::string expires_on;                 // "2026-12-31"; empty: never
  bool operator==(const AppPassword&) const = default;
};

/// What a user proves himself with. Hashes are "$argon2id$…", "{plain}…" or a legacy form such as "{SSHA}…";
/// never logged.
struct Credentials {
  std::string password;
  std::string scram;         // "SCRAM-SHA-256$4096:salt$StoredKey:ServerKey"; may be empty
  std::string web_password;  // with Profile::separate_web_password
  std::vector<AppPassword> app_passwords;
  bool operator==(const Credentials&) const = default;
};

struct User {
  UserId id;         // given by storage; also declared users have one
  std::string name;  // unique without regard to case
  Credentials credentials;
  std::shared_ptr<const Profile> profile = std::make_shared<const Profile>();  // never null
  Provenance where;

  bool operator==(const User& other) const {
    return id == other.id && name == other.name && credentials == other.credentials &&
           (profile == other.profile || *profile == *other.profile) && where == other.where;
  }
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
