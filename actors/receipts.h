// Receipts that the server sends: a transmission receipt when another server has taken a message, a delivery
// receipt when a user's mail program has fetched it ([receipts], docs/reference/header-processing.md).
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "actors/generated_mail.h"
#include "actors/queue_state.h"

namespace stagecoach {

/// The recipients of this outcome that a transmission receipt would name; none: there are none. Members of
/// lists and, with no_transmission_for_lan, recipients at a server of their own are left out.
std::vector<std::string> transmitted_to(const ReceiptPolicy& policy, const QueueState::Item& item,
                                        const QueueState::Verdict& verdict);

/// The receipt; nothing: the header asks for none. `original`: with its header section.
std::optional<Arrival> transmission_receipt(Node& node, const Reported& original,
                                            const std::vector<std::string>& recipients);

/// Copies that were just fetched, or became \Seen. Those with k_receipt_keyword lose it; whose keyword went
/// (no other session was faster) gets his receipt. Nobody waits for it.
struct FetchedCopies {
  UserId user;
  std::string name;  // of the user
  FolderId folder;
  std::vector<StoredMessage> messages;  // uid, content, modseq count
};
void send_delivery_receipts(caf::actor_system& system, Node& node, FetchedCopies fetched);

/// Whether it has the keyword.
bool wants_receipt(const StoredMessage& message);

}  // namespace stagecoach
