// Mailboxes as the control socket has them: deleted mail, folders, prune rules, messages to users.
#include <algorithm>

#include "actors/admin_message.h"
#include "actors/control_mail.h"
#include "actors/prune_search.h"
#include "actors/script_hooks.h"
#include "actors/script_store.h"
#include "actors/serialisation.h"
#include "routing/prune_rules.h"
#include "storage/folder_rights.h"
#include "storage/mailbox_repository.h"
#include "storage/mailbox_usage_repository.h"
#include "storage/recycle_repository.h"

namespace stagecoach {

using nlohmann::json;

namespace {

constexpr std::int64_t k_preview_messages_max = 1'000'000;  // of one user
constexpr std::int64_t k_uids_max = 1'000'000;

// ---- undelete ----

void restore(ControlTask& task, UserId user, std::int64_t since, const storage::RecycledCount& count,
             const std::vector<storage::RestorableFolder>& folders) {
  storage::WriteUnit unit;
  for (const storage::RestorableFolder& folder : folders) {
    const bool marks = !folder.revived;  // options are for messages that come back into existing folders
    unit.emplace_back(storage::RestoreMessages{folder.id, since,
                                               marks && task.arguments().value("unread", false),
                                               marks && task.arguments().value("flagged", false)});
  }
  if (unit.empty()) return task.succeed({{"messages", 0}, {"folders", count.folders}});
  task.write(std::move(unit), user, [&task, count](const std::vector<storage::WriteResult>& results) {
    std::size_t messages = 0;
    for (const storage::WriteResult& result : results) messages += result.stored.size();
    task.succeed({{"messages", messages}, {"folders", count.folders}});
  });
}

// ---- folders ----

/// A folder that something is done with, and its messages.
struct ChosenFolder {
  FolderId id, target;
  std::string name;
  std::vector<std::int64_t> uids;
};
using ChosenFolders = std::vector<ChosenFolder>;

Result<ChosenFolders> find_folders(storage::Database& database, UserId user,
                                   const std::vector<std::string>& names, UserId target) {
  ChosenFolders chosen;
  storage::MailboxUsageRepository usage(database);
  storage::MailboxRepository mailboxes(database);
  for (const std::string& name : names) {
    auto state = mailboxes.state(user, name);
    if (!state) return std::move(state.error());
    auto messages = usage.older_messages(state->id, INT64_MAX, 0, k_uids_max);
    if (!messages) return std::move(messages.error());
    ChosenFolder folder{state->id, {}, name, {}};
    for (const StoredMessage& message : *messages) folder.uids.push_back(message.uid);
    if (target) {
      auto there = mailboxes.ensure(target, name, now_seconds());
      if (!there) return std::move(there.error());
      folder.target = *there;
    }
    chosen.push_back(std::move(folder));
  }
  return chosen;
}

json folder_counts(const ChosenFolders& folders) {
  std::size_t messages = 0;
  for (const ChosenFolder& folder : folders) messages += folder.uids.size();
  return {{"folders", folders.size()}, {"messages", messages}};
}

/// Deletes the folders themselves; INBOX stays.
void remove_folders(ControlTask& task, UserId user, ChosenFolders folders, std::int64_t deleted_at) {
  task.read<bool>(
      [user, folders, deleted_at](storage::Database& database) -> Result<bool> {
        for (const ChosenFolder& folder : folders) {
          if (folder.name == "INBOX") continue;
          auto done = storage::MailboxRepository(database).remove(user, folder.name, deleted_at);
          if (!done) return std::move(done.error());
        }
        return true;
      },
      [&task, folders](bool) { task.succeed(folder_counts(folders)); });
}

void empty_folders(ControlTask& task, UserId user, const ChosenFolders& folders) {
  storage::WriteUnit unit;
  for (const ChosenFolder& folder : folders)
    if (!folder.uids.empty()) unit.emplace_back(storage::ExpungeMessages{folder.id, folder.uids, false});
  if (unit.empty()) return task.succeed(folder_counts(folders));
  task.write(std::move(unit), user, [&task, folders](const std::vector<storage::WriteResult>&) {
    task.succeed(folder_counts(folders));
  });
}

void hand_over(ControlTask& task, UserId user, UserId target, const ChosenFolders& folders, bool move) {
  storage::WriteUnit unit;
  for (const ChosenFolder& folder : folders) {
    if (folder.uids.empty()) continue;
    storage::CopyMessages copy{folder.id, folder.uids, folder.target};
    copy.move = move;
    copy.to_user = target;
    unit.emplace_back(std::move(copy));
  }
  const auto then = [&task, user, folders, move] {
    if (!move) return task.succeed(folder_counts(folders));
    remove_folders(task, user, folders, 0);  // nothing is left in them
  };
  if (unit.empty()) return then();
  task.write(std::move(unit), user, [then](const std::vector<storage::WriteResult>&) { then(); });
}

void rename_folder(ControlTask& task, UserId user, const std::string& from) {
  const std::string to = storage::clean_text(task.arguments().at("to").get<std::string>());
  if (from == "INBOX" || to.empty() || to == "INBOX")
    return task.fail(invalid_input("INBOX keeps its name, and every folder needs one"));
  task.read<bool>(
      [user, from, to](storage::Database& database) -> Result<bool> {
        auto done = storage::MailboxRepository(database).rename(user, from, to, now_seconds());
        if (!done) return std::move(done.error());
        return true;
      },
      [&task](bool) {
        task.succeed({{"folders", 1}, {"messages", 0}});
      });
}

void change_chosen(ControlTask& task, UserId user, UserId target) {
  const auto action = task.arguments().at("action").get<std::string>();
  const auto names = task.arguments().at("folders").get<std::vector<std::string>>();
  if (action == "rename") return rename_folder(task, user, names.at(0));
  if (action == "delete" && std::find(names.begin(), names.end(), "INBOX") != names.end())
    return task.fail(invalid_input("INBOX cannot be deleted; it can be emptied"));
  task.read<ChosenFolders>(
      [user, names, target](storage::Database& database) {
        return find_folders(database, user, names, target);
      },
      [&task, user, target, action](ChosenFolders folders) {
        if (action == "empty") return empty_folders(task, user, folders);
        if (action == "delete")
          return remove_folders(task, user, std::move(folders), task.node().deletion_time());
        hand_over(task, user, target, folders, action == "move");
      });
}

// ---- messages to users ----

struct Sending {
  DirectoryPtr directory;
  std::vector<const User*> users;  // of the directory
  std::vector<storage::MailboxSize> sizes;
  std::string subject, text;
  TextScript script;
  std::size_t next = 0, sent = 0;
};

RecipientFacts facts_of(const Sending& sending, const User& user) {
  RecipientFacts facts{user.name,
                       0,
                       0,
                       user.profile->quota_bytes,
                       &user.profile->address_book,
                       user.profile->full_name,
                       sending.directory->address_of(user.name)};
  const auto size =  // ordered by their numbers
      std::lower_bound(sending.sizes.begin(), sending.sizes.end(), user.id.value,
                       [](const storage::MailboxSize& one, std::int64_t id) { return one.user.value < id; });
  if (size != sending.sizes.end() && size->user == user.id) {
    facts.inbox_messages = size->inbox_messages;
    facts.mailbox_bytes = size->size_bytes;
  }
  return facts;
}

/// {lua} elements of the text; each message has a pool of its own.
TextScript text_script(const Node& node) {
  auto pool = std::make_shared<routing::LuaPool>(node.scripts(), script_limits(*node.config()));
  return [pool](std::string_view script, const RecipientFacts& facts) -> Result<std::optional<std::string>> {
    auto text = routing::run_message_script(
        *pool, script,
        {facts.user, facts.inbox_messages, facts.mailbox_bytes, facts.quota_bytes, facts.attributes},
        script_moment());
    if (!text) return std::move(text.error());
    return text->send ? std::optional(std::move(text->text)) : std::nullopt;
  };
}

Result<std::optional<TextMessage>> filled(const Sending& sending, const User& user) {
  const RecipientFacts facts = facts_of(sending, user);
  auto subject = fill_text(sending.subject, facts, sending.script);
  if (!subject) return std::move(subject.error());
  auto text = fill_text(sending.text, facts, sending.script);
  if (!text) return std::move(text.error());
  if (!*subject || !*text) return std::optional<TextMessage>{};
  return std::optional(TextMessage{std::move(**subject), std::move(**text)});
}

/// One after the other: the router gets the next when it has committed the one before.
void send_next(ControlTask& task, const std::shared_ptr<Sending>& sending) {
  while (sending->next < sending->users.size()) {
    const User& user = *sending->users[sending->next++];
    auto message = filled(*sending, user);
    if (!message) return task.fail(message.error());
    if (!*message) continue;
    RouteMessage route;
    route.arrival = user_arrival(task.node(), *sending->directory, user, "administrator message", **message);
    return task.ask<RouteResult>(task.node().handles()->router, std::move(route),
                                 [&task, sending](const RouteResult& result) {
                                   sending->sent += result.accepted ? 1 : 0;
                                   send_next(task, sending);
                                 });
  }
  task.succeed({{"sent", sending->sent}, {"recipients", sending->users.size()}});
}

void show_preview(ControlTask& task, const Sending& sending) {
  auto message = filled(sending, *sending.users.front());
  if (!message) return task.fail(message.error());
  const TextMessage shown = message->value_or(TextMessage{});
  task.succeed({{"subject", shown.subject}, {"text", shown.text}});
}

}  // namespace

void user_undelete(ControlTask& task) {
  const std::int64_t since = task.arguments().at("since").get<std::int64_t>() / 1'000'000;
  const bool count_only = task.arguments().value("count_only", false);
  task.find_user(task.arguments().value("user", ""), [&task, since, count_only](UserId user) {
    task.read<storage::RecycledCount>(
        [user, since](storage::Database& database) {
          return storage::RecycleRepository(database).count(user, since);
        },
        [&task, user, since, count_only](storage::RecycledCount count) {
          if (count_only) return task.succeed({{"messages", count.messages}, {"folders", count.folders}});
          task.read<std::vector<storage::RestorableFolder>>(
              [user, since](storage::Database& database) {
                return storage::RecycleRepository(database).revive_folders(user, since, now_seconds());
              },
              [&task, user, since, count](const std::vector<storage::RestorableFolder>& folders) {
                restore(task, user, since, count, folders);
              });
        });
  });
}

void prune_preview(ControlTask& task) {
  const auto directory = task.node().directory();
  if (!directory) return task.fail(unavailable("the directory is not there yet"));
  task.read<json>(
      [directory](storage::Database& database) -> Result<json> {
        json rows = json::array();
        for (const User& user : directory->users()) {
          const auto rules = routing::prune_rules_for(user.profile->prune, directory->policy().prune);
          auto folders = find_prunable(database, user.id, rules, now_seconds(), k_preview_messages_max);
          if (!folders) return std::move(folders.error());
          for (const PrunableFolder& folder : *folders)
            rows.push_back({{"user", user.name},
                            {"folder", folder.name},
                            {"messages", folder.uids.size()},
                            {"size_bytes", folder.size_bytes}});
        }
        return rows;
      },
      [&task](json rows) { task.succeed(std::move(rows)); });
}

void folder_list(ControlTask& task) {
  task.find_user(task.arguments().value("user", ""), [&task](UserId user) {
    task.read<std::vector<storage::FolderSize>>(
        [user](storage::Database& database) {
          return storage::MailboxUsageRepository(database).folders(user);
        },
        [&task](const std::vector<storage::FolderSize>& folders) {
          json rows = json::array();
          for (const storage::FolderSize& folder : folders)
            rows.push_back({{"name", folder.name},
                            {"special_use", folder.special_use},
                            {"messages", folder.messages},
                            {"unread", folder.unread},
                            {"size_bytes", folder.size_bytes},
                            {"rights", folder.fixed ? storage::k_fixed_rights : storage::k_full_rights}});
          task.succeed(std::move(rows));
        });
  });
}

void folder_change(ControlTask& task) {
  const auto action = task.arguments().at("action").get<std::string>();
  const char* const k_actions[] = {"empty", "delete", "rename", "copy", "move"};
  if (std::find(std::begin(k_actions), std::end(k_actions), action) == std::end(k_actions))
    return task.fail(invalid_input("unknown action \"" + action + "\" on folders"));
  if (task.arguments().at("folders").empty()) return task.fail(invalid_input("no folder is given"));
  task.find_user(task.arguments().value("user", ""), [&task, action](UserId user) {
    if (action != "copy" && action != "move") return change_chosen(task, user, {});
    task.find_user(task.arguments().value("to", ""), [&task, user](UserId target) {
      if (target == user) return task.fail(invalid_input("the folders are this user's already"));
      change_chosen(task, user, target);
    });
  });
}

void folder_rights(ControlTask& task) {
  const bool fixed = task.arguments().at("fixed").get<bool>();
  const auto names = task.arguments().at("folders").get<std::vector<std::string>>();
  if (names.empty()) return task.fail(invalid_input("no folder is given"));
  task.find_user(task.arguments().value("user", ""), [&task, fixed, names](UserId user) {
    task.read<bool>(
        [user, fixed, names](storage::Database& database) -> Result<bool> {
          if (auto made = storage::MailboxRepository(database).folders(user, now_seconds()); !made)
            return std::move(made.error());
          auto done = storage::FolderRightsRepository(database).set_fixed(user, names, fixed);
          if (!done) return std::move(done.error());
          return true;
        },
        [&task, names](bool) {
          task.succeed({{"folders", names.size()}});
        });
  });
}

void message_send(ControlTask& task) {
  auto sending = std::make_shared<Sending>();
  sending->directory = task.node().directory();
  sending->script = text_script(task.node());
  if (!sending->directory) return task.fail(unavailable("the directory is not there yet"));
  sending->subject = task.arguments().at("subject").get<std::string>();
  sending->text = task.arguments().at("text").get<std::string>();
  auto members = local_members(*sending->directory, task.arguments().at("to").get<std::string>());
  if (!members) return task.fail(members.error());
  const bool preview = task.arguments().value("preview", false);
  sending->users = std::move(*members);
  if (const User* admin = sending->directory->main_administrator(); preview && admin)
    sending->users = {admin};
  if (sending->users.empty()) return task.fail(not_found("no local user is a member"));
  std::vector<std::int64_t> numbers;
  for (const User* user : sending->users) numbers.push_back(user->id.value);
  task.read<std::vector<storage::MailboxSize>>(
      [numbers](storage::Database& database) {
        return storage::MailboxUsageRepository(database).sizes(numbers);
      },
      [&task, sending, preview](std::vector<storage::MailboxSize> sizes) {
        sending->sizes = std::move(sizes);
        if (preview) return show_preview(task, *sending);
        send_next(task, sending);
      });
}

}  // namespace stagecoach
