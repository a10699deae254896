// Between the values of the mailbox (routing/model/mailbox.h) and those of the IMAP engine: flag bits, rows,
// news.
#pragma once

#include "actors/messages.h"
#include "protocols/imap/events.h"
#include "routing/model/mailbox.h"
#include "storage/mail_writer.h"

namespace stagecoach {

std::uint8_t imap_flags(std::uint8_t stored);
std::uint8_t stored_flags(std::uint8_t imap);

imap::MessageRow row_of(const StoredMessage& message);
imap::FlagChange change_of(const StoredMessage& message);
imap::FolderSnapshot snapshot_of(const FolderSnapshot& folder, bool read_only);
imap::FolderCounts counts_of(const FolderState& state);
imap::FolderNews news_of(const MailboxNews& news);

/// Folders and subscribed names that do not exist.
std::vector<imap::FolderInfo> folder_list(const std::vector<FolderInfo>& folders,
                                          const std::vector<std::string>& subscriptions);

}  // namespace stagecoach
