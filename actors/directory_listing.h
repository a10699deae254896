// What the directory tells about its entries: views with the settings that were asked for. Pure.
#pragma once

#include "actors/directory_book.h"
#include "actors/messages.h"
#include "routing/civil_time.h"

namespace stagecoach {

/// `directory` is made of the book: it knows what groups force. `now` decides which users are
/// active and which automatic answers hold.
EntryListing list_entries(const DirectoryBook& book, const routing::Directory& directory,
                          const ListEntries& list, routing::LocalTime now);

}  // namespace stagecoach
