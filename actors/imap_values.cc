#include "actors/imap_values.h"

#include <algorithm>
#include <set>

namespace stagecoach {

namespace {
struct Pair {
  std::uint8_t stored, imap;
};
constexpr Pair k_pairs[] = {{stagecoach::flag_seen, imap::flag_seen},
                            {stagecoach::flag_answered, imap::flag_answered},
                            {stagecoach::flag_flagged, imap::flag_flagged},
                            {stagecoach::flag_deleted, imap::flag_deleted},
                            {stagecoach::flag_draft, imap::flag_draft}};
}  // namespace

std::uint8_t imap_flags(std::uint8_t stored) {
  std::uint8_t flags = 0;
  for (const Pair& pair : k_pairs)
    if (stored & pair.stored) flags |= pair.imap;
  return flags;
}

std::uint8_t stored_flags(std::uint8_t imap) {
  std::uint8_t flags = 0;
  for (const Pair& pair : k_pairs)
    if (imap & pair.imap) flags |= pair.stored;
  return flags;
}

imap::MessageRow row_of(const StoredMessage& message) {
  imap::MessageRow row;
  row.content = message.content;
  row.internal_date = message.internal_date;
  row.modseq = static_cast<std::uint64_t>(message.modseq);
  row.uid = message.uid;
  row.size_bytes = static_cast<std::uint32_t>(message.size_bytes);
  row.flags = imap_flags(message.flags);
  return row;
}

imap::FlagChange change_of(const StoredMessage& message) {
  return {
      message.uid, {imap_flags(message.flags), message.keywords}, static_cast<std::uint64_t>(message.modseq)};
}

imap::FolderSnapshot snapshot_of(const FolderSnapshot& folder, bool read_only) {
  imap::FolderSnapshot snapshot;
  snapshot.folder = folder.state.id;
  snapshot.uid_validity = folder.state.uidvalidity;
  snapshot.uid_next = folder.state.uidnext;
  snapshot.highest_modseq = static_cast<std::uint64_t>(folder.state.modseq);
  snapshot.read_only = read_only;
  snapshot.rows.reserve(folder.messages.size());
  for (const StoredMessage& message : folder.messages) {
    imap::MessageRow row = row_of(message);
    if (!message.keywords.empty()) row.keywords = snapshot.keywords.intern(message.keywords);
    snapshot.rows.push_back(row);
  }
  return snapshot;
}

imap::FolderCounts counts_of(const FolderState& state) {
  imap::FolderCounts counts;
  counts.name = state.name;
  counts.messages = static_cast<std::uint32_t>(state.messages);
  counts.unseen = static_cast<std::uint32_t>(state.unseen);
  counts.deleted = static_cast<std::uint32_t>(state.deleted);
  counts.uid_next = state.uidnext;
  counts.uid_validity = state.uidvalidity;
  counts.size_bytes = static_cast<std::uint64_t>(state.size_bytes);
  counts.highest_modseq = static_cast<std::uint64_t>(state.modseq);
  return counts;
}

imap::FolderNews news_of(const MailboxNews& news) {
  imap::FolderNews result;
  result.folder = news.folder;
  for (const StoredMessage& message : news.arrived)
    result.arrived.push_back({row_of(message), message.keywords});
  for (const StoredMessage& message : news.changed) result.changed.push_back(change_of(message));
  for (const std::int64_t uid : news.vanished) result.vanished.push_back(static_cast<std::uint32_t>(uid));
  result.highest_modseq = static_cast<std::uint64_t>(news.modseq);
  return result;
}

std::vector<imap::FolderInfo> folder_list(const std::vector<FolderInfo>& folders,
                                          const std::vector<std::string>& subscriptions) {
  std::vector<imap::FolderInfo> list;
  std::set<std::string> known;
  for (const FolderInfo& folder : folders) {
    list.push_back({folder.name, folder.special_use, true, true, folder.subscribed});
    known.insert(folder.name);
  }
  for (const std::string& name : subscriptions)
    if (!known.contains(name)) list.push_back({name, {}, false, false, true});
  return list;
}

}  // namespace stagecoach
