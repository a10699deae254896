#include "protocols/smtp/received_field.h"

#include "protocols/mime/writer.h"

namespace stagecoach::smtp {
namespace {

/// What stands in the field as an atom: no white space, no control characters, nothing that opens a comment.
std::string atom(std::string_view text, std::size_t size_max = 255) {
  std::string result(text.substr(0, size_max));
  for (char& c : result)
    if (static_cast<unsigned char>(c) <= ' ' || c == 127 || c == '(' || c == ')' || c == ';' || c == '\\' ||
        c == '"')
      c = '?';
  return result;
}

std::string comment(std::string_view text) {
  std::string result(text.substr(0, 255));
  for (char& c : result)
    if (static_cast<unsigned char>(c) < ' ' || c == 127 || c == '(' || c == ')' || c == '\\') c = '?';
  return result;
}

std::string address_literal(const std::string& ip) {
  return ip.find(':') == std::string::npos ? "[" + atom(ip) + "]" : "[IPv6:" + atom(ip) + "]";
}

/// A path may hold quotes and, within them, spaces and parentheses; only what ends lines is dangerous.
std::string path(std::string_view address) {
  std::string result(address.substr(0, 320));
  for (char& c : result)
    if (static_cast<unsigned char>(c) < ' ' || c == 127 || c == '<' || c == '>') c = '?';
  return result;
}

}  // namespace

std::string keyword(const WithProtocol& with) {
  std::string result;
  const bool lmtp = with.flavour == Flavour::lmtp;
  if (!lmtp && !with.extended) return "SMTP";
  if (with.smtputf8)
    result = lmtp ? "UTF8LMTP" : "UTF8SMTP";
  else
    result = lmtp ? "LMTP" : "ESMTP";
  if (with.tls) result += "S";
  if (with.authenticated) result += "A";
  return result;
}

std::string to_wire(const ReceivedField& field) {
  std::string wire = "Received: from " + (field.helo.empty() ? std::string("unknown") : atom(field.helo));
  if (!field.peer_ip.empty())
    wire += " (" + (field.peer_name.empty() ? "" : atom(field.peer_name) + " ") +
            address_literal(field.peer_ip) + ")";
  wire += "\r\n\tby " + atom(field.hostname) + " with " + keyword(field.with);
  if (!field.tls.empty()) wire += "\r\n\t(" + comment(field.tls) + ")";
  if (!field.id.empty()) wire += " id " + atom(field.id);
  if (!field.recipient.empty()) wire += "\r\n\tfor <" + path(field.recipient) + ">";
  return wire + ";\r\n\t" + mime::date_text(field.time, field.utc_offset) + "\r\n";
}

}  // namespace stagecoach::smtp
