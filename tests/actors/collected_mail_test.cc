#include "actors/collected_mail.h"

#include <gtest/gtest.h>

namespace stagecoach {
namespace {

TEST(CollectedMail, TheSenderIsThatOfReturnPath) {
  const struct {
    const char* head;
    const char* sender;
    const char* sender_or_from;
  } k_heads[] = {
      {"Return-Path: <ann@x.example>\r\nFrom: <bob@y.example>\r\n\r\n", "ann@x.example", "ann@x.example"},
      {"Return-Path: ann@x.example\r\n\r\n", "ann@x.example", "ann@x.example"},
      {"Return-Path: <>\r\nFrom: <bob@y.example>\r\n\r\n", "", ""},
      {"From: Bob <bob@y.example>\r\n\r\n", "", "bob@y.example"},
      {"Return-Path: <a b@x.example>\r\n\r\n", "", ""},
      {"Return-Path: <a><b>\r\n\r\n", "", ""},
      {"", "", ""},
  };
  for (const auto& [head, sender, sender_or_from] : k_heads) {
    EXPECT_EQ(collected_sender(head), sender) << head;
    EXPECT_EQ(collected_sender(head, true), sender_or_from) << head;
  }
}

TEST(CollectedMail, TheViewShowsDecodedFields) {  // COL-91
  const RemoteHead shown = remote_head(
      "From: =?utf-8?q?J=C3=BCrgen?= <j@x.example>\r\nTo: fred@example.com,\r\n kate@example.com\r\n"
      "Subject: =?iso-8859-1?q?Gr=FC=DFe?=\r\nDate: Mon, 6 Oct 2025 10:00:00 +0200\r\n\r\nbody");
  EXPECT_EQ(shown.sender, "J\xc3\xbcrgen <j@x.example>");
  EXPECT_EQ(shown.recipients, "fred@example.com, kate@example.com");
  EXPECT_EQ(shown.subject,
            "Gr\xc3\xbc\xc3\x9f"
            "e");
  EXPECT_EQ(shown.date, 1759737600LL * 1000000);
  EXPECT_EQ(remote_head("Subject: x\r\nDate: soon\r\n\r\n").date, 0);
  EXPECT_LE(remote_head("Subject: " + std::string(5000, 'x') + "\r\n\r\n").subject.size(), 500u);
}

}  // namespace
}  // namespace stagecoach
