#include "routing/sending/batv.h"

#include <algorithm>

namespace stagecoach::routing {
namespace {

constexpr std::string_view k_prefix = "prvs=", k_hex = "0123456789abcdef";
constexpr std::size_t k_local_max = 64, k_tag_length = 10, k_hash_bytes = 3;
constexpr std::int64_t k_days_round = 1000;

/// "KDDD" of a day.
std::string key_and_day(std::int64_t day) {
  std::string text = std::to_string(((day % k_days_round) + k_days_round) % k_days_round);
  return "0" + std::string(3 - text.size(), '0') + text;
}

std::string hash(const BatvRules& rules, std::string_view key_and_day, const Address& path) {
  const std::string mac = rules.mac(std::string(key_and_day) + path.key());
  std::string result;
  for (std::size_t i = 0; i < k_hash_bytes && i < mac.size(); ++i) {
    const auto byte = static_cast<unsigned char>(mac[i]);
    result += k_hex[byte >> 4];
    result += k_hex[byte & 15];
  }
  return result;
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_tag(std::string_view tag) {
  return tag.size() == k_tag_length && std::all_of(tag.begin(), tag.begin() + 4, is_digit) &&
         std::all_of(tag.begin() + 4, tag.end(),
                     [](char c) { return k_hex.find(to_lower(c)) != std::string_view::npos; });
}

}  // namespace

std::optional<std::string> batv_tagged(const Address& path, const BatvRules& rules, std::int64_t today) {
  const std::string begin = key_and_day(today + rules.lifetime_days);
  const std::string local = std::string(k_prefix) + begin + hash(rules, begin, path) + "=" + path.local;
  if (local.size() > k_local_max) return std::nullopt;
  return local + "@" + path.domain;
}

std::optional<TaggedAddress> batv_read(const Address& address, const BatvRules& rules, std::int64_t today) {
  const std::string_view local = address.local;
  const std::size_t equals_at = k_prefix.size() + k_tag_length;
  if (local.size() < equals_at + 2 || local[equals_at] != '=' ||
      !equals_ignoring_case(local.substr(0, k_prefix.size()), k_prefix))
    return std::nullopt;
  const std::string_view tag = local.substr(k_prefix.size(), k_tag_length);
  if (!is_tag(tag)) return std::nullopt;
  TaggedAddress result{{std::string(local.substr(equals_at + 1)), address.domain}};
  if (!equals_ignoring_case(tag.substr(4), hash(rules, tag.substr(0, 4), result.address))) return result;
  const std::int64_t last_day = (tag[1] - '0') * 100 + (tag[2] - '0') * 10 + (tag[3] - '0');
  const std::int64_t left = (((last_day - today) % k_days_round) + k_days_round) % k_days_round;
  result.expired = left > rules.lifetime_days;
  result.genuine = !result.expired;
  return result;
}

}  // namespace stagecoach::routing
