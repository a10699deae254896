// What each action of a download rule means, as a table.
#pragma once

#include <cstdint>
#include <string_view>

#include "routing/download/rule.h"

namespace stagecoach::routing {

enum class Fetch : std::uint8_t { whole, headers, nothing };
/// What the server tells somebody instead of delivering.
enum class DownloadNotice : std::uint8_t { none, question, deleted, rejected };
/// When the remote copy goes: as leave_days says, right away, after the answer or the delay for it, or once
/// it is older than leave_days.
enum class RemoteFate : std::uint8_t { by_age, at_once, when_answered, when_old };
/// Those whom the collector finds, and those whom the rule names.
struct Audience {
  bool original = false, targets = false;
  bool operator==(const Audience&) const = default;
};
enum class Flow : std::uint8_t { decides, goes_on, begin_if, begin_else, end_if };

struct ActionMeaning {
  DownloadAction action;
  std::string_view name;  // as rules write it
  Flow flow;
  Fetch fetch;
  Audience mail;  // who gets the message
  DownloadNotice notice;
  Audience told;  // who gets the notice; a rejection goes to the sender
  RemoteFate fate;

  bool needs_targets() const { return mail.targets || told.targets; }
  bool needs_header() const {
    return action == DownloadAction::set_header_and_continue || action == DownloadAction::set_header_and_stop;
  }
  bool takes_conditions() const { return flow != Flow::begin_else && flow != Flow::end_if; }
};

const ActionMeaning& meaning_of(DownloadAction action);

}  // namespace stagecoach::routing
