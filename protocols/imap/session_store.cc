#include <algorithm>

#include "protocols/imap/flags.h"
#include "protocols/imap/folder_name.h"
#include "protocols/imap/session_impl.h"

namespace stagecoach::imap {

/// The message set that comes next, as indexes; if it is wrong the command has been answered.
std::optional<std::vector<std::uint32_t>> ServerSession::Impl::message_set(Cursor& cursor) {
  const auto set = cursor.space() ? SequenceSet::parse(cursor.sequence()) : std::nullopt;
  if (!set) {
    bad("Expected a set of messages");
    return std::nullopt;
  }
  auto indexes = view_->indexes(*set, uid_);
  if (!indexes) bad("No such message");
  return indexes;
}

namespace {

struct StoreArguments {
  StoreFlags store;
  bool silent = false;
};

/// "(UNCHANGEDSINCE 7) +FLAGS.SILENT (\Seen)"
std::optional<StoreArguments> parse_store(Cursor& cursor) {
  StoreArguments arguments;
  if (cursor.take('(')) {
    if (!cursor.word("UNCHANGEDSINCE") || !cursor.space()) return std::nullopt;
    arguments.store.unchanged_since = cursor.number();
    if (!arguments.store.unchanged_since || !cursor.take(')') || !cursor.space()) return std::nullopt;
  }
  if (cursor.take('+'))
    arguments.store.mode = StoreMode::add;
  else if (cursor.take('-'))
    arguments.store.mode = StoreMode::remove;
  arguments.silent = cursor.word("FLAGS.SILENT");
  if ((!arguments.silent && !cursor.word("FLAGS")) || !cursor.space()) return std::nullopt;
  const auto flags = parse_flags(cursor, true);
  if (!flags || !cursor.at_end()) return std::nullopt;
  arguments.store.flags = *flags;
  return arguments;
}

}  // namespace

void ServerSession::Impl::store(Cursor& cursor) {
  const auto indexes = message_set(cursor);
  if (!indexes) return;
  auto arguments = cursor.space() ? parse_store(cursor) : std::nullopt;
  if (!arguments) return bad("Bad arguments");
  if (view_->read_only()) return no("[NOPERM] The folder is open for reading");
  if (indexes->empty()) return ok("Completed");
  const bool conditional = arguments->store.unchanged_since.has_value();
  condstore_ = condstore_ || conditional;
  arguments->store.folder = view_->id();
  arguments->store.uids = view_->uids(*indexes);
  begin(StoreWork{uid_, arguments->silent, conditional});
  wait(Waiting::stored, std::move(arguments->store));
}

void ServerSession::Impl::stored(Result<StoredFlags> stored) {
  if (is_doing<FetchWork>()) {  // \Seen set by a FETCH of the body
    if (stored)
      for (const FlagChange& change : stored->changed)
        if (view_->apply(change)) work<FetchWork>().marked_seen.push_back(change.uid);
    return fetch_load();
  }
  if (!stored) return fail(stored.error());
  const StoreWork store = work<StoreWork>();
  std::string text;
  for (const FlagChange& change : stored->changed) {
    view_->apply(change);
    view_->told(change);
    const auto index = view_->index_of(change.uid);
    if (index && (!store.silent || condstore_))
      view_->append_fetch(text, *index, !store.silent, store.uid || condstore_, condstore_);
  }
  view_->note_modseq(stored->highest_modseq);
  out(text);
  if (stored->modified.empty()) return ok("Completed");
  std::vector<std::uint32_t> numbers;
  for (const std::uint32_t uid : stored->modified)
    if (const auto index = view_->index_of(uid)) numbers.push_back(store.uid ? uid : *index + 1);
  std::sort(numbers.begin(), numbers.end());
  ok("[MODIFIED " + SequenceSet::of(numbers).text() + "] Some messages had changed");
}

/// COPY and MOVE (RFC 6851).
void ServerSession::Impl::transfer(Cursor& cursor, bool move) {
  const auto indexes = message_set(cursor);
  if (!indexes) return;
  auto target = folder_argument(cursor);
  if (!target || !ends(cursor)) return;
  if (move && view_->read_only()) return no("[NOPERM] The folder is open for reading");
  if (indexes->empty()) return ok("Completed");
  begin(CopyWork{move});
  wait(Waiting::copied, CopyMessages{view_->id(), view_->uids(*indexes), std::move(*target), move});
}

void ServerSession::Impl::copied(Result<CopiedMessages> copied) {
  if (!copied) return fail(copied.error(), "[TRYCREATE] ");
  std::string code;
  if (copied->uid_validity != 0 && !copied->from.empty())
    code = "[COPYUID " + std::to_string(copied->uid_validity) + " " + SequenceSet::of(copied->from).text() +
           " " + SequenceSet::of(copied->to).text() + "] ";
  if (!work<CopyWork>().move) return ok(code + "Completed");
  // RFC 6851 section 4.3: told before the EXPUNGE responses.
  if (!code.empty()) out("* OK " + code + "Moved\r\n");
  view_->vanish(copied->from);
  view_->note_modseq(copied->highest_modseq);
  ok("Completed");
}

}  // namespace stagecoach::imap
