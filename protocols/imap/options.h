// What the owner of an IMAP session settles before it starts: limits and what is offered.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

namespace stagecoach::imap {

struct Limits {
  std::size_t command_bytes_max = 64 * 1024;     // text of one command, literals not counted
  std::size_t literals_bytes_max = 64 * 1024;    // all literals of one command, APPEND's message not counted
  std::size_t literals_before_login_max = 4096;  // the same before authentication
  std::size_t waiting_bytes_max = 512 * 1024;  // input kept while an answer is pending; more ends the session
  std::uint64_t message_bytes_max = 50'000'000;  // of an APPEND (APPENDLIMIT)
  int failed_logins_max = 3;                     // then BYE
  int bad_commands_max = 20;                     // in a row, then BYE
  std::size_t search_depth_max = 100;            // nested keys
  std::size_t search_keys_max = 1000;
  std::size_t batch_messages_max = 64;            // messages of one LoadMessages
  std::size_t batch_bytes_max = 512 * 1024;       // expected bytes of one LoadMessages
  std::size_t range_bytes_max = 256 * 1024;       // larger messages are asked for in ranges of this size
  std::size_t searched_part_bytes_max = 1 << 20;  // of a part of a large message; SEARCH reads no further
};

struct Options {
  std::string product = "Stagecoach";
  std::string version;       // for ID; empty: not told
  bool starttls = false;     // offered while the connection is plain
  bool tls = false;          // the connection is encrypted already
  bool plain_login = true;   // false: LOGINDISABLED until TLS (RFC 3501 section 6.2.3)
  bool require_tls = false;  // no login of any kind and no data before TLS
  bool scram = false;        // offer AUTH=SCRAM-SHA-256; needs the two texts below
  bool idle = true;          // offer IDLE
  std::string server_nonce;  // 18 random bytes in base64, new for each session
  std::string probe_secret;  // makes up SCRAM verifiers of users who do not exist; the same for all sessions
};

}  // namespace stagecoach::imap
