#include "actors/unsubscribe.h"

#include <algorithm>

#include "protocols/sasl/base64.h"
#include "protocols/sasl/digest.h"

namespace stagecoach {

namespace {

constexpr std::size_t k_signature_bytes = 16;
constexpr std::size_t k_id_bytes = 8;
constexpr std::size_t k_token_bytes_max = 2000;

std::string base64url(std::string_view bytes) {
  std::string text = sasl::encode_base64(bytes);
  std::replace(text.begin(), text.end(), '+', '-');
  std::replace(text.begin(), text.end(), '/', '_');
  text.erase(std::min(text.find('='), text.size()));
  return text;
}

std::optional<std::string> from_base64url(std::string_view text) {
  if (text.find_first_of("+/=") != std::string_view::npos) return std::nullopt;
  std::string padded(text);
  std::replace(padded.begin(), padded.end(), '-', '+');
  std::replace(padded.begin(), padded.end(), '_', '/');
  padded.append((4 - padded.size() % 4) % 4, '=');
  return sasl::decode_base64(padded);
}

std::string bytes_of(ListId list) {
  std::string bytes(k_id_bytes, '\0');
  for (std::size_t i = 0; i < k_id_bytes; ++i)
    bytes[i] = static_cast<char>(static_cast<std::uint64_t>(list.value) >> (8 * (k_id_bytes - 1 - i)) & 0xff);
  return bytes;
}

ListId list_of(std::string_view bytes) {
  std::uint64_t value = 0;
  for (const char c : bytes.substr(0, k_id_bytes)) value = value << 8 | static_cast<unsigned char>(c);
  return ListId{static_cast<std::int64_t>(value)};
}

std::string signature_of(std::string_view key, std::string_view content) {
  return sasl::hmac_sha256(key, content).substr(0, k_signature_bytes);
}

}  // namespace

std::string unsubscribe_token(std::string_view key, const UnsubscribeToken& content) {
  const std::string bytes = bytes_of(content.list) + content.member;
  return base64url(signature_of(key, bytes) + bytes);
}

std::optional<UnsubscribeToken> read_unsubscribe_token(std::string_view key, std::string_view token) {
  if (key.empty() || token.size() > k_token_bytes_max) return std::nullopt;
  const auto bytes = from_base64url(token);
  if (!bytes || bytes->size() <= k_signature_bytes + k_id_bytes) return std::nullopt;
  const std::string_view content = std::string_view(*bytes).substr(k_signature_bytes);
  const std::string_view signature = std::string_view(*bytes).substr(0, k_signature_bytes);
  if (!sasl::equal_in_constant_time(signature, signature_of(key, content))) return std::nullopt;
  return UnsubscribeToken{list_of(content), std::string(content.substr(k_id_bytes))};
}

std::string unsubscribe_url(const Node& node, const MailList& list, std::string_view member) {
  const std::string& base = node.config()->list_options.unsubscribe_url;
  const bool offered =
      list.type == ListType::mailing && list.one_click && list.allow_subscribe && list.id && !member.empty();
  if (base.empty() || !offered || node.unsubscribe_key.empty()) return {};
  const DirectoryPtr directory = node.directory();
  if (directory && directory->find_list(member)) return {};  // one reader cannot take all of them away
  return base + std::string(k_unsubscribe_path) +
         unsubscribe_token(node.unsubscribe_key, {list.id, std::string(member)});
}

}  // namespace stagecoach
