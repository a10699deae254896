#include "protocols/mime/rewrite.h"

#include <gtest/gtest.h>

#include "protocols/mime/decode.h"
#include "protocols/mime/footer.h"
#include "protocols/mime/header.h"
#include "protocols/mime/structure.h"

namespace stagecoach::mime {
namespace {

using Kind = HeaderEdit::Kind;

const struct {
  const char* name;
  const char* message;
  std::vector<HeaderEdit> edits;
  const char* edited;
} k_edits[] = {
    {"sets in its place",
     "A: 1\r\nB: 2\r\nC: 3\r\n\r\nx",
     {{Kind::set, "b", "new"}},
     "A: 1\r\nb: new\r\nC: 3\r\n\r\nx"},
    {"further ones go",
     "B: 1\r\nA: 2\r\nB: 3\r\n\r\nx",
     {{Kind::set, "B", "new"}},
     "B: new\r\nA: 2\r\n\r\nx"},
    {"sets what is missing", "A: 1\r\n\r\nx", {{Kind::set, "B", "new"}}, "A: 1\r\nB: new\r\n\r\nx"},
    {"adds at the end", "B: 1\r\nA: 2\r\n\r\nx", {{Kind::add, "B", "2"}}, "B: 1\r\nA: 2\r\nB: 2\r\n\r\nx"},
    {"adds trace fields at the top",
     "A: 1\r\n\r\nx",
     {{Kind::add, "Received", "by me"}},
     "Received: by me\r\nA: 1\r\n\r\nx"},
    {"removes all", "B: 1\r\n 2\r\nA: 2\r\nb: 3\r\n\r\nx", {{Kind::remove, "B", ""}}, "A: 2\r\n\r\nx"},
    {"an empty value removes", "B: 1\r\nA: 2\r\n\r\nx", {{Kind::set, "B", ""}}, "A: 2\r\n\r\nx"},
    {"in order", "A: 1\r\n\r\n", {{Kind::remove, "A", ""}, {Kind::add, "A", "2"}}, "A: 2\r\n\r\n"},
    {"other bytes stay",
     "A:1\r\n\t2 \nBroken line\r\nB : \xff\r\n\r\n\r\nB: 5",
     {{Kind::set, "C", "x"}},
     "A:1\r\n\t2 \nBroken line\r\nB : \xff\r\nC: x\r\n\r\n\r\nB: 5"},
    {"no injection",
     "A: 1\r\n\r\nx",
     {{Kind::set, "A", "2\r\n\r\nBcc: y"}, {Kind::add, "X: y\r\nZ", "3"}},
     "A: 2    Bcc: y\r\nX--y--Z: 3\r\n\r\nx"},
    {"a message without a header", "\r\nx", {{Kind::set, "A", "1"}}, "A: 1\r\n\r\nx"},
    {"a message without a body", "A: 1", {{Kind::set, "B", "2"}}, "A: 1\r\nB: 2\r\n\r\n"},
    {"an empty message", "", {{Kind::set, "B", "2"}}, "B: 2\r\n\r\n"},
    {"encodes text",
     "Subject: a\r\n\r\n",
     {{Kind::set, "Subject", "Gr\xc3\xbc"}},
     "Subject: =?UTF-8?Q?Gr=C3=BC?=\r\n\r\n"},
    {"encodes names, not addresses",
     "\r\n",
     {{Kind::set, "From", "J\xc3\xb6rg <joerg@example.com>, \"a b\"@example.com"}},
     "From: =?UTF-8?Q?J=C3=B6rg?= <joerg@example.com>, \"a b\"@example.com\r\n\r\n"},
    {"keeps ASCII as given",
     "\r\n",
     {{Kind::set, "From", "\"Ann (x)\" <ann@example.com>"}},
     "From: \"Ann (x)\" <ann@example.com>\r\n\r\n"},
};

// USR-176
TEST(Rewrite, EditsTheHeader) {
  for (const auto& [name, message, edits, edited] : k_edits)
    EXPECT_EQ(edit_header(message, edits), edited) << name;
}

TEST(Rewrite, FoldsLongValues) {
  std::string words;
  for (int i = 0; i < 40; ++i) words += "word" + std::to_string(i) + " ";
  const std::string edited = edit_header("\r\n", {{Kind::set, "X", words}});
  EXPECT_NE(edited.find("\r\n word"), std::string::npos);
  EXPECT_EQ(parse_header_section(edited).text("X") + " ", words);
}

TEST(Rewrite, AnEmptyRenditionChangesNothing) { EXPECT_EQ(rewrite("A: 1\n\nx\n", {}), "A: 1\n\nx\n"); }

constexpr const char* k_german =
    "Gr\xc3\xbc\xc3\x9f"
    "e";

// SIG-07
// SIG-08
// SIG-09
const struct {
  const char* name;
  const char* message;
  Footer footer;
  const char* result;  // nullptr: unchanged
} k_footers[] = {
    {"plain", "A: 1\r\n\r\nHello\r\n", {"Bye", "<b>Bye</b>"}, "A: 1\r\n\r\nHello\r\n\r\nBye\r\n"},
    {"the last line has no end",
     "A: 1\r\n\r\nHello",
     {"Bye\nFred\n", ""},
     "A: 1\r\n\r\nHello\r\n\r\nBye\r\nFred\r\n"},
    {"empty body", "A: 1\r\n\r\n", {"Bye", ""}, "A: 1\r\n\r\n\r\nBye\r\n"},
    {"an empty line without its end", "A: 1\r\n\r", {"Bye", ""}, nullptr},
    {"no body", "A: 1\r\n", {"Bye", ""}, nullptr},
    {"html",
     "Content-Type: text/html\r\n\r\n<html><BODY>Hello</BODY></html>",
     {"Bye", "<b>Bye</b>"},
     "Content-Type: text/html\r\n\r\n<html><BODY>Hello<br>\r\n<b>Bye</b>\r\n</BODY></html>"},
    {"html without a body",
     "Content-Type: text/html\r\n\r\n<p>Hello",
     {"Bye", "<b>Bye</b>"},
     "Content-Type: text/html\r\n\r\n<p>Hello<br>\r\n<b>Bye</b>\r\n"},
    {"text is never made HTML", "A: 1\r\n\r\nHello\r\n", {"", "<b>Bye</b>"}, nullptr},
    {"quoted-printable stays so",
     "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: "
     "quoted-printable\r\n\r\nGr=C3=BC=\r\nn\r\n",
     {k_german, ""},
     "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n"
     "Gr=C3=BCn\r\n\r\nGr=C3=BC=C3=9Fe\r\n"},
    {"base64 stays so",
     "Content-Type: text/plain; charset=us-ascii\r\nContent-Transfer-Encoding: "
     "base64\r\n\r\nSGVsbG8NCg==\r\n",
     {"Bye", ""},
     "Content-Type: text/plain; charset=us-ascii\r\nContent-Transfer-Encoding: "
     "base64\r\n\r\nSGVsbG8NCg0KQnllDQo=\r\n"},
    {"7bit becomes quoted-printable where it must",
     "A: 1\r\n\r\na=b\r\n",
     {k_german, ""},
     "A: 1\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n"
     "MIME-Version: 1.0\r\n\r\na=3Db\r\n\r\nGr=C3=BC=C3=9Fe\r\n"},
    {"another character set becomes UTF-8",
     "MIME-Version: 1.0\r\nContent-Type: text/plain; format=flowed; charset=iso-8859-1\r\n"
     "Content-Transfer-Encoding: 8bit\r\n\r\n\xfc\r\n",
     {k_german, ""},
     "MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8; format=flowed\r\n"
     "Content-Transfer-Encoding: 8bit\r\n\r\n\xc3\xbc\r\n\r\nGr\xc3\xbc\xc3\x9f"
     "e\r\n"},
    {"ASCII fits into most",
     "Content-Type: text/plain; charset=iso-8859-1\r\nContent-Transfer-Encoding: 8bit\r\n\r\n\xfc\r\n",
     {"Bye", ""},
     "Content-Type: text/plain; charset=iso-8859-1\r\nContent-Transfer-Encoding: "
     "8bit\r\n\r\n\xfc\r\n\r\nBye\r\n"},
    {"alternative: both",
     "Content-Type: multipart/alternative; boundary=b\r\n\r\npre\r\n--b\r\n\r\nHello\r\n--b\r\nContent-Type: "
     "text/html\r\n"
     "\r\n<p>Hello</p>\r\n--b--\r\npost",
     {"Bye", "<b>Bye</b>"},
     "Content-Type: multipart/alternative; "
     "boundary=b\r\n\r\npre\r\n--b\r\n\r\nHello\r\n\r\nBye\r\n\r\n--b\r\n"
     "Content-Type: text/html\r\n\r\n<p>Hello</p><br>\r\n<b>Bye</b>\r\n\r\n--b--\r\npost"},
    {"mixed: the first text that is no attachment",
     "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Disposition: "
     "attachment\r\n\r\nfile\r\n--b\r\n"
     "Content-Type: text/plain; name=n.txt\r\n\r\nfile\r\n--b\r\n\r\none\r\n--b\r\n\r\ntwo\r\n--b--\r\n",
     {"Bye", ""},
     "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Disposition: "
     "attachment\r\n\r\nfile\r\n--b\r\n"
     "Content-Type: text/plain; "
     "name=n.txt\r\n\r\nfile\r\n--b\r\n\r\none\r\n\r\nBye\r\n\r\n--b\r\n\r\ntwo\r\n--b--\r\n"},
    {"related: only its first part",
     "Content-Type: multipart/related; boundary=b\r\n\r\n--b\r\nContent-Type: "
     "image/png\r\n\r\nx\r\n--b\r\n\r\ny\r\n--b--\r\n",
     {"Bye", ""},
     nullptr},
    {"TNEF stays", "Content-Type: application/ms-tnef\r\n\r\nx\r\n", {"Bye", "Bye"}, nullptr},
    {"signed",
     "Content-Type: multipart/signed; boundary=b\r\n\r\n--b\r\n\r\nHello\r\n--b\r\nContent-Type: "
     "application/pgp-signature\r\n\r\nx\r\n--b--\r\n",
     {"Bye", ""},
     nullptr},
    {"signed within",
     "Content-Type: multipart/mixed; boundary=a\r\n\r\n--a\r\nContent-Type: multipart/signed; "
     "boundary=b\r\n\r\n--b\r\n\r\n"
     "Hello\r\n--b--\r\n--a\r\n\r\ntext\r\n--a--\r\n",
     {"Bye", ""},
     nullptr},
    {"encrypted",
     "Content-Type: application/pkcs7-mime; smime-type=enveloped-data\r\n\r\nx\r\n",
     {"Bye", ""},
     nullptr},
    {"signed in the text", "A: 1\r\n\r\n-----BEGIN PGP SIGNED MESSAGE-----\r\nx\r\n", {"Bye", ""}, nullptr},
    {"signed in one of two texts",
     "Content-Type: multipart/alternative; boundary=b\r\n\r\n--b\r\n\r\nx\r\n--b\r\nContent-Type: "
     "text/html\r\n\r\n"
     "-----BEGIN PGP MESSAGE-----\r\n--b--\r\n",
     {"Bye", "Bye"},
     nullptr},
    {"a message within stays",
     "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: message/rfc822\r\n\r\nA: "
     "1\r\n\r\nHello\r\n--b--\r\n",
     {"Bye", ""},
     nullptr},
    {"an unknown encoding", "Content-Transfer-Encoding: x-uuencode\r\n\r\nHello\r\n", {"Bye", ""}, nullptr},
    {"a multipart without boundary", "Content-Type: multipart/mixed\r\n\r\nHello\r\n", {"Bye", ""}, nullptr},
    {"UTF-16 becomes UTF-8",
     "MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-16be\r\nContent-Transfer-Encoding: "
     "base64\r\n\r\nAEgAaQ==\r\n",
     {"Bye", ""},
     "MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: "
     "base64\r\n\r\n"
     "SGkNCg0KQnllDQo=\r\n"},
};

TEST(Rewrite, PutsAFooterUnderTheText) {
  for (const auto& [name, message, footer, result] : k_footers)
    EXPECT_EQ(add_footer(message, footer), result ? result : message) << name;
}

TEST(Rewrite, KnowsWhatIsProtected) {
  EXPECT_TRUE(is_protected("Content-Type: multipart/encrypted; boundary=b\r\n\r\n--b\r\n\r\nx\r\n--b--\r\n"));
  EXPECT_TRUE(is_protected("A: 1\r\n\r\n-----BEGIN PGP MESSAGE-----\r\n"));
  EXPECT_FALSE(is_protected("A: 1\r\n\r\nHello\r\n"));
}

TEST(Rewrite, BreaksLongLinesOfAFooter) {
  const std::string result = add_footer("MIME-Version: 1.0\r\n\r\nHello\r\n", {std::string(5000, 'x'), ""});
  EXPECT_NE(result.find("Content-Transfer-Encoding: quoted-printable"), std::string::npos);
  EXPECT_EQ(decode_quoted_printable(result.substr(result.find("Hello"))),
            "Hello\r\n\r\n" + std::string(5000, 'x') + "\r\n");
}

TEST(Rewrite, LeavesHugeTextsAlone) {
  const std::string message = "A: 1\r\n\r\n" + std::string(17 * 1024 * 1024, 'x');
  EXPECT_EQ(add_footer(message, {"Bye", ""}).size(), message.size());
}

TEST(Rewrite, EditsHeaderAndTextTogether) {
  EXPECT_EQ(rewrite("A: 1\r\n\r\nHello\r\n", {.header = {{Kind::set, "A", "2"}}, .footer = {"Bye", ""}}),
            "A: 2\r\n\r\nHello\r\n\r\nBye\r\n");
}

}  // namespace
}  // namespace stagecoach::mime
