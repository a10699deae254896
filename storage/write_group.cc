#include "storage/write_group.h"

#include <algorithm>

#include "storage/content_store.h"
#include "storage/write_statements.h"

namespace stagecoach::storage {

using namespace statements;

namespace {

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

}  // namespace

/// The same and content_id, size_bytes, internal_date, modseq.
StoredMessage whole_message_of(const Rows& rows, int row) {
  StoredMessage message = message_of(rows, row);
  message.content = ContentId{rows.integer(row, 3)};
  message.size_bytes = rows.integer(row, 4);
  message.internal_date = rows.integer(row, 5);
  message.modseq = rows.integer(row, 6);
  return message;
}

void WriteGroup::add(std::size_t index, const WriteRequest& request) {
  index_ = index;
  std::visit([this](const auto& r) { add_one(r); }, request);
}

void WriteGroup::close() {
  if (!deliveries_.empty()) deliver();
  if (deletes_) command(k_drop_dead, {}, nullptr);
}

std::vector<WriteResult> WriteGroup::results(const std::vector<Rows>& rows, std::size_t count) {
  std::vector<WriteResult> results(count);
  for (auto& [owner, copy] : stored_) results[owner.first].stored.push_back(std::move(copy));
  for (std::size_t i = 0; i < readers_.size() && i < rows.size(); ++i)
    if (readers_[i]) readers_[i](rows[i], results);
  return results;
}

void WriteGroup::deliver() {
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

void WriteGroup::number_copies(const Rows& rows, std::vector<WriteResult>& results) {
  std::map<std::int64_t, std::vector<std::pair<std::int64_t, std::int64_t>>> numbers;  // folder: UID, modseq
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

void WriteGroup::command(const Statement& statement, Params params, Reader reader) {
  commands_.push_back({&statement, std::move(params)});
  readers_.push_back(std::move(reader));
}

void WriteGroup::add_one(const AcceptMessage& accept) {
  if (accept.content) add_content(accept);
  for (std::size_t i = 0; i < accept.copies.size(); ++i) add_copy(accept, i);
  if (accept.queued) add_queued(accept);
  if (accept.trace) add_trace(*accept.trace);
  for (const NewListWork& work : accept.list_work) add_list_work(accept, work);
  for (const std::string& token : accept.download_answers) command(k_download_answer, {token}, nullptr);
  if (accept.collected)
    command(
        k_collected,
        {accept.collected->collector, accept.collected->uid, accept.collected->digest, accept.collected->at,
         accept.collected->state, accept.collected->subject, accept.collected->sender,
         accept.collected->recipients, accept.collected->message_date, accept.collected->token},
        nullptr);
}

void WriteGroup::add_content(const AcceptMessage& accept) {
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

void WriteGroup::add_copy(const AcceptMessage& accept, std::size_t i) {
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

void WriteGroup::arrives_in(const std::string& name, std::size_t i, StoredCopy copy) {
  const FolderId folder = find_folder_(copy.user, name);
  arrives(folder.value, name, i, std::move(copy));
}

void WriteGroup::arrives(std::int64_t folder, const std::string& name, std::size_t i, StoredCopy copy) {
  Arrivals& arrivals = deliveries_[folder];
  if (!name.empty()) arrivals.folder = name;
  arrivals.owners.emplace_back(index_, i);
  stored_.emplace(std::pair{index_, i}, std::move(copy));
}

void WriteGroup::add_queued(const AcceptMessage& accept) {
  const QueuedMessage& queued = *accept.queued;
  const Envelope& envelope = queued.envelope;
  static const QueueWay k_ordinary;
  std::vector<std::string> addresses, originals, senders, routes, lists;
  std::vector<std::int64_t> notify, mirrors;
  for (std::size_t i = 0; i < envelope.recipients.size(); ++i) {
    const EnvelopeRecipient& recipient = envelope.recipients[i];
    const QueueWay& way = i < queued.ways.size() ? queued.ways[i] : k_ordinary;
    addresses.push_back(recipient.address);
    notify.push_back(static_cast<int>(recipient.notify));
    originals.push_back(recipient.original_recipient);
    senders.push_back(way.sender);
    routes.push_back(way.route);
    lists.push_back(way.list);
    mirrors.push_back(way.mirror.value);
  }
  command(k_queue,
          {accept.id.value,
           envelope.reverse_path,
           envelope.envelope_id,
           static_cast<int>(envelope.return_content),
           static_cast<int>(envelope.body),
           envelope.smtputf8,
           accept.content->size_bytes,
           queued.priority,
           queued.queued_at,
           queued.delete_at,
           queued.peer_ip,
           queued.auth_user,
           queued.subject,
           queued.next_attempt,
           queued.held_until,
           Param(addresses),
           Param(notify),
           Param(originals),
           Param(senders),
           Param(routes),
           Param(lists),
           Param(mirrors),
           static_cast<int>(envelope.tls),
           accept.content->transmit_offset},
          nullptr);
}

void WriteGroup::add_list_work(const AcceptMessage& accept, const NewListWork& work) {
  command(k_list_work,
          {accept.id.value, static_cast<int>(work.kind), work.list, work.recipient,
           accept.trace ? accept.trace->at : 0},
          [index = index_](const Rows& rows, std::vector<WriteResult>& results) {
            if (rows.size() > 0) results[index].list_work.push_back(rows.integer(0, 0));
          });
}

void WriteGroup::add_one(const ListWorkDone& done) {
  if (!done.finished) return command(k_list_work_step, {done.id, done.position}, nullptr);
  if (done.archive) return command(k_list_work_archive, {done.id, done.archive->value, done.at}, nullptr);
  command(k_list_work_end, {done.id}, nullptr);
  deletes_ = true;
}

void WriteGroup::add_one(const LogAutoresponse& log) {
  command(k_autoresponse, {log.user.value, log.definition, log.sender, log.rule, log.at}, nullptr);
}

void WriteGroup::add_one(const CountMatch& match) {
  command(k_autoresponse_match, {match.user.value, match.rule}, nullptr);
}

void WriteGroup::add_trace(const TraceEntry& trace) {
  command(k_trace,
          {trace.id.value, trace.at, trace.event, trace.session, trace.reverse_path, Param(trace.recipients),
           trace.message_id, trace.size_bytes, trace.detail},
          nullptr);
}

void WriteGroup::add_one(const UploadChunk& chunk) {
  command(k_chunk, {chunk.id.value, chunk.position, chunk.bytes}, nullptr);
}

void WriteGroup::add_one(const ChangeFlags& change) {
  command(k_flags,
          {change.folder.value, Param(change.uids), static_cast<int>(change.mode),
           static_cast<int>(change.flags), Param(change.keywords), change.unchanged_since},
          [index = index_](const Rows& rows, std::vector<WriteResult>& results) {
            FlagsChanged& flags = results[index].flags;
            for (int i = 0; i < rows.size(); ++i) {
              StoredMessage message = message_of(rows, i);
              message.modseq = flags.modseq = rows.integer(i, 3);
              message.content = ContentId{rows.integer(i, 4)};
              flags.changed.push_back(std::move(message));
            }
          });
}

void WriteGroup::add_one(const CopyMessages& copy) {
  command(k_sources, {copy.from.value, Param(copy.uids)},
          [index = index_](const Rows& rows, std::vector<WriteResult>& results) {
            for (int i = 0; i < rows.size(); ++i) results[index].from.push_back(rows.integer(i, 0));
          });
  command(k_count_copies, {copy.from.value, Param(copy.uids)}, nullptr);
  command(k_copy, {copy.from.value, Param(copy.uids), copy.to.value, copy.keep_meta, copy.now},
          stored_in(copy.to, copy.to_user));
  if (copy.move) expunge(copy.from, copy.uids, false, 0);  // it is no deletion
}

WriteGroup::Reader WriteGroup::stored_in(FolderId folder, UserId user) {
  return [index = index_, folder, user](const Rows& rows, std::vector<WriteResult>& results) {
    std::vector<StoredCopy>& stored = results[index].stored;
    for (int i = 0; i < rows.size(); ++i) stored.push_back({user, folder, whole_message_of(rows, i)});
    std::sort(stored.begin(), stored.end(),
              [](const StoredCopy& a, const StoredCopy& b) { return a.message.uid < b.message.uid; });
  };
}

void WriteGroup::add_one(const RestoreMessages& request) {
  command(k_restore, {request.folder.value, request.since, request.unread, request.flagged},
          stored_in(request.folder));
}

void WriteGroup::add_one(const ExpungeMessages& request) {
  expunge(request.folder, request.uids, request.only_deleted, deleted_at_);
}

void WriteGroup::expunge(FolderId folder, const std::vector<std::int64_t>& uids, bool only_deleted,
                         std::int64_t deleted_at) {
  deletes_ = deletes_ || deleted_at == 0;
  command(k_expunge, {folder.value, Param(uids), only_deleted, deleted_at},
          [index = index_, folder](const Rows& rows, std::vector<WriteResult>& results) {
            MessagesGone gone{{}, folder, 0, {}};
            for (int i = 0; i < rows.size(); ++i) {
              gone.uids.push_back(rows.integer(i, 0));
              gone.modseq = rows.integer(i, 1);
            }
            results[index].gone.push_back(std::move(gone));
          });
}

void WriteGroup::add_one(const QueueOutcome& outcome) {
  const std::int64_t id = outcome.id.value;
  if (outcome.copy) add_queued_copy(outcome.id, *outcome.copy);
  std::vector<std::string> finished;
  for (const QueueOutcome::Recipient& recipient : outcome.recipients) {
    if (recipient.finished) {
      finished.push_back(recipient.address);
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
  if (!finished.empty()) command(k_queue_done, {id, Param(finished)}, nullptr);
  for (const TraceEntry& trace : outcome.traces) add_trace(trace);
  for (const UserId user : outcome.mirrors) remove_mirror(outcome.id, user);
}

void WriteGroup::add_queued_copy(QueueId id, const QueueOutcome::Copy& copy) {
  command(k_queue_copy, {id.value}, nullptr);
  StoredCopy stored;
  stored.user = copy.user;
  stored.message.content = ContentId{id.value};
  stored.message.size_bytes = copy.size_bytes;
  stored.message.internal_date = copy.internal_date;
  arrives_in(k_inbox, 0, std::move(stored));
}

void WriteGroup::remove_mirror(QueueId id, UserId user) {
  deletes_ = true;
  command(k_mirror_done, {id.value, user.value, "INBOX"},
          [index = index_, user](const Rows& rows, std::vector<WriteResult>& results) {
            if (rows.size() == 0) return;
            MessagesGone gone{user, FolderId{rows.integer(0, 2)}, rows.integer(0, 1), {}};
            for (int i = 0; i < rows.size(); ++i) gone.uids.push_back(rows.integer(i, 0));
            results[index].gone.push_back(std::move(gone));
          });
}

}  // namespace stagecoach::storage
