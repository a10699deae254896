// What header fields of a message cause: an urgent connection, receipts.
#pragma once

#include <string>
#include <vector>

namespace stagecoach {

struct UrgentPolicy {
  bool connect_immediately = false;
  /// "Field:data": the field's value contains the data, as it is written.
  std::vector<std::string> fields{"Priority:Urgent", "X-Priority:Highest", "X-Priority:1",
                                  "X-MSMail-Priority:High"};
  bool operator==(const UrgentPolicy&) const = default;
};

/// Names of fields whose address gets a receipt; none: no receipts.
struct ReceiptPolicy {
  std::vector<std::string> delivery_fields{"Return-Receipt-To"};
  bool delivery_local_only = true;  // receipts to local addresses only
  std::vector<std::string> transmission_fields;
  bool transmission_local_only = true;
  bool no_transmission_for_lan = false;  // none for what went to a server that a target names
  bool operator==(const ReceiptPolicy&) const = default;
};

}  // namespace stagecoach
