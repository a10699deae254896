#include "protocols/smtp/mail_request.h"

namespace stagecoach::smtp {

namespace {

struct Meaning {
  MailRequestKind kind;
  int code;
  const char* text;
};
// RFC 1985 section 5.3, RFC 2645 section 7
constexpr Meaning k_meanings[] = {
    {MailRequestKind::etrn, 251, "no mail waits there"},
    {MailRequestKind::etrn, 458, "the server cannot start sending now"},
    {MailRequestKind::etrn, 459, "the server does not allow it for this name"},
    {MailRequestKind::atrn, 450, "the provider refuses it for these domains"},
    {MailRequestKind::atrn, 451, "the provider cannot do it now"},
    {MailRequestKind::atrn, 453, "no mail waits there"},
    {MailRequestKind::etrn, 502, "the server knows no ETRN"},
    {MailRequestKind::atrn, 502, "the provider knows no ATRN"},
    {MailRequestKind::atrn, 530, "the provider wants a log-in first"},
};

std::string meaning_of(MailRequestKind kind, int code) {
  if (code == 500) code = 502;
  for (const Meaning& meaning : k_meanings)
    if (meaning.kind == kind && meaning.code == code) return std::string(" (") + meaning.text + ")";
  return {};
}

std::string command_of(MailRequestKind kind, const std::string& argument) {
  return (kind == MailRequestKind::etrn ? "ETRN" : "ATRN") + (argument.empty() ? "" : " " + argument);
}

}  // namespace

MailRequest::MailRequest(MailRequestKind kind, const std::string& argument,
                         std::shared_ptr<const ClientSettings> settings, std::string random)
    : kind_(kind), command_(command_of(kind, argument)), session_(std::move(settings), std::move(random)) {
  session_.ask(command_, kind == MailRequestKind::atrn ? AfterAnswer::turn : AfterAnswer::stay);
}

RequestEvents MailRequest::carry_out(ClientEvents events) {
  RequestEvents result;
  for (ClientEvent& event : events) on(event, result);
  return result;
}

void MailRequest::on(ClientEvent& event, RequestEvents& to) {
  if (auto* output = std::get_if<Output>(&event)) to.emplace_back(std::move(*output));
  if (std::holds_alternative<StartTls>(event)) to.emplace_back(StartTls{});
  if (std::holds_alternative<Idle>(event)) take_answer(to);
  if (auto* failed = std::get_if<SessionFailed>(&event); failed && !std::exchange(answered_, true))
    to.emplace_back(RequestAnswered{std::move(failed->error)});
  if (std::holds_alternative<Close>(event)) to.emplace_back(Close{});
}

void MailRequest::take_answer(RequestEvents& to) {
  if (!session_.answer() || std::exchange(answered_, true)) return;
  const Reply& reply = *session_.answer();
  to.emplace_back(RequestAnswered{judge(reply)});
  if (kind_ == MailRequestKind::atrn && reply.accepts()) {
    to.emplace_back(RequestTurned{});
    return;
  }
  for (ClientEvent& event : session_.quit()) on(event, to);
}

Result<std::string> MailRequest::judge(const Reply& reply) const {
  const std::string meaning = meaning_of(kind_, reply.code);
  const bool no_mail = kind_ == MailRequestKind::atrn && reply.code == 453;
  if (reply.accepts() || no_mail) return reply.line() + meaning;
  const std::string text = "Error from remote server on \"" + command_ + "\" -> " + reply.line() + meaning;
  return reply.is_permanent() ? invalid_input(text) : unavailable(text);
}

}  // namespace stagecoach::smtp
