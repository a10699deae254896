// [[download_rule]] (routing/download/rule.h) and [collection]: what holds for all collectors.
// docs/reference/download-rules.md and collectors.md explain them.
#pragma once

#include "conf/setting.h"
#include "conf/text_faults.h"
#include "routing/download/rule.h"

namespace stagecoach::conf {

using routing::ConditionMatch;
using routing::DownloadAction;
using routing::DownloadCondition;
using routing::DownloadMatch;
using routing::DownloadRule;

inline constexpr Choice<DownloadAction> k_download_actions[] = {
    {"query", DownloadAction::query},
    {"redirect_query", DownloadAction::redirect_query},
    {"copy_query", DownloadAction::copy_query},
    {"download", DownloadAction::download},
    {"redirect", DownloadAction::redirect},
    {"copy", DownloadAction::copy},
    {"download_and_delete", DownloadAction::download_and_delete},
    {"redirect_download_and_delete", DownloadAction::redirect_download_and_delete},
    {"copy_download_and_delete", DownloadAction::copy_download_and_delete},
    {"headers_only", DownloadAction::headers_only},
    {"redirect_headers_only", DownloadAction::redirect_headers_only},
    {"copy_headers_only", DownloadAction::copy_headers_only},
    {"delete_and_warn", DownloadAction::delete_and_warn},
    {"delete_and_warn_other_user", DownloadAction::delete_and_warn_other_user},
    {"delete_and_copy_warning", DownloadAction::delete_and_copy_warning},
    {"delete_silently", DownloadAction::delete_silently},
    {"ignore", DownloadAction::ignore},
    {"reject", DownloadAction::reject},
    {"set_header_and_continue", DownloadAction::set_header_and_continue},
    {"set_header_and_stop", DownloadAction::set_header_and_stop},
    {"if", DownloadAction::begin_if},
    {"else", DownloadAction::begin_else},
    {"endif", DownloadAction::end_if},
    {"stop", DownloadAction::stop}};

inline constexpr Choice<DownloadMatch> k_download_matches[] = {
    {"equals", DownloadMatch::equals},
    {"not_equals", DownloadMatch::not_equals},
    {"greater_than", DownloadMatch::greater},
    {"greater_or_equal", DownloadMatch::greater_or_equal},
    {"less_than", DownloadMatch::less},
    {"less_or_equal", DownloadMatch::less_or_equal},
    {"contains", DownloadMatch::contains},
    {"wildcard", DownloadMatch::wildcard},
    {"begins_with", DownloadMatch::begins_with},
    {"ends_with", DownloadMatch::ends_with},
    {"regex", DownloadMatch::regex},
    {"is", DownloadMatch::equals},
    {"greater", DownloadMatch::greater},
    {"less", DownloadMatch::less},
    {"wildcard_matches", DownloadMatch::wildcard},
    {"regex_matches", DownloadMatch::regex}};

inline constexpr Choice<ConditionMatch> k_condition_matches[] = {{"all", ConditionMatch::all},
                                                                 {"any", ConditionMatch::any}};

template <>
struct SettingsOf<DownloadCondition> {
  static constexpr auto settings() {
    using S = DownloadCondition;
    return std::tuple{
        Setting{"type", &S::type, Required{},
                "A header field, several separated by commas, or one of Always, TimeNow, DayNow, Rcpt, "
                "Collector, Size, ValidRecipients, InvalidRecipients, Any.",
                "field"},
        Setting{"not", &S::negated, Anything{}, "Turns the result round.", "negated"},
        Setting{"op", &S::match, Choices{k_download_matches},
                "How the field is compared with data; TimeNow, DayNow, Rcpt, Collector and Always have a way "
                "of their own.",
                "match"},
        Setting{"data", &S::data, Anything{}, "What it is compared with."},
    };
  }
};

template <>
struct SettingsOf<DownloadRule> {
  static constexpr auto settings() {
    using S = DownloadRule;
    return std::tuple{
        Setting{"name", &S::name, Checked{one_line_fault}, "What log and added header field call it."},
        Setting{"action", &S::action, Choices{k_download_actions}, "What is done when the rule matches."},
        Setting{"targets", &S::targets, Separated{",", one_line_fault},
                "Who gets the message, the question or the warning: users, lists, addresses; \"fred "
                "Customers\" is a folder of fred."},
        Setting{"header_line", &S::header_line, Checked{one_line_fault},
                "With set_header_…: \"Name: value\", added to the message."},
        Setting{"match", &S::match, Choices{k_condition_matches},
                "Whether all conditions must hold or one is enough."},
        Setting{"conditions", &S::conditions, "What is asked. None: the rule always matches."},
    };
  }
};

/// [collection]: all collectors.
struct CollectionSettings {
  int at_once_max = 4;
  std::int64_t query_download_delay_days = 14;
  std::int64_t hold_obsolete_uids_days = 60;

  static constexpr auto settings() {
    using S = CollectionSettings;
    return std::tuple{
        Setting{"at_once_max", &S::at_once_max, Range{1, 100},
                "Collectors of one connection with the same priority run at the same time, this many at "
                "most."},
        Setting{"query_download_delay_days", &S::query_download_delay_days, Range{1, 3650},
                "Days that a message waits on the remote server for the answer whether to download it. Then "
                "it is deleted there."},
        Setting{"hold_obsolete_uids_days", &S::hold_obsolete_uids_days, Range{0, 3650},
                "Days that a message is remembered after the remote server has stopped showing it. 0: not "
                "at all."},
    };
  }
  bool operator==(const CollectionSettings&) const = default;
};

}  // namespace stagecoach::conf
