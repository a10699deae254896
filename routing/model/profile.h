// Everything that is set for one user besides his name and his passwords (specification 02). Groups may force
// some of it; `Directory` holds the profiles as they are in force.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "routing/model/autoresponder.h"
#include "routing/model/message_rule.h"

namespace stagecoach {

/// Protocols that a user may log in with, as bits.
enum ProtocolBit : std::uint8_t {
  protocol_pop3 = 1,
  protocol_imap = 2,
  protocol_smtp = 4,  // and submission
  protocol_webmail = 8,
  protocol_password = 16,
  protocol_ldap = 32,
  protocol_all = 63,
};

/// Each end is empty, "HH:MM", "YYYYMMDD" or "YYYYMMDD HH:MM" in the server's local time; dates and times are
/// tested separately. routing/time_window.h parses it.
struct TimeWindow {
  std::string from, to;
  bool operator==(const TimeWindow&) const = default;
};

enum class CopyMode : std::uint8_t { copy, redirect };

struct SizeRouting {
  std::int64_t kb = 0;  // 0: inactive
  CopyMode action = CopyMode::copy;
  std::vector<std::string> targets;  // none: inactive
  bool operator==(const SizeRouting&) const = default;
};

/// Where a user's mail goes besides or instead of his mailbox. Targets: user, list, address, or
/// "SMTP:address@[user:password@]server[:port]".
struct UserRouting {
  std::vector<std::string> assistants;
  bool redirect_to_assistant = false;
  std::vector<std::string> forward_to;
  bool use_forwarding = true;
  bool no_forward_if_quarantined = true;
  std::vector<std::string> copy_sent_to;
  TimeWindow assistant_window, forward_window;
  SizeRouting size_ge, size_le;
  bool operator==(const UserRouting&) const = default;
};

/// Values of UserPermissions::default_folder_rights.
inline constexpr std::string_view k_full_folder_rights = "full", k_fixed_folder_rights = "fixed";

struct UserPermissions {
  bool pop3 = true, imap4 = true, smtp = true, webmail = true, password = true, ldap = true;
  std::int64_t max_outgoing_kb = 0;  // 0: no limit
  bool in_everyone = true;
  bool send_internet = true;
  std::vector<std::string> target_whitelist, target_blacklist;
  bool receive_internet = true;
  std::vector<std::string> sender_whitelist, sender_blacklist;
  bool monitor = false;
  bool allow_bcc = true;
  std::string default_folder_rights{k_full_folder_rights};
  bool status_connection = false, status_total_queue = false, status_user_queue = false;
  bool status_activity_log = false, status_connect = false, status_shutdown = false;
  bool status_im_receive = false, status_im_send = false;
  bool operator==(const UserPermissions&) const = default;
};

struct SignatureText {
  std::string plain, html;  // "<blank>": exists, but is empty
  bool disabled = false;    // of a user: no signature at all, not even the global one
  bool operator==(const SignatureText&) const = default;
};
struct UserSignatures {
  SignatureText outgoing, internal;
  bool operator==(const UserSignatures&) const = default;
};

/// Limits on what a user sends within `period_hours`; 0: no limit. "remote" counts outgoing mail only.
struct SendQuota {
  std::int64_t period_hours = 24;
  std::int64_t messages = 0, recipients = 0, size_kb = 0, size_recipients_kb = 0;
  std::int64_t remote_messages = 0, remote_recipients = 0, remote_size_kb = 0, remote_size_recipients_kb = 0;
  bool operator==(const SendQuota&) const = default;
};

struct UserAdvanced {
  std::string reply_address;                    // From and Reply-To of outgoing mail become this
  std::string external_username;                // for password checks by another system
  std::string quarantine_threshold = "global";  // "disabled", "global", or a number
  std::string quarantine_report_to;
  std::string store_forward_address, store_forward_server;
  std::int64_t outgoing_priority = 5;
  std::int64_t outgoing_hold_minutes = -1;          // -1: the global default
  std::int64_t outgoing_delete_after_minutes = -1;  // the same
  std::vector<std::string> sender_addresses;        // further addresses that he may use as sender
  bool operator==(const UserAdvanced&) const = default;
};

enum class ReadState : std::uint8_t { either, read, unread };
enum class FlagState : std::uint8_t { either, flagged, unflagged };

struct PruneRule {
  std::string folder = "*";
  std::int64_t age_days = 0;
  std::int64_t larger_than_kb = 0;  // 0: any size
  ReadState read = ReadState::either;
  FlagState flagged = FlagState::either;
  bool deleted_only = true;
  bool spam_only = true;
  bool operator==(const PruneRule&) const = default;
};
struct UserPrune {
  bool use_global = true;
  std::vector<PruneRule> rules;
  bool operator==(const UserPrune&) const = default;
};

struct WebmailProfile {
  std::string real_name;
  std::vector<std::string> email_addresses;
  std::string move_to;
  bool move_direct = false;
  bool may_change_autoresponder = true;
  bool may_change_forwards = true;
  std::string allowed_forward_targets;  // an address, a wildcard or /regex/; empty: any
  bool disable_links = false;
  bool view_images = true;
  bool rename_special_folders = true;
  bool change_real_name = true;
  bool change_release_actions = true;
  bool release_whitelist = true;
  bool release_train_bayes = true;
  bool release_report = false;
  bool create_calendars = true;
  bool share_calendars = true;
  bool see_global_addressbook = true;
  bool access_archive = false;
  bool operator==(const WebmailProfile&) const = default;
};

struct Profile {
  std::string full_name;
  std::string comments;  // at most 80 characters
  std::string primary_group;
  std::vector<std::string> secondary_groups;
  std::vector<std::string> aliases;  // further addresses: "sales", "fred@example.net"
  bool administrator = false;
  bool enabled = true;     // false: no log-in; mail is still stored
  std::string expires_on;  // "2026-12-31": inactive after that day; empty: never
  bool separate_web_password = false;
  bool may_change_main_password = true;
  std::string password_reset_email;
  std::int64_t quota_bytes = 0;  // 0: unlimited
  UserRouting routing;
  UserPermissions permissions;
  UserSignatures signature;
  SendQuota send_quota;
  UserAdvanced advanced;
  UserPrune prune;
  WebmailProfile webmail;
  Autoresponder autoresponder;
  std::vector<MessageRule> message_rules;
  std::map<std::string, std::string> address_book;  // attributes of inetOrgPerson: cn, mail, o, …
  std::string finger_plan, finger_info;
  std::map<std::string, std::string> custom;  // settings without a meaning of their own, for scripts
  bool operator==(const Profile&) const = default;
};

}  // namespace stagecoach
