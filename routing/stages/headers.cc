// What changes in the header of outgoing mail: domain mappings (internal domains become public ones) and the
// reply address of the user who sends. Specification 02 (Advanced), 03 (Domain mappings).
#include <algorithm>

#include "routing/pipeline.h"

namespace stagecoach::routing {
namespace {

constexpr const char* k_stage = "headers";
constexpr std::string_view k_address_fields[] = {
    "From", "Sender", "Reply-To", "To", "Cc", "Resent-To", "Resent-Cc", "Resent-From", "Resent-Sender"};

bool is_domain_character(char c) {
  return (to_lower(c) >= 'a' && to_lower(c) <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.';
}

/// Each "@from" that no further domain character follows becomes "@to".
std::string with_domain(std::string_view body, const DomainMapping& mapping) {
  const std::string from = "@" + to_lower(mapping.from), lower = to_lower(body);
  std::string result;
  std::size_t done = 0;
  for (auto at = lower.find(from); at != std::string::npos; at = lower.find(from, at + 1)) {
    const std::size_t end = at + from.size();
    if (end < body.size() && is_domain_character(body[end])) continue;
    result.append(body.substr(done, at - done)).append("@").append(mapping.to);
    done = end;
  }
  return result.append(body.substr(done));
}

void map_domains(Draft& draft, const RoutingInput& in) {
  for (const DomainMapping& mapping : in.directory.policy().domain_mappings) {
    for (const HeaderField& field : in.facts.header) {
      const bool known =
          std::any_of(std::begin(k_address_fields), std::end(k_address_fields),
                      [&](std::string_view name) { return equals_ignoring_case(field.name, name); });
      if (!known) continue;
      std::string body = with_domain(field.body, mapping);
      if (body == field.body) continue;
      draft.reason(k_stage, "domain mapping " + mapping.from, {}, field.name + ": " + body);
      draft.outgoing_changes.header.push_back({HeaderEdit::Kind::set, field.name, std::move(body)});
    }
    const std::string path = with_domain(in.arrival.envelope.reverse_path, mapping);
    if (path != in.arrival.envelope.reverse_path) draft.outgoing_changes.reverse_path = path;
  }
}

/// "Fred Smith <fred@internal>" with another address.
std::string with_address(std::string_view body, const std::string& address) {
  const auto open = body.rfind('<');
  if (open == std::string_view::npos) return address;
  return std::string(body.substr(0, open)) + "<" + address + ">";
}

void change_sender(Draft& draft, const RoutingInput& in, const User& sender) {
  const std::string& address = sender.profile->advanced.reply_address;
  if (address.empty()) return;
  draft.reason(k_stage, "user " + sender.name, sender.where.text(), "sends as " + address);
  for (const char* name : {"From", "Reply-To"})
    if (const auto body = in.facts.first(name); !body.empty())
      draft.outgoing_changes.header.push_back({HeaderEdit::Kind::set, name, with_address(body, address)});
}

}  // namespace

Draft headers(Draft draft, const RoutingInput& in) {
  if (!in.facts.has_message || !draft.local_sender || in.arrival.origin.source == Source::system)
    return draft;
  map_domains(draft, in);
  if (const User* sender = draft.sender_user.empty() ? nullptr : in.directory.find_user(draft.sender_user))
    change_sender(draft, in, *sender);
  return draft;
}

}  // namespace stagecoach::routing
