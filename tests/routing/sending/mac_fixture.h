// A keyed hash for tests: good enough to tell texts apart, no more.
#pragma once

#include <gtest/gtest.h>

#include "routing/sending/bounce_addresses.h"

namespace stagecoach::routing {

inline Mac test_mac(const std::string& secret) {
  return [secret](std::string_view text) {
    std::uint64_t value = 14695981039346656037u;  // FNV-1a, mixed at the end
    for (const char c : secret + "|" + std::string(text))
      value = (value ^ static_cast<unsigned char>(c)) * 1099511628211u;
    value = (value ^ value >> 29) * 0xbf58476d1ce4e5b9u;
    value ^= value >> 32;
    std::string bytes(8, '\0');
    for (std::size_t i = 0; i < 8; ++i) bytes[i] = static_cast<char>(value >> (8 * i) & 0xff);
    return bytes;
  };
}

}  // namespace stagecoach::routing
