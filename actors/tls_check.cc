#include "actors/tls_check.h"

#include <openssl/x509v3.h>

namespace stagecoach {

namespace {

constexpr std::uint8_t k_dane_ta = 2, k_dane_ee = 3, k_selector_max = 1, k_matching_max = 2;

}  // namespace

std::vector<TlsaRecord> usable_records(const std::vector<TlsaRecord>& records) {
  std::vector<TlsaRecord> usable;
  for (const TlsaRecord& record : records) {
    const std::size_t digest_bytes = record.matching == 1 ? 32 : record.matching == 2 ? 64 : 0;
    if ((record.usage == k_dane_ta || record.usage == k_dane_ee) && record.selector <= k_selector_max &&
        record.matching <= k_matching_max && !record.data.empty() &&
        (digest_bytes == 0 || record.data.size() == digest_bytes))
      usable.push_back(record);
  }
  return usable;
}

std::string text_of(const TlsaRecord& record) {
  constexpr char k_digits[] = "0123456789abcdef";
  std::string text = std::to_string(record.usage) + " " + std::to_string(record.selector) + " " +
                     std::to_string(record.matching) + " ";
  for (const char c : record.data) {
    const auto octet = static_cast<unsigned char>(c);
    text += k_digits[octet >> 4];
    text += k_digits[octet & 15];
  }
  return text;
}

void prepare_check(SSL* ssl, const TlsCheck& check) {
  SSL_set_hostflags(ssl, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
  if (!check.tlsa.empty()) {
    SSL_dane_enable(ssl, check.name.c_str());  // sets the names of the handshake and of the certificate, too
    SSL_dane_set_flags(ssl, DANE_FLAG_NO_DANE_EE_NAMECHECKS);  // RFC 7672 section 3.1.1
    for (const TlsaRecord& record : check.tlsa)
      SSL_dane_tlsa_add(ssl, record.usage, record.selector, record.matching,
                        reinterpret_cast<const unsigned char*>(record.data.data()), record.data.size());
  } else if (!check.name.empty() &&
             X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl), check.name.c_str()) != 1) {
    SSL_set_tlsext_host_name(ssl, check.name.c_str());
    SSL_set1_host(ssl, check.name.c_str());
  }
  for (const std::string& name : check.further_names) SSL_add1_host(ssl, name.c_str());
  SSL_set_verify(ssl, check.required ? SSL_VERIFY_PEER : SSL_VERIFY_NONE, nullptr);
}

bool is_satisfied(const SSL* ssl, const TlsCheck& check) {
  return ssl && !check.name.empty() && SSL_get0_peer_certificate(ssl) != nullptr &&
         SSL_get_verify_result(ssl) == X509_V_OK;
}

std::string_view tls_failure_type(long verify_result) {
  switch (verify_result) {
    case X509_V_ERR_HOSTNAME_MISMATCH: return "certificate-host-mismatch";
    case X509_V_ERR_CERT_HAS_EXPIRED: return "certificate-expired";
    case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
    case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
    case X509_V_ERR_CERT_UNTRUSTED: return "certificate-not-trusted";
    default: break;
  }
  return "validation-failure";
}

}  // namespace stagecoach
