#include "protocols/minger/minger.h"

#include "protocols/sasl/base64.h"
#include "protocols/sasl/digest.h"
#include "routing/model/address.h"

namespace stagecoach::minger {

std::string question(std::string_view address, std::string_view secret) {
  std::string text(address);
  if (secret.empty()) return text;
  return text + " d=" + sasl::encode_base64(sasl::md5(std::string(secret) + ":" + std::string(address)));
}

std::optional<Status> parse_answer(std::string_view datagram, std::string_view address) {
  if (datagram.size() > k_datagram_bytes_max) return {};
  const auto blank = datagram.find(' ');
  if (blank == std::string_view::npos || !equals_ignoring_case(datagram.substr(0, blank), address)) return {};
  std::string_view rest = datagram.substr(blank + 1);
  rest = rest.substr(0, rest.find_first_of(" \r\n"));  // further tags may follow
  if (rest.size() != 1 || rest[0] < '0' || rest[0] > '5') return {};
  return static_cast<Status>(rest[0] - '0');
}

}  // namespace stagecoach::minger
