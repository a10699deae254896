// What an IMAP server says, as a client reads it (RFC 3501 section 7). The texts are replies without their
// last CR LF; literals stand in them as "{5}CRLF" and the bytes. Nothing: the reply cannot be read.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "protocols/sasl/mechanism.h"

namespace stagecoach::imap {

struct Capabilities {
  bool starttls = false, login_disabled = false, sasl_ir = false, literal_plus = false;
  bool uidplus = false, move = false, idle = false;
  std::vector<sasl::Mechanism> auth;

  bool offers(sasl::Mechanism mechanism) const;
};
/// "IMAP4rev1 STARTTLS AUTH=PLAIN"
Capabilities parse_capabilities(std::string_view words);

/// OK, NO, BAD, BYE or PREAUTH with its response code: "OK [UIDVALIDITY 7] fine" is OK, "UIDVALIDITY", "7".
struct StatusReply {
  std::string_view status;
  std::string_view code, argument;  // both empty: none
};
std::optional<StatusReply> parse_status(std::string_view text);

/// A folder of the remote server.
struct RemoteFolder {
  std::string wire;  // its name as the server says it
  std::string name;  // UTF-8
  bool selectable = true;
};
/// What follows "LIST ".
std::optional<RemoteFolder> parse_folder(std::string_view text);

struct FetchReply {
  std::uint32_t uid = 0;  // 0: not given
  std::int64_t size_bytes = 0;
  bool deleted = false;                // \Deleted
  std::optional<std::string> content;  // of BODY[…]; NIL is nothing
};
/// What follows "3 FETCH ".
std::optional<FetchReply> parse_fetch(std::string_view text);

/// The size in a literal's "{5}" or "{5+}" at the end of a line, and where it begins.
struct LiteralMark {
  std::size_t begin = 0;
  std::uint64_t size_bytes = 0;
};
std::optional<LiteralMark> literal_mark(std::string_view line);

}  // namespace stagecoach::imap
