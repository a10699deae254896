// Which entries of the directory pass all their mail on to which others, to find mail that would go round:
// lists to their members, forwards, assistants that get the mail instead of the user, mappings between them.
// At run time the circle is cut (routing/resolver.h); here it is found before any mail comes.
#pragma once

#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "routing/address_set.h"
#include "routing/model/directory_entry.h"
#include "routing/model/mail_list.h"

namespace stagecoach::conf {

struct Cycle {
  std::string text;    // "fred -> kate -> fred (stagecoach.toml:3, stagecoach.toml:9)"
  std::string name;    // of the entry that was declared first
  std::string key;     // of the setting there: "routing.forward_to", "members"
  Provenance where;    // of this entry
  bool lists = false;  // lists only: their other members get the mail nevertheless
};

class ForwardGraph {
 public:
  /// `local`: the local domains. Everything that is added must outlive the graph.
  explicit ForwardGraph(const routing::AddressSet& local) : local_(local) {}

  void add(std::string_view user, const Profile& profile, const Provenance& where);
  void add(const MailList& list);
  /// Mappings with wildcards are left out.
  void add(const Mapping& mapping);

  /// Each circle once, at most 100.
  std::vector<Cycle> cycles() const;

 private:
  struct Edges {
    const char* key;
    const std::vector<std::string>* targets;
  };
  struct Node {
    std::string name;
    const Provenance* where;
    bool is_list;
    std::vector<Edges> edges;
  };
  using Path = std::vector<std::size_t>;

  void add_node(Node node);
  /// The nodes behind a target: an entry, or what its mappings lead to.
  std::vector<std::size_t> resolve(const std::string& target) const;
  std::vector<std::vector<std::size_t>> successors() const;
  Cycle describe(Path path) const;

  const routing::AddressSet& local_;
  std::vector<Node> nodes_;
  std::unordered_map<std::string, std::size_t> by_name_;              // lower case
  std::unordered_map<std::string, std::vector<std::string>> mapped_;  // address in lower case -> targets
};

}  // namespace stagecoach::conf
