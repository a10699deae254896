#include "actors/outgoing_content.h"

#include "protocols/mime/rewrite.h"
#include "storage/content_store.h"
#include "storage/mailbox_repository.h"

namespace stagecoach {

bool needs_preparation(const DeliveryTask& delivery, const std::vector<HeaderEdit>& edits) {
  return delivery.way.mirror || !edits.empty();
}

OutgoingContent stored_content(const DeliveryTask& delivery) {
  OutgoingContent content;
  content.offset = delivery.transmit_offset;
  content.size_bytes = delivery.size_bytes - delivery.transmit_offset;
  return content;
}

Result<OutgoingContent> prepare_content(storage::Database& database, const DeliveryTask& delivery,
                                        const std::vector<HeaderEdit>& edits) {
  const ContentId id{delivery.id.value};
  OutgoingContent content = stored_content(delivery);
  if (delivery.way.mirror) {
    auto there = storage::MailboxRepository(database).holds(delivery.way.mirror, "INBOX", id);
    if (!there) return std::move(there.error());
    content.wanted = *there;
  }
  if (!content.wanted || edits.empty()) return content;
  auto described = storage::ContentStore(database).describe({id.value}, storage::want_header);
  if (!described) return std::move(described.error());
  if (described->empty()) return not_found("the message is gone");
  const storage::ContentDescription& stored = described->front();
  const auto begin = static_cast<std::size_t>(stored.transmit_offset);
  content.header =
      mime::edit_header(std::string_view(stored.bytes).substr(std::min(begin, stored.bytes.size())), edits);
  content.offset = stored.header_bytes;
  content.size_bytes =
      static_cast<std::int64_t>(content.header.size()) + stored.size_bytes - stored.header_bytes;
  return content;
}

}  // namespace stagecoach
