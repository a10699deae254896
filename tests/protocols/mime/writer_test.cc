#include "protocols/mime/writer.h"

#include <gtest/gtest.h>

namespace stagecoach::mime {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;
using std::chrono::sys_seconds;

TEST(Writer, WritesDates) {
  EXPECT_EQ(date_text(sys_seconds{seconds{1795192856}}), "Fri, 20 Nov 2026 16:40:56 +0000");
  EXPECT_EQ(date_text(sys_seconds{seconds{0}}, minutes{-210}), "Wed, 31 Dec 1969 20:30:00 -0330");
}

TEST(Writer, KeepsValuesInTheirField) {
  HeaderWriter header;
  header.text("Subject", "a\r\nBcc: x@y.example");
  header.structured("X\r\nY", "b\nc");
  header.addresses("To", {{"Evil\r\nBcc: a", "a@b.example>\r\nC: d"}});
  EXPECT_EQ(header.finish(),
            "Subject: a  Bcc: x@y.example\r\nX--Y: b c\r\nTo: \"Evil  Bcc: a\" <a@b.example  C: d>\r\n\r\n");
}

TEST(Writer, EncodesWords) {
  EXPECT_EQ(encode_words("plain text"), "plain text");
  EXPECT_EQ(encode_words("Gr\xc3\xbc\xc3\x9f"
                         "e!"),
            "=?UTF-8?Q?Gr=C3=BC=C3=9Fe!?=");
  EXPECT_EQ(encode_words("=?x"), "=?UTF-8?Q?=3D=3Fx?=");
  std::string euros;
  for (int i = 0; i < 12; ++i) euros += "\xe2\x82\xac";
  const std::string encoded = encode_words(euros);  // no word above 75, no character split
  EXPECT_EQ(encoded.substr(0, encoded.find(' ')),
            "=?UTF-8?Q?=E2=82=AC=E2=82=AC=E2=82=AC=E2=82=AC=E2=82=AC=E2=82=AC=E2=82=AC?=");
}

TEST(Writer, FoldsAtSpaces) {
  HeaderWriter header;
  header.text("Subject", std::string(60, 'a') + " " + std::string(30, 'b') + " c");
  EXPECT_EQ(header.fields(), "Subject: " + std::string(60, 'a') + "\r\n " + std::string(30, 'b') + " c\r\n");
  HeaderWriter long_word;
  long_word.text("X", std::string(3000, 'a'));
  std::size_t longest = 0;
  for (std::size_t at = 0, end; (end = long_word.fields().find("\r\n", at)) != std::string::npos;
       at = end + 2)
    longest = std::max(longest, end - at);
  EXPECT_LE(longest, 998u);
}

TEST(Writer, QuotesNamesAndParameters) {
  EXPECT_EQ(to_text({"", "a@b.example"}), "a@b.example");
  EXPECT_EQ(to_text({"Fred Smith", "a@b.example"}), "Fred Smith <a@b.example>");
  EXPECT_EQ(to_text({"Smith, \"F\"", "a@b.example"}), "\"Smith, \\\"F\\\"\" <a@b.example>");
  EXPECT_EQ(to_text({"\xc3\x84", "a@b.example"}), "=?UTF-8?Q?=C3=84?= <a@b.example>");
  EXPECT_EQ(parameter_text("name", "a.txt"), "name=a.txt");
  EXPECT_EQ(parameter_text("name", "a b.txt"), "name=\"a b.txt\"");
  EXPECT_EQ(parameter_text("name", "\xc3\xa4.txt"), "name*=UTF-8''%C3%A4.txt");
}

TEST(Writer, BuildsMultiparts) {
  MultipartWriter parts("b1");
  parts.part("\r\n", "one\ntwo\n").part_exact("A: b\r\n\r\n", "x\ny");
  EXPECT_EQ(parts.finish(), "--b1\r\n\r\none\r\ntwo\r\n\r\n--b1\r\nA: b\r\n\r\nx\ny\r\n--b1--\r\n");
  EXPECT_EQ(multipart_type("mixed", "b=1"), "multipart/mixed; boundary=\"b=1\"");
}

TEST(Writer, EncodesBodies) {
  EXPECT_EQ(encode_quoted_printable("a=\xc3\xa4 \r\nb\t"), "a=3D=C3=A4=20\r\nb=09");
  EXPECT_EQ(encode_quoted_printable(std::string(80, 'x')),
            std::string(75, 'x') + "=\r\n" + std::string(5, 'x'));
  EXPECT_EQ(encode_base64_lines(std::string(60, '\0')), std::string(76, 'A') + "\r\nAAAA\r\n");
  EXPECT_EQ(with_crlf("a\nb\rc\r\n\n"), "a\r\nb\r\nc\r\n\r\n");
}

}  // namespace
}  // namespace stagecoach::mime
