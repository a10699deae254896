#include "actors/mbox_text.h"

#include <gtest/gtest.h>

namespace stagecoach {
namespace {

std::string whole(std::string_view message) {
  MboxText text;
  std::string out = text.add(message);
  return out + text.finish();
}
std::string byte_by_byte(std::string_view message) {
  MboxText text;
  std::string out;
  for (const char c : message) out += text.add(std::string_view(&c, 1));
  return out + text.finish();
}

// USR-205
TEST(MboxText, HasLineFeedsAndQuotesWhatLooksLikeAStart) {
  const struct {
    const char *message, *text;
  } k_messages[] = {
      {"Subject: x\r\n\r\nbody\r\n", "Subject: x\n\nbody\n\n"},
      {"no line end", "no line end\n\n"},
      {"", "\n"},
      {"a\r\nFrom here\r\n>From there\r\n>> From\r\n", "a\n>From here\n>>From there\n>> From\n\n"},
      {"From start", ">From start\n\n"},
      {"From", "From\n\n"},
      {">", ">\n\n"},
      {"Fro\r\nFromage\r\n", "Fro\nFromage\n\n"},
      {"a\rFrom b\r\r\nFrom c\n", "a\rFrom b\r\n>From c\n\n"},
      {"end\r", "end\r\n\n"},
      {"x From y\n", "x From y\n\n"},
  };
  for (const auto& [message, text] : k_messages) {
    EXPECT_EQ(whole(message), text) << message;
    EXPECT_EQ(byte_by_byte(message), text) << message;
  }
}

TEST(MboxText, AMessageBeginsWithItsSenderAndTheTimeInUtc) {
  EXPECT_EQ(mbox_from_line("ann@remote.example", 1'700'000'000),
            "From ann@remote.example Tue Nov 14 22:13:20 2023\n");
  for (const char* strange : {"", "a b", "a\nb"})
    EXPECT_EQ(mbox_from_line(strange, 0), "From MAILER-DAEMON Thu Jan  1 00:00:00 1970\n");
}

}  // namespace
}  // namespace stagecoach
