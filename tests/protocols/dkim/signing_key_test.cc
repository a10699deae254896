#include "protocols/dkim/signing_key.h"

#include <gtest/gtest.h>

#include "protocols/dkim/key_record.h"
#include "protocols/sasl/base64.h"
#include "tests/protocols/dkim/test_keys.h"

namespace stagecoach::dkim {
namespace {

constexpr const char* k_rsa_public =
    "MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDAqeL42PWwuc1FwpC4pQce0SdtWVCYRG"
    "W6rbXN28MI8lZeLe5wl6yMncOkbZ7ekxI0sJiMm8RWhaDue2i8XiJYqKzNf3F53HVpmyAI"
    "2jVP04DsRLtLCqRdJeEzrZPTGRGvQJ/lCNTa0gb371i0xUP8sXjUMfO8lv1NRPgrxxz4RQ"
    "IDAQAB";
constexpr const char* k_rsa_signature =  // by openssl dgst -sha256 -sign
    "tRQYF6TYcA+B7BCeFP9RqYSDyJpUPokWl/qYbULb92zLAk+9O8ji0jofQyy1preehkHUEb"
    "KaKV720DyAO777F7OG6jVIIg1FBMgy86nal/kGyJYJuJEzfTdB3z0U7u9kDpUmNJ623eUS"
    "mJWIB6ObBAahOgX8kQIdy6hZuKPNrVo=";

TEST(SigningKey, ReadsRsaInBothFormats) {
  for (const char* pem : {k_rsa_pem, k_rsa_pkcs1_pem}) {
    const auto key = SigningKey::parse(pem);
    ASSERT_TRUE(key) << key.error().text();
    EXPECT_EQ(key->algorithm(), Algorithm::rsa_sha256);
    EXPECT_EQ(key->bits(), 1024);
    EXPECT_EQ(key->public_key(), k_rsa_public);
    EXPECT_EQ(sasl::encode_base64(key->sign("a b\r\n").value()), k_rsa_signature);
  }
}

TEST(SigningKey, ReadsEd25519) {
  const auto key = SigningKey::parse(k_ed25519_pem);
  ASSERT_TRUE(key) << key.error().text();
  EXPECT_EQ(key->algorithm(), Algorithm::ed25519_sha256);
  EXPECT_EQ(key->public_key(), "11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=");
}

TEST(SigningKey, SaysWhatIsWrong) {
  const struct {
    std::string pem;
    const char* reason;
  } k_cases[] = {
      {"", "is no PEM file"},
      {"-----BEGIN PRIVATE KEY", "is no PEM file"},
      {"-----BEGIN PRIVATE KEY-----\nMC4C", "ends before the key does"},
      {"-----BEGIN PRIVATE KEY-----\n!!!!\n-----END PRIVATE KEY-----\n", "is no right base64"},
      {"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n", "holds no key that can be read"},
      {"-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n",
       "holds a PUBLIC KEY, not a private key"},
      {k_small_rsa_pem, "has 768 bits; RSA needs at least 1024"},
      {k_ec_pem, "is neither an RSA nor an Ed25519 key"},
      {k_encrypted_pem, "has a password; the server needs a key without one"},
      {std::string(100000, 'x'), "is too large for a key"},
  };
  for (const auto& [pem, reason] : k_cases) {
    const auto key = SigningKey::parse(pem);
    ASSERT_FALSE(key) << reason;
    EXPECT_EQ(key.error().reason, reason);
  }
}

TEST(KeyRecord, IsWhatTheZoneNeeds) {
  EXPECT_EQ(record_name("mail", "example.com"), "mail._domainkey.example.com");
  EXPECT_EQ(key_record(SigningKey::parse(k_ed25519_pem).value()),
            "v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=");
  EXPECT_EQ(key_record(SigningKey::parse(k_rsa_pem).value()),
            "v=DKIM1; k=rsa; p=" + std::string(k_rsa_public));
}

TEST(KeyRecord, IsSplitIntoStringsOf255Octets) {
  EXPECT_EQ(txt_strings("abc"), "\"abc\"");
  EXPECT_EQ(txt_strings(std::string(255, 'a')), "\"" + std::string(255, 'a') + "\"");
  EXPECT_EQ(
      txt_strings(std::string(600, 'a')),
      "\"" + std::string(255, 'a') + "\" \"" + std::string(255, 'a') + "\" \"" + std::string(90, 'a') + "\"");
  EXPECT_EQ(txt_strings(""), "\"\"");
}

}  // namespace
}  // namespace stagecoach::dkim
