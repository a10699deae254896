// LAN forwarding as the control socket has it.
#include <map>
#include <set>

#include "actors/control_mail.h"
#include "actors/json_values.h"
#include "actors/lan_pause.h"
#include "actors/serialisation.h"
#include "routing/lan_rules.h"
#include "routing/wildcard.h"

namespace stagecoach {

using nlohmann::json;

namespace {

constexpr std::size_t k_rows_max = 100;

/// One message for one server, with the recipients that are left.
json rows_of(const QueueListing& listing, bool& more) {
  std::map<std::pair<std::int64_t, std::string>, std::size_t> places;
  json rows = json::array();
  for (const QueueEntry& entry : listing.entries) {
    const auto [place, is_new] = places.try_emplace({entry.id.value, entry.route}, rows.size());
    if (is_new && rows.size() == k_rows_max) {
      more = true;
      break;
    }
    if (is_new)
      rows.push_back({{"id", std::to_string(entry.id.value)},
                      {"from", entry.from},
                      {"server", entry.route},
                      {"to", json::array()},
                      {"subject", entry.subject},
                      {"state", entry.state},
                      {"attempts", entry.attempts},
                      {"queued_at", json_time(entry.queued_at)},
                      {"next_attempt", json_time(entry.next_attempt)},
                      {"last_reply", entry.last_reply}});
    rows[place->second]["to"].push_back(entry.to);
  }
  return rows;
}

/// Addresses that somebody here has, at the local domains that are names.
std::set<std::string> addresses_here(const routing::Directory& directory) {
  std::set<std::string> names, addresses;
  if (!directory.options().disable_default_mapping) {
    for (const User& user : directory.users()) names.insert(to_lower(user.name));
    for (const MailList& list : directory.lists()) names.insert(to_lower(list.name));
  }
  for (const Mapping& mapping : directory.mappings()) {
    const bool elsewhere = equals_ignoring_case(mapping.target, routing::k_remote);
    if (elsewhere || mapping.type == MappingType::from || mapping.type == MappingType::pop3) continue;
    const std::string address = to_lower(mapping.address);
    (address.find('@') == std::string::npos ? names : addresses).insert(address);
  }
  for (const std::string& entry : directory.local_domains().entries()) {
    if (routing::has_wildcard(entry) || entry.find('@') != std::string::npos) continue;
    for (const std::string& name : names) addresses.insert(name + "@" + entry);
  }
  return addresses;
}

}  // namespace

void lan_list(ControlTask& task) {
  const DirectoryPtr directory = task.node().directory();
  json rules = json::array();
  if (directory && directory->options().lan_rules)
    for (const routing::LanRule& rule : directory->options().lan_rules->rules())
      rules.push_back({{"address", rule.address},
                       {"condition", rule.condition},
                       {"server", std::string(rule.server())},
                       {"login", rule.route.size() > rule.server().size()},
                       {"rewrite", rule.rewrite},
                       {"verify", rule.verify},
                       {"matches", task.node().lan.matches(rule.key())},
                       {"where", rule.where.text()}});
  task.succeed({{"paused", task.node().lan.paused.load()}, {"rules", std::move(rules)}});
}

void lan_pause(ControlTask& task) {
  const bool paused = task.arguments().at("paused").get<bool>();
  const auto done = set_lan_paused(task.node(), paused);
  if (!paused) task.send(task.node().handles()->queue, QueueCommand{"resume lan", {}, {}, {}, {}, false});
  if (!done) return task.fail(done.error());
  task.succeed({{"paused", paused}});
}

void lan_queue(ControlTask& task) {
  ListQueue wanted;
  wanted.criteria.lan_only = true;
  task.ask<QueueListing>(task.node().handles()->queue, wanted, [&task](const QueueListing& listing) {
    if (!listing.outcome.ok) return task.fail(listing.outcome.error);
    bool more = false;
    json rows = rows_of(listing, more);
    task.succeed({{"paused", task.node().lan.paused.load()}, {"more", more}, {"messages", std::move(rows)}});
  });
}

void lan_command(ControlTask& task) {
  QueueCommand command;
  command.action = task.arguments().at("action").get<std::string>();
  command.ids = task.arguments().value("ids", std::vector<std::int64_t>{});
  command.criteria.lan_only = true;
  if (command.action != "retry" && (command.action != "delete" || command.ids.empty()))
    return task.fail(invalid_input("only retry, and delete with numbers"));
  task.ask<QueueCommandAnswer>(
      task.node().handles()->queue, std::move(command), [&task](const QueueCommandAnswer& answer) {
        if (!answer.outcome.ok) return task.fail(answer.outcome.error);
        task.succeed({{"messages", answer.messages}, {"recipients", answer.recipients}});
      });
}

void lan_export(ControlTask& task) {
  const DirectoryPtr directory = task.node().directory();
  json addresses = json::array();
  if (directory)
    for (const std::string& address : addresses_here(*directory)) addresses.push_back(address);
  task.succeed({{"hostname", task.node().config()->server.hostname}, {"addresses", std::move(addresses)}});
}

}  // namespace stagecoach
