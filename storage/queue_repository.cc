#include "storage/queue_repository.h"

namespace stagecoach::storage {

namespace {
constexpr Statement k_messages{
    "queue_messages",
    "SELECT id, reverse_path, envelope_id, return_content, body, smtputf8, size_bytes, priority, queued_at,"
    " warned, transmit_offset, delete_at, peer_ip, auth_user, subject, tls FROM queue_message"
    " WHERE id > $1 ORDER BY id LIMIT $2"};
constexpr Statement k_recipients{
    "queue_recipients",
    "SELECT queue_id, address, notify, original_recipient, sender, held, attempts, next_attempt, last_reply,"
    " route, held_until, final, list, mirror FROM queue_recipient WHERE queue_id > $1 AND queue_id <= $2"
    " ORDER BY queue_id"};

constexpr Statement k_ended{
    "queue_ended",
    "SELECT id, at, event, coalesce(recipients[1], ''), detail FROM trace WHERE at >= $1"
    " AND event IN ('delivered', 'failed', 'bounced', 'deleted', 'moved', 'cancelled') ORDER BY at DESC, id "
    "DESC LIMIT "
    "$2"};

QueuedItem item_of(const Rows& rows, int i) {
  QueuedItem item;
  item.id = QueueId{rows.integer(i, 0)};
  item.envelope.reverse_path = rows.text(i, 1);
  item.envelope.envelope_id = rows.text(i, 2);
  item.envelope.return_content = static_cast<ReturnContent>(rows.integer(i, 3));
  item.envelope.body = static_cast<BodyType>(rows.integer(i, 4));
  item.envelope.smtputf8 = rows.boolean(i, 5);
  item.size_bytes = rows.integer(i, 6);
  item.priority = static_cast<int>(rows.integer(i, 7));
  item.queued_at = rows.integer(i, 8);
  item.warned = rows.boolean(i, 9);
  item.transmit_offset = rows.integer(i, 10);
  item.delete_at = rows.integer(i, 11);
  item.peer_ip = rows.text(i, 12);
  item.auth_user = rows.text(i, 13);
  item.subject = rows.text(i, 14);
  item.envelope.tls = static_cast<TlsDemand>(rows.integer(i, 15));
  return item;
}

QueuedRecipient recipient_of(const Rows& rows, int i) {
  QueuedRecipient recipient;
  recipient.id = QueueId{rows.integer(i, 0)};
  recipient.recipient.address = rows.text(i, 1);
  recipient.recipient.notify = static_cast<std::uint8_t>(rows.integer(i, 2));
  recipient.recipient.original_recipient = rows.text(i, 3);
  recipient.way.sender = rows.text(i, 4);
  recipient.held = rows.boolean(i, 5);
  recipient.attempts = rows.integer(i, 6);
  recipient.next_attempt = rows.integer(i, 7);
  recipient.last_reply = rows.text(i, 8);
  recipient.way.route = rows.text(i, 9);
  recipient.held_until = rows.integer(i, 10);
  recipient.final_try = rows.boolean(i, 11);
  recipient.way.list = rows.text(i, 12);
  recipient.way.mirror = UserId{rows.integer(i, 13)};
  return recipient;
}
}  // namespace

Result<std::vector<QueuedItem>> QueueRepository::load(QueueId after, std::int64_t messages_max) {
  auto messages = database_.run(k_messages, {after.value, messages_max});
  if (!messages) return std::move(messages.error()).while_doing("loading the queue");
  if (messages->size() == 0) return std::vector<QueuedItem>{};
  const std::int64_t last = messages->integer(messages->size() - 1, 0);
  auto recipients = database_.run(k_recipients, {after.value, last});
  if (!recipients) return std::move(recipients.error()).while_doing("loading the queue");
  std::vector<QueuedItem> items;
  items.reserve(static_cast<std::size_t>(messages->size()));
  int next = 0;
  for (int i = 0; i < messages->size(); ++i) {
    QueuedItem item = item_of(*messages, i);
    while (next < recipients->size() && recipients->integer(next, 0) < item.id.value) ++next;
    for (; next < recipients->size() && recipients->integer(next, 0) == item.id.value; ++next)
      item.recipients.push_back(recipient_of(*recipients, next));
    items.push_back(std::move(item));
  }
  return items;
}

Result<std::vector<QueueEnd>> QueueRepository::ended(std::int64_t since, std::int64_t rows_max) {
  auto rows = database_.run(k_ended, {since, rows_max});
  if (!rows) return std::move(rows.error()).while_doing("reading what has left the queue");
  std::vector<QueueEnd> ends;
  for (int i = 0; i < rows->size(); ++i)
    ends.push_back({QueueId{rows->integer(i, 0)}, rows->integer(i, 1), std::string(rows->text(i, 2)),
                    std::string(rows->text(i, 3)), std::string(rows->text(i, 4))});
  return ends;
}

}  // namespace stagecoach::storage
