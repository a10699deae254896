// Identities: a number in the database, a type of its own here, so that a folder is never passed for a user.
#pragma once

#include <compare>
#include <cstdint>
#include <functional>

namespace stagecoach {

template <class Tag>
struct Id {
  std::int64_t value = 0;  // 0: none yet

  explicit operator bool() const { return value != 0; }
  auto operator<=>(const Id&) const = default;
};

using UserId = Id<struct UserTag>;        // a mailbox owner
using FolderId = Id<struct FolderTag>;    // one folder of one user
using ContentId = Id<struct ContentTag>;  // the stored bytes of one message, shared by all its copies
using MessageId = Id<struct MessageTag>;  // one arrival and its trace; what the log calls the message number
using ListId = Id<struct ListTag>;        // a distribution or mailing list
using GroupId = Id<struct GroupTag>;      // a group of users
using QueueId = Id<struct QueueTag>;      // one message that waits for a sender

}  // namespace stagecoach

template <class Tag>
struct std::hash<stagecoach::Id<Tag>> {
  std::size_t operator()(stagecoach::Id<Tag> id) const { return std::hash<std::int64_t>{}(id.value); }
};
