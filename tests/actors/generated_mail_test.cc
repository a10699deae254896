#include "actors/generated_mail.h"

#include <gtest/gtest.h>

#include "protocols/mime/structure.h"

namespace stagecoach {
namespace {

constexpr std::string_view k_original = "From: ann@x.example\r\nSubject: Hi\r\n\r\nBody\r\n";

std::string composed(ComposedMail mail, const AnswerFiles& files = {}) {
  Node node;
  Reported original;
  original.head = k_original;
  original.size_bytes = static_cast<std::int64_t>(k_original.size());
  Generated generated;
  generated.recipients = {"ann@x.example"};
  generated.composed = std::move(mail);
  return generated_arrival(node, generated, original, k_original, files).content->head;
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

TEST(GeneratedMail, AttachesTheFilesThatAreThere) {  // USR-129
  AnswerFiles files;
  files.add("Fred", {"Plan.pdf", "application/pdf", std::string("%PDF\0\xff", 6)});
  files.add("fred", {"Gr\xc3\xbc\xc3\x9f\x65.txt", "text/plain", "Hi"});
  files.add("kate", {"secret.txt", "text/plain", "no"});
  ComposedMail mail = answer();
  mail.attachments_of = "fred";
  mail.attachments = {"plan.PDF", "gone.txt", "secret.txt", "Gr\xc3\xbc\xc3\x9f\x65.txt"};
  mail.append_original = AppendOriginal::full;
  const std::string message = composed(mail, files);
  const auto root = mime::scan_structure(message).root;
  ASSERT_EQ(root.children.size(), 4u) << message;
  EXPECT_EQ(root.children[0].subtype, "plain");
  EXPECT_EQ(root.children[1].subtype, "pdf");
  EXPECT_EQ(root.children[3].subtype, "rfc822");
  EXPECT_NE(message.find("Content-Disposition: attachment; filename=Plan.pdf\r\n"), std::string::npos)
      << message;
  EXPECT_NE(message.find("filename*=UTF-8''Gr%C3%BC%C3%9Fe.txt"), std::string::npos) << message;
  EXPECT_NE(message.find("\r\n\r\nJVBERgD/\r\n"), std::string::npos) << message;
  EXPECT_EQ(message.find("secret"), std::string::npos) << "the file of somebody else";
}

TEST(GeneratedMail, TakesNoHeaderFieldsFromFileNames) {
  AnswerFiles files;
  files.add("fred", {"a\r\nX-Evil: 1.txt", "text/plain", "Hi"});
  ComposedMail mail = answer();
  mail.attachments_of = "fred";
  mail.attachments = {"a\r\nX-Evil: 1.txt"};
  EXPECT_EQ(composed(mail, files).find("\r\nX-Evil:"), std::string::npos);
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
