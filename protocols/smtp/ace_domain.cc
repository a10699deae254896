#include "protocols/smtp/ace_domain.h"

#include <unicode/uidna.h>

#include <algorithm>
#include <array>
#include <memory>

namespace stagecoach::smtp {
namespace {

constexpr std::size_t k_domain_bytes_max = 1000;  // of UTF-8: 253 characters of ASCII can stand for no more
constexpr std::size_t k_ace_bytes_max = 256;

using Idna = std::unique_ptr<UIDNA, decltype(&uidna_close)>;

Idna open_idna() {
  UErrorCode error = U_ZERO_ERROR;
  UIDNA* idna = uidna_openUTS46(
      UIDNA_NONTRANSITIONAL_TO_ASCII | UIDNA_CHECK_BIDI | UIDNA_CHECK_CONTEXTJ | UIDNA_USE_STD3_RULES,
      &error);
  return {U_SUCCESS(error) ? idna : nullptr, &uidna_close};
}

}  // namespace

std::optional<std::string> ace_domain(std::string_view domain) {
  const auto is_ascii = [](char c) { return static_cast<unsigned char>(c) < 128; };
  if (std::all_of(domain.begin(), domain.end(), is_ascii)) return std::string(domain);
  if (domain.size() > k_domain_bytes_max) return {};
  static const Idna k_idna = open_idna();  // it may be used by several threads
  if (!k_idna) return {};
  std::array<char, k_ace_bytes_max> ace{};
  UIDNAInfo info = UIDNA_INFO_INITIALIZER;
  UErrorCode error = U_ZERO_ERROR;
  const auto length = uidna_nameToASCII_UTF8(k_idna.get(), domain.data(), static_cast<int32_t>(domain.size()),
                                             ace.data(), static_cast<int32_t>(ace.size()), &info, &error);
  if (U_FAILURE(error) || info.errors != 0 || length <= 0 || length > static_cast<int32_t>(ace.size()))
    return {};
  return std::string(ace.data(), static_cast<std::size_t>(length));
}

}  // namespace stagecoach::smtp
