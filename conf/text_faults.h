// What is wrong with the text of a setting; an empty answer: nothing. For the constraints Checked and
// Separated, so that the reader, `set_key` and imports refuse the same texts with the same words. The reasons
// go behind the quoted text: "\"x\" is no date". Empty texts mean "not set" and are not asked about.
#pragma once

#include <string>
#include <string_view>

namespace stagecoach::conf {

/// No control characters: nothing that could begin another header field or line.
std::string one_line_fault(std::string_view text);
/// One line of at most 80 characters.
std::string comment_fault(std::string_view text);

/// "2026-08-01"; "20260801" is kept like it.
std::string date_fault(std::string_view text);
std::string normal_date(std::string_view text);
/// "8:15"; kept as "08:15".
std::string clock_fault(std::string_view text);
std::string normal_clock(std::string_view text);
/// "2026-08-01 8:15", also with T between; kept as "2026-08-01 08:15".
std::string date_time_fault(std::string_view text);
std::string normal_date_time(std::string_view text);
/// An end of a TimeWindow: "HH:MM", "YYYYMMDD" or "YYYYMMDD HH:MM".
std::string window_end_fault(std::string_view text);

/// "fred@example.com"
std::string address_fault(std::string_view text);
/// The same, or "Name <fred@example.com>".
std::string mailbox_fault(std::string_view text);
/// "fred@example.com", "*@example.com", "fred"
std::string address_pattern_fault(std::string_view text);
/// A user, a list, a group, an address, or "SMTP:address@[user:password@]server[:port]".
std::string target_fault(std::string_view text);
/// The same with a password hidden: "SMTP:bob@example.com@fred:***@mail.example"; also within the line of a
/// DNS override.
std::string shown_target(std::string_view text);
/// A name of a user, list or group: 1 to 32 letters, digits, '.', '_', '-'.
std::string name_fault(std::string_view text);
/// A wildcard or "/regular expression/".
std::string pattern_fault(std::string_view text);
/// "Field: wildcard", with wildcards in the name of the field, too.
std::string header_condition_fault(std::string_view text);
/// "Field: data" sets a header field, "Field:" removes it.
std::string header_modifier_fault(std::string_view text);

/// "Return-Receipt-To"
std::string field_name_fault(std::string_view text);
/// "Field:data", both given.
std::string urgent_field_fault(std::string_view text);

/// A line of routing/sending/dns_overrides.h.
std::string dns_override_fault(std::string_view text);
/// "192.0.2.1", "192.0.2.1:53", "[2001:db8::1]:53"
std::string name_server_fault(std::string_view text);

/// "disabled", "global" or a number; -1 is kept as "disabled", 0 as "global".
std::string threshold_fault(std::string_view text);
std::string normal_threshold(std::string_view text);

}  // namespace stagecoach::conf
