#include "actors/generated_mail.h"

#include <gtest/gtest.h>

#include "protocols/mime/structure.h"

namespace stagecoach {
namespace {

constexpr std::string_view k_original = "From: ann@x.example\r\nSubject: Hi\r\n\r\nBody\r\n";

std::string composed(ComposedMail mail) {
  Node node;
  Reported original;
  original.head = k_original;
  original.size_bytes = static_cast<std::int64_t>(k_original.size());
  Generated generated;
  generated.recipients = {"ann@x.example"};
  generated.composed = std::move(mail);
  return generated_arrival(node, generated, original, k_original).content->head;
}

ComposedMail answer() {
  ComposedMail mail;
  mail.from = "Fred Smith <fred@example.com>";
  mail.to = {"ann@x.example"};
  mail.subject = "Away";
  mail.text = "I am away.";
  return mail;
}

TEST(GeneratedMail, IsOnePartUnlessItHasMore) {
  const std::string plain = composed(answer());
  EXPECT_NE(plain.find("\r\nContent-Type: text/plain; charset=utf-8\r\n"), std::string::npos) << plain;
  EXPECT_NE(plain.find("From: Fred Smith <fred@example.com>\r\n"), std::string::npos) << plain;
  ComposedMail both = answer();
  both.html = "<b>I am away.</b>";
  EXPECT_EQ(mime::scan_structure(composed(both)).root.subtype, "alternative");
}

TEST(GeneratedMail, AppendsTheOriginalAsFarAsWanted) {  // USR-125
  ComposedMail mail = answer();
  mail.append_original = AppendOriginal::headers;
  const std::string headers = composed(mail);
  EXPECT_NE(headers.find("text/rfc822-headers"), std::string::npos);
  EXPECT_NE(headers.find("Subject: Hi"), std::string::npos);
  EXPECT_EQ(headers.find("\r\nBody"), std::string::npos);
  mail.append_original = AppendOriginal::full;
  const std::string full = composed(mail);
  EXPECT_NE(full.find(k_original), std::string::npos);
  EXPECT_EQ(mime::scan_structure(full).root.children.at(1).subtype, "rfc822");
}

TEST(GeneratedMail, TakesNoHeaderFieldsFromValues) {
  ComposedMail mail = answer();
  mail.subject = "a\r\nBcc: evil@x.example";
  mail.from = "Fred\r\nX-Evil: 1 <fred@example.com>";
  mail.header = {{HeaderEdit::Kind::set, "In-Reply-To", "<1@x>\r\nX-Evil: 2"}};
  const std::string message = composed(mail);
  const std::string header = message.substr(0, message.find("\r\n\r\n"));
  EXPECT_EQ(header.find("\r\nBcc:"), std::string::npos) << header;
  EXPECT_EQ(header.find("\r\nX-Evil:"), std::string::npos) << header;
}

}  // namespace
}  // namespace stagecoach
