// The messages that lists send: posts to members, answers and questions of the list server, digests.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "actors/node.h"
#include "routing/directory.h"
#include "routing/model/mail_list.h"

namespace stagecoach {

/// A post for some members, with the list's changes. `member` not empty: an individual copy with that address
/// in To. The envelope's recipients are the members as the list names them.
Arrival post_arrival(Node& node, const routing::Directory& directory, const MailList& list,
                     std::string_view message, const std::vector<std::string>& members, bool individual,
                     const std::string& reverse_path);

/// Text of the list server to one or several addresses. `attached`: a whole message below the text.
Arrival list_server_arrival(Node& node, const std::string& server, const std::vector<std::string>& to,
                            const std::string& subject, const std::string& text,
                            std::string_view attached = {});

/// One message with all of `messages` as multipart/digest, addressed to the digest list itself.
Arrival digest_arrival(Node& node, const routing::Directory& directory, const MailList& main,
                       const MailList& digest, const std::vector<std::string>& messages);

/// A message of somebody else, sent on as it is.
Arrival passed_on_arrival(Node& node, const std::string& service, const std::vector<std::string>& to,
                          std::string_view message);

}  // namespace stagecoach
