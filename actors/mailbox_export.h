// Folders of a mailbox as a ZIP archive, made piece by piece: one EML file a message, with the bytes as they
// are stored, or one mbox file a folder. Reads a message in pieces of 256 kB, so that the size of mailbox and
// messages does not matter. Messages that go meanwhile are left out. Used on the database's threads, one call
// at a time; a call that failed may be repeated.
#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <vector>

#include "actors/export_names.h"
#include "actors/mbox_text.h"
#include "actors/zip_stream.h"
#include "routing/model/mailbox.h"
#include "storage/mailbox_usage_repository.h"

namespace stagecoach {

class MailboxExport {
 public:
  enum class Format : std::uint8_t { eml, mbox };

  /// `now`: seconds since 1970, the time of mbox files.
  MailboxExport(Format format, std::int64_t now) : format_(format), now_(now) {}

  /// Folders by name with those below them; none: all. `not_found`: there is no such folder.
  Result<void> choose(storage::Database& database, UserId user, const std::vector<std::string>& names);
  /// The next part of the archive, mostly a quarter of a megabyte. Empty: that was all of it.
  Result<std::string> next(storage::Database& database);

  std::int64_t messages_done() const { return done_; }
  std::int64_t messages_total() const { return total_; }
  std::int64_t folders() const { return folder_count_; }

 private:
  Result<void> step(storage::Database& database);
  Result<void> begin_folder();
  Result<void> load_messages(storage::Database& database);
  Result<void> begin_message(storage::Database& database);
  Result<void> begin_text(std::string_view first_piece);
  Result<void> go_on(storage::Database& database);
  Result<void> put(std::string_view bytes);
  Result<void> end_message();

  Format format_;
  std::int64_t now_;
  ZipStream zip_;
  UniquePaths paths_;
  std::deque<storage::FolderSize> to_do_;  // the first one is at work when folder_open_
  std::deque<StoredMessage> messages_;     // of that folder; the first one is at work when message_open_
  std::string path_;                       // of that folder
  MboxText mbox_;
  std::int64_t offset_ = 0;     // of the message at work
  std::int64_t last_uid_ = 0;   // of the messages that were loaded
  std::int64_t in_folder_ = 0;  // messages that it has got so far
  std::int64_t done_ = 0, total_ = 0, folder_count_ = 0;
  bool folder_open_ = false, message_open_ = false, all_loaded_ = false, finished_ = false;
};

}  // namespace stagecoach
