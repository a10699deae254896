// What the directory tells about its entries: views with the settings that were asked for. Pure.
#pragma once

#include <string_view>

#include "actors/directory_book.h"
#include "actors/messages.h"

namespace stagecoach {

/// `directory` is made of the book: it knows what groups force. `today` is "2026-12-31" in local time.
EntryListing list_entries(const DirectoryBook& book, const routing::Directory& directory,
                          const ListEntries& list, std::string_view today);

}  // namespace stagecoach
