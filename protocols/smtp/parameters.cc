#include "protocols/smtp/parameters.h"

#include <charconv>
#include <vector>

#include "protocols/smtp/path.h"
#include "protocols/smtp/utf8.h"
#include "protocols/smtp/xtext.h"
#include "routing/model/address.h"

namespace stagecoach::smtp {
namespace {

constexpr std::size_t k_envelope_id_max = 100,
                      k_original_recipient_max = 500;  // RFC 3461 sections 4.4 and 4.2

struct Parameter {
  std::string_view name;
  std::string_view value;
  bool has_value = false;
};

Reply bad(std::string_view name) { return {501, "5.5.4", "Bad parameter " + std::string(name)}; }
Reply unknown(std::string_view name) { return {555, "5.5.4", "Unknown parameter " + std::string(name)}; }

bool is_keyword(std::string_view name) {
  if (name.empty() || name.size() > 64) return false;
  for (const char c : name)
    if (!((c >= '0' && c <= '9') || (to_lower(c) >= 'a' && to_lower(c) <= 'z') || c == '-')) return false;
  return true;
}

std::vector<Parameter> split(std::string_view text) {
  std::vector<Parameter> parameters;
  while (!text.empty()) {
    const auto word = text.substr(0, text.find(' '));
    text.remove_prefix(std::min(text.size(), word.size() + 1));
    if (word.empty()) continue;
    const auto equals = word.find('=');
    const bool has_value = equals != std::string_view::npos;
    parameters.push_back({word.substr(0, equals), has_value ? word.substr(equals + 1) : "", has_value});
  }
  return parameters;
}

/// The first parameter that is malformed or given twice.
std::optional<Reply> check(const std::vector<Parameter>& parameters) {
  if (parameters.size() > 16) return Reply{501, "5.5.4", "Too many parameters"};
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    if (!is_keyword(parameters[i].name)) return Reply{501, "5.5.4", "Bad parameter"};
    for (std::size_t j = 0; j < i; ++j)
      if (equals_ignoring_case(parameters[i].name, parameters[j].name)) return bad(parameters[i].name);
  }
  return std::nullopt;
}

bool is(const Parameter& parameter, std::string_view name) {
  return equals_ignoring_case(parameter.name, name);
}

std::optional<Reply> set_size(MailParameters& result, const Parameter& parameter) {
  const char* const end = parameter.value.data() + parameter.value.size();
  const auto number = std::from_chars(parameter.value.data(), end, result.size_bytes);
  if (parameter.value.empty() || parameter.value.size() > 20 || number.ptr != end ||
      parameter.value[0] == '-')
    return bad("SIZE");
  if (number.ec == std::errc::result_out_of_range) result.size_bytes = INT64_MAX;
  return std::nullopt;
}

std::optional<Reply> set_body(MailParameters& result, const Parameter& parameter) {
  if (equals_ignoring_case(parameter.value, "7BIT")) return std::nullopt;
  if (equals_ignoring_case(parameter.value, "BINARYMIME"))
    return Reply{555, "5.5.4", "BODY=BINARYMIME is not supported"};
  if (!equals_ignoring_case(parameter.value, "8BITMIME")) return bad("BODY");
  result.body = BodyType::eight_bit_mime;
  return std::nullopt;
}

std::optional<Reply> set_ret(MailParameters& result, const Parameter& parameter) {
  if (equals_ignoring_case(parameter.value, "FULL"))
    result.return_content = ReturnContent::full;
  else if (equals_ignoring_case(parameter.value, "HDRS"))
    result.return_content = ReturnContent::headers;
  else
    return bad("RET");
  return std::nullopt;
}

std::optional<Reply> set_envid(MailParameters& result, const Parameter& parameter) {
  const auto id = decode_xtext(parameter.value);
  if (!id || id->empty() || parameter.value.size() > k_envelope_id_max) return bad("ENVID");
  for (const unsigned char c :
       *id)  // "MUST consist entirely of printable (graphic and white space)" characters
    if (c < ' ' || c > '~') return bad("ENVID");
  result.envelope_id = *id;
  return std::nullopt;
}

std::optional<Reply> set_auth(MailParameters& result, const Parameter& parameter) {
  if (parameter.value == "<>") {
    result.auth = "";
    return std::nullopt;
  }
  const auto mailbox = decode_xtext(parameter.value);
  if (!mailbox || mailbox->empty() || mailbox->size() > 500) return bad("AUTH");
  for (const unsigned char c : *mailbox)
    if (c < ' ' || c == 127) return bad("AUTH");
  result.auth = *mailbox;
  return std::nullopt;
}

std::optional<Reply> set(MailParameters& result, const Parameter& parameter, const Extensions& offered) {
  if (is(parameter, "SIZE")) return set_size(result, parameter);
  if (is(parameter, "BODY")) return set_body(result, parameter);
  if (is(parameter, "RET") && offered.dsn) return set_ret(result, parameter);
  if (is(parameter, "ENVID") && offered.dsn) return set_envid(result, parameter);
  if (is(parameter, "AUTH") && offered.auth) return set_auth(result, parameter);
  if (is(parameter, "SMTPUTF8") && offered.smtputf8) {
    result.smtputf8 = true;
    return parameter.has_value ? std::optional(bad("SMTPUTF8")) : std::nullopt;
  }
  if (is(parameter, "REQUIRETLS") && offered.require_tls) {
    result.require_tls = true;
    return parameter.has_value ? std::optional(bad("REQUIRETLS")) : std::nullopt;
  }
  return unknown(parameter.name);
}

std::optional<Reply> set_notify(RcptParameters& result, std::string_view value) {
  while (true) {
    const auto comma = value.find(',');
    const auto word = value.substr(0, comma);
    const std::uint8_t bit = equals_ignoring_case(word, "NEVER")     ? notify_never
                             : equals_ignoring_case(word, "SUCCESS") ? notify_success
                             : equals_ignoring_case(word, "FAILURE") ? notify_failure
                             : equals_ignoring_case(word, "DELAY")   ? notify_delay
                                                                     : notify_unset;
    if (bit == notify_unset) return bad("NOTIFY");
    result.notify |= bit;
    if (comma == std::string_view::npos) break;
    value.remove_prefix(comma + 1);
  }
  // "The NEVER keyword MUST appear by itself"
  if ((result.notify & notify_never) && result.notify != notify_never) return bad("NOTIFY");
  return std::nullopt;
}

std::optional<Reply> set_orcpt(RcptParameters& result, std::string_view value, bool utf8) {
  const auto semicolon = value.find(';');
  if (value.size() > k_original_recipient_max || semicolon == std::string_view::npos) return bad("ORCPT");
  const auto type = value.substr(0, semicolon);
  if (!is_keyword(type)) return bad("ORCPT");
  const auto given = value.substr(semicolon + 1);
  // RFC 6533 section 3 also knows utf-8 addresses, which may stand as they are.
  const bool as_it_is = utf8 && equals_ignoring_case(type, "utf-8") && !is_ascii(given) && is_utf8(given);
  const auto address = as_it_is ? std::optional(std::string(given)) : decode_xtext(given);
  if (!address || address->empty()) return bad("ORCPT");
  for (const unsigned char c : *address)
    if (c < ' ' || c == 127) return bad("ORCPT");
  result.original_recipient = std::string(type) + ";" + *address;
  return std::nullopt;
}

}  // namespace

