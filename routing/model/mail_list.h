// Lists and groups: addresses that stand for several recipients (specification 02).
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "routing/model/ids.h"
#include "routing/model/provenance.h"

namespace stagecoach {

enum class ListType : std::uint8_t { distribution, mailing, forwarding, external_db };
enum class PostingPolicy : std::uint8_t { anyone, members, moderators };

using Members = std::vector<std::string>;

/// A list of any type; which settings count depends on the type.
struct MailList {
  ListId id;  // given by storage; also declared lists have one
  std::string name;
  std::string comment;
  ListType type = ListType::distribution;
  bool allow_incoming = false;  // external senders may write to it
  /// Users, addresses, lists, "SMTP:…" targets. Of `forwarding` exactly one; of `external_db` none.
  std::shared_ptr<const Members> members = std::make_shared<const Members>();

  // posting
  PostingPolicy posting = PostingPolicy::anyone;
  bool moderated = false;           // moderators approve each message of others
  std::vector<std::string> banned;  // wildcards or /regex/ of senders

  // signature and headers
  std::string signature;
  std::vector<std::string> header_modifiers{
      "Sender:%m",          "Reply-To:%m", "From:%n <%l>",   "Disposition-Notification-To:",
      "Return-Receipt-To:", "Received:",   "Precedence:bulk"};

  // subscriptions
  bool allow_subscribe = false;
  bool one_click = true;  // offers a link to leave in each copy (RFC 8058)
  bool inform_moderators = false;
  bool inform_moderators_unsubscribe = false;
  bool verify_subscriptions = true;
  bool confidential = false;
  std::string list_server = "*";  // "*": listserver@<local domain>; else an address
  bool custom_welcome = false;
  std::string welcome_text;
  bool welcome_on_moderator_add = false;
  bool custom_unsubscribe = false;
  std::string unsubscribe_text;

  // other
  bool remote_administration = false;
  bool allow_users_command = false;
  bool slow_posting = false;
  std::string moderator;             // a user or a distribution list
  std::string return_address;        // envelope sender; empty: <list>_owner@<default domain>
  std::int64_t spam_threshold = -1;  // -1: no filtering
  std::vector<std::string> spam_redirect;
  std::int64_t bounces_max = 5;  // a member with more bounces in a row is suspended; 0: never

  // digest and archive
  std::string digest_of;  // another mailing list
  bool archive = false;
  std::int64_t digest_every_days = 1;
  std::int64_t archive_keep_days = 1;

  // external database
  std::string source_database, source_conninfo;  // a [[database]] by its name, or one of the list's own
  std::string source_query;

  Provenance where;
  bool operator==(const MailList&) const = default;
};

/// An administrative set of users. Three-state settings: set, unset, or nothing (members keep their own).
struct Group {
  GroupId id;
  std::string name;
  bool enabled = true;  // false: its users have no access
  bool force = false;   // its settings hold for all members; else only new members start with them
  std::optional<bool> in_everyone, send_internet, receive_internet, monitor, administrator;
  std::int64_t max_outgoing_kb = 0;
  std::string reply_address;  // "*@example.com": the user's name before the domain
  std::string comments;
  Provenance where;
  bool operator==(const Group&) const = default;
};

}  // namespace stagecoach
