// Users as the control socket has them: how many there may be, what speaks against deleting one, and changes
// of the directory.
#include <algorithm>
#include <unordered_map>

#include "actors/admin_message.h"
#include "actors/control_directory.h"
#include "actors/control_mail.h"
#include "actors/member_welcome.h"
#include "actors/serialisation.h"
#include "actors/user_removal.h"
#include "storage/mailbox_usage_repository.h"

namespace stagecoach {

using nlohmann::json;

namespace {

using Removals = std::vector<UserRemoval>;

/// What is known of the users of these names that the database has; the others are left out.
void find_removals(ControlTask& task, const std::vector<std::string>& names,
                   const std::function<void(const Removals&)>& then) {
  const auto directory = task.node().directory();
  if (!directory) return task.fail(unavailable("the directory is not there yet"));
  std::vector<const User*> users;
  for (const std::string& name : names)
    if (const User* user = directory->find_user(name); user && user->where.file.empty())
      users.push_back(user);
  if (users.empty()) return then({});
  std::sort(users.begin(), users.end(),
            [](const User* a, const User* b) { return a->id.value < b->id.value; });
  users.erase(std::unique(users.begin(), users.end()), users.end());
  std::vector<std::int64_t> numbers;
  for (const User* user : users) numbers.push_back(user->id.value);
  task.read<std::vector<storage::MailboxHoldings>>(
      [numbers](storage::Database& database) {
        return storage::MailboxUsageRepository(database).holdings(numbers);
      },
      [&task, directory, users, then](const std::vector<storage::MailboxHoldings>& holdings) {
        Removals removals;
        for (std::size_t i = 0; i < users.size() && i < holdings.size(); ++i)  // both by number
          removals.push_back({users[i]->name, task.node().logins.sessions_of(users[i]->id),
                              holdings[i].messages, holdings[i].folders,
                              roles_of(*directory, users[i]->name)});
        then(removals);
      });
}

bool removes_user(const EntryChange& change) {
  return change.kind == EntryKind::user && change.verb == EntryChange::Verb::remove;
}

std::vector<ChangeFault> removal_faults(const ChangeDirectory& request, const Removals& removals,
                                        bool with_mail) {
  std::unordered_map<std::string, const UserRemoval*> by_name;
  for (const UserRemoval& removal : removals) by_name.emplace(to_lower(removal.name), &removal);
  std::vector<ChangeFault> faults;
  for (std::size_t i = 0; i < request.changes.size(); ++i) {
    if (!removes_user(request.changes[i])) continue;
    const auto found = by_name.find(to_lower(request.changes[i].name));
    if (found == by_name.end()) continue;
    if (std::string fault = removal_fault(*found->second, with_mail); !fault.empty())
      faults.push_back({static_cast<std::int64_t>(i), std::move(fault)});
  }
  return faults;
}

/// The changes that have no fault; `places` get their numbers in the request.
ChangeDirectory without(ChangeDirectory request, const std::vector<ChangeFault>& faults,
                        std::vector<std::int64_t>& places) {
  std::vector<EntryChange> rest;
  auto fault = faults.begin();  // both in the order of the changes
  for (std::size_t i = 0; i < request.changes.size(); ++i) {
    const auto place = static_cast<std::int64_t>(i);
    if (fault != faults.end() && fault->index == place) {
      ++fault;
      continue;
    }
    rest.push_back(std::move(request.changes[i]));
    places.push_back(place);
  }
  request.changes = std::move(rest);
  return request;
}

/// Refused changes are a result: which of them, and why. What the directory refuses is told with `faults`.
void send_changes(ControlTask& task, ChangeDirectory request, std::vector<ChangeFault> faults) {
  const bool refused = !faults.empty() && !request.partial;
  // Of a file of users nobody is welcomed, if it does not ask for it.
  const bool welcome = task.arguments().value("welcome", request.changes.size() == 1);
  auto joining = task.arguments().value("welcome_members", false) && task.node().directory()
                     ? joining_members(*task.node().directory(), request)
                     : std::vector<JoiningMember>{};
  std::vector<std::int64_t> places;
  ChangeDirectory rest = without(std::move(request), faults, places);
  rest.dry_run = rest.dry_run || refused;
  task.ask<DirectoryAnswer>(
      task.node().handles()->directory, rest,
      [&task, rest, faults, places, welcome, refused, joining](const DirectoryAnswer& answer) {
        if (welcome) welcome_new_users(task.node(), rest, answer);
        if (!answer.outcome.ok && answer.faults.empty()) return task.fail(answer.outcome.error);
        DirectoryAnswer whole = answer;
        for (ChangeFault& fault : whole.faults)
          fault.index = places.at(static_cast<std::size_t>(fault.index));
        whole.faults.insert(whole.faults.end(), faults.begin(), faults.end());
        std::sort(whole.faults.begin(), whole.faults.end(),
                  [](const ChangeFault& a, const ChangeFault& b) { return a.index < b.index; });
        if (refused) {
          whole.changed = 0;
          whole.outcome = Outcome::failure(conflict(whole.faults.front().reason));
        }
        json result = json_of(whole);
        if (const auto after = task.node().directory(); after && !rest.dry_run && !joining.empty())
          result["welcomed"] = welcome_members(task.node(), *after, joining);
        task.succeed(std::move(result));
      });
}

}  // namespace

void user_count(ControlTask& task) {
  task.ask<EntryListing>(
      task.node().handles()->directory, ListEntries{EntryKind::user, {}, {}, false},
      [&task](const EntryListing& listing) {
        const json counts = {{"users", listing.entries.size()}, {"max", listing.count_max}};
        task.ask<QueueCount>(task.node().handles()->queue, CountQueue{},
                             [&task, counts](const QueueCount& queue) {
                               json all = counts;
                               all["queued_messages"] = queue.messages;
                               all["queued_bytes"] = queue.size_bytes;
                               task.succeed(std::move(all));
                             });
      });
}

void user_removal(ControlTask& task) {
  find_removals(task, task.arguments().at("users").get<std::vector<std::string>>(),
                [&task](const Removals& removals) {
                  json rows = json::array();
                  for (const UserRemoval& removal : removals) {
                    json sessions = json::array();
                    for (const LoginEntry& one : removal.sessions)
                      sessions.push_back({{"protocol", one.protocol}, {"address", one.address}});
                    rows.push_back({{"name", removal.name},
                                    {"sessions", std::move(sessions)},
                                    {"messages", removal.messages},
                                    {"folders", removal.folders},
                                    {"roles", removal.roles}});
                  }
                  task.succeed(std::move(rows));
                });
}

void directory_change(ControlTask& task) {
  auto request = change_request(task.arguments());
  if (!request) return task.fail(request.error());
  std::vector<std::string> names;
  for (const EntryChange& change : request->changes)
    if (removes_user(change)) names.push_back(change.name);
  const bool with_mail = task.arguments().value("with_mail", false);
  find_removals(task, names, [&task, request = *request, with_mail](const Removals& removals) {
    send_changes(task, request, removal_faults(request, removals, with_mail));
  });
}

}  // namespace stagecoach
