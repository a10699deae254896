// What a sending session transmits of a queued message: its bytes as they are stored, or behind a header
// section that was changed for one recipient or signed.
#pragma once

#include <string>
#include <vector>

#include "actors/messages.h"
#include "actors/sending_edits.h"
#include "storage/pg.h"

namespace stagecoach {

struct OutgoingContent {
  bool wanted = true;  // false: the copy that it mirrors is gone from the INBOX
  std::string header;  // sent first, instead of the stored bytes before `offset`; empty: nothing instead. A
                       // small message is here as a whole
  std::int64_t offset = 0;                     // of the stored bytes that follow
  std::shared_ptr<const Content> stored = {};  // has them; null: they are in the database
  std::int64_t size_bytes = 0;                 // of everything that is sent
};

/// Whether the content of this delivery has to be asked for before it can be sent.
bool needs_preparation(const DeliveryTask& delivery, const SendingEdits& edits);

/// The content as it is stored. `recent`: null, or the stored message (recent_contents.h).
OutgoingContent stored_content(const DeliveryTask& delivery, std::shared_ptr<const Content> recent);

/// Asks the database for what is not in `recent`. `not_found` when the message is gone.
Result<OutgoingContent> prepare_content(storage::Database& database, const DeliveryTask& delivery,
                                        const SendingEdits& edits, std::shared_ptr<const Content> recent);

}  // namespace stagecoach
