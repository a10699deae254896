#include "protocols/mime/decode.h"

#include <gtest/gtest.h>

namespace stagecoach::mime {
namespace {

TEST(Decode, Base64) {
  EXPECT_EQ(decode_base64("SGVsbG8="), "Hello");
  EXPECT_EQ(decode_base64("SGVs\r\nbG8"), "Hello");
  EXPECT_EQ(decode_base64("SGVs!bG8="), "Hello");
  EXPECT_EQ(decode_base64("SGk=SGk="), "HiHi");
  EXPECT_EQ(decode_base64("S"), "");
}

TEST(Decode, QuotedPrintable) {
  EXPECT_EQ(decode_quoted_printable("a=3Db"), "a=b");
  EXPECT_EQ(decode_quoted_printable("a=\r\nb"), "ab");
  EXPECT_EQ(decode_quoted_printable("a= \t\r\nb"), "ab");
  EXPECT_EQ(decode_quoted_printable("a=zz"), "a=zz");
  EXPECT_EQ(decode_quoted_printable("a="), "a");
}

TEST(Decode, CharacterSets) {
  EXPECT_EQ(to_utf8("iso-8859-1", "\xe9"), "\u00e9");
  EXPECT_EQ(to_utf8("windows-1252", "\x80"), "\u20ac");
  EXPECT_EQ(to_utf8("utf-8", "\u20ac"), "\u20ac");
  EXPECT_EQ(to_utf8("utf-8", "\xe9"), "\u00e9");
  EXPECT_EQ(to_utf8("koi8-r", "\xc1"), "\u0430");
  EXPECT_EQ(to_utf8("../../etc/passwd", "\xe9"), "\u00e9");
  EXPECT_EQ(to_utf8("no-such", "\xe9"), "\u00e9");
}

TEST(Decode, KnowsValidUtf8) {
  EXPECT_TRUE(is_valid_utf8("\u20ac\U0001F600"));
  for (const char* bad : {"\xc0\x80", "\xe0\x80\x80", "\xed\xa0\x80", "\xf5\x80\x80\x80", "\xe2\x82", "\x80"})
    EXPECT_FALSE(is_valid_utf8(bad)) << bad;
}

TEST(Decode, FoldsCase) { EXPECT_EQ(fold_case("\u00c4PFEL stra\u00dfe"), "\u00e4pfel strasse"); }

}  // namespace
}  // namespace stagecoach::mime
