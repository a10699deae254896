#include "storage/mail_writer.h"

#include <iterator>

#include "storage/folder_rights.h"
#include "storage/mailbox_repository.h"
#include "storage/write_group.h"

namespace stagecoach::storage {

namespace {

constexpr Statement k_committed{
    "committed",
    "SELECT id FROM trace WHERE id = ANY ($1::bigint[]) UNION SELECT id FROM content WHERE id = ANY ($1)"};

constexpr Statement k_copies{
    "copies_of",
    "SELECT m.uid, m.flags, m.keywords, m.content_id, m.size_bytes, m.internal_date, m.modseq, f.user_id, "
    "f.id"
    " FROM folder f JOIN message m ON m.folder_id = f.id WHERE f.user_id = ANY ($1::bigint[])"
    " AND m.content_id = ANY ($2::bigint[]) ORDER BY f.id, m.uid"};

const std::string k_inbox = "INBOX";

std::string folder_key(UserId user, const std::string& name) {
  return std::to_string(user.value) + "/" + name;
}

}  // namespace

// Its statements are planned once, perhaps while a table is empty; what reads a table of ten rows as a whole
// would go on to do so when a hundred thousand messages are queued. All of them have an index to go by.
Result<MailWriter> MailWriter::connect(const std::string& conninfo) {
  auto database = Database::connect(conninfo);
  if (!database) return std::move(database.error());
  if (auto set = database->execute("SET enable_seqscan = off"); !set) return std::move(set.error());
  return MailWriter(std::move(*database));
}

Result<FolderId> MailWriter::folder_of(UserId user, const std::string& name, std::int64_t now, bool fixed) {
  std::string key = folder_key(user, name);
  if (const auto known = folders_.find(key); known != folders_.end()) return known->second;
  auto folder = FolderRightsRepository(database_).ensure(user, name, now, fixed);
  if (!folder) return std::move(folder.error()).while_doing("finding the folder " + name);
  folders_.emplace(std::move(key), *folder);
  return folder;
}

Result<void> MailWriter::resolve(const WriteUnit& unit) {
  const auto find = [this](UserId user, const std::string& name, std::int64_t now,
                           bool fixed) -> Result<void> {
    auto folder = folder_of(user, name, now, fixed);
    if (!folder) return std::move(folder.error());
    return {};
  };
  for (const WriteRequest& request : unit) {
    if (const auto* outcome = std::get_if<QueueOutcome>(&request); outcome && outcome->copy)
      if (auto found = find(outcome->copy->user, k_inbox, outcome->copy->internal_date, false); !found)
        return found;
    const auto* accept = std::get_if<AcceptMessage>(&request);
    if (!accept) continue;
    for (const NewCopy& copy : accept->copies) {
      if (copy.folder_id) continue;
      if (auto found = find(copy.user, copy.folder, copy.internal_date, copy.fixed_folder); !found)
        return found;
    }
  }
  return {};
}

std::vector<MailWriter::Answer> MailWriter::commit_group(const std::vector<const WriteUnit*>& units) {
  std::vector<Answer> answers;
  WriteGroup group(
      [this](UserId user, const std::string& name) {
        const auto known = folders_.find(folder_key(user, name));  // resolve() has found it
        return known == folders_.end() ? FolderId{} : known->second;
      },
      deleted_at_);
  std::size_t count = 0;
  for (const WriteUnit* unit : units)
    for (const WriteRequest& request : *unit) group.add(count++, request);
  group.close();
  auto rows = database_.transact(group.commands());
  if (!rows) {
    answers.assign(units.size(), rows.error());
    return answers;
  }
  std::vector<WriteResult> results = group.results(*rows, count);
  auto next = std::make_move_iterator(results.begin());
  for (const WriteUnit* unit : units) {
    const auto end = next + static_cast<std::ptrdiff_t>(unit->size());
    answers.emplace_back(std::vector<WriteResult>(next, end));
    next = end;
  }
  return answers;
}

std::vector<MailWriter::Answer> MailWriter::commit(const std::vector<const WriteUnit*>& units) {
  std::vector<Answer> answers(units.size(), Answer(unavailable("not tried")));
  std::vector<const WriteUnit*> resolved;
  std::vector<std::size_t> positions;
  for (std::size_t i = 0; i < units.size(); ++i) {
    if (auto done = resolve(*units[i]); !done) {
      answers[i] = std::move(done.error());
      if (is_broken()) return answers;
      continue;
    }
    resolved.push_back(units[i]);
    positions.push_back(i);
  }
  auto results = commit_group(resolved);
  const bool failed = !results.empty() && !results.front();
  if (failed && !is_broken()) {
    folders_.clear();  // a folder may have been deleted meanwhile
    for (std::size_t i = 0; i < resolved.size() && !is_broken(); ++i) {
      if (auto done = resolve(*resolved[i]); !done)
        results[i] = std::move(done.error());
      else
        results[i] = std::move(commit_group({resolved[i]}).front());
    }
  }
  for (std::size_t i = 0; i < results.size(); ++i) answers[positions[i]] = std::move(results[i]);
  return answers;
}

Result<std::vector<std::int64_t>> MailWriter::committed(const std::vector<std::int64_t>& ids) {
  auto rows = database_.run(k_committed, {Param(ids)});
  if (!rows) return std::move(rows.error());
  std::vector<std::int64_t> found;
  for (int i = 0; i < rows->size(); ++i) found.push_back(rows->integer(i, 0));
  return found;
}

Result<std::vector<StoredCopy>> MailWriter::copies_of(const std::vector<std::int64_t>& ids,
                                                      const std::vector<std::int64_t>& users) {
  auto rows = database_.run(k_copies, {Param(users), Param(ids)});
  if (!rows) return std::move(rows.error()).while_doing("finding the copies of committed messages");
  std::vector<StoredCopy> copies;
  for (int i = 0; i < rows->size(); ++i)
    copies.push_back(
        {UserId{rows->integer(i, 7)}, FolderId{rows->integer(i, 8)}, whole_message_of(*rows, i)});
  return copies;
}

}  // namespace stagecoach::storage
