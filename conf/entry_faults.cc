#include "conf/entry_faults.h"

#include <set>

#include "conf/checks.h"
#include "conf/text_faults.h"
#include "routing/autoresponder.h"
#include "routing/lan_target.h"
#include "routing/message_rules.h"
#include "routing/time_window.h"

namespace stagecoach::conf {
namespace {

using Faults = std::vector<EntryFault>;

void check_routing(const UserRouting& settings, Faults& faults) {
  if (settings.redirect_to_assistant && !settings.forward_to.empty())
    faults.push_back({"routing.redirect_to_assistant",
                      "cannot be combined with forward_to: one of both decides who gets the mail",
                      {}});
  for (const auto& [key, window] : {std::pair{"routing.assistant_window", &settings.assistant_window},
                                    std::pair{"routing.forward_window", &settings.forward_window}})
    if (const auto parsed = routing::DailyWindow::parse(*window); !parsed)
      faults.push_back({key, parsed.error().reason, {}});
}

/// Names in one list must differ, because others refer to them.
template <class S>
void check_names(const std::vector<S>& entries, const std::string& key, const char* what, Faults& faults) {
  std::set<std::string> names;
  for (const S& entry : entries)
    if (!names.insert(to_lower(entry.name)).second)
      faults.push_back(
          {key + "." + entry.name, std::string("another ") + what + " has this name", entry.where});
}

void check_autoresponder(const Autoresponder& settings, Faults& faults) {
  check_names(settings.definitions, "autoresponder.definitions", "definition", faults);
  for (const AutoresponderRule& rule : settings.rules) {
    const std::string key = "autoresponder.rules." + rule.name;
    if (const auto checked = routing::check_autoresponder_rule(rule); !checked)
      faults.push_back({key, checked.error().reason, rule.where});
  }
}

void check_store_forward(const UserAdvanced& settings, Faults& faults) {
  const std::string &address = settings.store_forward_address, &server = settings.store_forward_server;
  if (address.empty() != server.empty())
    faults.push_back({address.empty() ? "advanced.store_forward.address" : "advanced.store_forward.server",
                      "is missing: store and forward needs an address and a server",
                      {}});
  if (!server.empty() && !routing::is_route(server))
    faults.push_back({"advanced.store_forward.server", "is not like [user:password@]server[:port]", {}});
}

}  // namespace

std::vector<EntryFault> faults_of(const Profile& profile) {
  Faults faults;
  check_routing(profile.routing, faults);
  check_store_forward(profile.advanced, faults);
  for (const std::string& alias : profile.aliases)
    if (std::string fault = mapping_address_fault(alias); !fault.empty())
      faults.push_back({"aliases", std::move(fault), {}});
  check_names(profile.message_rules, "message_rules", "rule", faults);
  for (const MessageRule& rule : profile.message_rules)
    if (const auto checked = routing::check_rule(rule); !checked)
      faults.push_back({"message_rules." + rule.name, checked.error().reason, rule.where});
  check_autoresponder(profile.autoresponder, faults);
  return faults;
}

std::vector<EntryFault> faults_of(const MailList& list) {
  Faults faults;
  const std::size_t members = list.members->size();
  if (list.type == ListType::forwarding && members != 1)
    faults.push_back({"members", "a forwarding has exactly one member, not " + std::to_string(members), {}});
  if (list.type == ListType::external_db) {
    if (members != 0) faults.push_back({"members", "come from the external database", {}});
    if (list.source_conninfo.empty() == list.source_database.empty())
      faults.push_back({"source.database",
                        list.source_conninfo.empty()
                            ? "is missing: the name of a [[database]], or source.conninfo"
                            : "and source.conninfo are both given",
                        {}});
    if (list.source_query.empty()) faults.push_back({"source.query", "is missing", {}});
  }
  if (!list.digest_of.empty() && list.type != ListType::mailing)
    faults.push_back({"digest_of", "needs type = \"mailing\"", {}});
  return faults;
}

std::vector<EntryFault> faults_of(const Group& group) {
  Faults faults;
  if (!group.reply_address.empty() && !address_fault(group.reply_address).empty())
    faults.push_back({"reply_address", "is neither an address nor \"*@domain\"", {}});
  return faults;
}

}  // namespace stagecoach::conf
