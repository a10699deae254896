#include "actors/outgoing_content.h"

#include "actors/dkim_signing.h"
#include "protocols/mime/rewrite.h"
#include "storage/content_store.h"
#include "storage/mailbox_repository.h"

namespace stagecoach {

namespace {

/// The stored message, of a small one everything: what has to be read for a signature is sent from here.
class StoredMessage {
 public:
  static Result<StoredMessage> load(storage::Database& database, const DeliveryTask& delivery,
                                    const Content* recent) {
    if (recent) {
      storage::ContentDescription stored;
      stored.id = ContentId{delivery.id.value};
      stored.size_bytes = recent->size_bytes;
      stored.header_bytes = recent->header_size_bytes;
      stored.transmit_offset = recent->transmit_offset;
      stored.bytes = recent->head;
      return StoredMessage(database, std::move(stored), true);
    }
    const bool whole = delivery.size_bytes <= storage::k_chunk_bytes;
    auto described = storage::ContentStore(database).describe(
        {delivery.id.value}, whole ? storage::want_whole : storage::want_header);
    if (!described) return std::move(described.error());
    if (described->empty()) return not_found("the message is gone");
    return StoredMessage(database, std::move(described->front()), whole);
  }

  /// As it is sent: without what is put on top for the mailbox.
  std::string_view header() const {
    const auto begin = static_cast<std::size_t>(stored_.transmit_offset);
    const auto end = std::min(static_cast<std::size_t>(stored_.header_bytes), stored_.bytes.size());
    return std::string_view(stored_.bytes).substr(std::min(begin, end), end - std::min(begin, end));
  }
  Result<void> read_body(const std::function<void(std::string_view)>& take) const {
    if (whole_) {
      take(body());
      return {};
    }
    for (std::int64_t at = stored_.header_bytes; at < stored_.size_bytes;) {
      auto piece = storage::ContentStore(*database_)
                       .read(stored_.id, at, std::min(storage::k_chunk_bytes, stored_.size_bytes - at));
      if (!piece) return std::move(piece.error());
      if (piece->empty()) return not_found("a part of the message is gone");
      take(*piece);
      at += static_cast<std::int64_t>(piece->size());
    }
    return {};
  }
  OutgoingContent behind(std::string header) const {
    OutgoingContent content;
    content.size_bytes = static_cast<std::int64_t>(header.size()) + stored_.size_bytes - stored_.header_bytes;
    content.offset = whole_ ? stored_.size_bytes : stored_.header_bytes;
    content.header = std::move(header);
    if (whole_) content.header += body();
    return content;
  }

 private:
  StoredMessage(storage::Database& database, storage::ContentDescription stored, bool whole)
      : database_(&database), stored_(std::move(stored)), whole_(whole) {}
  std::string_view body() const {
    const auto begin = std::min(static_cast<std::size_t>(stored_.header_bytes), stored_.bytes.size());
    return std::string_view(stored_.bytes).substr(begin);
  }

  storage::Database* database_;
  storage::ContentDescription stored_;
  bool whole_;
};

Result<OutgoingContent> edited_content(storage::Database& database, const DeliveryTask& delivery,
                                       const SendingEdits& edits, const Content* recent) {
  auto message = StoredMessage::load(database, delivery, recent);
  if (!message) return std::move(message.error());
  std::string header(message->header());
  if (!edits.header.empty()) header = mime::edit_header(header, edits.header);
  if (!edits.keys) return message->behind(std::move(header));
  const auto keys = dkim_keys_for(*edits.keys, header, delivery.envelope.reverse_path, delivery.lan);
  auto fields = dkim_fields(
      keys, header, [&](const auto& take) { return message->read_body(take); }, now_seconds());
  if (!fields) return std::move(fields.error());
  return message->behind(*fields + header);
}

}  // namespace

bool needs_preparation(const DeliveryTask& delivery, const SendingEdits& edits) {
  return delivery.way.mirror || !edits.empty();
}

OutgoingContent stored_content(const DeliveryTask& delivery, std::shared_ptr<const Content> recent) {
  OutgoingContent content;
  content.stored = std::move(recent);
  content.offset = delivery.transmit_offset;
  content.size_bytes = delivery.size_bytes - delivery.transmit_offset;
  return content;
}

Result<OutgoingContent> prepare_content(storage::Database& database, const DeliveryTask& delivery,
                                        const SendingEdits& edits, std::shared_ptr<const Content> recent) {
  if (delivery.way.mirror) {
    auto there = storage::MailboxRepository(database).holds(delivery.way.mirror, "INBOX",
                                                            ContentId{delivery.id.value});
    if (!there) return std::move(there.error());
    if (!*there) return OutgoingContent{.wanted = false};
  }
  return edits.empty() ? stored_content(delivery, std::move(recent))
                       : edited_content(database, delivery, edits, recent.get());
}

}  // namespace stagecoach
