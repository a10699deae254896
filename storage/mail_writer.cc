#include "storage/mail_writer.h"

#include <algorithm>
#include <functional>
#include <iterator>
#include <map>

#include "storage/content_store.h"
#include "storage/mailbox_repository.h"

namespace stagecoach::storage {

namespace {

constexpr Statement k_content{"content_insert",
                              "INSERT INTO content (id, copies, size_bytes, header_bytes, transmit_offset, "
                              "envelope, structure, parts, data)"
                              " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)"};
constexpr Statement k_chunk{"chunk_insert",
                            "INSERT INTO content_chunk (content_id, position, data) VALUES ($1, $2, $3)"
                            " ON CONFLICT DO NOTHING"};
// All copies of a transaction in one statement: one a folder would cost the backend a fifth more. The UIDs
// come from the folder rows, which are locked in the order of their numbers: writers of several nodes never
// wait for each other in a circle. A folder that is gone gives NULL, which the table refuses: nothing is ever
// stored where nobody finds it. The name is checked because a folder may have been renamed.
constexpr Statement k_deliver{
    "deliver",
    "WITH l AS MATERIALIZED (SELECT id FROM folder WHERE id = ANY ($1::bigint[]) ORDER BY id FOR UPDATE),"
    " f AS (UPDATE folder SET uidnext = uidnext + c.count, modseq = modseq + 1"
    "   FROM unnest($1::bigint[], $2::bigint[], $3::text[]) AS c (id, count, name)"
    "   WHERE folder.id = c.id AND folder.id IN (SELECT id FROM l) AND (c.name = '' OR folder.name = c.name)"
    "   RETURNING folder.id, uidnext - c.count AS first, modseq)"
    " INSERT INTO message (folder_id, uid, content_id, size_bytes, flags, keywords, internal_date, modseq)"
    " SELECT n.folder, f.first + n.place, n.content_id, n.size, n.flags,"
    " string_to_array(nullif(n.keywords, ''), ' '), n.date, f.modseq"
    " FROM unnest($4::bigint[], $5::bigint[], $6::bigint[], $7::bigint[], $8::bigint[], $9::text[],"
    "   $10::bigint[]) AS n (folder, place, content_id, size, flags, keywords, date)"
    " LEFT JOIN f ON f.id = n.folder RETURNING folder_id, uid, modseq"};
constexpr Statement k_queue{
    "queue_insert",
    "INSERT INTO queue_message (id, reverse_path, envelope_id, return_content, body, smtputf8, size_bytes,"
    " priority, queued_at, delete_at, peer_ip, auth_user, subject)"
    " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)"};
constexpr Statement k_queue_recipient{
    "queue_recipient_insert",
    "INSERT INTO queue_recipient (queue_id, address, notify, original_recipient, sender, next_attempt, route,"
    " held_until) VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING"};
constexpr Statement k_list_work{
    "list_work_insert",
    "INSERT INTO list_work (message_id, kind, list, recipient, at) VALUES ($1, $2, $3, $4, $5) RETURNING id"};
constexpr Statement k_list_work_step{"list_work_step", "UPDATE list_work SET position = $2 WHERE id = $1"};
constexpr Statement k_list_work_end{
    "list_work_end",
    "WITH w AS (DELETE FROM list_work WHERE id = $1 RETURNING message_id)"
    " UPDATE content SET copies = copies - 1 FROM w WHERE content.id = w.message_id"};
// The archive takes over the work's reference to the content.
constexpr Statement k_list_work_archive{
    "list_work_archive",
    "WITH w AS (DELETE FROM list_work WHERE id = $1 RETURNING message_id)"
    " INSERT INTO list_archive (list_id, content_id, at) SELECT $2, message_id, $3 FROM w"
    " ON CONFLICT DO NOTHING"};
constexpr Statement k_autoresponse{
    "autoresponse_insert",
    "INSERT INTO autoresponse_log (user_id, definition, sender, rule, at) VALUES ($1, $2, $3, $4, $5)"};
constexpr Statement k_trace{
    "trace_insert",
    "INSERT INTO trace (id, at, event, session, reverse_path, recipients, message_id, size_bytes, detail)"
    " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)"};
constexpr Statement k_collected{
    "collected_insert",
    "INSERT INTO collector_seen (collector, uid, digest, first_seen, last_seen) VALUES ($1, $2, $3, $4, $4)"
    " ON CONFLICT (collector, uid) DO UPDATE SET digest = $3, last_seen = $4"};
constexpr Statement k_flags{
    "flags_change",
    "WITH t AS (SELECT uid FROM message WHERE folder_id = $1 AND uid = ANY ($2::bigint[])"
    "   AND ($6::bigint < 0 OR modseq <= $6) FOR UPDATE),"
    " f AS (UPDATE folder SET modseq = modseq + 1 WHERE id = $1 AND EXISTS (SELECT FROM t) RETURNING modseq)"
    " UPDATE message m SET modseq = f.modseq,"
    " flags = CASE $3::bigint WHEN 0 THEN m.flags | $4::bigint WHEN 1 THEN m.flags & ~$4::bigint ELSE $4 END,"
    " keywords = (SELECT nullif(array_agg(DISTINCT k), '{}') FROM unnest(CASE $3 WHEN 2 THEN $5::text[]"
    "   WHEN 0 THEN coalesce(m.keywords, '{}') || $5::text[] ELSE coalesce(m.keywords, '{}') END) k"
    "   WHERE $3 <> 1 OR k <> ALL ($5::text[]))"
    " FROM f, t WHERE m.folder_id = $1 AND m.uid = t.uid"
    " RETURNING m.uid, m.flags, m.keywords, m.modseq"};
constexpr Statement k_count_copies{
    "content_count_copies",
    "UPDATE content SET copies = copies + n.count FROM (SELECT content_id, count(*) FROM message"
    " WHERE folder_id = $1 AND uid = ANY ($2::bigint[]) GROUP BY content_id) n WHERE content.id = "
    "n.content_id"};
constexpr Statement k_copy{
    "messages_copy",
    "WITH s AS (SELECT *, row_number() OVER (ORDER BY uid) AS ord FROM message WHERE folder_id = $1"
    "   AND uid = ANY ($2::bigint[])),"
    " f AS (UPDATE folder SET uidnext = uidnext + (SELECT count(*) FROM s), modseq = modseq + 1 WHERE id = $3"
    "   RETURNING uidnext - (SELECT count(*) FROM s) AS first, modseq)"
    " INSERT INTO message (folder_id, uid, content_id, size_bytes, flags, keywords, internal_date, modseq)"
    " SELECT $3, (SELECT first FROM f) + s.ord - 1, s.content_id, s.size_bytes,"
    " CASE WHEN $4::boolean THEN s.flags ELSE 0 END, CASE WHEN $4 THEN s.keywords END,"
    " CASE WHEN $4 THEN s.internal_date ELSE $5::bigint END, (SELECT modseq FROM f) FROM s ORDER BY s.ord"
    " RETURNING uid, flags, keywords, content_id, size_bytes, internal_date, modseq"};
constexpr Statement k_sources{
    "messages_sources",
    "SELECT uid FROM message WHERE folder_id = $1 AND uid = ANY ($2::bigint[]) ORDER BY uid FOR UPDATE"};
// With a time of deletion ($4) the rows move into the recycle bin, and their contents keep the reference.
constexpr Statement k_expunge{
    "messages_expunge",
    "WITH d AS (DELETE FROM message WHERE folder_id = $1 AND uid = ANY ($2::bigint[])"
    "   AND (NOT $3::boolean OR flags & 8 <> 0)"
    "   RETURNING uid, content_id, size_bytes, flags, keywords, internal_date),"
    " f AS (UPDATE folder SET modseq = modseq + 1 WHERE id = $1 AND EXISTS (SELECT FROM d) RETURNING modseq),"
    " e AS (INSERT INTO expunged (folder_id, uid, modseq) SELECT $1, d.uid, f.modseq FROM d, f),"
    " r AS (INSERT INTO recycled_message (folder_id, content_id, size_bytes, flags, keywords, internal_date,"
    "   deleted_at) SELECT $1, content_id, size_bytes, flags, keywords, internal_date, $4::bigint FROM d"
    "   WHERE $4 > 0),"
    " c AS (UPDATE content SET copies = copies - n.count FROM (SELECT content_id, count(*) FROM d"
    "   WHERE $4 = 0 GROUP BY content_id) n WHERE content.id = n.content_id)"
    " SELECT d.uid, f.modseq FROM d, f ORDER BY d.uid"};
// A folder that is gone gives NULL, which the table refuses: nothing leaves the bin for nowhere.
constexpr Statement k_restore{
    "messages_restore",
    "WITH r AS (DELETE FROM recycled_message WHERE folder_id = $1 AND deleted_at >= $2::bigint RETURNING *),"
    " s AS (SELECT *, row_number() OVER (ORDER BY internal_date, content_id) AS ord FROM r),"
    " f AS (UPDATE folder SET uidnext = uidnext + (SELECT count(*) FROM s), modseq = modseq + 1 WHERE id = $1"
    "   RETURNING uidnext - (SELECT count(*) FROM s) AS first, modseq)"
    " INSERT INTO message (folder_id, uid, content_id, size_bytes, flags, keywords, internal_date, modseq)"
    " SELECT $1, (SELECT first FROM f) + s.ord - 1, content_id, size_bytes,"
    " (flags & ~8 & CASE WHEN $3::boolean THEN ~1 ELSE ~0 END) | CASE WHEN $4::boolean THEN 4 ELSE 0 END,"
    " keywords, internal_date, (SELECT modseq FROM f) FROM s ORDER BY s.ord"
    " RETURNING uid, flags, keywords, content_id, size_bytes, internal_date, modseq"};
constexpr Statement k_drop_dead{
    "contents_drop_dead",
    "WITH dead AS (DELETE FROM content WHERE copies <= 0 RETURNING id, data IS NULL AS chunked)"
    " DELETE FROM content_chunk WHERE content_id IN (SELECT id FROM dead WHERE chunked)"};
constexpr Statement k_queue_done{"queue_recipient_done",
                                 "DELETE FROM queue_recipient WHERE queue_id = $1 AND address = $2"};
constexpr Statement k_queue_later{
    "queue_recipient_later",
    "UPDATE queue_recipient SET held = $3, attempts = $4, next_attempt = $5, last_reply = $6,"
    " held_until = $8, final = $9, address = coalesce($7, address),"
    " route = CASE WHEN $7::text IS NULL THEN route ELSE '' END WHERE queue_id = $1 AND address = $2"};
constexpr Statement k_queue_copy{"queue_copy", "UPDATE content SET copies = copies + 1 WHERE id = $1"};
constexpr Statement k_queue_warned{"queue_warned", "UPDATE queue_message SET warned = true WHERE id = $1"};
constexpr Statement k_queue_priority{"queue_priority",
                                     "UPDATE queue_message SET priority = $2 WHERE id = $1"};
constexpr Statement k_queue_end{"queue_end",
                                "WITH q AS (DELETE FROM queue_message WHERE id = $1 AND NOT EXISTS"
                                "   (SELECT FROM queue_recipient WHERE queue_id = $1) RETURNING id)"
                                " UPDATE content SET copies = copies - 1 FROM q WHERE content.id = q.id"};
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

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : " ") + word;
  return text;
}

