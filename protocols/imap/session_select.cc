#include <algorithm>

#include "protocols/imap/flags.h"
#include "protocols/imap/session_impl.h"

namespace stagecoach::imap {

void ServerSession::Impl::leave_folder() {
  if (!view_) return;
  emit(CloseFolder{view_->id()});
  view_.reset();
  state_ = logged_in;
}

void ServerSession::Impl::open_folder(Cursor& cursor, bool read_only) {
  auto name = folder_argument(cursor);
  if (!name) return;
  bool condstore = false;
  if (cursor.space()) {
    if (!cursor.take('(') || !cursor.word("CONDSTORE") || !cursor.take(')')) return bad("Bad arguments");
    condstore = true;
  }
  if (!ends(cursor)) return;
  condstore_ = condstore_ || condstore;
  leave_folder();
  begin(SelectWork{*name});
  wait(Waiting::opened, OpenFolder{std::move(*name), read_only});
}

void ServerSession::Impl::opened(Result<FolderSnapshot> snapshot) {
  if (!snapshot) return fail(snapshot.error());
  view_ = std::make_unique<FolderView>(work<SelectWork>().name, std::move(*snapshot));
  state_ = selected;
  const FolderSnapshot& folder = view_->folder();
  const auto recent = std::count_if(folder.rows.begin(), folder.rows.end(),
                                    [](const MessageRow& row) { return (row.flags & flag_recent) != 0; });
  const auto unseen = std::find_if(folder.rows.begin(), folder.rows.end(),
                                   [](const MessageRow& row) { return (row.flags & flag_seen) == 0; });
  std::string text = "* " + view_->flags_list() + "\r\n* " + std::to_string(folder.rows.size()) +
                     " EXISTS\r\n* " + std::to_string(recent) + " RECENT\r\n";
  if (unseen != folder.rows.end())
    text += "* OK [UNSEEN " + std::to_string(unseen - folder.rows.begin() + 1) + "] First unseen\r\n";
  std::string permanent = view_->flags_list().substr(6);
  permanent.insert(permanent.size() - 1, " \\*");
  text += "* OK [PERMANENTFLAGS " + (folder.read_only ? "()" : permanent) + "] Flags that are kept\r\n";
  text += "* OK [UIDVALIDITY " + std::to_string(folder.uid_validity) + "] UIDs valid\r\n";
  text += "* OK [UIDNEXT " + std::to_string(folder.uid_next) + "] Next UID\r\n";
  text += "* OK [HIGHESTMODSEQ " + std::to_string(folder.highest_modseq) + "] Highest\r\n";
  out(text);
  ok(folder.read_only ? "[READ-ONLY] Opened" : "[READ-WRITE] Opened");
}

void ServerSession::Impl::close(Cursor& cursor) {
  if (!ends(cursor)) return;
  auto uids = view_->read_only() ? std::vector<std::uint32_t>() : view_->deleted_uids();
  if (!uids.empty()) {
    begin(ExpungeWork{true});
    return wait(Waiting::expunged, ExpungeMessages{view_->id(), std::move(uids)});
  }
  leave_folder();
  ok("Closed");
}

void ServerSession::Impl::unselect(Cursor& cursor) {
  if (!ends(cursor)) return;
  leave_folder();
  ok("Unselected");
}

/// EXPUNGE, and UID EXPUNGE (RFC 4315).
void ServerSession::Impl::expunge(Cursor& cursor) {
  std::vector<std::uint32_t> uids = view_->deleted_uids();
  if (uid_) {
    const auto chosen = message_set(cursor);
    if (!chosen) return;
    const auto wanted = view_->uids(*chosen);
    std::erase_if(uids,
                  [&](std::uint32_t uid) { return !std::binary_search(wanted.begin(), wanted.end(), uid); });
  }
  if (!ends(cursor)) return;
  if (view_->read_only()) return no("[NOPERM] The folder is open for reading");
  if (uids.empty()) return ok("Completed");
  begin(ExpungeWork{false});
  wait(Waiting::expunged, ExpungeMessages{view_->id(), std::move(uids)});
}

void ServerSession::Impl::expunged(Result<ExpungedMessages> expunged) {
  const bool closing = work<ExpungeWork>().close;
  if (!expunged) return fail(expunged.error());
  if (closing) {
    leave_folder();
    return ok("Closed");
  }
  view_->vanish(expunged->uids);
  view_->note_modseq(expunged->highest_modseq);
  if (!condstore_ || expunged->highest_modseq == 0) return ok("Completed");
  ok("[HIGHESTMODSEQ " + std::to_string(expunged->highest_modseq) + "] Completed");
}

}  // namespace stagecoach::imap
