#include "protocols/minger/minger.h"

#include <gtest/gtest.h>

namespace stagecoach::minger {
namespace {

TEST(Minger, AsksWithAndWithoutASecret) {
  EXPECT_EQ(question("bob@example.com", ""), "bob@example.com");
  // echo -n geheim:bob@example.com | openssl md5 -binary | base64
  EXPECT_EQ(question("bob@example.com", "geheim"), "bob@example.com d=LmFCrllAlNDcRuu6rBfVLg==");
}

// LAN-19
TEST(Minger, ReadsAnswers) {
  const struct {
    const char* datagram;
    int status;  // -1: no answer to our question
  } k_cases[] = {
      {"bob@example.com 5", 5},
      {"BOB@example.com 3", 3},
      {"bob@example.com 4\r\n", 4},
      {"bob@example.com 2 x=y", 2},
      {"bob@example.com 0", 0},
      {"bob@example.com 1", 1},
      {"ann@example.com 5", -1},
      {"bob@example.com", -1},
      {"bob@example.com 6", -1},
      {"bob@example.com 55", -1},
      {"", -1},
      {"bob@example.com x", -1},
  };
  for (const auto& [datagram, status] : k_cases) {
    const auto answer = parse_answer(datagram, "bob@example.com");
    EXPECT_EQ(answer ? static_cast<int>(*answer) : -1, status) << datagram;
  }
  EXPECT_FALSE(parse_answer("bob@example.com 5 " + std::string(2000, 'x'), "bob@example.com"));
}

}  // namespace
}  // namespace stagecoach::minger
