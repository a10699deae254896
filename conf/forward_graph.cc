#include "conf/forward_graph.h"

#include <algorithm>

#include "routing/lan_target.h"
#include "routing/model/address.h"
#include "routing/wildcard.h"

namespace stagecoach::conf {

void ForwardGraph::add_node(Node node) {
  by_name_.emplace(to_lower(node.name), nodes_.size());
  nodes_.push_back(std::move(node));
}

void ForwardGraph::add(std::string_view user, const Profile& profile, const Provenance& where) {
  const UserRouting& settings = profile.routing;
  Node node{std::string(user), &where, false, {}};
  if (settings.use_forwarding && !settings.forward_to.empty())
    node.edges.push_back({"routing.forward_to", &settings.forward_to});
  else if (settings.redirect_to_assistant)
    node.edges.push_back({"routing.assistants", &settings.assistants});
  for (const auto& [key, rule] : {std::pair{"routing.size_ge.targets", &settings.size_ge},
                                  std::pair{"routing.size_le.targets", &settings.size_le}})
    if (rule->kb > 0 && rule->action == CopyMode::redirect) node.edges.push_back({key, &rule->targets});
  for (const std::string& alias : profile.aliases)
    if (!routing::has_wildcard(alias)) mapped_[to_lower(alias)].push_back(node.name);
  add_node(std::move(node));
}

void ForwardGraph::add(const MailList& list) {
  add_node({list.name, &list.where, true, {{"members", list.members.get()}}});
}

void ForwardGraph::add(const Mapping& mapping) {
  const bool applies = mapping.type == MappingType::always || mapping.type == MappingType::smtp;
  if (applies && !routing::has_wildcard(mapping.address))
    mapped_[to_lower(mapping.address)].push_back(mapping.target);
}

std::vector<std::size_t> ForwardGraph::resolve(const std::string& target) const {
  std::vector<std::size_t> result;
  const auto add_entry = [&](const std::string& name) {
    if (const auto entry = by_name_.find(to_lower(name)); entry != by_name_.end())
      result.push_back(entry->second);
    return !result.empty();
  };
  const Address address = split_address(target);
  if (routing::is_lan_target(target) || (address.domain.empty() && add_entry(target))) return result;
  const bool local = address.domain.empty() || local_.contains(address);
  for (const std::string& key : {to_lower(target), to_lower(address.local)}) {
    const auto mappings = mapped_.find(key);
    if (mappings == mapped_.end() || (key.find('@') == std::string::npos && !local)) continue;
    for (const std::string& name : mappings->second) add_entry(name);
    return result;
  }
  if (local) add_entry(address.local);
  return result;
}

std::vector<std::vector<std::size_t>> ForwardGraph::successors() const {
  std::vector<std::vector<std::size_t>> next(nodes_.size());
  for (std::size_t i = 0; i < nodes_.size(); ++i)
    for (const Edges& edges : nodes_[i].edges)
      for (const std::string& target : *edges.targets)
        for (const std::size_t node : resolve(target)) next[i].push_back(node);
  return next;
}

Cycle ForwardGraph::describe(Path path) const {
  std::rotate(path.begin(), std::min_element(path.begin(), path.end()), path.end());
  Cycle cycle;
  const Node& first = nodes_[path.front()];
  std::string places;
  for (const std::size_t place : path) {
    cycle.text += nodes_[place].name + " -> ";
    places += (places.empty() ? "" : ", ") + nodes_[place].where->text();
  }
  cycle.text += first.name + " (" + places + ")";
  cycle.name = first.name;
  cycle.where = *first.where;
  cycle.lists = std::all_of(path.begin(), path.end(), [&](std::size_t i) { return nodes_[i].is_list; });
  const std::size_t second = path.size() > 1 ? path[1] : path.front();
  for (const Edges& edges : first.edges)
    for (const std::string& target : *edges.targets) {
      const auto found = resolve(target);
      if (std::find(found.begin(), found.end(), second) != found.end()) cycle.key = edges.key;
    }
  return cycle;
}

/// A depth-first search without recursion: chains may be long.
std::vector<Cycle> ForwardGraph::cycles() const {
  constexpr std::size_t k_cycles_max = 100;
  enum class Colour : char { white, grey, black };
  const auto next = successors();
  std::vector<Colour> colours(nodes_.size(), Colour::white);
  std::vector<Cycle> found;
  for (std::size_t start = 0; start < nodes_.size(); ++start) {
    if (colours[start] != Colour::white) continue;
    Path path{start};
    std::vector<std::size_t> tried{0};
    colours[start] = Colour::grey;
    while (!path.empty()) {
      const std::size_t here = path.back();
      if (tried.back() == next[here].size()) {
        colours[here] = Colour::black;
        path.pop_back();
        tried.pop_back();
        continue;
      }
      const std::size_t there = next[here][tried.back()++];
      if (colours[there] == Colour::grey && found.size() < k_cycles_max)
        found.push_back(describe(Path(std::find(path.begin(), path.end(), there), path.end())));
      if (colours[there] != Colour::white) continue;
      colours[there] = Colour::grey;
      path.push_back(there);
      tried.push_back(0);
    }
  }
  return found;
}

}  // namespace stagecoach::conf
