// What the history keeps of one row of the trace, and the lines about it in mail.log. Values only.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "storage/history_repository.h"

namespace stagecoach {

/// An event of the trace as history and log have it.
struct HistoryEvent {
  std::vector<storage::HistoryMessage> rows;  // at least one
  /// "received message=4294967297 from=ann@remote.example …": without time and line end. What strangers wrote
  /// cannot end a line or look like another key.
  std::vector<std::string> lines;
};

/// One event for each entry, in their order. A message that has left the queue already, and with it the
/// database, has the subject that its end in the queue names.
std::vector<HistoryEvent> history_events(const std::vector<storage::UnmovedTrace>& entries);

/// The subject, decoded, of an IMAP ENVELOPE whose end may be missing.
std::string subject_of_envelope(std::string_view envelope);

}  // namespace stagecoach
