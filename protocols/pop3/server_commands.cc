// Which command is allowed when, and those that need no mailbox.
#include "protocols/pop3/server_core.h"

namespace stagecoach::pop3 {

using Core = ServerSession::Core;

const Core::Command Core::k_commands[] = {
    {"USER", true, false, &Core::user_name}, {"PASS", true, false, &Core::pass},
    {"APOP", true, false, &Core::apop},      {"AUTH", true, false, &Core::auth},
    {"STLS", true, false, &Core::stls},      {"UTF8", true, false, &Core::utf8},
    {"CAPA", true, true, &Core::capa},       {"QUIT", true, true, &Core::quit},
    {"STAT", false, true, &Core::stat},      {"LIST", false, true, &Core::list},
    {"UIDL", false, true, &Core::uidl},      {"RETR", false, true, &Core::retr},
    {"TOP", false, true, &Core::top},        {"DELE", false, true, &Core::dele},
    {"RSET", false, true, &Core::rset},      {"NOOP", false, true, &Core::noop},
};

void Core::run(std::string_view line) {
  const auto space = line.find(' ');
  const auto verb = line.substr(0, space);
  // A password may begin or end with spaces: only the one behind the verb is not part of it.
  const auto argument = space == std::string_view::npos ? std::string_view{} : line.substr(space + 1);
  for (const Command& command : k_commands) {
    if (!equals_ignoring_case(verb, command.verb)) continue;
    if (user.empty() ? command.before_login : command.after_login) return (this->*command.handle)(argument);
    return complain(user.empty() ? "-ERR log in first" : "-ERR already logged in");
  }
  complain("-ERR unknown command");
}

// RFC 2449 section 5
void Core::capa(std::string_view) {
  say("+OK Capability list follows\r\nTOP\r\nUIDL\r\nRESP-CODES\r\nAUTH-RESP-CODE\r\nPIPELINING\r\nUTF8");
  say("EXPIRE NEVER\r\nLOGIN-DELAY 0");
  if (may_use(sasl::Mechanism::plain)) say("USER");
  if (const std::string mechanisms = offered_mechanisms(); !mechanisms.empty()) say("SASL" + mechanisms);
  if (settings->stls && !tls && user.empty()) say("STLS");
  if (!settings->implementation.empty()) say("IMPLEMENTATION " + settings->implementation);
  say(".");
}

void Core::stls(std::string_view argument) {
  if (tls) return complain("-ERR TLS is on already");
  if (!settings->stls || !argument.empty()) return complain("-ERR STLS is not available");
  say("+OK begin TLS");
  events.emplace_back(StartTls{});
  mode = Mode::starttls;
}

void Core::utf8(std::string_view) { say("+OK UTF8 enabled"); }
void Core::noop(std::string_view) { say("+OK"); }

void Core::quit(std::string_view) {
  std::vector<std::size_t> indices;
  for (std::size_t i = 0; i < deleted.size(); ++i)
    if (deleted[i]) indices.push_back(i);
  if (indices.empty()) return close_with("+OK signing off");
  ask(Question::deletion, DeleteAndQuit{std::move(indices)});
}

void Core::deleted_done(const Result<void>& result) {
  if (!answers(Question::deletion)) return;
  close_with(result ? "+OK signing off" : "-ERR [SYS/TEMP] some deleted messages were not removed");
}

}  // namespace stagecoach::pop3
