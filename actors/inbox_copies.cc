#include "actors/inbox_copies.h"

#include <algorithm>

#include "actors/admin_message.h"
#include "actors/control_mail.h"
#include "actors/serialisation.h"
#include "conf/text_faults.h"
#include "storage/mailbox_repository.h"
#include "storage/mailbox_usage_repository.h"

namespace stagecoach {

using nlohmann::json;

namespace {

constexpr std::int64_t k_messages_max = 1'000'000;
constexpr std::size_t k_batch = 500;  // copies of one commit: others want to write, too

struct InboxCopy {
  DirectoryPtr directory;  // holds the assistants
  LocalAssistants assistants;
  UserId user;
  FolderId from;
  std::vector<FolderId> to;  // as the assistants
  std::vector<std::int64_t> uids;
  std::size_t assistant = 0, position = 0;  // what comes next
};

json answer_of(const InboxCopy& copy) {
  json names = json::array(), left_out = json::array();
  for (const User* user : copy.assistants.users) names.push_back(user->name);
  for (const std::string& target : copy.assistants.left_out) left_out.push_back(conf::shown_target(target));
  return {{"messages", copy.assistants.users.empty() ? 0 : copy.uids.size()},
          {"assistants", std::move(names)},
          {"left_out", std::move(left_out)}};
}

/// One commit after the other: the copies share their contents with the INBOX.
void copy_next(ControlTask& task, const std::shared_ptr<InboxCopy>& copy) {
  if (copy->position >= copy->uids.size()) {
    copy->position = 0;
    if (++copy->assistant >= copy->to.size()) return task.succeed(answer_of(*copy));
  }
  const auto begin = copy->uids.begin() + static_cast<std::ptrdiff_t>(copy->position);
  const std::size_t count = std::min(k_batch, copy->uids.size() - copy->position);
  storage::CopyMessages request{
      copy->from, {begin, begin + static_cast<std::ptrdiff_t>(count)}, copy->to[copy->assistant]};
  request.to_user = copy->assistants.users[copy->assistant]->id;
  copy->position += count;
  storage::WriteUnit unit;
  unit.emplace_back(std::move(request));
  task.write(std::move(unit), copy->user, [&task, copy](const std::vector<storage::WriteResult>&) {
    task.tell_progress(std::to_string(copy->position) + " of " + std::to_string(copy->uids.size()) +
                       " messages copied to " + copy->assistants.users[copy->assistant]->name);
    copy_next(task, copy);
  });
}

/// The folders and messages that the copies need.
Result<InboxCopy> found_in_database(storage::Database& database, InboxCopy copy) {
  storage::MailboxRepository mailboxes(database);
  auto from = mailboxes.ensure(copy.user, "INBOX", now_seconds());
  if (!from) return std::move(from.error());
  copy.from = *from;
  for (const User* assistant : copy.assistants.users) {
    auto to = mailboxes.ensure(assistant->id, "INBOX", now_seconds());
    if (!to) return std::move(to.error());
    copy.to.push_back(*to);
  }
  auto messages =
      storage::MailboxUsageRepository(database).older_messages(copy.from, INT64_MAX, 0, k_messages_max);
  if (!messages) return std::move(messages.error());
  for (const StoredMessage& message : *messages) copy.uids.push_back(message.uid);
  return copy;
}

}  // namespace

LocalAssistants local_assistants(const routing::Directory& directory, const User& user) {
  LocalAssistants found;
  const auto add = [&](const User* assistant) {
    const bool known = std::find(found.users.begin(), found.users.end(), assistant) != found.users.end();
    if (!known && assistant->id != user.id) found.users.push_back(assistant);
  };
  for (const std::string& target : user.profile->routing.assistants) {
    const Address address = directory.complete(split_address(target));
    const bool named = target.find('@') == std::string::npos;
    if (const User* assistant = directory.find_login(target)) {
      add(assistant);
    } else if (auto members = local_members(directory, address.local);
               members && (named || directory.is_local_domain(address))) {
      for (const User* member : *members) add(member);
    } else {
      found.left_out.push_back(target);
    }
  }
  return found;
}

void user_copy_inbox(ControlTask& task) {
  InboxCopy copy;
  copy.directory = task.node().directory();
  if (!copy.directory) return task.fail(unavailable("the directory is not there yet"));
  const auto name = task.arguments().at("user").get<std::string>();
  const User* user = copy.directory->find_user(name);
  if (!user) return task.fail(not_found("there is no user \"" + name + "\""));
  copy.user = user->id;
  copy.assistants = local_assistants(*copy.directory, *user);
  if (copy.assistants.users.empty() && copy.assistants.left_out.empty())
    return task.fail(not_found("\"" + user->name + "\" has no assistants"));
  task.read<InboxCopy>([copy](storage::Database& database) { return found_in_database(database, copy); },
                       [&task](InboxCopy found) {
                         if (found.to.empty() || found.uids.empty()) return task.succeed(answer_of(found));
                         copy_next(task, std::make_shared<InboxCopy>(std::move(found)));
                       });
}

}  // namespace stagecoach
