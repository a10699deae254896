// Declarations of what a user's mail triggers: [[user.message_rules]] and [user.autoresponder]
// (routing/model/message_rule.h, autoresponder.h). docs/reference/users.md explains them.
#pragma once

#include "conf/setting.h"
#include "conf/text_faults.h"
#include "routing/model/autoresponder.h"
#include "routing/model/message_rule.h"

namespace stagecoach::conf {

inline constexpr Choice<MessageKind> k_message_kinds[] = {
    {"incoming", MessageKind::incoming}, {"local", MessageKind::local}, {"system", MessageKind::system}};

inline constexpr Choice<RuleMatch> k_rule_matches[] = {
    {"contains", RuleMatch::contains},       {"equals", RuleMatch::equals},
    {"begins_with", RuleMatch::begins_with}, {"ends_with", RuleMatch::ends_with},
    {"wildcard", RuleMatch::wildcard},       {"regex", RuleMatch::regex},
    {"greater", RuleMatch::greater},         {"less", RuleMatch::less},
    {"is_true", RuleMatch::is_true},         {"greater_than", RuleMatch::greater},
    {"less_than", RuleMatch::less},          {"exists", RuleMatch::is_true}};

inline constexpr Choice<RuleVerb> k_rule_verbs[] = {{"stop", RuleVerb::stop},
                                                    {"flag", RuleVerb::flag},
                                                    {"delete", RuleVerb::remove},
                                                    {"quarantine", RuleVerb::quarantine},
                                                    {"mark_read", RuleVerb::mark_read},
                                                    {"add_keyword", RuleVerb::add_keyword},
                                                    {"copy_to_folder", RuleVerb::copy_to_folder},
                                                    {"move_to_folder", RuleVerb::move_to_folder},
                                                    {"forward_to", RuleVerb::forward_to},
                                                    {"set_forward_sender", RuleVerb::set_forward_sender},
                                                    {"modify_headers", RuleVerb::modify_headers}};

template <>
struct SettingsOf<RuleCondition> {
  static constexpr auto settings() {
    using S = RuleCondition;
    return std::tuple{
        Setting{
            "field", &S::field, Required{},
            "A header field, several separated by commas, or one of the fields that are no header: Body, "
            "Size, Spam score, Quarantined, Marked read, Keyword, Flagged, Previous Rule Match, Date now, "
            "Time now, Message date."},
        Setting{"ci", &S::ignore_case, Anything{}, "Compares without regard to case.", "ignore_case"},
        Setting{"not", &S::negated, Anything{}, "Turns the result round.", "negated"},
        Setting{"match", &S::match, Choices{k_rule_matches}, "How the field is compared with data."},
        Setting{"data", &S::data, Anything{}, "What it is compared with."},
    };
  }
};

template <>
struct SettingsOf<RuleAction> {
  static constexpr auto settings() {
    using S = RuleAction;
    return std::tuple{
        Setting{"action", &S::verb, Choices{k_rule_verbs}, "What is done with the message.", "verb"},
        Setting{"data", &S::data, Anything{},
                "The keyword, folder, address or header modifier that the action needs."},
    };
  }
};

template <>
struct SettingsOf<MessageRule> {
  static constexpr auto settings() {
    using S = MessageRule;
    return std::tuple{
        Setting{"name", &S::name, Required{}, "How later rules refer to this one."},
        Setting{"enabled", &S::enabled, "Off: the rule is ignored."},
        Setting{"all_conditions", &S::all_conditions,
                "On: all conditions must hold, and none means always. Off: one is enough."},
        Setting{"types", &S::kinds, Choices{k_message_kinds},
                "Which messages are looked at: from external senders, from local ones, from the server."},
        Setting{"conditions", &S::conditions, "What is asked."},
        Setting{"actions", &S::actions, "What is done; the order has no meaning."},
    };
  }
};

inline constexpr Choice<SubjectMode> k_subject_modes[] = {{"subject", SubjectMode::subject},
                                                          {"prefix", SubjectMode::prefix}};
inline constexpr Choice<AppendOriginal> k_append_original[] = {
    {"no", AppendOriginal::no}, {"headers", AppendOriginal::headers}, {"full", AppendOriginal::full}};

/// 0 is Sunday.
inline constexpr Choice<int> k_days_of_week[] = {{"su", 0},  {"mo", 1},  {"tu", 2},  {"we", 3},  {"th", 4},
                                                 {"fr", 5},  {"sa", 6},  {"sun", 0}, {"mon", 1}, {"tue", 2},
                                                 {"wed", 3}, {"thu", 4}, {"fri", 5}, {"sat", 6}};

template <>
struct SettingsOf<AutoresponderDefinition> {
  static constexpr auto settings() {
    using S = AutoresponderDefinition;
    return std::tuple{
        Setting{"name", &S::name, Required{}, "What rules call it."},
        Setting{"keep_original", &S::keep_original, "Off: the incoming message is discarded afterwards."},
        Setting{"response_text", &S::response_text, Anything{},
                "The body, with replacements; HTML between <HTML> and </HTML>."},
        Setting{"copy_original_to", &S::copy_original_to, Separated{";, ", one_line_fault},
                "Addresses that the incoming message is copied to, also within the interval."},
        Setting{"min_interval_hours", &S::min_interval_hours, Range{0, 87600},
                "Hours within which one sender gets no second response. 0: no limit."},
        Setting{"from_address", &S::from_address, Checked{one_line_fault},
                "From of the response. Empty: the user's own address."},
        Setting{
            "reply_to_address", &S::reply_to_address, Checked{one_line_fault},
            "Reply-To of the response; * stands for the user's name. Empty: no-one at the default domain."},
        Setting{"subject_mode", &S::subject_mode, Choices{k_subject_modes},
                "Whether subject_text is the whole subject or stands before the original one."},
        Setting{"subject_text", &S::subject_text, Checked{one_line_fault},
                "The subject or its prefix. *: the standard prefix of [autoresponder]."},
        Setting{"append_original", &S::append_original, Choices{k_append_original},
                "What of the incoming message is appended."},
        Setting{"send_response_to", &S::send_response_to, Separated{";, ", one_line_fault},
                "Addresses that get the response besides or instead of the sender."},
        Setting{"send_to_original_sender", &S::send_to_original_sender,
                "Sends to the sender even with send_response_to."},
        Setting{"attachments", &S::attachments, Separated{"\n", one_line_fault},
                "Names of the user's uploaded files."},
    };
  }
};

template <>
struct SettingsOf<AutoresponderRule> {
  static constexpr auto settings() {
    using S = AutoresponderRule;
    return std::tuple{
        Setting{"name", &S::name, Required{}, "What the log calls it."},
        Setting{"autoresponder", &S::autoresponder, Required{},
                "A definition of the user, or \"<None>\": stop here and send nothing."},
        Setting{"enabled", &S::enabled, "Off: the rule is ignored."},
        Setting{"locked", &S::locked, "On: the user himself cannot change it."},
        Setting{"fields", &S::fields, Anything{}, "Values of the definition's {$name} replacements."},
        Setting{"date_from", &S::date_from, Checked{date_fault, normal_date}, "First day, \"2026-08-01\"."},
        Setting{"date_to", &S::date_to, Checked{date_fault, normal_date}, "Last day, to its end."},
        Setting{"time_from", &S::time_from, Checked{clock_fault, normal_clock},
                "Time of day from which it holds, \"8:15\". Later than time_to: over midnight."},
        Setting{"time_to", &S::time_to, Checked{clock_fault, normal_clock}, "The last minute of the day."},
        Setting{"datetime_from", &S::datetime_from, Checked{date_time_fault, normal_date_time},
                "Begin of one continuous span, \"2026-08-01 8:15\"."},
        Setting{"datetime_to", &S::datetime_to, Checked{date_time_fault, normal_date_time}, "Its end."},
        Setting{"days", &S::days, Choices{k_days_of_week}, "Days of the week. None: all."},
        Setting{"sender", &S::sender, Checked{pattern_fault},
                "Address of the sender: a wildcard or \"/regular expression/\"."},
        Setting{"subject", &S::subject, Checked{pattern_fault}, "The subject, in the same way."},
    };
  }
};

template <>
struct SettingsOf<Autoresponder> {
  static constexpr auto settings() {
    using S = Autoresponder;
    return std::tuple{
        Setting{"header_filters", &S::header_filters, Separated{"\n", header_condition_fault},
                "\"Field: wildcard\"; any match suppresses all responses."},
        Setting{"header_triggers", &S::header_triggers, Separated{"\n", header_condition_fault},
                "\"Field: wildcard\"; one must match. None: every message triggers."},
        Setting{"definitions", &S::definitions, "What is sent."},
        Setting{"rules", &S::rules, "When; the first enabled rule whose conditions all hold decides."},
    };
  }
};

}  // namespace stagecoach::conf
