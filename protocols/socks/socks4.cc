#include "protocols/socks/socks4.h"

#include <charconv>
#include <optional>

namespace stagecoach::socks {

namespace {

constexpr char k_version = 4, k_connect = 1;
constexpr std::string_view k_name_follows{"\0\0\0\1", 4};  // 4a: an address that cannot be

enum Code : unsigned char { granted = 90, failed = 91, no_ident = 92, other_user = 93 };

std::optional<std::string> ipv4_bytes(std::string_view text) {
  std::string bytes;
  const char* at = text.data();
  const char* const end = at + text.size();
  for (int i = 0; i < 4; ++i) {
    if (i > 0 && (at == end || *at++ != '.')) return std::nullopt;
    unsigned char value = 0;
    const auto [next, fault] = std::from_chars(at, end, value);
    if (fault != std::errc{}) return std::nullopt;
    bytes += static_cast<char>(value);
    at = next;
  }
  if (at != end) return std::nullopt;
  return bytes;
}

/// They end with a NUL on the wire.
bool is_text(std::string_view text) {
  return text.size() <= k_text_bytes_max && text.find('\0') == std::string_view::npos;
}

std::string reason_of(unsigned char code) {
  switch (code) {
    case failed: return "it cannot connect to the target, or does not allow it";
    case no_ident: return "it asks for an identd on this machine and does not reach one";
    case other_user: return "the identd on this machine names another user than proxy.socks_user";
    default: return "unknown code";
  }
}

}  // namespace

Result<std::string> connect_request(std::string_view host, int port, std::string_view user) {
  if (host.empty() || !is_text(host)) return invalid_input("SOCKS: the name of the target is not valid");
  if (!is_text(user)) return invalid_input("SOCKS: the user name is too long");
  if (port < 1 || port > 65535) return invalid_input("SOCKS: the port is not valid");
  const auto ip = ipv4_bytes(host);
  std::string request{k_version, k_connect, static_cast<char>(port >> 8), static_cast<char>(port & 0xff)};
  request += ip ? std::string_view(*ip) : k_name_follows;
  request.append(user) += '\0';
  if (!ip) request.append(host) += '\0';
  return request;
}

Result<void> read_reply(std::string_view bytes) {
  if (bytes.size() < k_reply_bytes) return unavailable("SOCKS: the reply is not complete");
  const auto version = static_cast<unsigned char>(bytes[0]), code = static_cast<unsigned char>(bytes[1]);
  // The reply has a version of its own, 0; some servers repeat that of the request.
  if (version != 0 && version != k_version)
    return unavailable("SOCKS: what answers is no SOCKS server of version 4");
  if (code == granted) return {};
  return unavailable("SOCKS: the request was refused (" + std::to_string(code) + "): " + reason_of(code));
}

}  // namespace stagecoach::socks