/// The columns uid, flags, keywords.
StoredMessage message_of(const Rows& rows, int row) {
  StoredMessage message;
  message.uid = static_cast<std::uint32_t>(rows.integer(row, 0));
  message.flags = static_cast<std::uint8_t>(rows.integer(row, 1));
  if (!rows.is_null(row, 2)) message.keywords = rows.texts(row, 2);
  return message;
}

/// The same and content_id, size_bytes, internal_date, modseq.
StoredMessage whole_message_of(const Rows& rows, int row) {
  StoredMessage message = message_of(rows, row);
  message.content = ContentId{rows.integer(row, 3)};
  message.size_bytes = rows.integer(row, 4);
  message.internal_date = rows.integer(row, 5);
  message.modseq = rows.integer(row, 6);
  return message;
}

}  // namespace

/// Turns the requests of one transaction into commands and their answers into results.
class MailWriter::Group {
 public:
  explicit Group(MailWriter& writer) : writer_(writer) {}

  void add(std::size_t index, const WriteRequest& request) {
    index_ = index;
    std::visit([this](const auto& r) { add_one(r); }, request);
  }

  void close() {
    if (!deliveries_.empty()) deliver();
    if (deletes_) command(k_drop_dead, {}, nullptr);
  }

  const std::vector<Database::Command>& commands() const { return commands_; }

