#include "protocols/dsn/read_report.h"

#include <algorithm>

#include "protocols/mime/decode.h"
#include "protocols/mime/header.h"
#include "protocols/mime/structure.h"
#include "routing/model/address.h"

namespace stagecoach::dsn {
namespace {

const mime::Part* find_status_part(const mime::Part& part) {
  if (part.type == "message" &&
      (part.subtype == "delivery-status" || part.subtype == "global-delivery-status"))
    return &part;
  if (!part.is_multipart()) return nullptr;
  for (const mime::Part& child : part.children)
    if (const mime::Part* found = find_status_part(child)) return found;
  return nullptr;
}

/// "rfc822; fred@example.com" without its type and brackets.
std::string address_of(std::string value) {
  if (const auto semicolon = value.find(';'); semicolon != std::string::npos) value.erase(0, semicolon + 1);
  std::erase_if(value, [](char c) { return c == ' ' || c == '\t' || c == '<' || c == '>'; });
  return value;
}

Action action_of(std::string_view text) {
  for (const Action action :
       {Action::failed, Action::delayed, Action::delivered, Action::relayed, Action::expanded})
    if (equals_ignoring_case(text, name(action))) return action;
  return Action::delayed;  // not known: nothing has failed
}

}  // namespace

std::vector<RecipientReport> read_report(std::string_view message, std::size_t recipients_max) {
  std::vector<RecipientReport> reports;
  const mime::Structure structure = mime::scan_structure(message);
  const mime::Part* part = find_status_part(structure.root);
  if (!part || part->body_end > message.size()) return reports;
  std::string text =
      mime::decode_transfer(part->encoding, message.substr(part->body_offset, part->size_bytes()));
  std::string_view rest = text;
  // Groups of fields, separated by empty lines; the first one is about the message, the others each about one
  // recipient (RFC 3464 section 2.1).
  while (!rest.empty() && reports.size() < recipients_max) {
    const mime::HeaderSection fields = mime::parse_header_section(rest);
    if (const std::string recipient = fields.text("Final-Recipient"); !recipient.empty()) {
      RecipientReport report;
      report.final_recipient = address_of(recipient);
      report.original_recipient = address_of(fields.text("Original-Recipient"));
      report.action = action_of(fields.text("Action"));
      report.status = fields.text("Status").substr(0, 20);
      report.diagnostic = fields.text("Diagnostic-Code").substr(0, 1000);
      reports.push_back(std::move(report));
    }
    if (fields.size_bytes == 0) break;
    rest.remove_prefix(std::min(fields.size_bytes, rest.size()));
  }
  return reports;
}

}  // namespace stagecoach::dsn
