// TLSA records, and the names of failures.
#include "actors/tls_check.h"

#include <gtest/gtest.h>
#include <openssl/x509_vfy.h>

namespace stagecoach {
namespace {

TEST(TlsCheck, TakesRecordsThatMeanSomethingInSmtp) {
  const std::string sha256(32, 'a'), sha512(64, 'b');
  struct Case {
    TlsaRecord record;
    bool usable;
  } const cases[] = {
      {{3, 1, 1, sha256}, true},  {{2, 0, 2, sha512}, true},  {{3, 0, 0, "certificate"}, true},
      {{0, 0, 1, sha256}, false}, {{1, 1, 1, sha256}, false}, {{4, 1, 1, sha256}, false},
      {{3, 2, 1, sha256}, false}, {{3, 1, 3, sha256}, false}, {{3, 1, 1, "short"}, false},
      {{3, 1, 2, sha256}, false}, {{3, 0, 0, ""}, false},
  };
  for (const Case& one : cases)
    EXPECT_EQ(usable_records({one.record}).size(), one.usable ? 1u : 0u) << text_of(one.record);
  EXPECT_EQ(text_of({3, 1, 1, std::string("\x00\xff", 2)}), "3 1 1 00ff");
}

TEST(TlsCheck, NamesFailuresAsReportsDo) {
  EXPECT_EQ(tls_failure_type(X509_V_ERR_CERT_HAS_EXPIRED), "certificate-expired");
  EXPECT_EQ(tls_failure_type(X509_V_ERR_HOSTNAME_MISMATCH), "certificate-host-mismatch");
  EXPECT_EQ(tls_failure_type(X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT), "certificate-not-trusted");
  EXPECT_EQ(tls_failure_type(X509_V_ERR_CERT_REVOKED), "validation-failure");
}

}  // namespace
}  // namespace stagecoach
