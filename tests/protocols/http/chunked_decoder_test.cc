#include "protocols/http/chunked_decoder.h"

#include <gtest/gtest.h>

namespace stagecoach::http {
namespace {

using State = ChunkedDecoder::State;

const struct {
  const char* name;
  std::string bytes;
  State state;
  const char* body;
  const char* rest;
} k_streams[] = {
    {"one chunk", "3\r\nabc\r\n0\r\n\r\nGET", State::done, "abc", "GET"},
    {"sizes are hexadecimal", "a\r\n0123456789\r\n00B\r\n0123456789a\r\n000\r\n\r\n", State::done,
     "01234567890123456789a", ""},
    {"nothing", "0\r\n\r\n", State::done, "", ""},
    {"data may look like an end", "7\r\n\r\n0\r\n\r\n\r\n0\r\n\r\n", State::done, "\r\n0\r\n\r\n", ""},
    {"extensions", "1;a\r\nx\r\n1 ; a=\"b c\"\r\ny\r\n0;z\r\n\r\n", State::done, "xy", ""},
    {"a trailer", "0\r\nA: b\r\nC:\r\n\r\nrest", State::done, "", "rest"},
    {"not all", "3\r\nab", State::more, "ab", ""},
    {"not the empty line", "1\r\na\r\n0\r\n", State::more, "a", ""},
    {"as much as allowed", "19\r\n0123456789012345678901234\r\n0\r\n\r\n", State::done,
     "0123456789012345678901234", ""},
    {"more than allowed", "1a\r\n", State::too_large, "", ""},
    {"more than allowed in two", "10\r\n0123456789abcdef\r\na\r\n", State::too_large, "0123456789abcdef", ""},
    {"a size above 64 bits", "fffffffffffffffff\r\n", State::too_large, "", ""},
    {"no size", "\r\n", State::broken, "", ""},
    {"an extension without semicolon", "1 a\r\n", State::broken, "", ""},
    {"a control character", "1;\x01\r\n", State::broken, "", ""},
    {"CR within a line", "1;\ra\r\n", State::broken, "", ""},
    {"data without its end", "1\r\nab", State::more, "a", ""},
    {"data with another end", "1\r\nab\r\n", State::broken, "a", ""},
    {"LF behind data", "1\r\na\n", State::broken, "a", ""},
};

TEST(ChunkedDecoder, ReadsTheSameInEverySplit) {
  for (const auto& [name, bytes, expected, body, rest] : k_streams)
    for (const std::size_t step : {bytes.size(), std::size_t{1}, std::size_t{3}}) {
      ChunkedDecoder decoder(25);
      std::string decoded;
      State state = State::more;
      std::size_t at = 0, left = 0;
      while (at < bytes.size() && state == State::more) {
        std::string_view piece = std::string_view(bytes).substr(at, step);
        at += piece.size();
        state = decoder.decode(piece, decoded);
        left = piece.size();
      }
      EXPECT_EQ(state, expected) << name << ", in pieces of " << step;
      EXPECT_EQ(decoded, body) << name << ", in pieces of " << step;
      EXPECT_EQ(state == State::done ? bytes.substr(at - left) : std::string(), rest) << name;
    }
}

}  // namespace
}  // namespace stagecoach::http
