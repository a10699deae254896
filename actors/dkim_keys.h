// The keys of [[dkim]], read once at start and reload; immutable, shared by all sending sessions.
#pragma once

#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "conf/config.h"
#include "conf/problem.h"
#include "protocols/dkim/signature.h"

namespace stagecoach {

struct DkimKey {
  dkim::Signer signer;
  bool lan = true;  // also signs what goes to a server of its own
};

class DkimKeys {
 public:
  DkimKeys() = default;
  explicit DkimKeys(const std::vector<DkimKey>& keys);

  bool empty() const { return by_domain_.empty(); }
  /// Without regard to case; empty: mail of this domain is not signed.
  const std::vector<DkimKey>& of(std::string_view domain) const;

 private:
  std::unordered_map<std::string, std::vector<DkimKey>> by_domain_;
};
using DkimKeysPtr = std::shared_ptr<const DkimKeys>;

/// The key file of one entry.
Result<dkim::SigningKey> read_dkim_key(const conf::Config& config, const conf::DkimSettings& settings);

struct LoadedDkimKeys {
  DkimKeysPtr keys;  // never null: the active ones that could be read
  conf::Problems problems;
};
/// `path`: the configuration as it was named, for the problems.
LoadedDkimKeys load_dkim_keys(const conf::Config& config, const std::string& path);

}  // namespace stagecoach