  std::vector<WriteResult> results(const std::vector<Rows>& rows, std::size_t count) {
    std::vector<WriteResult> results(count);
    for (auto& [owner, copy] : stored_) results[owner.first].stored.push_back(std::move(copy));
    for (std::size_t i = 0; i < readers_.size() && i < rows.size(); ++i)
      if (readers_[i]) readers_[i](rows[i], results);
    return results;
  }

 private:
  using Reader = std::function<void(const Rows&, std::vector<WriteResult>&)>;
  /// The copies that go to one folder.
  struct Arrivals {
    std::string folder;                                       // its name, when it was found by name
    std::vector<std::pair<std::size_t, std::size_t>> owners;  // request, position in its `stored`
  };

  void deliver() {
    std::vector<std::int64_t> folders, counts, targets, places, contents, sizes, flags, dates;
    std::vector<std::string> names, keywords;
    for (const auto& [folder, arrivals] : deliveries_) {
      folders.push_back(folder);
      counts.push_back(static_cast<std::int64_t>(arrivals.owners.size()));
      names.push_back(arrivals.folder);
      for (std::size_t place = 0; place < arrivals.owners.size(); ++place) {
        const StoredMessage& message = stored_[arrivals.owners[place]].message;
        targets.push_back(folder);
        places.push_back(static_cast<std::int64_t>(place));
        contents.push_back(message.content.value);
        sizes.push_back(message.size_bytes);
        flags.push_back(message.flags);
        keywords.push_back(joined(message.keywords));
        dates.push_back(message.internal_date);
      }
    }
    command(k_deliver,
            {Param(folders), Param(counts), Param(names), Param(targets), Param(places), Param(contents),
             Param(sizes), Param(flags), Param(keywords), Param(dates)},
            [this](const Rows& rows, std::vector<WriteResult>& results) { number_copies(rows, results); });
  }

