#include "protocols/dkim/signature.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "protocols/mime/header.h"
#include "protocols/sasl/base64.h"
#include "routing/model/address.h"
#include "tests/protocols/dkim/test_keys.h"

namespace stagecoach::dkim {
namespace {

constexpr const char* k_header =
    "From: Joe SixPack <joe@football.example.com>\r\n"
    "To: Suzie Q <suzie@shopping.example.net>\r\n"
    "Subject: Is dinner ready?\r\n"
    "Date: Fri, 11 Jul 2003 21:00:37 -0700 (PDT)\r\n"
    "Message-ID: <20030712040037.46341.5F8J@football.example.com>\r\n"
    "\r\n";
constexpr const char* k_body = "Hi.\r\n\r\nWe lost the game.  Are you hungry yet?\r\n\r\nJoe.\r\n";

std::string hash(Form form, std::string_view body) {
  BodyHash result(form);
  result.add(body);
  return result.finish();
}

Signer signer(const char* pem = k_ed25519_pem) {
  return {"football.example.com", "brisbane", SigningKey::parse(pem).value()};
}

std::string joined(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names) text += (text.empty() ? "" : ":") + name;
  return text;
}

/// As a verifier reads it: the signed bytes, made anew from the field and the message.
std::string signed_bytes(const std::string& field, const std::string& header, Form form) {
  const std::string unfolded = mime::unfold(std::string_view(field).substr(field.find(':') + 1));
  const auto begin = unfolded.find(" h=") + 3;
  std::string names = unfolded.substr(begin, unfolded.find(';', begin) - begin);
  std::erase_if(names, [](char c) { return c == ' '; });
  const auto section = mime::parse_header_section(header);
  std::vector<const mime::Field*> left;
  for (const mime::Field& one : section.fields) left.push_back(&one);
  std::string result;
  for (std::size_t at = 0; at <= names.size();) {
    const auto end = std::min(names.find(':', at), names.size());
    const std::string name = names.substr(at, end - at);
    at = end + 1;
    const auto found = std::find_if(left.rbegin(), left.rend(), [&](const mime::Field* one) {
      return equals_ignoring_case(one->name, name);
    });
    if (found == left.rend()) continue;
    result += canonical_field(form, std::string_view(header).substr((*found)->offset, (*found)->size_bytes));
    left.erase(std::next(found).base());
  }
  const std::string own = canonical_field(form, field.substr(0, field.find(" b=") + 3));
  return result + own.substr(0, own.size() - 2);
}

std::string signature_of(const std::string& field) {
  std::string text = field.substr(field.find(" b=") + 3);
  std::erase_if(text, [](char c) { return c == ' ' || c == '\r' || c == '\n'; });
  return text;
}

TEST(Signature, SignsTheExampleOfRfc8463) {
  EXPECT_EQ(hash(Form::relaxed, k_body), "2jUSOH9NhtVGCQWNr9BrIAPreKQjO6Sn7XIkfJVOzv8=");
  const auto section = mime::parse_header_section(k_header);
  std::string bytes;
  for (const char* name : {"From", "To", "Subject", "Date", "Message-ID"}) {
    const mime::Field* field = section.find(name);
    bytes +=
        canonical_field(Form::relaxed, std::string_view(k_header).substr(field->offset, field->size_bytes));
  }
  const std::string own = canonical_field(Form::relaxed,
                                          "DKIM-Signature: v=1; a=ed25519-sha256; c=relaxed/relaxed;\r\n"
                                          " d=football.example.com; i=@football.example.com;\r\n"
                                          " q=dns/txt; s=brisbane; t=1528637909; h=from : to :\r\n"
                                          " subject : date : message-id : from : subject : date;\r\n"
                                          " bh=2jUSOH9NhtVGCQWNr9BrIAPreKQjO6Sn7XIkfJVOzv8=;\r\n"
                                          " b=");
  bytes += own.substr(0, own.size() - 2);
  EXPECT_EQ(sasl::encode_base64(signer().key.sign(bytes).value()),
            "/gCrinpcQOoIfuHNQIbq4pgh9kyIK3AQUdt9OdqQehSwhEIug4D11BusFa3bT3FY5OsU7ZbnKELq+eXdp1Q1Dw==");
}

TEST(Signature, CoversWhatPeopleReadAndFromOnceMore) {
  EXPECT_EQ(joined(covered_fields(k_header, {})), "From:From:Subject:Date:Message-ID:To");
  EXPECT_EQ(joined(covered_fields("Received: x\r\nfrom: a\r\nFrom: b\r\nX-Own: 1\r\nList-Unsubscribe: <u>\r\n"
                                  "List-Unsubscribe-Post: o\r\nReturn-Path: <>\r\n\r\n",
                                  {"x-own", "From", "Received", "X-Absent"})),
            "From:From:From:List-Unsubscribe:List-Unsubscribe-Post:x-own");
  std::string many;
  for (int i = 0; i < 5000; ++i) many += "To: a\r\n";
  EXPECT_EQ(covered_fields(many, {}).size(), 11u);  // From, and To ten times
}

TEST(Signature, IsThatOfTheFieldItWrites) {
  const std::string headers[] = {
      k_header, "Subject:  two\r\n\tlines \r\nTo: x\r\nTo: y\r\nFROM : a@football.example.com\r\n\r\n",
      "From: only\n\n"};
  for (const char* pem : {k_ed25519_pem, k_rsa_pem})
    for (const Form form : {Form::simple, Form::relaxed})
      for (const std::string& header : headers) {
        Signer one = signer(pem);
        one.header = form;
        one.valid_seconds = 86400;
        const auto field = signature_field(one, header, hash(one.body, k_body), 1528637909);
        ASSERT_TRUE(field) << field.error().text();
        EXPECT_EQ(sasl::encode_base64(one.key.sign(signed_bytes(*field, header, form)).value()),
                  signature_of(*field))
            << *field;
      }
}

TEST(Signature, IsFoldedAtSeventySixOctets) {
  Signer one = signer(k_rsa_pem);
  one.domain = std::string(60, 'd') + ".example.com";
  one.valid_seconds = 100;
  const std::string field = signature_field(one, k_header, "bodyhash", 1528637909).value();
  EXPECT_TRUE(field.starts_with("DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed;\r\n d=ddd")) << field;
  EXPECT_NE(field.find("t=1528637909; x=1528638009;"), std::string::npos) << field;
  EXPECT_NE(field.find(" h=From:From:Subject:Date:\r\n Message-ID:To;"), std::string::npos) << field;
  EXPECT_TRUE(field.ends_with("=\r\n")) << field;
  for (std::size_t at = 0; at < field.size();) {
    const auto end = field.find("\r\n", at);
    ASSERT_NE(end, std::string::npos);
    EXPECT_LE(end - at, 76u) << field;
    EXPECT_TRUE(at == 0 || field[at] == ' ') << field;
    at = end + 2;
  }
}

TEST(Signature, NeedsABodyHash) { EXPECT_FALSE(signature_field(signer(), k_header, "", 1)); }

}  // namespace
}  // namespace stagecoach::dkim
