// What the rules of a sender know of a waiting message. The recipient is given apart: one message has many.
#pragma once

#include <chrono>
#include <cstdint>
#include <string_view>

namespace stagecoach::routing {

struct SendingFacts {
  std::int64_t retries = 0;      // attempts so far
  std::int64_t size_bytes = 0;   // of the message as it is sent
  std::chrono::minutes age{0};   // time in the outgoing queue
  std::string_view auth_sender;  // name of the user who submitted it; empty: nobody logged in
  std::string_view from;         // envelope sender; empty: the null path
};

}  // namespace stagecoach::routing
