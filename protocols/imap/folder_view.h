// The selected folder as the client knows it: rows numbered from 1, and what happened since it was told last.
// Rows come and go only in flush(), so message numbers are stable while a command runs.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "protocols/imap/events.h"
#include "protocols/imap/sequence_set.h"

namespace stagecoach::imap {

class FolderView {
 public:
  FolderView(std::string name, FolderSnapshot snapshot)
      : name_(std::move(name)), folder_(std::move(snapshot)) {
    keywords_told_ = folder_.keywords.size();
  }

  const std::string& name() const { return name_; }
  const FolderSnapshot& folder() const { return folder_; }
  FolderId id() const { return folder_.folder; }
  bool read_only() const { return folder_.read_only; }
  std::size_t size() const { return folder_.rows.size(); }
  const MessageRow& row(std::uint32_t index) const { return folder_.rows[index]; }
  const std::vector<std::string>& keywords(std::uint32_t index) const {
    return folder_.keywords.at(folder_.rows[index].keywords);
  }
  std::uint32_t largest_uid() const { return folder_.rows.empty() ? 0 : folder_.rows.back().uid; }

  /// Indexes (from 0) of the messages of a set, ordered. UIDs that do not exist are left out; message numbers
  /// that do not exist make the command BAD: nothing. In an empty folder every set is empty.
  std::optional<std::vector<std::uint32_t>> indexes(const SequenceSet& set, bool by_uid) const;
  std::vector<std::uint32_t> uids(const std::vector<std::uint32_t>& indexes) const;
  std::optional<std::uint32_t> index_of(std::uint32_t uid) const;
  std::vector<std::uint32_t> deleted_uids() const;

  /// Others' changes: applied, and told by the next flush().
  void take(FolderNews news);
  /// Our own change: applied only. False if the row knew it already or is gone.
  bool apply(const FlagChange& change);
  /// The client is told of this change by the answer to its own command: flush() need not repeat it.
  void told(const FlagChange& change);
  void vanish(const std::vector<std::uint32_t>& uids);
  void note_modseq(std::uint64_t modseq) {
    folder_.highest_modseq = std::max(folder_.highest_modseq, modseq);
  }

  /// The untagged responses for what happened; expunges only where the protocol allows them.
  std::string flush(bool expunges, bool modseq);
  /// "FLAGS (…)": the system flags and every keyword of the folder.
  std::string flags_list() const;
  /// "* 3 FETCH (UID 7 FLAGS (\Seen) MODSEQ (12))"
  void append_fetch(std::string& out, std::uint32_t index, bool flags, bool uid, bool modseq) const;

 private:
  void flush_vanished(std::string& out);
  void flush_arrived(std::string& out);
  void flush_changed(std::string& out, bool modseq);

  std::string name_;
  FolderSnapshot folder_;
  std::size_t keywords_told_ = 0;
  std::vector<MessageRow> arrived_;
  std::vector<std::uint32_t> changed_, vanished_;  // UIDs
};

}  // namespace stagecoach::imap
