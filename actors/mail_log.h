// logs/mail.log: the messages of today, a line an event. At the end of a day it becomes mail.mon … mail.sun,
// in the place of that of last week. Which day a file is of stands in its first line ("… begin"), so a
// restart over midnight is no matter. For one thread, which may block.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "routing/civil_time.h"
#include "routing/model/result.h"

namespace stagecoach {

struct MailLogLine {
  std::int64_t at = 0;  // microseconds since 1970
  std::string text;     // without time and line end
};

class MailLog {
 public:
  /// Its folders come into being with the first file in them.
  explicit MailLog(std::string data_folder) : data_folder_(std::move(data_folder)) {}

  /// This day has begun: a file of an earlier one ends, and what comes late from one stands in the new file.
  /// `keep_copies`: files that end go to summaries/mail-DAY.log as well.
  Result<void> begin_day(routing::LocalDay day, bool keep_copies);
  /// Lines in the order of their time. One of a later day than the file's ends the file first.
  Result<void> append(const std::vector<MailLogLine>& lines, bool keep_copies);

  std::string path() const { return data_folder_ + "/logs/mail.log"; }

 private:
  Result<void> write(const std::string& text);
  Result<void> end_file(bool keep_copies);
  void look_at_file();

  std::string data_folder_;
  std::optional<routing::LocalDay> day_;  // of the file; nothing: there is none
  routing::LocalDay begun_{};             // the last one that has begun
  bool looked_ = false;
};

/// The server's local time: "2026-12-31T23:59:59+01:00".
std::string local_time_text(std::int64_t microseconds);
routing::LocalDay local_day_of(std::int64_t microseconds);
/// When this day begins, microseconds since 1970.
std::int64_t begin_of_day(routing::LocalDay day);

/// Makes the folder above a file, and the file, for its owner and his group only.
Result<void> write_protected_file(const std::string& path, const std::string& text, bool append);

}  // namespace stagecoach
