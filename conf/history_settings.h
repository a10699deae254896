// What is remembered about messages and sessions, and the report about each day: [history], [summary].
#pragma once

#include "conf/setting.h"

namespace stagecoach::conf {

struct HistorySettings {
  bool enabled = true;
  std::int64_t days = 365;

  static constexpr auto settings() {
    using S = HistorySettings;
    return std::tuple{
        Setting{"enabled", &S::enabled,
                "Keeps a short row of each message and session in the database, for reports, and writes "
                "logs/mail.log in data_dir."},
        Setting{"days", &S::days, Range{1, 36500}, "For how many days these rows are kept."},
    };
  }
  bool operator==(const HistorySettings&) const = default;
};

struct SummarySettings {
  bool enabled = true;
  std::string to;
  bool show_idle = true;
  bool html = true;
  bool keep_raw = true;
  bool keep_mail_log = false;

  static constexpr auto settings() {
    using S = SummarySettings;
    return std::tuple{
        Setting{"enabled", &S::enabled,
                "After midnight a report says how many messages each user has received and sent on the day "
                "before. Without [history] there is none."},
        Setting{"to", &S::to, Anything{},
                "Local user who gets it. Empty: whoever is the main administrator at the time."},
        Setting{"show_idle", &S::show_idle, "It also names the accounts that nobody has used on that day."},
        Setting{"html", &S::html, "It comes as HTML besides plain text."},
        Setting{"keep_raw", &S::keep_raw,
                "Writes the records that it is made from to summaries/summary-DAY.tsv in data_dir."},
        Setting{"keep_mail_log", &S::keep_mail_log,
                "Copies the mail.log of each day to summaries/mail-DAY.log in data_dir, so that it outlives "
                "the week."},
    };
  }
  bool operator==(const SummarySettings&) const = default;
};

}  // namespace stagecoach::conf
