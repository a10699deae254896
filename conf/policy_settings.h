// Declarations of what holds for all users (routing/model/policy.h): [autoresponder], [signature.*],
// [monitor], [permissions], [quota], [[domain_mapping]], [prune], [misc], [message_targets], [messages].
#pragma once

#include "conf/header_settings.h"
#include "conf/profile_settings.h"
#include "routing/model/policy.h"

namespace stagecoach::conf {

template <>
struct SettingsOf<AutoresponderPolicy> {
  static constexpr auto settings() {
    using S = AutoresponderPolicy;
    return std::tuple{
        Setting{"subject_prefix", &S::subject_prefix, Checked{one_line_fault},
                "Before the subject of responses whose definition leaves it open."},
        Setting{"rfc3834", &S::rfc3834,
                "Responses go to the Return-Path and carry Auto-Submitted, References and In-Reply-To."},
        Setting{"return_path", &S::return_path, Checked{address_fault},
                "Envelope sender of responses. Empty: the null path."},
        Setting{"precedence", &S::precedence, Checked{one_line_fault},
                "Value of their Precedence field. Empty: no such field."},
        Setting{"header_filters", &S::header_filters, Separated{"\n", header_condition_fault},
                "\"Field: wildcard\": a message that matches one gets no response."},
        Setting{"reply_filters", &S::reply_filters, Separated{"\n", one_line_fault},
                "Wildcards of addresses that get responses, with ! in front those that get none. The first "
                "match decides; without one all others are answered, unless a line without ! exists."},
    };
  }
};

template <>
struct SettingsOf<GlobalSignature> {
  static constexpr auto settings() {
    using S = GlobalSignature;
    return std::tuple{
        Setting{"default_plain", &S::default_plain, Anything{},
                "For senders who did not log in, or when nothing else exists."},
        Setting{"default_html", &S::default_html, Anything{}, "The same as HTML."},
        Setting{"auth_plain", &S::auth_plain, Anything{},
                "For senders who logged in. [cn] stands for an attribute of their address book entry."},
        Setting{"auth_html", &S::auth_html, Anything{}, "The same as HTML."},
    };
  }
};

inline constexpr Choice<MonitorMode> k_monitor_modes[] = {
    {"none", MonitorMode::none}, {"selected", MonitorMode::selected}, {"all", MonitorMode::all}};

template <>
struct SettingsOf<MonitorPolicy> {
  static constexpr auto settings() {
    using S = MonitorPolicy;
    return std::tuple{
        Setting{"incoming", &S::incoming, Choices{k_monitor_modes},
                "Mail of external senders; selected: of users with permissions.monitor."},
        Setting{"outgoing", &S::outgoing, Choices{k_monitor_modes}, "Mail to remote recipients."},
        Setting{"internal", &S::internal, Choices{k_monitor_modes}, "Mail between local users."},
        Setting{"min_size_kb", &S::min_size_kb, Range{std::int64_t{0}, k_kb_max},
                "Only messages larger than this. 0: all."},
        Setting{"target", &S::target, Checked{one_line_fault}, "User or list that gets the copies."},
        Setting{"random_percent", &S::random_percent, Range{0, 100},
                "Share of the same messages that goes to random_target."},
        Setting{"random_target", &S::random_target, Checked{one_line_fault}, "User or list."},
        Setting{"bcc_target", &S::bcc_target, Checked{one_line_fault},
                "User or list that gets every message of a user with a BCC. Empty: nobody."},
        Setting{"subject_prefix_incoming", &S::subject_prefix_incoming, Checked{one_line_fault},
                "Before the subject of copies of incoming mail."},
        Setting{"subject_prefix_outgoing", &S::subject_prefix_outgoing, Checked{one_line_fault},
                "Of outgoing mail."},
        Setting{"subject_prefix_internal", &S::subject_prefix_internal, Checked{one_line_fault},
                "Of internal mail."},
    };
  }
};

template <>
struct SettingsOf<GlobalPermissions> {
  static constexpr auto settings() {
    using S = GlobalPermissions;
    return std::tuple{
        Setting{"target_whitelist", &S::target_whitelist, k_address_patterns,
                "Remote recipients that all users may write to."},
        Setting{"target_blacklist", &S::target_blacklist, k_address_patterns, "Those that nobody may."},
        Setting{"sender_whitelist", &S::sender_whitelist, k_address_patterns,
                "External senders that may write to all users."},
        Setting{"sender_blacklist", &S::sender_blacklist, k_address_patterns, "Those that may not."},
    };
  }
};

template <>
struct SettingsOf<QuotaPolicy> {
  static constexpr auto settings() {
    using S = QuotaPolicy;
    constexpr Range k_percent{0, 10000};
    return std::tuple{
        Setting{"stage1_percent", &S::stage1_percent, k_percent,
                "A mailbox that grows above it causes the first warning."},
        Setting{"stage1_user", &S::stage1_user, "Warns the user."},
        Setting{"stage1_admin", &S::stage1_admin, "Warns the message target MailboxQuota."},
        Setting{"stage2_percent", &S::stage2_percent, k_percent, "The second warning."},
        Setting{"stage2_user", &S::stage2_user, "Warns the user."},
        Setting{"stage2_admin", &S::stage2_admin, "Warns the message target."},
        Setting{"stage3_percent", &S::stage3_percent, k_percent, "The third warning."},
        Setting{"stage3_user", &S::stage3_user, "Warns the user."},
        Setting{"stage3_admin", &S::stage3_admin, "Warns the message target."},
        Setting{"block_send_percent", &S::block_send_percent, k_percent,
                "Above it the user cannot send. 0: never."},
        Setting{"daily_user_percent", &S::daily_user_percent, k_percent,
                "Above it the user is warned each day. 0: never."},
        Setting{"daily_admin_percent", &S::daily_admin_percent, k_percent,
                "Above it the message target is warned each day. 0: never."},
        Setting{"send_extra_percent", &S::send_extra_percent, k_percent,
                "What may be sent above a sending quota before sending is blocked."},
    };
  }
};

template <>
struct SettingsOf<DomainMapping> {
  static constexpr auto settings() {
    using S = DomainMapping;
    return std::tuple{
        Setting{"from", &S::from, Required{}, "Internal domain in headers of outgoing mail.", "from_domain"},
        Setting{"to", &S::to, Required{}, "Public domain that takes its place.", "to_domain"},
    };
  }
};

template <>
struct SettingsOf<GlobalPrune> {
  static constexpr auto settings() {
    using S = GlobalPrune;
    return std::tuple{
        Setting{"rules", &S::rules, "For all users with prune.use_global."},
        Setting{"recycle_bin_hours", &S::recycle_bin_hours, Range{0, 8784},
                "Hours within which deleted messages can be restored. 0: they are gone at once."},
    };
  }
};

template <>
struct SettingsOf<OutgoingPolicy> {
  static constexpr auto settings() {
    using S = OutgoingPolicy;
    return std::tuple{
        Setting{"hold_outgoing", &S::hold_minutes, Minutes{0, 525600},
                "How long new outgoing messages are held in the queue. 0: not at all."},
        Setting{"delete_outgoing", &S::delete_after_minutes, Minutes{0, 5256000},
                "After how long an unsent message is deleted and its sender told. 0: never."},
    };
  }
};

template <>
struct SettingsOf<Policy> {
  static constexpr auto settings() {
    using S = Policy;
    return std::tuple{
        Setting{"autoresponder", &S::autoresponder, "Automatic answers of all users."},
        Setting{"autoresponder_template", &S::autoresponder_templates,
                "Definitions that users can choose from."},
        Setting{"signature.outgoing", &S::outgoing_signature, "Below messages to remote recipients."},
        Setting{"signature.internal", &S::internal_signature, "Below messages to local recipients."},
        Setting{"monitor", &S::monitor, "Copies of passing messages for a supervisor."},
        Setting{"permissions", &S::permissions, "White and black lists besides those of the users."},
        Setting{"quota", &S::quota, "What happens near and above the quotas of users."},
        Setting{"domain_mapping", &S::domain_mappings, "Domains rewritten in headers of outgoing mail."},
        Setting{"header_modifiers.lines", &S::header_modifiers, Separated{"\n", header_modifier_fault},
                "\"Field: data\" sets a header field of outgoing mail, \"Field:\" removes it. %O: address of "
                "the sender, %N: his name, %%: a percent sign."},
        Setting{"urgent", &S::urgent, "Messages that make a connection run at once."},
        Setting{"receipts", &S::receipts, "Receipts that senders ask for by a header field."},
        Setting{"prune", &S::prune, "Automatic deletion of old messages."},
        Setting{"misc", &S::outgoing, "Outgoing messages of all users."},
        Setting{"message_targets", &S::message_targets, Anything{},
                "Who gets the server's messages of one kind: \"main_administrator\", \"none\" or a user."},
        Setting{"messages.welcome_message", &S::welcome_message, Anything{},
                "Text for new users, with {username}, {password} and a line <Subject: ...>. Empty: none.",
                "welcome_message"},
    };
  }
};

}  // namespace stagecoach::conf