  /// The UIDs of a folder's copies ascend in their order.
  void number_copies(const Rows& rows, std::vector<WriteResult>& results) {
    std::map<std::int64_t, std::vector<std::pair<std::int64_t, std::int64_t>>>
        numbers;  // folder: UID, modseq
    for (int i = 0; i < rows.size(); ++i)
      numbers[rows.integer(i, 0)].emplace_back(rows.integer(i, 1), rows.integer(i, 2));
    for (auto& [folder, uids] : numbers) {
      std::sort(uids.begin(), uids.end());
      const auto& owners = deliveries_[folder].owners;
      for (std::size_t i = 0; i < owners.size() && i < uids.size(); ++i) {
        StoredCopy& copy = results[owners[i].first].stored[owners[i].second];
        copy.folder = FolderId{folder};
        copy.message.uid = static_cast<std::uint32_t>(uids[i].first);
        copy.message.modseq = uids[i].second;
      }
    }
  }

  void command(const Statement& statement, Params params, Reader reader) {
    commands_.push_back({&statement, std::move(params)});
    readers_.push_back(std::move(reader));
  }

  void add_one(const AcceptMessage& accept) {
    if (accept.content) add_content(accept);
    for (std::size_t i = 0; i < accept.copies.size(); ++i) add_copy(accept, i);
    if (accept.queued) add_queued(accept);
    if (accept.trace) add_trace(*accept.trace);
    for (const NewListWork& work : accept.list_work) add_list_work(accept, work);
    if (accept.collected)
      command(k_collected,
              {accept.collected->collector, accept.collected->uid, accept.collected->digest,
               accept.collected->at},
              nullptr);
  }

  void add_content(const AcceptMessage& accept) {
    const Content& content = *accept.content;
    const auto copies =
        static_cast<std::int64_t>(accept.copies.size() + accept.list_work.size()) + (accept.queued ? 1 : 0);
    if (copies == 0) return;
    command(k_content,
            {accept.id.value, copies, content.size_bytes, content.header_size_bytes, content.transmit_offset,
             content.envelope, content.structure, content.parts,
             content.stored ? Param(nullptr) : Param(content.head)},
            nullptr);
  }

  void add_copy(const AcceptMessage& accept, std::size_t i) {
    const NewCopy& copy = accept.copies[i];
    StoredCopy stored;
    stored.user = copy.user;
    stored.message.content = ContentId{accept.id.value};
    stored.message.size_bytes = accept.content->size_bytes;
    stored.message.flags = copy.flags;
    stored.message.keywords = copy.keywords;
    stored.message.internal_date = copy.internal_date;
    if (copy.folder_id)
      arrives(copy.folder_id.value, {}, i, std::move(stored));
    else
      arrives_in(copy.folder, i, std::move(stored));
  }

  /// Its folder was resolved before: it comes from the cache.
  void arrives_in(const std::string& name, std::size_t i, StoredCopy copy) {
    const auto folder = writer_.folder_of(copy.user, name, copy.message.internal_date);
    arrives(folder ? folder->value : 0, name, i, std::move(copy));
  }
  void arrives(std::int64_t folder, const std::string& name, std::size_t i, StoredCopy copy) {
    Arrivals& arrivals = deliveries_[folder];
    if (!name.empty()) arrivals.folder = name;
    arrivals.owners.emplace_back(index_, i);
    stored_.emplace(std::pair{index_, i}, std::move(copy));
  }

