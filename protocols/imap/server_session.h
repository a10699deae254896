// The server's side of one IMAP4rev1 session (RFC 3501): bytes in, events out, no I/O.
// Extensions: LITERAL+ 7888, IDLE 2177, UIDPLUS 4315, MOVE 6851, NAMESPACE 2342, ID 2971, ENABLE 5161,
// UNSELECT 3691, CHILDREN 3348, SPECIAL-USE and CREATE-SPECIAL-USE 6154, LIST-EXTENDED 5258, LIST-STATUS
// 5819, ESEARCH 4731, CONDSTORE 7162, SASL-IR 4959, STATUS=SIZE 8438, APPENDLIMIT 7889.
//
// The owner carries out the events in order. An event with an answer (events.h) stops the session: it keeps
// input until the answer function is called, and is_waiting() tells the owner to stop reading. Every function
// that returns Events may return further ones. Long answers are pulled: the session produces the next piece
// only in the answer to its last LoadMessages or WaitForDrain, which the owner gives when its output buffer
// has room. Bytes received in plain behind STARTTLS end the session. Nothing throws: what the client does
// wrong becomes BAD or NO, too much of it BYE.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "protocols/imap/events.h"
#include "protocols/imap/options.h"

namespace stagecoach::imap {

class ServerSession {
 public:
  ServerSession(Options options, Limits limits);
  ~ServerSession();
  ServerSession(ServerSession&&) noexcept;
  ServerSession& operator=(ServerSession&&) noexcept;

  /// When the client has connected.
  Events greet();
  /// Instead of greet(), when it may not: "* BYE <product> IMAP4rev1 Server access not allowed!"
  Events refuse(std::string_view text = "IMAP4rev1 Server access not allowed!");
  /// Any split of the stream gives the same events.
  Events receive(std::string_view bytes);
  /// An answer is pending: do not read from the client.
  bool is_waiting() const;
  /// Ends the session from our side: "* BYE text". Not while is_waiting(); then just close.
  Events shut_down(std::string_view text);
  /// Tells what changed in the selected folder: at once in IDLE, else with the next command that allows it.
  Events news(FolderNews news);

  // The answers, named in events.h.
  Events tls_started();
  Events drained();
  /// The name of the user. Errors: invalid_input (wrong password), limit_reached (its reason is shown, as
  /// "Too many logins for this user"), unavailable.
  Events authenticated(Result<std::string> user);
  /// "SCRAM-SHA-256$4096:salt$StoredKey:ServerKey"; empty for an unknown user.
  Events verifier(std::string verifier);
  Events folders(Result<std::vector<FolderInfo>> folders);
  /// Folders that do not exist are left out.
  Events status(Result<std::vector<FolderCounts>> counts);
  Events opened(Result<FolderSnapshot> snapshot);
  Events done(Result<void> result);
  /// Instead of done(): the owner of the folder may not do this.
  Events denied();
  Events granted(Result<void> slot);
  Events loaded(Result<std::vector<LoadedMessage>> messages);
  Events stored(Result<StoredFlags> stored);
  Events copied(Result<CopiedMessages> copied);
  Events expunged(Result<ExpungedMessages> expunged);
  Events append_ready(Result<void> ready);
  Events appended(Result<AppendedMessage> appended);

  /// The user who is logged in; empty before that.
  const std::string& user() const;
  /// For the list of sessions: "not logged in", "logged in", "INBOX", "INBOX, waiting for news".
  std::string activity() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace stagecoach::imap
