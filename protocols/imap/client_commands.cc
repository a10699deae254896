// What the owner of a ready session asks for.
#include <algorithm>

#include "protocols/imap/client_core.h"
#include "protocols/imap/sequence_set.h"
#include "routing/model/address.h"

namespace stagecoach::imap {

using Core = ClientSession::Core;

void Core::open(std::string_view name, bool read_only) {
  folder = {};
  Line line{read_only ? "EXAMINE " : "SELECT ", {}};
  const std::string shown = line.text + std::string(name);
  append_argument(line, name);
  command(Kind::open, std::move(line), shown);
}

void Core::fetch(std::uint32_t uid, Part part) {
  wanted_uid = uid;
  wanted_item = part == Part::whole ? "BODY[]" : "BODY[HEADER]";
  content_seen = content_ended = false;
  content_size = 0;
  line_ends = {};
  command(Kind::content, "UID FETCH " + std::to_string(uid) +
                             (part == Part::whole ? " (UID BODY.PEEK[])" : " (UID BODY.PEEK[HEADER])"));
}

void Core::erase(std::vector<std::uint32_t> uids) {
  std::sort(uids.begin(), uids.end());
  leaving = std::move(uids);
  mark();
}

void Core::move(std::vector<std::uint32_t> uids, std::string_view to) {
  std::sort(uids.begin(), uids.end());
  leaving = std::move(uids);
  move_to = to;
  created = false;
  send_move();
}

void Core::send_move() {
  Line line{(has.move ? "UID MOVE " : "UID COPY ") + SequenceSet::of(leaving).text() + " ", {}};
  append_argument(line, move_to);
  command(has.move ? Kind::move : Kind::copy, std::move(line));
}

void Core::mark() {
  command(Kind::store, "UID STORE " + SequenceSet::of(leaving).text() + " +FLAGS.SILENT (\\Deleted)");
}

/// EXPUNGE takes all that is marked, also by others: it is used when there are no others.
void Core::expunge() {
  const std::string set = SequenceSet::of(leaving).text();
  if (has.uidplus) return command(Kind::expunge, "UID EXPUNGE " + set);
  others_deleted = false;
  command(Kind::search, "UID SEARCH DELETED NOT UID " + set);
}

void Core::others_known() {
  if (others_deleted)
    return refuse(conflict(
        "other messages of the folder are marked as deleted, and the server has no UIDPLUS: what was to go "
        "is marked and stays"));
  command(Kind::expunge, "EXPUNGE");
}

void Core::idle() {
  idling = false;
  if (!has.idle) return refuse(not_found("the server has no IDLE"));
  command(Kind::idle, "IDLE");
}

void Core::end_idle() {
  if (!current || current->kind != Kind::idle || !idling) return;
  idling = false;
  output("DONE\r\n");
}

void Core::command_answered(const Command& done, bool ok, std::string_view reply) {
  if (state == State::closed) return;
  if (done.kind == Kind::logout) {
    events.emplace_back(Finished{});
    return close();
  }
  if (!ok && (done.kind == Kind::move || done.kind == Kind::copy)) return move_refused(done, reply);
  if (!ok) return refuse(invalid_input(remote_error(done.shown, reply)));
  switch (done.kind) {
    case Kind::list: events.emplace_back(FoldersListed{std::exchange(folders, {})}); return;
    case Kind::open: return opened(reply);
    case Kind::messages: return messages_listed();
    case Kind::content: return fetched();
    case Kind::store: return expunge();
    case Kind::search: return others_known();
    case Kind::copy: return mark();
    case Kind::create: return send_move();
    case Kind::move:
    case Kind::expunge: return gone();
    case Kind::idle: events.emplace_back(IdleEnded{}); return;
    default: return;  // log-in has its own
  }
}

void Core::opened(std::string_view reply) {
  if (folder.uid_validity == 0)
    return refuse(
        invalid_input("the server gives the folder no UIDVALIDITY, so messages cannot be known "
                      "again: " +
                      std::string(reply.substr(0, 100))));
  events.emplace_back(folder);
}

void Core::messages_listed() {
  std::stable_sort(messages.begin(), messages.end(),
                   [](const RemoteMessage& a, const RemoteMessage& b) { return a.uid < b.uid; });
  std::vector<RemoteMessage> listed;
  for (const RemoteMessage& message : std::exchange(messages, {})) {
    if (listed.empty() || listed.back().uid != message.uid) {
      listed.push_back(message);
      continue;
    }
    // news of its flags came as well
    listed.back().size_bytes = std::max(listed.back().size_bytes, message.size_bytes);
    listed.back().deleted = message.deleted;
  }
  events.emplace_back(MessagesListed{std::move(listed)});
}

void Core::fetched() {
  if (!content_ended) return refuse(not_found("message " + std::to_string(wanted_uid) + " is gone"));
  std::string last;
  line_ends.finish(last);
  if (!last.empty()) events.emplace_back(ContentBytes{std::move(last)});
  events.emplace_back(MessageEnd{wanted_uid});
}

/// The folder may be missing: it is made, once.
void Core::move_refused(const Command& done, std::string_view reply) {
  const auto status = parse_status(reply);
  if (!status || !equals_ignoring_case(status->code, "TRYCREATE") || std::exchange(created, true))
    return refuse(invalid_input(remote_error(done.shown, reply)));
  Line line{"CREATE ", {}};
  append_argument(line, move_to);
  command(Kind::create, std::move(line));
}

void Core::gone() { events.emplace_back(MessagesGone{std::exchange(leaving, {})}); }

void Core::refuse(Error error) {
  folders.clear();
  messages.clear();
  leaving.clear();
  events.emplace_back(CommandFailed{std::move(error)});
}

// The facade

ClientEvents ClientSession::list(std::string_view pattern) {
  if (!core_->is_free()) return {};
  Core::Line line{"LIST \"\" ", {}};
  const std::string shown = line.text + std::string(pattern);
  core_->append_argument(line, pattern);
  core_->command(Core::Kind::list, std::move(line), shown);
  return core_->events_so_far();
}

ClientEvents ClientSession::open(std::string_view folder, bool read_only) {
  if (core_->is_free()) core_->open(folder, read_only);
  return core_->events_so_far();
}

ClientEvents ClientSession::list_messages() {
  if (core_->is_free()) core_->command(Core::Kind::messages, "UID FETCH 1:* (UID RFC822.SIZE FLAGS)");
  return core_->events_so_far();
}

ClientEvents ClientSession::fetch(std::uint32_t uid, Part part) {
  if (core_->is_free()) core_->fetch(uid, part);
  return core_->events_so_far();
}

ClientEvents ClientSession::erase(std::vector<std::uint32_t> uids) {
  if (core_->is_free() && !uids.empty()) core_->erase(std::move(uids));
  return core_->events_so_far();
}

ClientEvents ClientSession::move(std::vector<std::uint32_t> uids, std::string_view to) {
  if (core_->is_free() && !uids.empty()) core_->move(std::move(uids), to);
  return core_->events_so_far();
}

ClientEvents ClientSession::idle() {
  if (core_->is_free()) core_->idle();
  return core_->events_so_far();
}

ClientEvents ClientSession::end_idle() {
  core_->end_idle();
  return core_->events_so_far();
}

ClientEvents ClientSession::logout() {
  if (core_->is_free()) core_->command(Core::Kind::logout, "LOGOUT");
  return core_->events_so_far();
}

}  // namespace stagecoach::imap
