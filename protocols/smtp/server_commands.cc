// The order of commands (RFC 5321 section 4.1.4) and those that belong to no transaction.
#include "protocols/smtp/server_core.h"

namespace stagecoach::smtp {

using Core = ServerSession::Core;

namespace {

template <class... Phases>
constexpr unsigned any_of(Phases... phases) {
  return ((1u << static_cast<unsigned>(phases)) | ...);
}
using Phase = Core::Phase;
constexpr unsigned k_any = any_of(Phase::connected, Phase::ready, Phase::mail, Phase::rcpt, Phase::bdat);

}  // namespace

const Core::Command Core::k_commands[] = {
    {"HELO", k_any, &Core::helo},
    {"EHLO", k_any, &Core::ehlo},
    {"LHLO", k_any, &Core::ehlo},
    {"MAIL", any_of(Phase::ready), &Core::mail},
    {"RCPT", any_of(Phase::mail, Phase::rcpt), &Core::rcpt},
    {"DATA", any_of(Phase::mail, Phase::rcpt), &Core::data},
    {"BDAT", k_any, &Core::bdat},  // checks the order itself, for the chunk must be read in any case
    {"RSET", k_any, &Core::rset},
    {"NOOP", k_any, &Core::noop},
    {"QUIT", k_any, &Core::quit},
    {"AUTH", any_of(Phase::ready), &Core::auth},
    {"STARTTLS", any_of(Phase::connected, Phase::ready), &Core::starttls},
    {"VRFY", k_any, &Core::vrfy},
    {"EXPN", k_any, &Core::refused},
    {"ETRN", k_any, &Core::refused},
    {"TURN", k_any, &Core::refused},
    {"HELP", k_any, &Core::help},
};

void Core::run(std::string_view line) {
  const auto space = line.find(' ');
  const auto verb = line.substr(0, space);
  auto argument = space == std::string_view::npos ? std::string_view{} : line.substr(space + 1);
  while (argument.starts_with(' ')) argument.remove_prefix(1);
  while (argument.ends_with(' ')) argument.remove_suffix(1);
  for (const Command& command : k_commands) {
    if (!equals_ignoring_case(verb, command.verb)) continue;
    const bool lmtp_only = command.verb == "LHLO";
    const bool smtp_only = command.verb == "HELO" || command.verb == "EHLO";
    if (lmtp() ? smtp_only : lmtp_only) break;
    if (command.phases & any_of(phase)) return (this->*command.handle)(argument);
    if (phase == Phase::connected)
      return complain({503, "5.5.1", lmtp() ? "Send LHLO first" : "Send EHLO first"});
    return complain({503, "5.5.1", "Bad sequence of commands"});
  }
  complain({500, "5.5.1", "Command not recognised"});
}

void Core::hello(std::string_view argument, bool extended_form) {
  if (argument.empty()) return complain({501, "5.5.4", "A host name is missing"});
  if (argument.size() > 255) return complain({501, "5.5.4", "The host name is too long"});
  offered_helo = argument;
  offered_extended = extended_form;
  offer(Offer::helo, HeloOffered{offered_helo, extended_form});
}

void Core::helo_decided(const Reply& reply) {
  if (!reply.accepts()) return complain(reply);
  reset_transaction();
  helo_name = std::move(offered_helo);
  extended = offered_extended;
  phase = Phase::ready;
  write({250, "", extended ? capabilities() : settings->hostname});
}

std::string Core::capabilities() const {
  std::string text = settings->hostname + "\nPIPELINING\nSIZE " + std::to_string(limits().message_bytes_max);
  text += "\n8BITMIME\nENHANCEDSTATUSCODES";
  if (settings->smtputf8) text += "\nSMTPUTF8";
  if (settings->dsn) text += "\nDSN";
  if (settings->chunking) text += "\nCHUNKING";
  if (settings->starttls && !tls) text += "\nSTARTTLS";
  if (tls) text += "\nREQUIRETLS";
  if (const std::string mechanisms = offered_mechanisms(); !mechanisms.empty()) text += "\nAUTH" + mechanisms;
  return text + "\nHELP";
}

void Core::starttls(std::string_view argument) {
  if (tls) return complain({503, "5.5.1", "TLS is on already"});
  if (!settings->starttls) return complain({502, "5.5.1", "STARTTLS is not offered"});
  if (!argument.empty()) return complain({501, "5.5.4", "STARTTLS has no parameters"});
  write({220, "2.0.0", "Ready to start TLS"});
  events.emplace_back(StartTls{});
  mode = Mode::starttls;
}

void Core::rset(std::string_view argument) {
  if (!argument.empty()) return complain({501, "5.5.4", "RSET has no parameters"});
  reset_transaction();
  write({250, "2.0.0", "OK"});
}

void Core::noop(std::string_view) { write({250, "2.0.0", "OK"}); }

void Core::help(std::string_view) {
  std::string text = "Commands:\n";
  for (const Command& command : k_commands)
    if (command.handle != &Core::refused && command.verb != (lmtp() ? "HELO" : "LHLO") &&
        !(lmtp() && command.verb == "EHLO"))
      text += " " + std::string(command.verb);
  write({214, "2.0.0", text});
}

void Core::vrfy(std::string_view argument) {
  if (argument.empty()) return complain({501, "5.5.4", "An address is missing"});
  write({252, "2.1.5", "Send mail and see: addresses are not verified"});
}

void Core::refused(std::string_view) { complain({502, "5.5.1", "Command not implemented"}); }

void Core::quit(std::string_view argument) {
  if (!argument.empty()) return complain({501, "5.5.4", "QUIT has no parameters"});
  close_with({221, "2.0.0", settings->hostname + " closes the connection"});
}

}  // namespace stagecoach::smtp
