#include "protocols/imap/folder_name.h"
#include "protocols/imap/list_request.h"
#include "protocols/imap/session_impl.h"
#include "protocols/imap/wire.h"
#include "routing/model/address.h"

namespace stagecoach::imap {

void ServerSession::Impl::list(Cursor& cursor) {
  auto request = parse_list(cursor, false);
  if (!request) return bad("Bad arguments");
  if (request->patterns.empty()) {
    out("* LIST (\\Noselect) \"/\" \"\"\r\n");
    return ok("Completed");
  }
  begin(std::move(*request));
  wait(Waiting::folders, ListFolders{});
}

void ServerSession::Impl::lsub(Cursor& cursor) {
  auto request = parse_list(cursor, true);
  if (!request) return bad("Bad arguments");
  begin(std::move(*request));
  wait(Waiting::folders, ListFolders{});
}

void ServerSession::Impl::folders(Result<std::vector<FolderInfo>> folders) {
  if (!folders) return fail(folders.error());
  const auto& list = work<ListWork>();
  std::vector<std::string> existing;
  out(list_lines(list, *folders, existing));
  if (list.return_status == 0 || existing.empty()) return ok("Completed");
  begin(StatusWork{list.return_status, true});
  wait(Waiting::status, FolderStatus{std::move(existing)});
}

void ServerSession::Impl::status(Cursor& cursor) {
  const auto wire = cursor.space() ? cursor.astring() : std::nullopt;
  const auto items = wire && cursor.space() ? parse_status_items(cursor) : std::nullopt;
  if (!items) return bad("Expected folder and items");
  if (!ends(cursor)) return;
  const auto name = parse_folder_name(*wire);
  if (!name) return no("[CANNOT] Bad folder name");
  begin(StatusWork{*items, false});
  wait(Waiting::status, FolderStatus{{*name}});
}

void ServerSession::Impl::status_known(Result<std::vector<FolderCounts>> counts) {
  if (!counts) return fail(counts.error());
  const StatusWork status = work<StatusWork>();
  if (status.items & status_highest_modseq) condstore_ = true;  // RFC 7162 section 3.1
  for (const FolderCounts& folder : *counts)
    out(status_line(folder, status.items, limits_.message_bytes_max));
  if (counts->empty() && !status.list) return no("[NONEXISTENT] No such folder");
  ok("Completed");
}

/// The folder name that comes next; if there is none the command has been answered.
std::optional<std::string> ServerSession::Impl::folder_argument(Cursor& cursor) {
  const auto wire = cursor.space() ? cursor.astring() : std::nullopt;
  if (!wire) {
    bad("Expected a folder name");
    return std::nullopt;
  }
  auto name = parse_folder_name(*wire);
  if (!name) no("[CANNOT] Bad folder name");
  return name;
}

void ServerSession::Impl::simple(const char* text, Event event) {
  begin(SimpleWork{text});
  wait(Waiting::done, std::move(event));
}

void ServerSession::Impl::done(Result<void> result) {
  if (!result) return fail(result.error());
  ok(work<SimpleWork>().done);
}

/// RFC 5530 section 3.
void ServerSession::Impl::denied() { no("[NOPERM] This folder keeps its name and place"); }

/// CREATE with the special use of RFC 6154 section 3: CREATE Sent (USE (\Sent)).
void ServerSession::Impl::create(Cursor& cursor) {
  auto name = folder_argument(cursor);
  if (!name) return;
  std::string special_use;
  if (cursor.space()) {
    if (!cursor.take('(') || !cursor.word("USE") || !cursor.space() || !cursor.take('('))
      return bad("Bad arguments");
    if (!cursor.take('\\')) return bad("Bad arguments");
    const auto use = cursor.atom();
    if (!use || !cursor.take(')') || !cursor.take(')')) return bad("Bad arguments");
    for (const char* known : {"Sent", "Drafts", "Junk", "Trash", "Archive", "All", "Flagged"})
      if (equals_ignoring_case(*use, known)) special_use = std::string("\\") + known;
    if (special_use.empty()) return no("[USEATTR] Unknown special use");
  }
  if (!ends(cursor)) return;
  if (*name == "INBOX") return no("[ALREADYEXISTS] INBOX exists always");
  if (name->find_first_of("%*") != std::string::npos) return no("[CANNOT] Bad folder name");
  simple("Created", CreateFolder{std::move(*name), std::move(special_use)});
}

void ServerSession::Impl::remove(Cursor& cursor) {
  auto name = folder_argument(cursor);
  if (!name || !ends(cursor)) return;
  if (*name == "INBOX") return no("[CANNOT] INBOX cannot be deleted");
  simple("Deleted", DeleteFolder{std::move(*name)});
}

void ServerSession::Impl::rename(Cursor& cursor) {
  auto from = folder_argument(cursor);
  if (!from) return;
  auto to = folder_argument(cursor);
  if (!to || !ends(cursor)) return;
  if (*to == "INBOX" || *to == *from) return no("[ALREADYEXISTS] The folder exists");
  if (to->find_first_of("%*") != std::string::npos) return no("[CANNOT] Bad folder name");
  if (to->starts_with(*from + "/")) return no("[CANNOT] A folder cannot move into itself");
  simple("Renamed", RenameFolder{std::move(*from), std::move(*to)});
}

void ServerSession::Impl::change_subscription(Cursor& cursor, bool subscribed) {
  auto name = folder_argument(cursor);
  if (!name || !ends(cursor)) return;
  simple("Completed", SubscribeFolder{std::move(*name), subscribed});
}

}  // namespace stagecoach::imap
