// The DKIM-Signature field of one signer (RFC 6376 section 5): which fields it covers, what is hashed, how
// the field is written. The body comes before, in pieces (BodyHash). Times are seconds since 1970.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "protocols/dkim/canonical.h"
#include "protocols/dkim/signing_key.h"

struct evp_md_ctx_st;  // EVP_MD_CTX of libcrypto

namespace stagecoach::dkim {

struct Signer {
  std::string domain, selector;
  SigningKey key;
  Form header = Form::relaxed, body = Form::relaxed;
  std::vector<std::string> more_fields;  // covered besides the usual ones
  std::int64_t valid_seconds = 0;        // 0: for ever
};

/// SHA-256 of the canonical body.
class BodyHash {
 public:
  explicit BodyHash(Form form);
  void add(std::string_view piece) { body_.add(piece); }
  /// Once, at the end: the hash in base64. Empty: libcrypto failed.
  std::string finish();

 private:
  std::shared_ptr<evp_md_ctx_st> context_;
  CanonicalBody body_;
};

/// The names of h=: each usual field as often as the header section has it, and From once more, so that
/// nobody adds another one. In a fixed order.
std::vector<std::string> covered_fields(std::string_view header, const std::vector<std::string>& more_fields);

/// The field with its CR LF, folded, to be put on top of `header`, which is the header section as it will be
/// sent (bare line ends count as CR LF).
Result<std::string> signature_field(const Signer& signer, std::string_view header, std::string_view body_hash,
                                    std::int64_t now);

/// Whether a field of this name may be covered: not those that change on the way.
bool may_be_covered(std::string_view name);

}  // namespace stagecoach::dkim
