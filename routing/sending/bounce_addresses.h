// How return paths of outgoing mail are rewritten, so that bounces find their way back: SRS for what is
// passed on for others (srs.h), BATV for our own (batv.h). docs/reference/srs-and-batv.md explains both.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "routing/address_set.h"
#include "routing/model/arrival.h"

namespace stagecoach::routing {

/// A keyed hash of a text, at least 8 raw bytes: routing itself does no cryptography.
using Mac = std::function<std::string(std::string_view)>;

struct SrsRules {
  bool enabled = false;
  std::string domain;  // of rewritten return paths; one of ours
  std::int64_t max_age_days = 21;
  Mac mac;  // none: off
  bool on() const { return enabled && mac; }
};

struct BatvRules {
  bool enabled = false;
  bool enforce = false;  // bounces to addresses without a tag are refused
  std::int64_t lifetime_days = 7;
  AddressSet exceptions;  // of ours, never tagged and never asked for a tag
  Mac mac;                // none: off
  bool on() const { return enabled && mac; }
};

struct BounceAddresses {
  SrsRules srs;
  BatvRules batv;
};

/// Days since 1970.
inline std::int64_t day_of(Time now) {
  return std::chrono::floor<std::chrono::days>(now).time_since_epoch().count();
}

}  // namespace stagecoach::routing
