#include "actors/autoresponder_import.h"

#include <algorithm>

#include "conf/entry_faults.h"
#include "conf/entry_text.h"
#include "routing/model/address.h"

namespace stagecoach {

namespace {

constexpr std::size_t k_file_bytes_max = std::size_t{4} << 20;
constexpr const char* k_none = "<None>";

template <class S>
auto place_of(S& entries, const std::string& name) {
  return std::find_if(entries.begin(), entries.end(),
                      [&](const auto& entry) { return equals_ignoring_case(entry.name, name); });
}

template <class S>
bool has(const S& entries, const std::string& name) {
  return place_of(entries, name) != entries.end();
}

std::string at(const Provenance& where) { return where.file.empty() ? "" : where.text() + ": "; }

template <class S>
Result<void> merge(std::vector<S>& all, const std::vector<S>& added, SameNames same_names, const char* what) {
  std::string faults;
  for (const S& entry : added) {
    const auto place = place_of(all, entry.name);
    if (place == all.end())
      all.push_back(entry);
    else if (same_names == SameNames::replace)
      *place = entry;
    else
      faults += (faults.empty() ? "" : "\n") + at(entry.where) + "there is a " + what + " \"" + entry.name +
                "\" already; --replace puts the new one in its place";
  }
  return faults.empty() ? Result<void>() : Result<void>(conflict(faults));
}

void add_lines(std::vector<std::string>& all, const std::vector<std::string>& added) {
  for (const std::string& line : added)
    if (std::find(all.begin(), all.end(), line) == all.end()) all.push_back(line);
}

}  // namespace

Result<Autoresponder> select_answers(const Autoresponder& all, const std::string& definition) {
  if (definition.empty()) return all;
  const auto found = place_of(all.definitions, definition);
  if (found == all.definitions.end()) return not_found("there is no definition \"" + definition + "\"");
  Autoresponder chosen;
  chosen.definitions.push_back(*found);
  for (const AutoresponderRule& rule : all.rules)
    if (equals_ignoring_case(rule.autoresponder, definition)) chosen.rules.push_back(rule);
  return chosen;
}

Result<Autoresponder> read_answers(std::string_view text, const std::string& file, const Autoresponder& known,
                                   const std::vector<std::string>& templates) {
  if (text.size() > k_file_bytes_max) return limit_reached(file + " is larger than 4 MB");
  auto read = conf::parse_entry_file<Autoresponder>(text, file);
  if (!read) return read;
  std::string faults;
  const auto fault = [&](const Provenance& where, const std::string& key, const std::string& reason) {
    faults += (faults.empty() ? "" : "\n") + at(where) + key + ": " + reason;
  };
  Profile profile;
  profile.autoresponder = *read;
  for (const conf::EntryFault& one : conf::faults_of(profile))
    fault(one.where, one.key.starts_with("autoresponder.") ? one.key.substr(14) : one.key, one.reason);
  for (const AutoresponderRule& rule : read->rules) {
    const std::string& name = rule.autoresponder;
    if (!equals_ignoring_case(name, k_none) && !has(read->definitions, name) &&
        !has(known.definitions, name) &&
        std::none_of(templates.begin(), templates.end(),
                     [&](const std::string& one) { return equals_ignoring_case(one, name); }))
      fault(rule.where, "rules." + rule.name, "there is no definition \"" + name + "\"");
  }
  if (!faults.empty()) return invalid_input(faults);
  return read;
}

Result<Autoresponder> merge_answers(Autoresponder all, const Autoresponder& added, SameNames same_names) {
  auto definitions = merge(all.definitions, added.definitions, same_names, "definition");
  auto rules = merge(all.rules, added.rules, same_names, "rule");
  if (!definitions && !rules) return conflict(definitions.error().reason + "\n" + rules.error().reason);
  if (!definitions) return std::move(definitions.error());
  if (!rules) return std::move(rules.error());
  add_lines(all.header_filters, added.header_filters);
  add_lines(all.header_triggers, added.header_triggers);
  return all;
}

Result<Autoresponder> move_rule_before(Autoresponder all, const std::string& rule, const std::string& other) {
  const auto found = place_of(all.rules, rule);
  if (found == all.rules.end()) return not_found("there is no rule \"" + rule + "\"");
  if (equals_ignoring_case(rule, other)) return all;
  AutoresponderRule moved = *found;
  all.rules.erase(found);
  const auto next = place_of(all.rules, other);
  if (next == all.rules.end()) return not_found("there is no rule \"" + other + "\"");
  all.rules.insert(next, std::move(moved));
  return all;
}

Result<Autoresponder> move_rule_to(Autoresponder all, const std::string& rule, std::size_t place) {
  const auto found = place_of(all.rules, rule);
  if (found == all.rules.end()) return not_found("there is no rule \"" + rule + "\"");
  if (place == 0 || place > all.rules.size())
    return invalid_input("the place is from 1 to " + std::to_string(all.rules.size()));
  AutoresponderRule moved = *found;
  all.rules.erase(found);
  all.rules.insert(all.rules.begin() + static_cast<std::ptrdiff_t>(place) - 1, std::move(moved));
  return all;
}

}  // namespace stagecoach
