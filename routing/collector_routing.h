// How messages of one collector find their recipients (docs/reference/mappings.md, "Collected mail").
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "routing/address_set.h"
#include "routing/special_header.h"

namespace stagecoach::routing {

enum class RoutingMethod : std::uint8_t {
  parse_headers,
  single_user,
  forward_smtp,
  single_address_comment,
  subject_marker
};

/// forwards: only the first matching field from the top; reversed: only the first from the bottom.
enum class ReadOrder : std::uint8_t { forwards, reversed, all };

enum class HeaderSlot : std::uint8_t { special, standard, received, stop_if_any, stop };

/// What happens to a collected message for which no valid recipient was found.
enum class NoRecipientAction : std::uint8_t {
  error_to_admin,
  message_to_admin,
  error_to,
  message_to,
  bounce,
  ignore
};

struct CollectorRouting {
  std::string name;     // of the collector
  std::int64_t id = 0;  // its number: mappings may name it instead
  std::string where;    // "stagecoach.toml:70"
  RoutingMethod method = RoutingMethod::parse_headers;
  AddressSet accepted_domains;
  std::string target_user;
  std::string target_address, target_server;  // of forward_smtp; "[user:password@]host[:port]"
  std::vector<SpecialHeader> special_headers;
  ReadOrder read_special = ReadOrder::forwards;
  ReadOrder read_received = ReadOrder::reversed;
  bool ignore_resent = true;
  bool ignore_received_without_at = true;
  bool ignore_standard_without_at = true;
  bool disable_default_mapping = false;
  std::vector<HeaderSlot> order{HeaderSlot::special, HeaderSlot::stop_if_any, HeaderSlot::standard,
                                HeaderSlot::stop_if_any, HeaderSlot::received};
  NoRecipientAction on_no_recipient = NoRecipientAction::error_to_admin;
  std::string on_no_recipient_target;
  bool also_bounce = false;
  std::string bounce_text;       // for the sender, instead of the usual words
  double bounce_spam_score = 0;  // from this score on nothing is bounced; 0: no limit
};

}  // namespace stagecoach::routing
