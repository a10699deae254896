// What changes in the header of outgoing mail: domain mappings (internal domains become public ones), the
// reply address of the user who sends, and the modifiers of the administrator; and whether it is urgent
// (docs/reference/header-processing.md).
#include <algorithm>

#include "routing/header_edit.h"
#include "routing/modifier_text.h"
#include "routing/pipeline.h"
#include "routing/receipt.h"
#include "routing/urgent.h"

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

/// As other servers will see him: after the changes so far.
Originator outgoing_originator(const Draft& draft, const RoutingInput& in) {
  for (auto edit = draft.outgoing_changes.header.rbegin(); edit != draft.outgoing_changes.header.rend();
       ++edit)
    if (equals_ignoring_case(edit->name, "From"))
      return originator_of({{edit->name, edit->value, {}}}, in.arrival.envelope.reverse_path);
  return originator_of(in.facts.header, in.arrival.envelope.reverse_path);
}

void apply_modifiers(Draft& draft, const RoutingInput& in) {
  const std::vector<std::string>& lines = in.directory.policy().header_modifiers;
  if (lines.empty()) return;
  const Originator originator = outgoing_originator(draft, in);
  for (const std::string& line : lines) {
    auto edit = parse_header_modifier(line);
    if (!edit) continue;  // check reports it
    edit->value = expand_modifier(edit->value, originator);
    draft.reason(k_stage, "header_modifiers", {},
                 edit->kind == HeaderEdit::Kind::remove
                     ? "outgoing copies lose the field " + edit->name
                     : "outgoing copies get " + edit->name + ": " + edit->value);
    draft.outgoing_changes.header.push_back(std::move(*edit));
  }
}

Draft with_changes(Draft draft, const RoutingInput& in) {
  if (draft.local_sender) map_domains(draft, in);
  if (const User* sender = draft.sender_user.empty() ? nullptr : in.directory.find_user(draft.sender_user))
    change_sender(draft, in, *sender);
  apply_modifiers(draft, in);
  return draft;
}

void notice_urgency(Draft& draft, const RoutingInput& in) {
  const auto field = urgent_field(in.directory.policy().urgent, in.facts.header);
  if (field.empty()) return;
  draft.plan.urgent = true;
  draft.reason(k_stage, "urgent", {}, std::string(field) + ": outgoing copies make a connection run at once");
}

void notice_receipt(Draft& draft, const RoutingInput& in) {
  const ReceiptPolicy& policy = in.directory.policy().receipts;
  const std::string address =
      receipt_address({policy.delivery_fields, policy.delivery_local_only}, in.facts.header,
                      in.arrival.envelope.reverse_path, in.directory);
  if (address.empty()) return;
  draft.wants_receipt = true;
  draft.reason(k_stage, "receipts", {},
               address + " gets a delivery receipt when a mail program has fetched a local copy");
}

}  // namespace

Draft headers(Draft draft, const RoutingInput& in) {
  if (in.facts.has_message) {
    notice_urgency(draft, in);
    if (in.arrival.origin.source != Source::system) notice_receipt(draft, in);
  }
  const bool may_relay = draft.local_sender || in.facts.relay_allowed;
  if (in.facts.has_message && may_relay && in.arrival.origin.source != Source::system)
    return with_changes(std::move(draft), in);
  return draft;
}

}  // namespace stagecoach::routing
