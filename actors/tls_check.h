// What a session with another server asks of its certificate: nothing, to be valid for a name (RFC 6125), or
// to fit the TLSA records of the server (DANE, RFC 7672). And what reports call a failure (RFC 8460).
#pragma once

#include <openssl/ssl.h>

#include <string>
#include <string_view>
#include <vector>

#include "actors/resolver.h"

namespace stagecoach {

struct TlsCheck {
  std::string name;                        // said in the handshake; the certificate should be valid for it
  std::vector<std::string> further_names;  // as good; with TLSA records that name an authority
  std::vector<TlsaRecord> tlsa;            // those that are_usable(); not empty: they alone count
  bool required = false;                   // the handshake fails when the certificate does not satisfy
};

/// Usages DANE-TA(2) and DANE-EE(3) with known selectors and digests; the others mean nothing in SMTP
/// (RFC 7672 section 3.1.3).
std::vector<TlsaRecord> usable_records(const std::vector<TlsaRecord>& records);
/// "3 1 1 0123abcd…", for reports.
std::string text_of(const TlsaRecord& record);

/// Before the handshake.
void prepare_check(SSL* ssl, const TlsCheck& check);
/// After it: whether the certificate satisfied, required or not.
bool is_satisfied(const SSL* ssl, const TlsCheck& check);

/// Of SSL_get_verify_result(): "certificate-expired"; what has no name of its own is "validation-failure".
std::string_view tls_failure_type(long verify_result);

}  // namespace stagecoach
