// FETCH: batches of small messages, ranges of large ones; one step each time the owner answers.
#include <algorithm>

#include "protocols/imap/session_impl.h"

namespace stagecoach::imap {
namespace {

constexpr std::size_t k_rows_a_step = 500;  // answers that need no stored content
constexpr std::uint64_t k_header_bytes_expected = 4096;

bool is_content_free(std::uint8_t wants) { return wants == 0; }

}  // namespace

void ServerSession::Impl::fetch(Cursor& cursor) {
  auto indexes = message_set(cursor);
  if (!indexes) return;
  auto request = cursor.space() ? parse_fetch_request(cursor) : std::nullopt;
  if (!request) return bad("Bad arguments");
  request->uid = request->uid || uid_;
  condstore_ = condstore_ || request->modseq;
  if (request->changed_since)
    std::erase_if(*indexes,
                  [&](std::uint32_t index) { return view_->row(index).modseq <= *request->changed_since; });
  FetchWork work;
  work.request = std::move(*request);
  work.indexes = std::move(*indexes);
  begin(std::move(work));
  fetch_next();
}

void ServerSession::Impl::fetch_next() {
  auto& fetch = work<FetchWork>();
  if (fetch.stream) return stream_next();
  if (fetch.next == fetch.indexes.size()) return fetch_finish();
  if (is_content_free(wants_of(fetch.request, false))) return fetch_rows();
  if (!fetch.slot) return wait(Waiting::granted, BeginWork{Work::fetch});
  fetch_batch();
}

/// A step of an answer that the rows alone can give.
void ServerSession::Impl::fetch_rows() {
  auto& fetch = work<FetchWork>();
  const std::size_t end = std::min(fetch.next + k_rows_a_step, fetch.indexes.size());
  for (; fetch.next < end; ++fetch.next) {
    const FetchPlan plan = plan_of(fetch.indexes[fetch.next], {}, {}, {}, 0, 0);
    for (const auto& segment : plan.segments) out(segment.text);
  }
  if (end == fetch.indexes.size()) return fetch_finish();
  wait(Waiting::drain, WaitForDrain{});
}

/// Chooses the next batch: as many messages as limits allow, or a single large one.
void ServerSession::Impl::fetch_collect() {
  auto& fetch = work<FetchWork>();
  const bool body = reads_body(fetch.request);
  std::uint64_t expected = 0;
  fetch.batch.clear();
  fetch.marked_seen.clear();
  fetch.large = false;
  while (fetch.next < fetch.indexes.size() && fetch.batch.size() < limits_.batch_messages_max) {
    const std::uint32_t index = fetch.indexes[fetch.next];
    const std::uint64_t size = view_->row(index).size_bytes;
    const bool large = body && size > limits_.range_bytes_max;
    expected += body ? size : k_header_bytes_expected;
    if (!fetch.batch.empty() && (large || expected > limits_.batch_bytes_max)) break;
    fetch.batch.push_back(index);
    ++fetch.next;
    fetch.large = large;
    if (large) break;
  }
}

void ServerSession::Impl::fetch_batch() {
  fetch_collect();
  auto& fetch = work<FetchWork>();
  if (!fetch.request.marks_seen() || view_->read_only()) return fetch_load();
  StoreFlags store{.folder = view_->id(), .uids = {}, .mode = StoreMode::add, .flags = {flag_seen, {}}};
  for (const std::uint32_t index : fetch.batch)
    if (!(view_->row(index).flags & flag_seen)) store.uids.push_back(view_->row(index).uid);
  if (store.uids.empty()) return fetch_load();
  wait(Waiting::stored, std::move(store));
}

void ServerSession::Impl::fetch_load() {
  const auto& fetch = work<FetchWork>();
  LoadMessages load{.folder = view_->id(), .wants = wants_of(fetch.request, fetch.large), .messages = {}};
  if (fetch.large) load.wants |= want_parts;  // tells also whether the message is still there
  for (const std::uint32_t index : fetch.batch)
    load.messages.push_back({view_->row(index).uid, view_->row(index).content});
  wait(Waiting::loaded, std::move(load));
}

void ServerSession::Impl::fetch_loaded(std::vector<LoadedMessage> messages) {
  auto& fetch = work<FetchWork>();
  if (fetch.stream) return stream_loaded(std::move(messages));
  for (const std::uint32_t index : fetch.batch) {
    const std::uint32_t uid = view_->row(index).uid;
    const auto found = std::find_if(messages.begin(), messages.end(),
                                    [&](const LoadedMessage& message) { return message.uid == uid; });
    if (found == messages.end())
      fetch.missing = true;
    else
      fetch_one(index, std::move(*found));
  }
  fetch_next();
}

FetchPlan ServerSession::Impl::plan_of(std::uint32_t index, const LoadedMessage& loaded,
                                       const mime::PartIndex& parts, const ContentPieces& pieces,
                                       std::uint64_t header_bytes, std::uint64_t size_bytes) {
  const auto& fetch = work<FetchWork>();
  const std::uint32_t uid = view_->row(index).uid;
  const bool marked =
      std::find(fetch.marked_seen.begin(), fetch.marked_seen.end(), uid) != fetch.marked_seen.end();
  return plan_fetch({.request = fetch.request,
                     .row = view_->row(index),
                     .keywords = view_->keywords(index),
                     .sequence = index + 1,
                     .flags = marked,
                     .loaded = loaded,
                     .parts = parts,
                     .pieces = pieces,
                     .header_bytes = header_bytes,
                     .size_bytes = size_bytes});
}

void ServerSession::Impl::fetch_one(std::uint32_t index, LoadedMessage message) {
  auto& fetch = work<FetchWork>();
  mime::PartIndex parts;
  if (auto parsed = mime::parse_part_index(message.parts)) parts = std::move(*parsed);
  ContentPieces pieces;
  const std::uint64_t size = message.bytes.size();
  pieces.add(0, std::move(message.bytes));
  if (fetch.large) {
    fetch.stream = std::make_unique<StreamedMessage>();
    fetch.stream->loaded = std::move(message);
    fetch.stream->parts = std::move(parts);
    fetch.stream->pieces = std::move(pieces);
    fetch.stream->header_bytes = size;
    return;
  }
  const FetchPlan plan = plan_of(index, message, parts, pieces, size, size);
  if (plan.needs) {  // the stored positions do not fit the stored bytes
    fetch.missing = true;
    return;
  }
  for (const auto& segment : plan.segments) {
    const auto bytes = pieces.find(segment.range);
    out(segment.text);
    // A range outside of the bytes is filled up: its size has been announced.
    out(bytes ? std::string(*bytes) : std::string(segment.range.size_bytes, ' '));
  }
}

void ServerSession::Impl::stream_next() {
  auto& fetch = work<FetchWork>();
  auto& stream = *fetch.stream;
  const std::uint32_t index = fetch.batch.front();
  const MessageRow& row = view_->row(index);
  if (!stream.planned) {
    stream.plan =
        plan_of(index, stream.loaded, stream.parts, stream.pieces, stream.header_bytes, row.size_bytes);
    stream.planned = !stream.plan.needs;
  }
  const auto load = [&](mime::Range range) {
    stream.asked = range;
    wait(Waiting::loaded,
         LoadMessages{view_->id(), want_range, {{row.uid, row.content}}, range.offset, range.size_bytes});
  };
  if (stream.plan.needs) return load(*stream.plan.needs);
  for (; stream.segment < stream.plan.segments.size(); ++stream.segment) {
    const auto& segment = stream.plan.segments[stream.segment];
    if (stream.sent_bytes == 0) out(segment.text);
    const std::uint64_t left = segment.range.size_bytes - stream.sent_bytes;
    if (left > 0)
      return load(
          {segment.range.offset + stream.sent_bytes, std::min<std::uint64_t>(left, limits_.range_bytes_max)});
    stream.sent_bytes = 0;
  }
  fetch.stream.reset();
  fetch_next();
}

void ServerSession::Impl::stream_loaded(std::vector<LoadedMessage> messages) {
  auto& stream = *work<FetchWork>().stream;
  if (messages.size() != 1 || messages.front().bytes.size() != stream.asked.size_bytes)
    return bye("Content unavailable");  // the size of the literal has been announced
  if (!stream.planned) {
    stream.pieces.add(stream.asked.offset, std::move(messages.front().bytes));
  } else {
    out(messages.front().bytes);
    stream.sent_bytes += stream.asked.size_bytes;
  }
  stream_next();
}

void ServerSession::Impl::fetch_finish() {
  const auto& fetch = work<FetchWork>();
  if (fetch.slot) emit(EndWork{Work::fetch});
  if (fetch.missing) return no("[EXPUNGEISSUED] Some of the messages are gone");
  ok("Completed");
}

}  // namespace stagecoach::imap
