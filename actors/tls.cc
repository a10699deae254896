#include "actors/tls.h"

#include <fcntl.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdio>
#include <memory>

namespace stagecoach {

namespace {

template <auto Free>
struct Freer {
  void operator()(auto* object) const { Free(object); }
};
using Key = std::unique_ptr<EVP_PKEY, Freer<EVP_PKEY_free>>;
using Certificate = std::unique_ptr<X509, Freer<X509_free>>;
using File = std::unique_ptr<std::FILE, Freer<std::fclose>>;

constexpr long k_validity_seconds = 10L * 365 * 24 * 3600;

std::string openssl_error() {
  const unsigned long code = ERR_get_error();
  ERR_clear_error();
  const char* reason = code ? ERR_reason_error_string(code) : nullptr;
  return reason ? reason : "unknown error";
}

int version_of(conf::TlsVersion version) {
  switch (version) {
    case conf::TlsVersion::tls1_0: return TLS1_VERSION;
    case conf::TlsVersion::tls1_1: return TLS1_1_VERSION;
    case conf::TlsVersion::tls1_2: return TLS1_2_VERSION;
    case conf::TlsVersion::tls1_3: return TLS1_3_VERSION;
  }
  return TLS1_2_VERSION;
}

/// SSL_set_fd() does not make SSL_write() spare us a SIGPIPE: the program ignores that signal.
TlsContext new_context(const SSL_METHOD* method, const conf::TlsSettings& settings) {
  TlsContext context(SSL_CTX_new(method), SSL_CTX_free);
  SSL_CTX_set_min_proto_version(context.get(), version_of(settings.min_version));
  SSL_CTX_set_options(context.get(), SSL_OP_NO_RENEGOTIATION | SSL_OP_CIPHER_SERVER_PREFERENCE |
                                         SSL_OP_NO_COMPRESSION | SSL_OP_IGNORE_UNEXPECTED_EOF);
  SSL_CTX_set_mode(context.get(), SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE |
                                      SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  return context;
}

void add_extension(X509* certificate, int nid, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx_nodb(&context);
  X509V3_set_ctx(&context, certificate, certificate, nullptr, nullptr, 0);
  X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, &context, nid, value.c_str());
  if (!extension) return;
  X509_add_ext(certificate, extension, -1);
  X509_EXTENSION_free(extension);
}

Certificate self_signed(EVP_PKEY* key, const std::string& hostname) {
  Certificate certificate(X509_new());
  X509_set_version(certificate.get(), X509_VERSION_3);
  unsigned char serial[8];
  RAND_bytes(serial, sizeof serial);
  serial[0] &= 0x7f;
  BIGNUM* number = BN_bin2bn(serial, sizeof serial, nullptr);
  BN_to_ASN1_INTEGER(number, X509_get_serialNumber(certificate.get()));
  BN_free(number);
  X509_gmtime_adj(X509_getm_notBefore(certificate.get()), -3600);
  X509_gmtime_adj(X509_getm_notAfter(certificate.get()), k_validity_seconds);
  X509_set_pubkey(certificate.get(), key);
  X509_NAME* name = X509_get_subject_name(certificate.get());
  X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8,
                             reinterpret_cast<const unsigned char*>(hostname.substr(0, 64).c_str()), -1, -1,
                             0);
  X509_set_issuer_name(certificate.get(), name);
  add_extension(certificate.get(), NID_subject_alt_name, "DNS:" + hostname);
  add_extension(certificate.get(), NID_basic_constraints, "critical,CA:FALSE");
  if (X509_sign(certificate.get(), key, EVP_sha256()) == 0) return nullptr;
  return certificate;
}

File create_private(const std::string& path) {
  const int fd = open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  return File(fd < 0 ? nullptr : fdopen(fd, "w"));
}

}  // namespace

Result<TlsContext> load_server_tls(const std::string& certificate, const std::string& key,
                                   const conf::TlsSettings& settings) {
  TlsContext context = new_context(TLS_server_method(), settings);
  ERR_clear_error();
  if (SSL_CTX_use_certificate_chain_file(context.get(), certificate.c_str()) != 1)
    return invalid_input("certificate " + certificate + ": " + openssl_error());
  if (SSL_CTX_use_PrivateKey_file(context.get(), key.c_str(), SSL_FILETYPE_PEM) != 1)
    return invalid_input("private key " + key + ": " + openssl_error());
  if (SSL_CTX_check_private_key(context.get()) != 1)
    return invalid_input("private key " + key + " does not belong to certificate " + certificate);
  if (!settings.allowed_ciphers.empty() &&
      SSL_CTX_set_cipher_list(context.get(), settings.allowed_ciphers.c_str()) != 1)
    return invalid_input("tls.allowed_ciphers: " + openssl_error());
  static constexpr unsigned char k_session_context[] = "stagecoach";
  SSL_CTX_set_session_id_context(context.get(), k_session_context, sizeof k_session_context - 1);
  SSL_CTX_set_num_tickets(context.get(), 1);
  return context;
}

Result<void> ensure_self_signed(const std::string& certificate, const std::string& key,
                                const std::string& hostname) {
  if (access(certificate.c_str(), R_OK) == 0 && access(key.c_str(), R_OK) == 0) return {};
  const Key pair(EVP_EC_gen("P-256"));
  if (!pair) return internal_error("cannot make a key: " + openssl_error());
  const Certificate made = self_signed(pair.get(), hostname);
  if (!made) return internal_error("cannot sign a certificate: " + openssl_error());
  const File key_file = create_private(key);
  if (!key_file ||
      PEM_write_PrivateKey(key_file.get(), pair.get(), nullptr, nullptr, 0, nullptr, nullptr) != 1)
    return unavailable("cannot write " + key);
  const File certificate_file = create_private(certificate);
  if (!certificate_file || PEM_write_X509(certificate_file.get(), made.get()) != 1)
    return unavailable("cannot write " + certificate);
  return {};
}

Result<TlsContext> make_client_tls(const conf::TlsSettings& settings, bool verify) {
  TlsContext context = new_context(TLS_client_method(), settings);
  SSL_CTX_dane_enable(context.get());
  if (verify) SSL_CTX_set_verify(context.get(), SSL_VERIFY_PEER, nullptr);
  const int loaded = settings.ca_file.empty()
                         ? SSL_CTX_set_default_verify_paths(context.get())
                         : SSL_CTX_load_verify_locations(context.get(), settings.ca_file.c_str(), nullptr);
  if (loaded != 1)
    return invalid_input("certificate authorities " + settings.ca_file + ": " + openssl_error());
  return context;
}

std::string file_stamp(const std::string& certificate, const std::string& key) {
  std::string stamp;
  for (const std::string& path : {certificate, key}) {
    struct stat status {};
    if (stat(path.c_str(), &status) != 0) continue;
    stamp += std::to_string(status.st_size) + "." + std::to_string(status.st_mtim.tv_sec) + "." +
             std::to_string(status.st_mtim.tv_nsec) + " ";
  }
  return stamp;
}

}  // namespace stagecoach
