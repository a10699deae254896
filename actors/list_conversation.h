// One message to a list server: its commands are carried out one after the other, their answers come in one
// message.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "actors/lists.h"
#include "actors/messages.h"
#include "routing/list_server.h"
#include "storage/list_work_repository.h"

namespace stagecoach {

/// 32 hexadecimal digits that nobody guesses.
std::string new_token();

/// The change of members that an answer of the list server asks for.
ChangeDirectory membership_change(const routing::ListAnswer& answer);
/// What `server` sends when it is done: the list's text to the member, a notice to the moderators, as far as
/// the answer asks for them.
std::vector<Arrival> membership_mail(Node& node, const routing::Directory& directory,
                                     const std::string& server, const routing::ListAnswer& answer);

/// What the lists actor does for a conversation.
struct ListHands {
  std::function<void(const std::string&)> failed;    // tries the whole work again later
  std::function<void(std::vector<Arrival>)> finish;  // sends these, then the work is done
};

/// Carries out the commands of `message`, in the context of `self`.
void run_list_commands(ListsActor::base* self, Node& node, DirectoryPtr directory,
                       const storage::StoredListWork& work, std::string_view message, ListHands hands);

}  // namespace stagecoach
