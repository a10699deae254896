#include "routing/receipt.h"

#include <algorithm>

#include "routing/header_edit.h"
#include "routing/text.h"

namespace stagecoach::routing {
namespace {

std::string_view first_word(std::string_view body) {
  body = trimmed(body);
  return body.substr(0, body.find_first_of(" \t;("));
}

bool is_automatic(const HeaderFields& header, std::string_view reverse_path) {
  if (reverse_path.empty()) return true;
  const auto submitted = first_word(first_body(header, "Auto-Submitted"));
  if (!submitted.empty() && !equals_ignoring_case(submitted, "no")) return true;
  const auto precedence = first_word(first_body(header, "Precedence"));
  for (const std::string_view one : {"bulk", "list", "junk"})
    if (equals_ignoring_case(precedence, one)) return true;
  return !first_body(header, "List-Id").empty() ||
         equals_ignoring_case(first_word(first_body(header, "Content-Type")), "multipart/report");
}

}  // namespace

std::string receipt_address(const ReceiptRule& rule, const HeaderFields& header,
                            std::string_view reverse_path, const Directory& directory) {
  for (const std::string& name : rule.fields) {
    const auto field = std::find_if(header.begin(), header.end(), [&](const HeaderField& one) {
      return equals_ignoring_case(one.name, name);
    });
    if (field == header.end()) continue;
    std::string address = field_address(*field);
    if (address.empty()) continue;
    if (rule.local_only && !directory.is_local_domain(split_address(address))) continue;
    return is_automatic(header, reverse_path) ? std::string() : address;
  }
  return {};
}

void mark_for_receipt(Plan& plan) {
  for (Delivery& delivery : plan.deliveries)
    if (!delivery.quarantined) delivery.flags.emplace_back(k_receipt_keyword);
}

}  // namespace stagecoach::routing
