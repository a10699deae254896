// The reply to EHLO (RFC 5321 section 4.1.1.1).
#include <algorithm>
#include <charconv>

#include "protocols/smtp/client_session.h"
#include "routing/model/address.h"

namespace stagecoach::smtp {
namespace {

const struct {
  std::string_view keyword;
  bool PeerExtensions::*member;
} k_extensions[] = {
    {"PIPELINING", &PeerExtensions::pipelining},
    {"STARTTLS", &PeerExtensions::starttls},
    {"8BITMIME", &PeerExtensions::eight_bit_mime},
    {"SMTPUTF8", &PeerExtensions::smtputf8},
    {"DSN", &PeerExtensions::dsn},
    {"CHUNKING", &PeerExtensions::chunking},
    {"SIZE", &PeerExtensions::size},
    {"ENHANCEDSTATUSCODES", &PeerExtensions::enhanced_status_codes},
    {"ETRN", &PeerExtensions::etrn},
    {"REQUIRETLS", &PeerExtensions::require_tls},
};

std::string_view take_word(std::string_view& line) {
  const auto end = line.find_first_of(" =");  // "AUTH=LOGIN" is how servers wrote it before RFC 2554
  const auto word = line.substr(0, end);
  line = end == std::string_view::npos ? std::string_view{} : line.substr(end + 1);
  return word;
}

void read_line(std::string_view line, PeerExtensions& peer) {
  const auto keyword = take_word(line);
  for (const auto& extension : k_extensions)
    if (equals_ignoring_case(keyword, extension.keyword)) peer.*extension.member = true;
  if (equals_ignoring_case(keyword, "SIZE"))
    std::from_chars(line.data(), line.data() + line.size(), peer.size_bytes_max);
  if (!equals_ignoring_case(keyword, "AUTH")) return;
  while (!line.empty()) {
    const auto mechanism = sasl::parse_mechanism(take_word(line));
    auto& known = peer.mechanisms;
    if (mechanism && std::find(known.begin(), known.end(), *mechanism) == known.end())
      known.push_back(*mechanism);
  }
}

}  // namespace

PeerExtensions parse_ehlo_reply(const Reply& reply) {
  PeerExtensions peer;
  peer.extended = true;
  std::string_view rest = reply.text;
  for (auto end = rest.find('\n'); end != std::string_view::npos; end = rest.find('\n')) {
    rest.remove_prefix(end + 1);  // the first line names the host
    read_line(rest.substr(0, rest.find('\n')), peer);
  }
  if (peer.size_bytes_max < 0) peer.size_bytes_max = 0;
  return peer;
}

}  // namespace stagecoach::smtp
