#include "routing/sending/srs.h"

#include <algorithm>
#include <array>

namespace stagecoach::routing {
namespace {

constexpr std::string_view k_base32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
constexpr std::size_t k_local_max = 64, k_hash_length = 5, k_time_length = 2;
constexpr std::int64_t k_days_round = 1024;  // what two characters of base 32 hold

char upper(char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; }

std::string hash(const SrsRules& rules, const std::string& text) {
  const std::string mac = rules.mac(to_lower(text));
  std::uint64_t bits = 0;
  for (std::size_t i = 0; i < 8 && i < mac.size(); ++i) bits = bits << 8 | static_cast<unsigned char>(mac[i]);
  std::string result;
  for (std::size_t i = 0; i < k_hash_length; ++i, bits >>= 5) result += k_base32[bits & 31];
  return result;
}

std::string stamp(std::int64_t day) {
  const auto value = static_cast<std::size_t>(((day % k_days_round) + k_days_round) % k_days_round);
  return {k_base32[value >> 5], k_base32[value & 31]};
}

/// Days since the stamp was made, less than 1024; nothing: it is no stamp.
std::optional<std::int64_t> age(std::string_view text, std::int64_t today) {
  if (text.size() != k_time_length) return std::nullopt;
  const auto high = k_base32.find(upper(text[0])), low = k_base32.find(upper(text[1]));
  if (high == std::string_view::npos || low == std::string_view::npos) return std::nullopt;
  const auto then = static_cast<std::int64_t>(high * 32 + low);
  return (((today - then) % k_days_round) + k_days_round) % k_days_round;
}

/// '0' or '1' of "SRS0=…"; nothing: another local part. "+" and "-" stand for the first "=" at some servers.
std::optional<char> kind_of(std::string_view local) {
  if (local.size() < 6 || !equals_ignoring_case(local.substr(0, 3), "SRS")) return std::nullopt;
  if ((local[3] != '0' && local[3] != '1') ||
      std::string_view("=+-").find(local[4]) == std::string_view::npos)
    return std::nullopt;
  return local[3];
}

/// "a=b=c", 3 -> a, b, c; the last one keeps further "=".
template <std::size_t N>
std::optional<std::array<std::string_view, N>> split(std::string_view text) {
  std::array<std::string_view, N> parts;
  for (std::size_t i = 0; i + 1 < N; ++i) {
    const auto end = text.find('=');
    if (end == std::string_view::npos) return std::nullopt;
    parts[i] = text.substr(0, end);
    text.remove_prefix(end + 1);
  }
  parts[N - 1] = text;
  for (const std::string_view part : parts)
    if (part.empty()) return std::nullopt;
  return parts;
}

std::string hash0(const SrsRules& rules, std::string_view time, std::string_view domain,
                  std::string_view local) {
  return hash(rules, "srs0 " + std::string(time) + " " + std::string(domain) + " " + std::string(local));
}
std::string hash1(const SrsRules& rules, std::string_view domain, std::string_view rest) {
  return hash(rules, "srs1 " + std::string(domain) + " " + std::string(rest));
}

/// The local part for a path that another server has rewritten: that server's domain, and what follows
/// "SRS0".
std::optional<std::string> chained(const Address& path, char kind, const SrsRules& rules) {
  const std::string_view local = path.local;
  std::string domain = path.domain, rest(local.substr(4));
  if (kind == '1') {
    const auto parts = split<3>(local.substr(5));  // the hash of others, the first server, its part
    if (!parts) return std::nullopt;
    domain = (*parts)[1];
    rest = (*parts)[2];
  }
  return "SRS1=" + hash1(rules, domain, rest) + "=" + domain + "=" + rest;
}

Result<std::string> reverse0(const Address& address, const SrsRules& rules, std::int64_t today) {
  const auto parts = split<4>(std::string_view(address.local).substr(5));
  if (!parts) return invalid_input("The return path is damaged");
  const auto& [hashed, time, domain, local] = *parts;
  if (!equals_ignoring_case(hashed, hash0(rules, time, domain, local)))
    return invalid_input("This server did not write the return path");
  const auto days = age(time, today);
  if (!days || *days > rules.max_age_days) return invalid_input("The return path is no longer valid");
  return std::string(local) + "@" + std::string(domain);
}

Result<std::string> reverse1(const Address& address, const SrsRules& rules) {
  const auto parts = split<3>(std::string_view(address.local).substr(5));
  if (!parts) return invalid_input("The return path is damaged");
  const auto& [hashed, domain, rest] = *parts;
  if (!equals_ignoring_case(hashed, hash1(rules, domain, rest)))
    return invalid_input("This server did not write the return path");
  return "SRS0" + std::string(rest) + "@" + std::string(domain);
}

}  // namespace

bool is_srs(const Address& address) { return kind_of(address.local).has_value(); }

std::optional<std::string> srs_forward(const Address& path, const SrsRules& rules, std::int64_t today) {
  std::optional<std::string> local;
  if (const auto kind = kind_of(path.local)) local = chained(path, *kind, rules);
  if (!local) {
    const std::string time = stamp(today);
    local = "SRS0=" + hash0(rules, time, path.domain, path.local) + "=" + time + "=" + path.domain + "=" +
            path.local;
  }
  if (local->size() > k_local_max) return std::nullopt;
  return *local + "@" + rules.domain;
}

Result<std::string> srs_reverse(const Address& address, const SrsRules& rules, std::int64_t today) {
  const auto kind = kind_of(address.local);
  if (!kind) return invalid_input("The return path is damaged");
  return *kind == '0' ? reverse0(address, rules, today) : reverse1(address, rules);
}

}  // namespace stagecoach::routing
