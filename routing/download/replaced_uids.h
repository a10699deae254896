// Which remembered UIDs stand for other messages now. A UID should never be given again (RFC 1939, section
// 7), but some servers do, and some give the place of a message in the mailbox, so that it moves up when one
// before it goes. Whoever trusts them never fetches the message that has come there, and deletes it later.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace stagecoach::routing {

struct SizedUid {
  std::string_view uid;         // empty: the server gives none
  std::int64_t size_bytes = 0;  // as the server says; 0: not known
};

/// `listed` is the whole mailbox in its order. A UID with another size than before is another message; one
/// that is listed twice with different sizes says nothing. When all UIDs are places, and the mailbox does not
/// begin with what is known of it, no known one is trusted. Two messages of the same size at one UID of
/// another kind cannot be told apart. The answer is in the order of `known`.
std::vector<std::string> replaced_uids(const std::vector<SizedUid>& known,
                                       const std::vector<SizedUid>& listed);

}  // namespace stagecoach::routing
