// Declarations of lists, groups and mappings (routing/model/mail_list.h, directory_entry.h): [lists],
// [[list]],
// [[group]], [[mapping]], and the texts that the database keeps of them. docs/reference/lists.md, groups.md
// and mappings.md explain them.
#pragma once

#include "conf/setting.h"
#include "conf/text_faults.h"
#include "routing/model/directory_entry.h"
#include "routing/model/mail_list.h"

namespace stagecoach::conf {

/// [lists]: what holds for all lists.
struct ListOptions {
  std::string unsubscribe_url;

  static constexpr auto settings() {
    using S = ListOptions;
    return std::tuple{
        Setting{
            "unsubscribe_url", &S::unsubscribe_url, Anything{},
            "Where people reach the service with protocol http from outside, \"https://lists.example.com\": "
            "the links to leave a list begin with it. Empty: there are none."},
    };
  }
  bool operator==(const ListOptions&) const = default;
};

inline constexpr Choice<ListType> k_list_types[] = {{"distribution", ListType::distribution},
                                                    {"mailing", ListType::mailing},
                                                    {"forwarding", ListType::forwarding},
                                                    {"external_db", ListType::external_db}};
inline constexpr Choice<PostingPolicy> k_posting_policies[] = {{"anyone", PostingPolicy::anyone},
                                                               {"members", PostingPolicy::members},
                                                               {"moderators", PostingPolicy::moderators}};

template <>
struct SettingsOf<MailList> {
  static constexpr auto settings() {
    using S = MailList;
    return std::tuple{
        Setting{"name", &S::name, Required{}, "Name and local part, in the form of a user's name."},
        Setting{"comment", &S::comment, Checked{comment_fault}, "Free text, for administrators only.",
                "comments"},
        Setting{"type", &S::type, Choices{k_list_types},
                "distribution: members only; mailing: with all settings below; forwarding: exactly one "
                "member; external_db: members of another database."},
        Setting{"allow_incoming", &S::allow_incoming, "External senders may write to it."},
        Setting{"members", &S::members, Separated{"\n;", target_fault, true},
                "Users, lists, addresses, \"SMTP:address@server\" targets.", "forwarding_address"},
        Setting{"posting", &S::posting, Choices{k_posting_policies}, "Who may post."},
        Setting{"moderated", &S::moderated, "A moderator approves each message of others."},
        Setting{"banned", &S::banned, Separated{"\n", pattern_fault},
                "Addresses that can neither post nor join: wildcards or \"/regular expressions/\"."},
        Setting{"signature", &S::signature, Anything{}, "Plain text below each message."},
        Setting{"header_modifiers", &S::header_modifiers, Separated{"\n", header_modifier_fault},
                "\"Field: data\" sets a header field, \"Field:\" removes it. %O, %N: address and name of the "
                "originator; %L: the list; %M: the moderator; %%: a percent sign."},
        Setting{"allow_subscribe", &S::allow_subscribe, "People may subscribe themselves."},
        Setting{
            "one_click", &S::one_click,
            "With allow_subscribe and [lists] unsubscribe_url: each copy has a link that takes its recipient "
            "off the list at once (RFC 8058). Links that were sent keep working."},
        Setting{"inform_moderators", &S::inform_moderators,
                "Moderators hear of subscriptions and unsubscriptions."},
        Setting{"inform_moderators_unsubscribe", &S::inform_moderators_unsubscribe,
                "Moderators hear of unsubscriptions."},
        Setting{"verify_subscriptions", &S::verify_subscriptions,
                "A subscription counts when the subscriber has answered a message."},
        Setting{"confidential", &S::confidential, "The list is left out of directories."},
        Setting{"list_server", &S::list_server, Checked{one_line_fault},
                "Address that takes commands. *: listserver at each local domain."},
        Setting{"custom_welcome", &S::custom_welcome, "welcome_text is sent to new subscribers."},
        Setting{"welcome_text", &S::welcome_text, Anything{}, "Instead of the built-in text."},
        Setting{"welcome_on_moderator_add", &S::welcome_on_moderator_add,
                "Also those whom a moderator adds are welcomed."},
        Setting{"custom_unsubscribe", &S::custom_unsubscribe, "unsubscribe_text is sent to leavers."},
        Setting{"unsubscribe_text", &S::unsubscribe_text, Anything{}, "Instead of the built-in text."},
        Setting{"remote_administration", &S::remote_administration,
                "Moderators may send commands to the list server."},
        Setting{"allow_users_command", &S::allow_users_command, "Members may ask for the list of members."},
        Setting{"slow_posting", &S::slow_posting, "A message of his own for each member."},
        Setting{"moderator", &S::moderator, Checked{one_line_fault},
                "A user, or a distribution list whose members all are moderators. Empty: the message target "
                "MailingListDefaultModerator."},
        Setting{"return_address", &S::return_address, Checked{address_fault},
                "Envelope sender of the list's messages. Empty: <list>_owner at the default domain."},
        Setting{"spam_threshold", &S::spam_threshold, Range{-1, 1000000},
                "Spam score from which a message is no post. -1: no filtering."},
        Setting{"spam_redirect", &S::spam_redirect, Separated{";\n", target_fault, true},
                "Who gets such messages. None: nobody."},
        Setting{"bounces_max", &S::bounces_max, Range{0, 1000},
                "Bounces in a row after which a member is suspended. 0: never."},
        Setting{"digest_of", &S::digest_of, Checked{name_fault},
                "The mailing list whose messages this one gets in digests."},
        Setting{"digest_every_days", &S::digest_every_days, Range{1, 366}, "Days that one digest covers."},
        Setting{"archive", &S::archive, "Keeps the messages of the list; a list with digests needs it."},
        Setting{"archive_keep_days", &S::archive_keep_days, Range{1, 36500}, "For so many days."},
        Setting{"source.database", &S::source_database, Anything{},
                "Name of the [[database]] with the members.", "source_database"},
        Setting{"source.conninfo", &S::source_conninfo, Masked{},
                "libpq connection string of that database, when it has no [[database]] of its own.",
                "source_conninfo"},
        Setting{"source.query", &S::source_query, Anything{},
                "SQL that returns an address a row, and maybe a name in a second column.", "source_query"},
    };
  }
};

template <>
struct SettingsOf<Group> {
  static constexpr auto settings() {
    using S = Group;
    return std::tuple{
        Setting{"name", &S::name, Required{}, "Unlike the name of any user or list."},
        Setting{"comments", &S::comments, Checked{comment_fault}, "Free text.", "comment"},
        Setting{"enabled", &S::enabled, "Off: its users cannot log in."},
        Setting{"force", &S::force,
                "On: the settings below hold for all members. Off: new members start with them."},
        Setting{"in_everyone", &S::in_everyone, "Members belong to the group Everyone."},
        Setting{"send_internet", &S::send_internet, Anything{}, "Members may send to the Internet.",
                "allow_send"},
        Setting{"receive_internet", &S::receive_internet, Anything{}, "External senders may write to them.",
                "allow_receive"},
        Setting{"monitor", &S::monitor, "Their messages are monitored where [monitor] says selected."},
        Setting{"administrator", &S::administrator, Anything{}, "Members are administrators.", "admin"},
        Setting{"max_outgoing_kb", &S::max_outgoing_kb, Range{std::int64_t{0}, std::int64_t{1} << 31},
                "Largest outgoing message of a member, in kB. 0: no limit of the group."},
        Setting{"reply_address", &S::reply_address, Checked{address_pattern_fault},
                "Sender address of their outgoing mail. \"*@example.com\": the user's name before the @."},
    };
  }
};

inline constexpr Choice<MappingType> k_mapping_types[] = {{"always", MappingType::always},
                                                          {"normal", MappingType::always},
                                                          {"pop3", MappingType::pop3},
                                                          {"smtp", MappingType::smtp},
                                                          {"from", MappingType::from}};

template <>
struct SettingsOf<Mapping> {
  static constexpr auto settings() {
    using S = Mapping;
    return std::tuple{
        Setting{"address", &S::address, Required{},
                "What is matched: \"sales\", \"sales@example.com\", \"*@example.com\", or \"~@example.com\" "
                "for what nothing else recognises."},
        Setting{"target", &S::target, Required{},
                "Who gets the message: a user, a list, a group, \"No-one\" (discard) or \"*REMOTE\" (exists "
                "elsewhere)."},
        Setting{"type", &S::type, Choices{k_mapping_types},
                "When it applies: always, pop3 (collected mail), smtp (mail received by SMTP), from "
                "(collected mail, compares the sender)."},
        Setting{"collector", &S::collector, Anything{},
                "With pop3 and from: the name of the one collector it applies to. Empty or ALL: all."},
        Setting{"comments", &S::comments, Checked{one_line_fault}, "Free text.", "comment"},
    };
  }
};

}  // namespace stagecoach::conf
