// Who may post to a list, and who moderates it (docs/reference/lists.md).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "routing/directory.h"

namespace stagecoach::routing {

/// Who sends, as far as it is known. Members who are users count by their name, others by their address.
struct Poster {
  std::string address;  // reverse-path
  std::string user;     // who logged in; empty: a stranger
};

struct PostingVerdict {
  enum class Kind : std::uint8_t { allowed, moderated, refused };
  Kind kind = Kind::allowed;
  std::string text;  // of the reason; when refused also of the reply
};

/// Banned senders neither post nor join.
bool is_banned(const MailList& list, const std::string& address);

PostingVerdict may_post(const MailList& list, const Poster& poster, const Directory& directory);

/// Whether an address, or the user of that name, is a member; members of lists within the list count.
bool is_member(const MailList& list, const Poster& poster, const Directory& directory);
/// The same for one entry: "kate", "kate@example.com" (a local address of the user counts as his name).
bool is_same_person(std::string_view entry, const Poster& poster, const Directory& directory);

/// Users and addresses that moderate the list: the moderator, every member of the distribution list of that
/// name, else the message target MailingListDefaultModerator.
std::vector<std::string> moderators_of(const MailList& list, const Directory& directory);
/// The same, each with a domain.
std::vector<std::string> moderator_addresses(const MailList& list, const Directory& directory);
bool is_moderator(const MailList& list, const Poster& poster, const Directory& directory);

/// The user who gets the server's messages of one kind; nullptr: nobody shall.
const User* message_target(const Directory& directory, std::string_view key);

/// "office@example.com"
std::string list_address(const MailList& list, const Directory& directory);
/// Where its bounces go: return_address, else "<list>_owner@<default domain>".
std::string list_return_path(const MailList& list, const Directory& directory);
/// Where its commands go: list_server, else "listserver@<default domain>".
std::string list_server_address(const MailList& list, const Directory& directory);

}  // namespace stagecoach::routing
