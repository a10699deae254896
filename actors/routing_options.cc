#include "actors/routing_options.h"

#include "protocols/sasl/digest.h"

namespace stagecoach {

namespace {

/// A key for each purpose: a tag of BATV says nothing about an address of SRS.
routing::Mac mac_of(const conf::Secret& secret, std::string_view server_key, std::string_view purpose) {
  return [key = sasl::hmac_sha256(secret.empty() ? server_key : std::string_view(secret.value), purpose)](
             std::string_view text) { return sasl::hmac_sha256(key, text); };
}

}  // namespace

routing::RoutingOptions routing_options(const conf::Config& config, std::string_view server_key) {
  routing::RoutingOptions options = conf::routing_options(config);
  options.bounce_addresses.srs.mac = mac_of(config.srs.secret, server_key, "srs");
  options.bounce_addresses.batv.mac = mac_of(config.batv.secret, server_key, "batv");
  return options;
}

}  // namespace stagecoach
