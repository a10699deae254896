// Receipts that a sender asks for by a header field: whom they go to, and never in answer to automatic mail
// (docs/reference/header-processing.md).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "routing/directory.h"
#include "routing/header_field.h"
#include "routing/model/plan.h"

namespace stagecoach::routing {

/// On a local copy until its receipt has been sent.
inline constexpr std::string_view k_receipt_keyword = "$ReceiptRequested";

/// One kind of receipt, as [receipts] sets it.
struct ReceiptRule {
  const std::vector<std::string>& fields;
  bool local_only = true;
};

/// The address in the first of the fields that holds one that may get a receipt; empty: nobody. Automatic
/// messages cause none: a null reverse path, Auto-Submitted, Precedence bulk, list or junk, a mailing list, a
/// report.
std::string receipt_address(const ReceiptRule& rule, const HeaderFields& header,
                            std::string_view reverse_path, const Directory& directory);

/// Puts the keyword on all local copies but the quarantined ones.
void mark_for_receipt(Plan& plan);

}  // namespace stagecoach::routing
