#include "protocols/imap/folder_view.h"

#include <algorithm>

#include "protocols/imap/flags.h"

namespace stagecoach::imap {
namespace {

bool uid_before(const MessageRow& row, std::uint32_t uid) { return row.uid < uid; }

std::vector<MessageRow>::iterator find_row(std::vector<MessageRow>& rows, std::uint32_t uid) {
  const auto found = std::lower_bound(rows.begin(), rows.end(), uid, uid_before);
  return found != rows.end() && found->uid == uid ? found : rows.end();
}

void sort_unique(std::vector<std::uint32_t>& numbers) {
  std::sort(numbers.begin(), numbers.end());
  numbers.erase(std::unique(numbers.begin(), numbers.end()), numbers.end());
}

/// Empties without keeping the memory: a session is idle most of the time.
template <class T>
std::vector<T> take_all(std::vector<T>& from) {
  return std::exchange(from, {});
}

}  // namespace

std::optional<std::vector<std::uint32_t>> FolderView::indexes(const SequenceSet& set, bool by_uid) const {
  const auto& rows = folder_.rows;
  std::vector<std::uint32_t> result;
  if (rows.empty()) return result;  // clients send "1:*" without looking
  for (const auto& range : set.resolved(by_uid ? largest_uid() : static_cast<std::uint32_t>(rows.size()))) {
    if (by_uid) {
      auto row = std::lower_bound(rows.begin(), rows.end(), range.first, uid_before);
      for (; row != rows.end() && row->uid <= range.last; ++row)
        result.push_back(static_cast<std::uint32_t>(row - rows.begin()));
    } else {
      if (range.first == 0 || range.last > rows.size()) return std::nullopt;
      for (std::uint32_t number = range.first; number <= range.last; ++number) result.push_back(number - 1);
    }
  }
  return result;
}

std::vector<std::uint32_t> FolderView::uids(const std::vector<std::uint32_t>& indexes) const {
  std::vector<std::uint32_t> result;
  result.reserve(indexes.size());
  for (const std::uint32_t index : indexes) result.push_back(folder_.rows[index].uid);
  return result;
}

std::optional<std::uint32_t> FolderView::index_of(std::uint32_t uid) const {
  const auto& rows = folder_.rows;
  const auto found = std::lower_bound(rows.begin(), rows.end(), uid, uid_before);
  if (found == rows.end() || found->uid != uid) return std::nullopt;
  return static_cast<std::uint32_t>(found - rows.begin());
}

std::vector<std::uint32_t> FolderView::deleted_uids() const {
  std::vector<std::uint32_t> result;
  for (const MessageRow& row : folder_.rows)
    if (row.flags & flag_deleted) result.push_back(row.uid);
  return result;
}

void FolderView::take(FolderNews news) {
  if (news.folder != folder_.folder) return;
  for (ArrivedMessage& arrived : news.arrived) {
    const std::uint32_t last = arrived_.empty() ? largest_uid() : arrived_.back().uid;
    if (arrived.row.uid <= last) continue;  // known already
    arrived.row.keywords = folder_.keywords.intern(arrived.keywords);
    arrived_.push_back(arrived.row);
    folder_.uid_next = std::max(folder_.uid_next, arrived.row.uid + 1);
    note_modseq(arrived.row.modseq);
  }
  for (const FlagChange& change : news.changed)
    if (apply(change)) changed_.push_back(change.uid);
  sort_unique(changed_);
  vanish(news.vanished);
  note_modseq(news.highest_modseq);
}

bool FolderView::apply(const FlagChange& change) {
  auto row = find_row(folder_.rows, change.uid);
  if (row == folder_.rows.end()) {
    row = find_row(arrived_, change.uid);
    if (row == arrived_.end()) return false;
  }
  const std::uint32_t keywords = folder_.keywords.intern(change.flags.keywords);
  const auto flags =
      static_cast<std::uint8_t>((change.flags.system & ~flag_recent) | (row->flags & flag_recent));
  note_modseq(change.modseq);
  if (change.modseq < row->modseq) return false;  // old news
  const bool news = row->flags != flags || row->keywords != keywords || row->modseq != change.modseq;
  row->flags = flags;
  row->keywords = keywords;
  row->modseq = change.modseq;
  return news;
}

void FolderView::told(const FlagChange& change) {
  const auto index = index_of(change.uid);
  if (index && row(*index).modseq == change.modseq) std::erase(changed_, change.uid);
}

void FolderView::vanish(const std::vector<std::uint32_t>& uids) {
  vanished_.insert(vanished_.end(), uids.begin(), uids.end());
  sort_unique(vanished_);
}

std::string FolderView::flush(bool expunges, bool modseq) {
  std::string out;
  if (expunges) flush_vanished(out);
  flush_arrived(out);
  flush_changed(out, modseq);
  return out;
}

void FolderView::flush_vanished(std::string& out) {
  if (vanished_.empty()) return;
  const auto gone = take_all(vanished_);
  const auto is_gone = [&](const MessageRow& row) {
    return std::binary_search(gone.begin(), gone.end(), row.uid);
  };
  // From the end, so that each number is the one the client knows.
  for (std::size_t i = folder_.rows.size(); i-- > 0;)
    if (is_gone(folder_.rows[i])) out += "* " + std::to_string(i + 1) + " EXPUNGE\r\n";
  std::erase_if(folder_.rows, is_gone);
  std::erase_if(arrived_, is_gone);
}

void FolderView::flush_arrived(std::string& out) {
  if (folder_.keywords.size() != keywords_told_) {
    keywords_told_ = folder_.keywords.size();
    out += "* " + flags_list() + "\r\n";
  }
  if (arrived_.empty()) return;
  const auto arrived = take_all(arrived_);
  folder_.rows.insert(folder_.rows.end(), arrived.begin(), arrived.end());
  const auto recent = std::count_if(folder_.rows.begin(), folder_.rows.end(),
                                    [](const MessageRow& row) { return (row.flags & flag_recent) != 0; });
  out +=
      "* " + std::to_string(folder_.rows.size()) + " EXISTS\r\n* " + std::to_string(recent) + " RECENT\r\n";
}

void FolderView::flush_changed(std::string& out, bool modseq) {
  for (const std::uint32_t uid : take_all(changed_))
    if (const auto index = index_of(uid)) append_fetch(out, *index, true, true, modseq);
}

std::string FolderView::flags_list() const {
  std::string out = "FLAGS ";
  append_flags(out, flag_answered | flag_flagged | flag_deleted | flag_seen | flag_draft,
               folder_.keywords.all());
  return out;
}

void FolderView::append_fetch(std::string& out, std::uint32_t index, bool flags, bool uid,
                              bool modseq) const {
  const MessageRow& message = row(index);
  out += "* " + std::to_string(index + 1) + " FETCH (";
  if (uid) out += "UID " + std::to_string(message.uid) + (flags || modseq ? " " : "");
  if (flags) {
    out += "FLAGS ";
    append_flags(out, message.flags, keywords(index));
  }
  if (modseq) out += std::string(flags ? " " : "") + "MODSEQ (" + std::to_string(message.modseq) + ')';
  out += ")\r\n";
}

}  // namespace stagecoach::imap
