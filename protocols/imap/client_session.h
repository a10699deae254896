// The client's side of one IMAP session (RFC 3501), as a collector uses it: bytes in, events out. It reads
// the greeting, asks CAPABILITY, starts TLS, logs in, says Ready; then the owner gives one command after the
// other, each when the one before has been answered. Uses what the server has of SASL-IR, LITERAL+, UIDPLUS,
// MOVE and IDLE. Content streams through, whatever its size; every other reply, list and count has a limit.
// Folders are named as the server names them. Errors read: Error from remote server on "LOGIN fred *****" ->
// NO wrong password. Secrets are always masked. Time-outs are the owner's.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "protocols/imap/client_replies.h"
#include "protocols/imap/events.h"
#include "protocols/sasl/client.h"
#include "routing/model/result.h"

namespace stagecoach::imap {

/// `ssl`: TLS is on already when connected() is called. `stls`: fails when the server does not offer it.
enum class ClientTls : std::uint8_t { none, ssl, stls, stls_if_available };
/// automatic: LOGIN; without TLS SCRAM-SHA-256 where it is offered; AUTHENTICATE where LOGIN is not allowed
/// or cannot carry the letters.
enum class ClientAuth : std::uint8_t { automatic, login, plain, cram_md5, scram_sha_256, xoauth2 };

struct ClientLimits {
  std::size_t reply_bytes_max = 256 * 1024;  // of one reply, without the content of messages
  std::size_t replies_max = 10000;           // untagged ones of one command, besides one for each message
  std::size_t messages_max = 1000000;        // of a folder
  std::size_t folders_max = 1000;            // of a list
  std::int64_t message_bytes_max = 0;        // a longer one fails the session; 0: unlimited
};

struct ClientSettings {
  ClientTls tls = ClientTls::stls_if_available;
  ClientAuth auth = ClientAuth::automatic;
  sasl::Credentials credentials;
  std::string nonce;  // random and printable, for SCRAM
  ClientLimits limits;
};

struct RemoteMessage {
  std::uint32_t uid = 0;
  std::int64_t size_bytes = 0;  // as the server says, 0: it does not
  bool deleted = false;         // somebody has marked it \Deleted
};

/// Logged in.
struct Ready {
  bool has_idle = false;
};
/// Answers list().
struct FoldersListed {
  std::vector<RemoteFolder> folders;
};
/// Answers open().
struct FolderReady {
  std::uint32_t uid_validity = 0, uid_next = 0;  // uid_next 0: unknown
  std::size_t messages = 0;
  bool read_only = false;
};
/// Answers list_messages(); ordered by UID.
struct MessagesListed {
  std::vector<RemoteMessage> messages;
};
/// Of the message that is being fetched: each line ends with CR LF.
struct ContentBytes {
  std::string bytes;
};
struct MessageEnd {
  std::uint32_t uid = 0;
};
/// Answers erase() and move(): these are not in the folder any more.
struct MessagesGone {
  std::vector<std::uint32_t> uids;
};
/// The server refused this one command; the session goes on. not_found: there is no such message any more.
struct CommandFailed {
  Error error;
};
/// IDLE is in force until end_idle().
struct IdleBegun {};
struct IdleEnded {};
/// During IDLE: there are more messages than before.
struct MessagesArrived {
  std::size_t messages = 0;
};
/// LOGOUT was answered. CloseConnection follows.
struct Finished {};
/// The session is over. CloseConnection follows.
struct Failed {
  Error error;
  bool login_refused = false;  // by the server: name or password are wrong, or the token is too old
};

using ClientEvent = std::variant<Output, StartTls, CloseConnection, Ready, FoldersListed, FolderReady,
                                 MessagesListed, ContentBytes, MessageEnd, MessagesGone, CommandFailed,
                                 IdleBegun, IdleEnded, MessagesArrived, Finished, Failed>;
using ClientEvents = std::vector<ClientEvent>;

class ClientSession {
 public:
  class Core;  // the inside, for the files of the session only

  explicit ClientSession(std::shared_ptr<const ClientSettings> settings);
  ~ClientSession();
  ClientSession(ClientSession&&) noexcept;
  ClientSession& operator=(ClientSession&&) noexcept;

  ClientEvents connected();
  ClientEvents receive(std::string_view bytes);
  ClientEvents tls_started();

  // After Ready, one at a time; each is answered by its event or by CommandFailed.

  /// `pattern`: as LIST takes it, with "*".
  ClientEvents list(std::string_view pattern);
  ClientEvents open(std::string_view folder, bool read_only);
  ClientEvents list_messages();
  enum class Part : std::uint8_t { header, whole };
  ClientEvents fetch(std::uint32_t uid, Part part);
  /// Marks and expunges these, and no others: without UIDPLUS it fails when others are marked, too.
  ClientEvents erase(std::vector<std::uint32_t> uids);
  /// Makes the folder `to` when it is missing.
  ClientEvents move(std::vector<std::uint32_t> uids, std::string_view to);
  ClientEvents idle();
  ClientEvents end_idle();
  ClientEvents logout();

  ClientEvents connection_lost(Error error);
  ClientEvents timed_out();

  bool tls() const;
  bool is_free() const;  // ready, and nothing under way

 private:
  std::unique_ptr<Core> core_;
};

}  // namespace stagecoach::imap