  void add_queued(const AcceptMessage& accept) {
    const QueuedMessage& queued = *accept.queued;
    const Envelope& envelope = queued.envelope;
    command(k_queue,
            {accept.id.value, envelope.reverse_path, envelope.envelope_id,
             static_cast<int>(envelope.return_content), static_cast<int>(envelope.body), envelope.smtputf8,
             accept.content->size_bytes, queued.priority, queued.queued_at, queued.delete_at, queued.peer_ip,
             queued.auth_user, queued.subject},
            nullptr);
    for (std::size_t i = 0; i < envelope.recipients.size(); ++i) {
      const EnvelopeRecipient& recipient = envelope.recipients[i];
      command(k_queue_recipient,
              {accept.id.value, recipient.address, static_cast<int>(recipient.notify),
               recipient.original_recipient, at_or_empty(queued.senders, i), queued.next_attempt,
               at_or_empty(queued.routes, i), queued.held_until},
              nullptr);
    }
  }

  static Param at_or_empty(const std::vector<std::string>& texts, std::size_t i) {
    return i < texts.size() ? Param(texts[i]) : Param("");
  }

  void add_list_work(const AcceptMessage& accept, const NewListWork& work) {
    command(k_list_work,
            {accept.id.value, static_cast<int>(work.kind), work.list, work.recipient,
             accept.trace ? accept.trace->at : 0},
            [index = index_](const Rows& rows, std::vector<WriteResult>& results) {
              if (rows.size() > 0) results[index].list_work.push_back(rows.integer(0, 0));
            });
  }

  void add_one(const ListWorkDone& done) {
    if (!done.finished) return command(k_list_work_step, {done.id, done.position}, nullptr);
    if (done.archive) return command(k_list_work_archive, {done.id, done.archive->value, done.at}, nullptr);
    command(k_list_work_end, {done.id}, nullptr);
    deletes_ = true;
  }

  void add_one(const LogAutoresponse& log) {
    command(k_autoresponse, {log.user.value, log.definition, log.sender, log.rule, log.at}, nullptr);
  }

  void add_trace(const TraceEntry& trace) {
    command(k_trace,
            {trace.id.value, trace.at, trace.event, trace.session, trace.reverse_path,
             Param(trace.recipients), trace.message_id, trace.size_bytes, trace.detail},
            nullptr);
  }

  void add_one(const UploadChunk& chunk) {
    command(k_chunk, {chunk.id.value, chunk.position, chunk.bytes}, nullptr);
  }

  void add_one(const ChangeFlags& change) {
    command(k_flags,
            {change.folder.value, Param(change.uids), static_cast<int>(change.mode),
             static_cast<int>(change.flags), Param(change.keywords), change.unchanged_since},
            [index = index_](const Rows& rows, std::vector<WriteResult>& results) {
              FlagsChanged& flags = results[index].flags;
              for (int i = 0; i < rows.size(); ++i) {
                StoredMessage message = message_of(rows, i);
                message.modseq = flags.modseq = rows.integer(i, 3);
                flags.changed.push_back(std::move(message));
              }
            });
  }

  void add_one(const CopyMessages& copy) {
    command(k_sources, {copy.from.value, Param(copy.uids)},
            [index = index_](const Rows& rows, std::vector<WriteResult>& results) {
              for (int i = 0; i < rows.size(); ++i) results[index].from.push_back(rows.integer(i, 0));
            });
    command(k_count_copies, {copy.from.value, Param(copy.uids)}, nullptr);
    command(k_copy, {copy.from.value, Param(copy.uids), copy.to.value, copy.keep_meta, copy.now},
            stored_in(copy.to, copy.to_user));
    if (copy.move) expunge(copy.from, copy.uids, false, 0);  // it is no deletion
  }

  /// Reads the rows of whole_message_of, ordered by UID.
  Reader stored_in(FolderId folder, UserId user = {}) {
    return [index = index_, folder, user](const Rows& rows, std::vector<WriteResult>& results) {
      std::vector<StoredCopy>& stored = results[index].stored;
      for (int i = 0; i < rows.size(); ++i) stored.push_back({user, folder, whole_message_of(rows, i)});
      std::sort(stored.begin(), stored.end(),
                [](const StoredCopy& a, const StoredCopy& b) { return a.message.uid < b.message.uid; });
    };
  }

