// The envelope of one SMTP transaction (RFC 5321 section 2.3.1), never taken from header fields, with the
// delivery status parameters of RFC 3461. Paths are addresses without angle brackets; empty is the null path.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace stagecoach {

/// NOTIFY= of RFC 3461 section 4.1, as bits. `unset` means the default: failure and delay.
enum Notify : std::uint8_t {
  notify_unset = 0,
  notify_never = 1,
  notify_success = 2,
  notify_failure = 4,
  notify_delay = 8,
};

struct EnvelopeRecipient {
  std::string address;                 // as given in RCPT, case kept
  std::uint8_t notify = notify_unset;  // bits of Notify
  std::string original_recipient;      // ORCPT=, decoded "rfc822;fred@example.com"; empty: not given
  bool operator==(const EnvelopeRecipient&) const = default;
};

enum class ReturnContent : std::uint8_t { unset, full, headers };  // RET= of RFC 3461 section 4.3
/// How much TLS the sender wants on every further hop (RFC 8689): REQUIRETLS, or "TLS-Required: No".
enum class TlsDemand : std::uint8_t { unset, required, optional };
enum class BodyType : std::uint8_t { seven_bit, eight_bit_mime, binary_mime };

struct Envelope {
  std::string reverse_path;  // empty: bounces and automatic mail, never answered
  std::vector<EnvelopeRecipient> recipients;
  std::string envelope_id;  // ENVID=, decoded
  ReturnContent return_content = ReturnContent::unset;
  BodyType body = BodyType::seven_bit;
  bool smtputf8 = false;
  TlsDemand tls = TlsDemand::unset;
  bool operator==(const Envelope&) const = default;
};

}  // namespace stagecoach
