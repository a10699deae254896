// Messages of the server and its administrator to users: quota warnings, the welcome of a new user, a text to
// the members of a group or list. What users' data puts into them is cleaned by the writer of the message.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "actors/node.h"
#include "routing/directory.h"
#include "routing/quota_stages.h"

namespace stagecoach {

struct TextMessage {
  std::string subject, text;
};

/// A plain text from the mailer daemon to one user; `purpose` is its name in the trace.
Arrival user_arrival(Node& node, const routing::Directory& directory, const User& user,
                     const std::string& purpose, const TextMessage& message);

/// Hands it to the router; nobody waits for the result, which is in the trace.
void send_to_user(Node& node, const routing::Directory& directory, const User& user,
                  const std::string& purpose, const TextMessage& message);

/// `to_admin`: for the message target, about this user.
TextMessage quota_warning_text(const User& user, const routing::QuotaWarning& warning, std::int64_t bytes,
                               std::int64_t quota, bool to_admin);

/// The welcome message of this configuration: {username}, {password} and a line "<Subject: …>". Nothing: the
/// text is blank.
std::optional<TextMessage> welcome_message(std::string_view text, std::string_view user,
                                           std::string_view password);

/// Welcomes the users that the change has added with a password in clear.
void welcome_new_users(Node& node, const ChangeDirectory& change, const DirectoryAnswer& answer);

/// What replacements of an administrator's message stand for.
struct RecipientFacts {
  std::string user;
  std::int64_t inbox_messages = 0, mailbox_bytes = 0, quota_bytes = 0;
  const std::map<std::string, std::string>* attributes = nullptr;  // of his address book entry
  std::string full_name, address;
};
/// The text of {lua}…{/lua} for this recipient; nothing: he gets no message. Without scripts it stands as it
/// is.
using TextScript =
    std::function<Result<std::optional<std::string>>(std::string_view script, const RecipientFacts& facts)>;

/// {username}, {messagecount}, {mailboxsize}, {mailboxquota}, {lua}…{/lua}; {ldap_xxx} of his address book
/// entry. Sizes are in kB or MB. Nothing: a script wants no message for this
/// recipient.
Result<std::optional<std::string>> fill_text(std::string_view text, const RecipientFacts& facts,
                                             const TextScript& script = {});

/// The local users of a group or list; members elsewhere are left out. `not_found`: it is neither.
Result<std::vector<const User*>> local_members(const routing::Directory& directory, const std::string& name);

}  // namespace stagecoach