  void add_one(const RestoreMessages& request) {
    command(k_restore, {request.folder.value, request.since, request.unread, request.flagged},
            stored_in(request.folder));
  }

  void add_one(const ExpungeMessages& request) {
    expunge(request.folder, request.uids, request.only_deleted, writer_.deleted_at_);
  }

  void expunge(FolderId folder, const std::vector<std::int64_t>& uids, bool only_deleted,
               std::int64_t deleted_at) {
    deletes_ = deletes_ || deleted_at == 0;
    command(k_expunge, {folder.value, Param(uids), only_deleted, deleted_at},
            [index = index_, folder](const Rows& rows, std::vector<WriteResult>& results) {
              MessagesGone gone{folder, 0, {}};
              for (int i = 0; i < rows.size(); ++i) {
                gone.uids.push_back(rows.integer(i, 0));
                gone.modseq = rows.integer(i, 1);
              }
              results[index].gone = std::move(gone);
            });
  }

  void add_one(const QueueOutcome& outcome) {
    const std::int64_t id = outcome.id.value;
    if (outcome.copy) add_queued_copy(outcome.id, *outcome.copy);
    bool finished = false;
    for (const QueueOutcome::Recipient& recipient : outcome.recipients) {
      finished = finished || recipient.finished;
      if (recipient.finished) {
        command(k_queue_done, {id, recipient.address}, nullptr);
      } else {
        command(k_queue_later,
                {id, recipient.address, recipient.held, recipient.attempts, recipient.next_attempt,
                 recipient.last_reply, recipient.new_address ? Param(*recipient.new_address) : Param(nullptr),
                 recipient.held_until, recipient.final_try},
                nullptr);
      }
    }
    if (outcome.warned) command(k_queue_warned, {id}, nullptr);
    if (outcome.priority) command(k_queue_priority, {id, *outcome.priority}, nullptr);
    if (finished) {
      command(k_queue_end, {id}, nullptr);
      deletes_ = true;
    }
    for (const TraceEntry& trace : outcome.traces) add_trace(trace);
  }

  void add_queued_copy(QueueId id, const QueueOutcome::Copy& copy) {
    command(k_queue_copy, {id.value}, nullptr);
    StoredCopy stored;
    stored.user = copy.user;
    stored.message.content = ContentId{id.value};
    stored.message.size_bytes = copy.size_bytes;
    stored.message.internal_date = copy.internal_date;
    arrives_in(k_inbox, 0, std::move(stored));
  }

  MailWriter& writer_;
  std::size_t index_ = 0;
  bool deletes_ = false;
  std::vector<Database::Command> commands_;
  std::vector<Reader> readers_;
  std::map<std::int64_t, Arrivals> deliveries_;                       // by folder number
  std::map<std::pair<std::size_t, std::size_t>, StoredCopy> stored_;  // by request and position
};

Result<FolderId> MailWriter::folder_of(UserId user, const std::string& name, std::int64_t now) {
  std::string key = std::to_string(user.value) + "/" + name;
  if (const auto known = folders_.find(key); known != folders_.end()) return known->second;
  auto folder = MailboxRepository(database_).ensure(user, name, now);
  if (!folder) return std::move(folder.error()).while_doing("finding the folder " + name);
  folders_.emplace(std::move(key), *folder);
  return folder;
}

Result<void> MailWriter::resolve(const WriteUnit& unit) {
  const auto find = [this](UserId user, const std::string& name, std::int64_t now) -> Result<void> {
    auto folder = folder_of(user, name, now);
    if (!folder) return std::move(folder.error());
    return {};
  };
  for (const WriteRequest& request : unit) {
    if (const auto* outcome = std::get_if<QueueOutcome>(&request); outcome && outcome->copy)
      if (auto found = find(outcome->copy->user, k_inbox, outcome->copy->internal_date); !found) return found;
    const auto* accept = std::get_if<AcceptMessage>(&request);
    if (!accept) continue;
    for (const NewCopy& copy : accept->copies) {
      if (copy.folder_id) continue;
      if (auto found = find(copy.user, copy.folder, copy.internal_date); !found) return found;
    }
  }
  return {};
}

std::vector<MailWriter::Answer> MailWriter::commit_group(const std::vector<const WriteUnit*>& units) {
  std::vector<Answer> answers;
  Group group(*this);
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
