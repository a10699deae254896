#include "actors/mailbox_export.h"

#include <algorithm>

#include "protocols/mime/header.h"
#include "storage/content_store.h"

namespace stagecoach {

namespace {

constexpr std::size_t k_part_bytes = 256 * 1024;
constexpr std::int64_t k_messages_at_once = 500;

bool is_wanted(const std::string& folder, const std::vector<std::string>& names) {
  return names.empty() || std::any_of(names.begin(), names.end(), [&](const std::string& name) {
           return folder == name || folder.starts_with(name + "/");
         });
}

/// The address of the Return-Path that was put in front on delivery.
std::string sender_of(const mime::HeaderSection& header) {
  std::string path = header.text("Return-Path");
  if (path.starts_with('<') && path.ends_with('>')) path = path.substr(1, path.size() - 2);
  return path;
}

}  // namespace

Result<void> MailboxExport::choose(storage::Database& database, UserId user,
                                   const std::vector<std::string>& names) {
  auto folders = storage::MailboxUsageRepository(database).folders(user);
  if (!folders) return std::move(folders.error());
  for (const std::string& name : names)
    if (std::none_of(folders->begin(), folders->end(), [&](const auto& one) { return one.name == name; }))
      return not_found("there is no folder \"" + name + "\"");
  to_do_.clear();
  total_ = 0;
  for (storage::FolderSize& folder : *folders) {
    if (!is_wanted(folder.name, names)) continue;
    total_ += folder.messages;
    to_do_.push_back(std::move(folder));
  }
  folder_count_ = static_cast<std::int64_t>(to_do_.size());
  return {};
}

Result<std::string> MailboxExport::next(storage::Database& database) {
  while (!finished_ && zip_.size() < k_part_bytes)
    if (auto done = step(database); !done) return std::move(done.error());
  return zip_.take();
}

/// Reads at most once, before anything changes: so it may be repeated.
Result<void> MailboxExport::step(storage::Database& database) {
  if (message_open_) return go_on(database);
  if (!messages_.empty()) return begin_message(database);
  if (folder_open_ && !all_loaded_) return load_messages(database);
  if (folder_open_) {
    to_do_.pop_front();
    folder_open_ = false;
  }
  if (!to_do_.empty()) return begin_folder();
  finished_ = true;
  return zip_.finish();
}

Result<void> MailboxExport::begin_folder() {
  path_ = folder_path(to_do_.front().name);
  folder_open_ = true;
  all_loaded_ = false;
  last_uid_ = in_folder_ = 0;
  if (format_ == Format::eml) {
    path_ = paths_.take(path_);
    return {};
  }
  path_ = paths_.take(path_ + ".mbox");
  return zip_.begin_file(path_, now_);
}

Result<void> MailboxExport::load_messages(storage::Database& database) {
  auto messages = storage::MailboxUsageRepository(database).older_messages(to_do_.front().id, INT64_MAX,
                                                                           last_uid_, k_messages_at_once);
  if (!messages) return std::move(messages.error());
  all_loaded_ = static_cast<std::int64_t>(messages->size()) < k_messages_at_once;
  if (!messages->empty()) last_uid_ = messages->back().uid;
  messages_.assign(messages->begin(), messages->end());
  return {};
}

Result<void> MailboxExport::begin_message(storage::Database& database) {
  const StoredMessage& message = messages_.front();
  auto piece = storage::ContentStore(database).read(message.content, 0, storage::k_chunk_bytes);
  if (!piece && piece.error().kind == Error::Kind::not_found) {
    messages_.pop_front();
    return {};
  }
  if (!piece) return std::move(piece.error());
  message_open_ = true;
  ++in_folder_;
  if (auto begun = begin_text(*piece); !begun) return begun;
  offset_ = static_cast<std::int64_t>(piece->size());
  return put(*piece);
}

Result<void> MailboxExport::begin_text(std::string_view first_piece) {
  const mime::HeaderSection header = mime::parse_header_section(first_piece);
  const std::int64_t date = messages_.front().internal_date;
  if (format_ == Format::mbox) return zip_.write(mbox_from_line(sender_of(header), date));
  const std::string subject = mime::decode_words(header.text("Subject"));
  return zip_.begin_file(path_ + "/" + message_file_name(in_folder_, to_do_.front().messages, subject), date);
}

Result<void> MailboxExport::go_on(storage::Database& database) {
  const StoredMessage& message = messages_.front();
  if (offset_ >= message.size_bytes) return end_message();
  auto piece = storage::ContentStore(database).read(message.content, offset_, storage::k_chunk_bytes);
  if (!piece) return std::move(piece.error());
  if (piece->empty()) return internal_error("a message is shorter than it was");
  offset_ += static_cast<std::int64_t>(piece->size());
  return put(*piece);
}

Result<void> MailboxExport::put(std::string_view bytes) {
  return format_ == Format::mbox ? zip_.write(mbox_.add(bytes)) : zip_.write(bytes);
}

Result<void> MailboxExport::end_message() {
  messages_.pop_front();
  message_open_ = false;
  ++done_;
  return format_ == Format::mbox ? zip_.write(mbox_.finish()) : Result<void>();
}

}  // namespace stagecoach
