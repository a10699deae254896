// The commands that need neither folders nor messages.
#include <algorithm>

#include "protocols/imap/session_impl.h"
#include "protocols/imap/wire.h"
#include "routing/model/address.h"

namespace stagecoach::imap {

std::string ServerSession::Impl::capabilities() const {
  std::string text = "IMAP4rev1 LITERAL+ SASL-IR ID ENABLE";
  if (state_ == connected) {
    const bool any = options_.tls || !options_.require_tls;
    const bool plain = any && (options_.tls || options_.plain_login);
    if (options_.starttls && !options_.tls) text += " STARTTLS";
    if (!plain) text += " LOGINDISABLED";
    if (plain) text += " AUTH=PLAIN AUTH=LOGIN";
    if (any && options_.scram) text += " AUTH=SCRAM-SHA-256";
  }
  if (options_.idle) text += " IDLE";
  return text +
         " UIDPLUS MOVE NAMESPACE CHILDREN UNSELECT SPECIAL-USE CREATE-SPECIAL-USE LIST-EXTENDED LIST-STATUS "
         "ESEARCH"
         " CONDSTORE STATUS=SIZE APPENDLIMIT=" +
         std::to_string(limits_.message_bytes_max);
}

void ServerSession::Impl::capability(Cursor& cursor) {
  if (!ends(cursor)) return;
  out("* CAPABILITY " + capabilities() + "\r\n");
  ok("Completed");
}

void ServerSession::Impl::noop(Cursor& cursor) {
  if (ends(cursor)) ok("Completed");
}

void ServerSession::Impl::check(Cursor& cursor) {
  if (ends(cursor)) ok("Completed");  // every change is durable before its OK
}

void ServerSession::Impl::logout(Cursor& cursor) {
  if (!ends(cursor)) return;
  out("* BYE Logging out\r\n");
  view_.reset();
  ok("Completed");
  emit(CloseConnection{});
  state_ = closed;
}

void ServerSession::Impl::id(Cursor& cursor) {
  std::string told;
  if (!cursor.space()) return bad("Arguments missing");
  if (cursor.take('(')) {
    for (int fields = 0; !cursor.take(')'); ++fields) {
      const auto name = cursor.string();
      if (!name || fields >= 30 || !cursor.space()) return bad("Bad arguments");
      const auto value = cursor.nstring();
      if (!value) return bad("Bad arguments");
      if (told.size() + name->size() + value->size() < 1000)
        told += (told.empty() ? "" : " ") + *name + '=' + *value;
      cursor.space();
    }
  } else if (!cursor.word("NIL")) {
    return bad("Bad arguments");
  }
  if (!ends(cursor)) return;
  std::replace_if(
      told.begin(), told.end(), [](char c) { return static_cast<unsigned char>(c) < ' '; }, '?');
  if (!told.empty()) emit(ClientIdentified{told});
  std::string text = "* ID (\"name\" ";
  append_string(text, options_.product);
  if (!options_.version.empty()) {
    text += " \"version\" ";
    append_string(text, options_.version);
  }
  out(text + ")\r\n");
  ok("Completed");
}

void ServerSession::Impl::enable(Cursor& cursor) {
  std::string enabled;
  if (cursor.at_end()) return bad("Arguments missing");
  while (cursor.space()) {
    const auto name = cursor.atom();
    if (!name) return bad("Bad arguments");
    if (!equals_ignoring_case(*name, "CONDSTORE"))
      continue;  // unknown ones are ignored (RFC 5161 section 3.1)
    if (!condstore_) enabled = " CONDSTORE";
    condstore_ = true;
  }
  if (!ends(cursor)) return;
  out("* ENABLED" + enabled + "\r\n");
  ok("Completed");
}

void ServerSession::Impl::name_space(Cursor& cursor) {
  if (!ends(cursor)) return;
  out("* NAMESPACE ((\"\" \"/\")) NIL NIL\r\n");
  ok("Completed");
}

void ServerSession::Impl::uid(Cursor& cursor) {
  const auto name = cursor.space() ? cursor.atom() : std::nullopt;
  if (!name) return bad("Missing command");
  uid_ = true;
  for (const Command* command = k_uid_commands; command->handler; ++command)
    if (equals_ignoring_case(command->name, *name)) return (this->*command->handler)(cursor);
  bad("Unknown command");
}

void ServerSession::Impl::idle(Cursor& cursor) {
  if (!options_.idle) return bad("Unknown command");
  if (!ends(cursor)) return;
  if (view_) out(view_->flush(true, condstore_));
  out("+ idling\r\n");
  emit(StartIdle{});
  mode_ = Mode::idle;
}

bool ServerSession::Impl::idle_line() {
  const auto line = reader_.take_line();
  if (!line) return false;
  emit(EndIdle{});
  if (equals_ignoring_case(*line, "DONE"))
    ok("Idle ended");
  else
    bad("Expected DONE");
  return true;
}

}  // namespace stagecoach::imap