std::variant<MailParameters, Reply> parse_mail_parameters(std::string_view text, const Extensions& offered) {
  const auto parameters = split(text);
  if (auto refusal = check(parameters)) return *refusal;
  MailParameters result;
  for (const Parameter& parameter : parameters)
    if (auto refusal = set(result, parameter, offered)) return *refusal;
  return result;
}

std::variant<RcptParameters, Reply> parse_rcpt_parameters(std::string_view text, const Extensions& offered) {
  const auto parameters = split(text);
  if (auto refusal = check(parameters)) return *refusal;
  RcptParameters result;
  for (const Parameter& parameter : parameters) {
    std::optional<Reply> refusal;
    if (is(parameter, "NOTIFY") && offered.dsn)
      refusal = set_notify(result, parameter.value);
    else if (is(parameter, "ORCPT") && offered.dsn)
      refusal = set_orcpt(result, parameter.value, offered.smtputf8);
    else
      refusal = unknown(parameter.name);
    if (refusal) return *refusal;
  }
  return result;
}

std::string to_parameter(std::string_view name, std::string_view value) {
  if (value.empty()) return {};
  return " " + std::string(name) + "=" + std::string(value);
}

std::string notify_text(std::uint8_t notify) {
  if (notify & notify_never) return "NEVER";
  std::string text;
  const auto add = [&](std::uint8_t bit, std::string_view word) {
    if (!(notify & bit)) return;
    if (!text.empty()) text += ",";
    text += word;
  };
  add(notify_success, "SUCCESS");
  add(notify_failure, "FAILURE");
  add(notify_delay, "DELAY");
  return text;
}

}  // namespace stagecoach::smtp
