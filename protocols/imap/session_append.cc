#include "protocols/imap/flags.h"
#include "protocols/imap/folder_name.h"
#include "protocols/imap/internal_date.h"
#include "protocols/imap/session_impl.h"

namespace stagecoach::imap {

/// A whole APPEND line without a message literal.
void ServerSession::Impl::append(Cursor&) { bad("Expected folder, flags, date and a literal"); }

/// Whether the announced literal is the message of an APPEND (RFC 3501 section 6.3.11); then it is taken care
/// of.
bool ServerSession::Impl::begin_append(Cursor cursor) {
  if (!read_tag(cursor) || !cursor.space() || !cursor.word("APPEND") || !cursor.space()) return false;
  const auto wire_name = cursor.astring();
  if (!wire_name || !cursor.space()) return false;
  AppendBegin append;
  if (cursor.peek() == '(') {
    const auto flags = parse_flags(cursor);
    if (!flags || !cursor.space()) return false;
    append.flags = *flags;
  }
  if (cursor.peek() == '"') {
    const auto date = cursor.string();
    append.internal_date = date ? parse_internal_date(*date) : std::nullopt;
    if (!append.internal_date || !cursor.space()) return false;
  }
  if (cursor.peek() != '{' || cursor.rest().find('\n') + 1 != cursor.rest().size()) return false;

  const CommandReader::Literal literal = reader_.literal();
  reader_.reset();
  literals_bytes_ = 0;
  expunges_ = true;
  begin(AppendWork{.left = literal.size_bytes, .waits = literal.waits, .refusal = {}});
  const auto name = parse_folder_name(*wire_name);
  if (!name) {
    refuse_append("[CANNOT] Bad folder name");
  } else if (literal.size_bytes > limits_.message_bytes_max) {
    refuse_append("[TOOBIG] Message too large");
  } else if (literal.size_bytes == 0) {
    refuse_append("[CANNOT] Empty message");
  } else {
    append.folder = *name;
    append.size_bytes = literal.size_bytes;
    wait(Waiting::append_ready, std::move(append));
  }
  return true;
}

/// With LITERAL+ the bytes come in any case: they are dropped before the answer.
void ServerSession::Impl::refuse_append(std::string text) {
  auto& append = work<AppendWork>();
  if (append.waits) return no(text);
  append.refusal = std::move(text);
  mode_ = Mode::append_data;
}

void ServerSession::Impl::append_ready(Result<void> ready) {
  if (!ready) return refuse_append(no_text(ready.error(), "[TRYCREATE] "));
  if (work<AppendWork>().waits) out("+ OK\r\n");
  mode_ = Mode::append_data;
}

bool ServerSession::Impl::append_bytes() {
  auto& append = work<AppendWork>();
  if (append.left == 0) {
    mode_ = Mode::append_end;
    return true;
  }
  if (reader_.waiting() == 0) return false;
  if (append.refusal.empty()) {
    AppendData data{reader_.take_bytes(append.left)};
    append.left -= data.bytes.size();
    emit(std::move(data));
  } else {
    append.left -= reader_.skip_bytes(append.left);
  }
  return true;
}

bool ServerSession::Impl::append_line() {
  const auto line = reader_.take_line();
  if (!line) return false;
  mode_ = Mode::commands;
  const auto& append = work<AppendWork>();
  if (!append.refusal.empty()) {
    no(std::string(append.refusal));
  } else if (!line->empty()) {
    emit(AppendAbort{});
    bad("Unexpected text behind the message");
  } else {
    wait(Waiting::appended, AppendEnd{});
  }
  return true;
}

void ServerSession::Impl::appended(Result<AppendedMessage> appended) {
  if (!appended) return fail(appended.error(), "[TRYCREATE] ");
  if (appended->uid_validity == 0) return ok("Completed");
  ok("[APPENDUID " + std::to_string(appended->uid_validity) + " " + std::to_string(appended->uid) +
     "] Completed");
}

}  // namespace stagecoach::imap
