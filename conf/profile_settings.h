// Declarations of the settings of a user (routing/model/profile.h): [[user]] and its tables, and the text
// that the database keeps of him. docs/reference/users.md explains them.
#pragma once

#include "conf/rule_settings.h"
#include "conf/setting.h"
#include "conf/text_faults.h"
#include "routing/model/profile.h"

namespace stagecoach::conf {

/// What the owner may do with folders that he makes.
inline std::string folder_rights_fault(std::string_view text) {
  return text == k_full_folder_rights || text == k_fixed_folder_rights ? std::string()
                                                                       : "is neither \"full\" nor \"fixed\"";
}

/// Addresses that mail is passed on to.
inline constexpr Separated k_targets{";", target_fault, true};
/// Addresses and wildcards that are compared.
inline constexpr Separated k_address_patterns{";\n", address_pattern_fault};
inline constexpr std::int64_t k_kb_max = std::int64_t{1} << 31;

template <>
struct SettingsOf<TimeWindow> {
  static constexpr auto settings() {
    using S = TimeWindow;
    return std::tuple{
        Setting{"from", &S::from, Checked{window_end_fault},
                "\"HH:MM\", \"YYYYMMDD\" or \"YYYYMMDD HH:MM\" in the server's local time. Empty: no limit."},
        Setting{"to", &S::to, Checked{window_end_fault},
                "The other end, included. Dates and times of day are tested separately."},
    };
  }
};

inline constexpr Choice<CopyMode> k_copy_modes[] = {{"copy", CopyMode::copy},
                                                    {"redirect", CopyMode::redirect}};

template <>
struct SettingsOf<SizeRouting> {
  static constexpr auto settings() {
    using S = SizeRouting;
    return std::tuple{
        Setting{"kb", &S::kb, Range{std::int64_t{0}, k_kb_max}, "Size of the message in kB. 0: inactive."},
        Setting{"action", &S::action, Choices{k_copy_modes},
                "copy: the user gets it too; redirect: he does not."},
        Setting{"targets", &S::targets, k_targets, "Who gets it. None: inactive."},
    };
  }
};

template <>
struct SettingsOf<UserRouting> {
  static constexpr auto settings() {
    using S = UserRouting;
    return std::tuple{
        Setting{"assistants", &S::assistants, k_targets, "Who gets a copy of each message for the user."},
        Setting{"redirect_to_assistant", &S::redirect_to_assistant,
                "The assistants get the message instead of the user; not together with forward_to."},
        Setting{"forward_to", &S::forward_to, k_targets, "Who gets the messages instead of the user."},
        Setting{"use_forwarding", &S::use_forwarding, "Off: forward_to is kept, but ignored."},
        Setting{"no_forward_if_quarantined", &S::no_forward_if_quarantined,
                "A message that belongs into the user's quarantine goes to no forward and no assistant."},
        Setting{"copy_sent_to", &S::copy_sent_to, k_targets,
                "Who gets a copy of each message that the user sends after logging in."},
        Setting{"assistant_window", &S::assistant_window, "When assistants count."},
        Setting{"forward_window", &S::forward_window, "When forwards count."},
        Setting{"size_ge", &S::size_ge, "Messages of at least this size."},
        Setting{"size_le", &S::size_le, "Messages of at most this size."},
    };
  }
};

template <>
struct SettingsOf<UserPermissions> {
  static constexpr auto settings() {
    using S = UserPermissions;
    return std::tuple{
        Setting{"protocols.pop3", &S::pop3, Anything{}, "May log in by POP3.", "pop3"},
        Setting{"protocols.imap4", &S::imap4, Anything{}, "May log in by IMAP.", "imap4"},
        Setting{"protocols.smtp", &S::smtp, Anything{}, "May log in by SMTP and submission.", "smtp"},
        Setting{"protocols.webmail", &S::webmail, Anything{}, "May log in to web pages.", "webmail"},
        Setting{"protocols.password", &S::password, Anything{}, "May use the password service."},
        Setting{"protocols.ldap", &S::ldap, Anything{}, "May log in by LDAP.", "ldap"},
        Setting{"max_outgoing_kb", &S::max_outgoing_kb, Range{std::int64_t{0}, k_kb_max},
                "Largest outgoing message of the user, in kB. 0: no limit."},
        Setting{"in_everyone", &S::in_everyone, "Belongs to the group Everyone."},
        Setting{"send_internet", &S::send_internet, "Off: may send only to local users."},
        Setting{"target_whitelist", &S::target_whitelist, k_address_patterns,
                "Remote recipients that the user may write to."},
        Setting{"target_blacklist", &S::target_blacklist, k_address_patterns,
                "Remote recipients that he may not write to."},
        Setting{"receive_internet", &S::receive_internet,
                "Off: external senders get the same answer as for an unknown user."},
        Setting{"sender_whitelist", &S::sender_whitelist, k_address_patterns,
                "External senders that may write to the user."},
        Setting{"sender_blacklist", &S::sender_blacklist, k_address_patterns, "Those that may not."},
        Setting{"monitor", &S::monitor, "His messages are monitored where [monitor] says selected."},
        Setting{"allow_bcc", &S::allow_bcc,
                "Off: a message with recipients that stand neither in To nor in Cc is refused."},
        Setting{
            "default_folder_rights", &S::default_folder_rights, Checked{folder_rights_fault},
            "Rights of the owner on IMAP folders that he makes: \"full\", or \"fixed\", with which he can "
            "neither rename nor move nor delete them."},
        Setting{"status.connection", &S::status_connection, Anything{},
                "Sees whether the server sends, collects or idles.", "status_connection"},
        Setting{"status.total_queue", &S::status_total_queue, Anything{},
                "Sees the number of messages in all Inboxes.", "status_total_queue"},
        Setting{"status.user_queue", &S::status_user_queue, Anything{},
                "Sees the number of messages in each Inbox.", "status_user_queue"},
        Setting{"status.activity_log", &S::status_activity_log, Anything{},
                "Sees the activity of the server.", "status_activity_log"},
        Setting{"status.connect", &S::status_connect, Anything{}, "May start and stop connections.",
                "status_connect"},
        Setting{"status.shutdown", &S::status_shutdown, Anything{}, "May stop the server.",
                "status_shutdown"},
        Setting{"status.im_receive", &S::status_im_receive, Anything{}, "Gets instant messages.",
                "status_im_receive"},
        Setting{"status.im_send", &S::status_im_send, Anything{}, "May send instant messages.",
                "status_im_send"},
    };
  }
};

template <>
struct SettingsOf<SignatureText> {
  static constexpr auto settings() {
    using S = SignatureText;
    return std::tuple{
        Setting{"plain", &S::plain, Anything{}, "Text; \"<blank>\" is one that exists and is empty."},
        Setting{"html", &S::html, Anything{}, "The same as HTML. Only one of both: the other is made of it."},
        Setting{"disabled", &S::disabled, "No signature at all, not even the global one."},
    };
  }
};

template <>
struct SettingsOf<UserSignatures> {
  static constexpr auto settings() {
    using S = UserSignatures;
    return std::tuple{
        Setting{"outgoing", &S::outgoing, "Below messages to remote recipients."},
        Setting{"internal", &S::internal, "Below messages to local recipients."},
    };
  }
};

template <>
struct SettingsOf<SendQuota> {
  static constexpr auto settings() {
    using S = SendQuota;
    constexpr Range k_count{std::int64_t{0}, std::int64_t{1} << 40};
    return std::tuple{
        Setting{"period_hours", &S::period_hours, Range{1, 8784}, "Hours back that count."},
        Setting{"messages", &S::messages, k_count, "Messages. 0: no limit, here and below."},
        Setting{"recipients", &S::recipients, k_count, "Recipients of all messages."},
        Setting{"size_kb", &S::size_kb, k_count, "kB of all messages."},
        Setting{"size_recipients_kb", &S::size_recipients_kb, k_count, "kB times recipients."},
        Setting{"remote_messages", &S::remote_messages, k_count, "Messages with remote recipients."},
        Setting{"remote_recipients", &S::remote_recipients, k_count, "Remote recipients."},
        Setting{"remote_size_kb", &S::remote_size_kb, k_count, "kB of messages with remote recipients."},
        Setting{"remote_size_recipients_kb", &S::remote_size_recipients_kb, k_count,
                "kB times remote recipients."},
    };
  }
};

template <>
struct SettingsOf<UserAdvanced> {
  static constexpr auto settings() {
    using S = UserAdvanced;
    return std::tuple{
        Setting{"reply_address", &S::reply_address, Checked{address_fault},
                "From, and Reply-To if there is one, of outgoing mail become this address."},
        Setting{"external_username", &S::external_username, Checked{one_line_fault},
                "Name for password checks by another system. Empty: the user's name."},
        Setting{
            "quarantine_threshold", &S::quarantine_threshold, Checked{threshold_fault, normal_threshold},
            "Spam score from which a message is quarantined: \"global\" (or 0), \"disabled\" (or -1) or a "
            "number."},
        Setting{"quarantine_report_to", &S::quarantine_report_to, Checked{address_fault},
                "Who gets the daily report on the user's quarantine. Empty: as set globally."},
        Setting{"store_forward.address", &S::store_forward_address, Checked{address_fault},
                "Recipient on another server that each message is also sent to. Empty: off.",
                "store_forward_address"},
        Setting{"store_forward.server", &S::store_forward_server, Masked{},
                "That server: \"[user:password@]host[:port]\".", "store_forward_server"},
        Setting{"outgoing_priority", &S::outgoing_priority, Range{0, 1000},
                "Order in the queue: smaller is sent earlier."},
        Setting{"outgoing_hold", &S::outgoing_hold_minutes, Minutes{-1, 525600, "global"},
                "How long outgoing messages are held. \"global\": as in [misc].", "outgoing_hold_minutes"},
        Setting{"outgoing_delete_after", &S::outgoing_delete_after_minutes, Minutes{-1, 5256000, "global"},
                "After how long an unsent message is returned; 0: never. \"global\": as in [misc].",
                "outgoing_delete_after_minutes"},
        Setting{"sender_addresses", &S::sender_addresses, k_address_patterns,
                "Further addresses that the user may use as sender."},
    };
  }
};

inline constexpr Choice<ReadState> k_read_states[] = {
    {"either", ReadState::either}, {"read", ReadState::read}, {"unread", ReadState::unread}};
inline constexpr Choice<FlagState> k_flag_states[] = {
    {"either", FlagState::either}, {"flagged", FlagState::flagged}, {"unflagged", FlagState::unflagged}};

template <>
struct SettingsOf<PruneRule> {
  static constexpr auto settings() {
    using S = PruneRule;
    return std::tuple{
        Setting{"folder", &S::folder, Checked{one_line_fault}, "Name of a folder; *: all."},
        Setting{"age", &S::age_days, Range{0, 36500}, "Only messages older than so many days.", "age_days"},
        Setting{"size", &S::larger_than_kb, Range{std::int64_t{0}, k_kb_max},
                "Only messages larger than so many kB. 0: any.", "larger_than_kb"},
        Setting{"read", &S::read, Choices{k_read_states}, "Only messages in this state."},
        Setting{"flagged", &S::flagged, Choices{k_flag_states}, "Only messages in this state."},
        Setting{"deleted_only", &S::deleted_only, "Only messages that a client has marked deleted."},
        Setting{"spam_only", &S::spam_only, "Only messages that were recognised as spam."},
    };
  }
};

template <>
struct SettingsOf<UserPrune> {
  static constexpr auto settings() {
    using S = UserPrune;
    return std::tuple{
        Setting{"use_global", &S::use_global, "On: the rules of [prune] count; off: only the user's own."},
        Setting{"rules", &S::rules, "A message is deleted when all conditions of one rule hold."},
    };
  }
};

template <>
struct SettingsOf<WebmailProfile> {
  static constexpr auto settings() {
    using S = WebmailProfile;
    return std::tuple{
        Setting{"real_name", &S::real_name, Checked{one_line_fault}, "Name of the sender."},
        Setting{"email_addresses", &S::email_addresses, Separated{"\n;", mailbox_fault},
                "Addresses to choose the sender from. None: the user's main address."},
        Setting{"move_to", &S::move_to, Checked{one_line_fault},
                "User, group or distribution list whose members messages may be moved to."},
        Setting{"move_direct", &S::move_direct, "Moves go straight into the mailbox, without routing."},
        Setting{"may_change_autoresponder", &S::may_change_autoresponder, "May change his autoresponder."},
        Setting{"may_change_forwards", &S::may_change_forwards, "May change forwards and assistants."},
        Setting{
            "allowed_forward_targets", &S::allowed_forward_targets, Checked{pattern_fault},
            "Which targets he may enter: an address, a wildcard or \"/regular expression/\". Empty: any."},
        Setting{"disable_links", &S::disable_links, "Links in messages do not work."},
        Setting{"view_images", &S::view_images, "Images are shown."},
        Setting{"rename_special_folders", &S::rename_special_folders, "May choose the special folders."},
        Setting{"change_real_name", &S::change_real_name, "May change real_name."},
        Setting{"change_release_actions", &S::change_release_actions,
                "May change the release settings for each message."},
        Setting{"release_whitelist", &S::release_whitelist, "A release adds the sender to the whitelist."},
        Setting{"release_train_bayes", &S::release_train_bayes, "A release trains the Bayesian filter."},
        Setting{"release_report", &S::release_report, "A release reports the false positive."},
        Setting{"create_calendars", &S::create_calendars, "May create calendars."},
        Setting{"share_calendars", &S::share_calendars, "May share calendars."},
        Setting{"see_global_addressbook", &S::see_global_addressbook, "Sees the global address book."},
        Setting{"access_archive", &S::access_archive, "May search the archive for his own messages."},
    };
  }
};

template <>
struct SettingsOf<Profile> {
  static constexpr auto settings() {
    using S = Profile;
    return std::tuple{
        Setting{"full_name", &S::full_name, Checked{one_line_fault}, "Name of the person."},
        Setting{"comments", &S::comments, Checked{comment_fault}, "Free text of at most 80 characters.",
                "comment"},
        Setting{"primary_group", &S::primary_group, Checked{name_fault},
                "The group whose settings count for the user. Empty: none."},
        Setting{"secondary_groups", &S::secondary_groups, Separated{"; ,", name_fault},
                "Further groups, for permissions only."},
        Setting{"aliases", &S::aliases, Separated{";", one_line_fault},
                "Further addresses, in the forms of a mapping's address. Each works like a mapping to this "
                "user."},
        Setting{"administrator", &S::administrator, "May administer the server."},
        Setting{"enabled", &S::enabled, Anything{},
                "Off: the user cannot log in; mail is still accepted and stored.", "access_allowed"},
        Setting{"expires_on", &S::expires_on, Checked{date_fault, normal_date},
                "Last day, \"2026-12-31\"; then the account is as if it were not enabled. Empty: never."},
        Setting{"separate_web_password", &S::separate_web_password, "Web pages take web_password."},
        Setting{"may_change_main_password", &S::may_change_main_password, Anything{},
                "May change his main password although he logged in with web_password.",
                "user_may_change_main_password"},
        Setting{"password_reset_email", &S::password_reset_email, Checked{address_fault},
                "Where a password reset goes. Empty: the user's mailbox."},
        Setting{"quota", &S::quota_bytes, Bytes{0, std::int64_t{1} << 50},
                "Size of the mailbox above which the user is warned. 0: no limit.", "quota_bytes"},
        Setting{"routing", &S::routing, "Where his mail goes besides or instead of the mailbox."},
        Setting{"permissions", &S::permissions, Flat{}, "What he may do."},
        Setting{"signature", &S::signature, "His signatures; they need a login."},
        Setting{"send_quota", &S::send_quota, "How much he may send."},
        Setting{"advanced", &S::advanced, "Further settings."},
        Setting{"prune", &S::prune, "Automatic deletion of old messages."},
        Setting{"webmail", &S::webmail, "Settings of web pages."},
        Setting{"autoresponder", &S::autoresponder, "Automatic answers."},
        Setting{"message_rules", &S::message_rules,
                "What is done with messages on arrival, one rule after the other."},
        Setting{"address_book", &S::address_book, Anything{},
                "Attributes of inetOrgPerson: cn, sn, mail, title, ou, o, l, mobile …"},
        Setting{"finger.plan", &S::finger_plan, Anything{}, "Text of the Finger service.", "finger_plan"},
        Setting{"finger.info", &S::finger_info, Anything{}, "Text of the Finger service.", "finger_info"},
        Setting{"custom", &S::custom, Anything{}, "Values that scripts read; any keys."},
    };
  }
};

}  // namespace stagecoach::conf
