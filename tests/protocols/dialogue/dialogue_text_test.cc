#include "protocols/dialogue/dialogue_text.h"

#include <gtest/gtest.h>

namespace stagecoach {
namespace {

/// What is said, one after the other: "C" or "S" and the bytes.
struct Part {
  char who;
  std::string bytes;
};

std::string shown(DialogueProtocol protocol, const std::vector<Part>& parts, bool byte_by_byte) {
  DialogueText text(protocol);
  std::string all;
  const auto take = [&](char who, std::string_view bytes) {
    for (const std::string& line : who == 'C' ? text.sent(bytes) : text.received(bytes))
      all += (all.empty() ? "" : "|") + line;
  };
  for (const Part& part : parts) {
    if (!byte_by_byte) take(part.who, part.bytes);
    for (std::size_t i = 0; byte_by_byte && i < part.bytes.size(); ++i)
      take(part.who, std::string_view(part.bytes).substr(i, 1));
  }
  return all;
}

const struct {
  const char* name;
  DialogueProtocol protocol;
  std::vector<Part> parts;
  const char* lines;
} k_dialogues[] = {
    {"the password of AUTH PLAIN",
     DialogueProtocol::smtp,
     {{'S', "220 mx\r\n"}, {'C', "AUTH PLAIN AGZyZWQ=\r\n"}, {'S', "235 ok\r\n"}, {'C', "QUIT\r\n"}},
     "S: 220 mx|C: AUTH PLAIN *****|S: 235 ok|C: QUIT"},
    {"the answers of AUTH LOGIN",
     DialogueProtocol::smtp,
     {{'C', "auth login\r\n"},
      {'S', "334 VXNlcg==\r\n"},
      {'C', "ZnJlZA==\r\n"},
      {'S', "334 UGFzcw==\r\n"},
      {'C', "c2VjcmV0\r\n"},
      {'S', "535 no\r\n"},
      {'C', "QUIT\r\n"}},
     "C: auth login|S: 334 VXNlcg==|C: *****|S: 334 UGFzcw==|C: *****|S: 535 no|C: QUIT"},
    {"content is counted",
     DialogueProtocol::smtp,
     {{'C', "MAIL FROM:<a@b.example>\r\nDATA\r\n"},
      {'S', "250 ok\r\n354 go\r\n"},
      {'C', "Subject: x\r\n\r\n.. \r\n" + std::string(12000, 'x') + "\r\n.\r\nQUIT\r\n"},
      {'S', "250 kept\r\n"}},
     "C: MAIL FROM:<a@b.example>|C: DATA|S: 250 ok|S: 354 go|C: … 12,021 bytes|C: QUIT|S: 250 kept"},
    {"DATA that is refused has none",
     DialogueProtocol::smtp,
     {{'C', "DATA\r\n"}, {'S', "554 no\r\n"}, {'C', "RSET\r\n"}},
     "C: DATA|S: 554 no|C: RSET"},
    {"chunks",
     DialogueProtocol::smtp,
     {{'C', "BDAT 6\r\n"}, {'C', "QUIT\r\nBDAT 0 LAST\r\n"}, {'S', "250 ok\r\n"}},
     "C: BDAT 6|C: … 6 bytes|C: BDAT 0 LAST|S: 250 ok"},
    {"POP3",
     DialogueProtocol::pop3,
     {{'S', "+OK hi\r\n"},
      {'C', "USER fred\r\nPASS sec ret\r\n"},
      {'S', "+OK\r\n+OK\r\n"},
      {'C', "UIDL\r\n"},
      {'S', "+OK\r\n1 a\r\n.\r\n"},
      {'C', "RETR 1\r\n"},
      {'S', "+OK 4\r\nhi\r\n.\r\n"},
      {'C', "RETR 2\r\n"},
      {'S', "-ERR no\r\n"},
      {'C', "DELE 1\r\n"},
      {'S', "+OK\r\n"}},
     "S: +OK hi|C: USER fred|C: PASS *****|S: +OK|S: +OK|C: UIDL|S: +OK|S: 1 a|S: .|C: RETR 1|S: +OK 4|S: … "
     "4 "
     "bytes|C: RETR 2|S: -ERR no|C: DELE 1|S: +OK"},
    {"POP3's AUTH",
     DialogueProtocol::pop3,
     {{'C', "AUTH PLAIN\r\n"},
      {'S', "+ \r\n"},
      {'C', "AGZyZWQ=\r\n"},
      {'S', "+OK in\r\n"},
      {'C', "RETR 1\r\n"},
      {'S', "+OK\r\n\r\n.\r\n"}},
     "C: AUTH PLAIN|S: + |C: *****|S: +OK in|C: RETR 1|S: +OK|S: … 2 bytes"},
    {"APOP",
     DialogueProtocol::pop3,
     {{'C', "APOP fred 0123\r\n"}, {'S', "+OK\r\n"}},
     "C: APOP fred *****|S: +OK"},
    {"IMAP",
     DialogueProtocol::imap,
     {{'C', "a1 LOGIN fred secret\r\n"},
      {'S', "a1 OK\r\n"},
      {'C', "a2 FETCH 1 BODY[]\r\n"},
      {'S', "* 1 FETCH (BODY[] {5}\r\nhello)\r\na2 OK\r\n"}},
     "C: a1 LOGIN *****|S: a1 OK|C: a2 FETCH 1 BODY[]|S: * 1 FETCH (BODY[] {5}|S: … 5 bytes|S: )|S: a2 OK"},
    {"a password as an IMAP literal",
     DialogueProtocol::imap,
     {{'C', "a1 LOGIN {4}\r\n"},
      {'S', "+ go\r\n"},
      {'C', "fred {6}\r\n"},
      {'S', "+ go\r\n"},
      {'C', "secret\r\n"},
      {'S', "a1 OK\r\n"},
      {'C', "a2 NOOP\r\n"}},
     "C: a1 LOGIN *****|S: + go|C: *****|C: *****|S: + go|C: *****|C: *****|S: a1 OK|C: a2 NOOP"},
    {"an IMAP literal that is refused",
     DialogueProtocol::imap,
     {{'C', "a1 LOGIN {9}\r\n"},
      {'S', "a1 BAD no\r\n"},
      {'C', "a2 AUTHENTICATE PLAIN AGZyZWQ=\r\n"},
      {'S', "a2 OK\r\n"}},
     "C: a1 LOGIN *****|S: a1 BAD no|C: a2 AUTHENTICATE PLAIN *****|S: a2 OK"},
};

TEST(DialogueText, ShowsLinesWithoutSecretsAndContent) {  // SND-47
  for (const auto& [name, protocol, parts, lines] : k_dialogues) {
    EXPECT_EQ(shown(protocol, parts, false), lines) << name;
    EXPECT_EQ(shown(protocol, parts, true), lines) << name << ", byte by byte";
  }
}

TEST(DialogueText, ALongLineIsCut) {
  const std::string line(DialogueText::k_line_bytes_max, 'x');
  EXPECT_EQ(shown(DialogueProtocol::smtp, {{'S', line + "\r\n"}}, false), "S: " + line);
  EXPECT_EQ(shown(DialogueProtocol::smtp, {{'S', line + "yyyyy\r\n250 ok\r\n"}}, false),
            "S: " + line + " …|S: 250 ok");
}

}  // namespace
}  // namespace stagecoach
