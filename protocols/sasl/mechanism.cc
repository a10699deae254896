#include "protocols/sasl/mechanism.h"

#include "routing/model/address.h"

namespace stagecoach::sasl {
namespace {

const struct {
  Mechanism mechanism;
  std::string_view name;
} k_mechanisms[] = {
    {Mechanism::plain, "PLAIN"},       {Mechanism::login, "LOGIN"},
    {Mechanism::cram_md5, "CRAM-MD5"}, {Mechanism::scram_sha_256, "SCRAM-SHA-256"},
    {Mechanism::xoauth2, "XOAUTH2"},
};

}  // namespace

std::string_view name(Mechanism mechanism) {
  for (const auto& entry : k_mechanisms)
    if (entry.mechanism == mechanism) return entry.name;
  return {};
}

std::optional<Mechanism> parse_mechanism(std::string_view name) {
  for (const auto& entry : k_mechanisms)
    if (equals_ignoring_case(entry.name, name)) return entry.mechanism;
  return std::nullopt;
}

}  // namespace stagecoach::sasl
