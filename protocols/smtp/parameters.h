// The parameters of MAIL and RCPT: SIZE (RFC 1870), BODY (RFC 6152), SMTPUTF8 (RFC 6531), AUTH (RFC 4954),
// RET, ENVID, NOTIFY, ORCPT (RFC 3461).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "protocols/smtp/reply.h"
#include "routing/model/envelope.h"

namespace stagecoach::smtp {

struct MailParameters {
  std::int64_t size_bytes = 0;  // as the client declares; 0: not given
  BodyType body = BodyType::seven_bit;
  bool smtputf8 = false;
  bool require_tls = false;  // RFC 8689
  ReturnContent return_content = ReturnContent::unset;
  std::string envelope_id;          // decoded
  std::optional<std::string> auth;  // decoded; empty is "<>"
};

struct RcptParameters {
  std::uint8_t notify = notify_unset;
  std::string original_recipient;  // decoded "rfc822;fred@example.com"
};

/// Which extensions are offered: parameters of others get 555.
struct Extensions {
  bool dsn = true;
  bool smtputf8 = true;
  bool auth = false;
  bool require_tls = false;
};

/// Parameters or the reply that refuses them: 501 5.5.4 for a bad or repeated one, 555 5.5.4 for an unknown
/// one.
std::variant<MailParameters, Reply> parse_mail_parameters(std::string_view text, const Extensions& offered);
std::variant<RcptParameters, Reply> parse_rcpt_parameters(std::string_view text, const Extensions& offered);

/// "SIZE=4711", "NOTIFY=SUCCESS,FAILURE"…, each with a space before it; nothing for what is not given.
std::string to_parameter(std::string_view name, std::string_view value);
std::string notify_text(std::uint8_t notify);  // "NEVER" or "SUCCESS,DELAY"; empty when unset

}  // namespace stagecoach::smtp
