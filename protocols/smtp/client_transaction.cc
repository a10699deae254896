// MAIL, RCPT, DATA or BDAT, and what became of each recipient.
#include <algorithm>

#include "protocols/smtp/client_core.h"
#include "protocols/smtp/parameters.h"
#include "protocols/smtp/path.h"
#include "protocols/smtp/utf8.h"
#include "protocols/smtp/xtext.h"

namespace stagecoach::smtp {

using Core = ClientSession::Core;

namespace {

/// Whether it can stand between angle brackets without ending the command.
bool is_sendable(const std::string& address) {
  const auto mailbox = parse_mailbox(address, {.utf8 = true, .postmaster = true, .bare_local = true});
  return mailbox.has_value();
}

bool has_utf8_address(const Envelope& envelope) {
  return !is_ascii(envelope.reverse_path) ||
         std::any_of(envelope.recipients.begin(), envelope.recipients.end(),
                     [](const EnvelopeRecipient& recipient) { return !is_ascii(recipient.address); });
}

Outcome outcome_of(const Reply& reply, bool to_rcpt) {
  if (reply.accepts()) return Outcome::delivered;
  // RFC 5321 section 4.5.3.1.10: 552 for too many recipients is temporary
  const bool too_many = to_rcpt && reply.code == 552 && (reply.enhanced.empty() || reply.enhanced == "5.5.3");
  return reply.is_permanent() && !too_many ? Outcome::permanent : Outcome::temporary;
}

}  // namespace

void Core::next_transaction() {
  if (!question.empty()) return command(Kind::question, std::exchange(question, {}));
  while (!queue.empty()) {
    state = State::running;
    current = std::move(queue.front());
    queue.pop_front();
    recipients.assign(current->envelope.recipients.size(), {});
    rcpt_open = 0;
    mail_refused = mail_accepted = data_sent = content_open = content_asked = content_complete = false;
    events.emplace_back(TransactionBegun{});
    if (const auto refusal = refuse_here())
      settle_all(*refusal, "", false);
    else
      begin_transaction();
    if (rcpt_open > 0) return;
    events.emplace_back(MessageResult{});
    for (auto& recipient : recipients)
      std::get<MessageResult>(events.back()).recipients.push_back(std::move(recipient.outcome));
    current.reset();
  }
  state = State::idle;
  if (quit_wanted) return say_quit();
  events.emplace_back(Idle{});
}

void Core::say_quit() {
  state = State::quitting;
  command(Kind::quit, "QUIT");
  pump();
}

std::optional<Reply> Core::refuse_here() const {
  const Envelope& envelope = current->envelope;
  if (peer.size_bytes_max > 0 && current->size_bytes > peer.size_bytes_max)
    return Reply{552, "5.3.4",
                 "The message has " + std::to_string(current->size_bytes) +
                     " bytes, the receiving server takes " + std::to_string(peer.size_bytes_max)};
  if ((has_utf8_address(envelope) || (envelope.smtputf8 && current->eight_bit)) && !peer.smtputf8)
    return Reply{550, "5.6.7", "The message needs SMTPUTF8, which the receiving server does not offer"};
  if (envelope.tls == TlsDemand::required && !(tls && peer.require_tls))
    return Reply{550, "5.7.30",
                 "The sender requires TLS all the way, and the receiving server does not offer REQUIRETLS"};
  if (envelope.tls == TlsDemand::required && !proved)
    return Reply{550, "5.7.30",
                 "The sender requires TLS all the way, and the receiving server has not proved who it is"};
  if (current->eight_bit && !peer.eight_bit_mime)
    return Reply{554, "5.6.3", "The message needs 8BITMIME, which the receiving server does not offer"};
  if (!envelope.reverse_path.empty() && !is_sendable(envelope.reverse_path))
    return Reply{501, "5.1.7", "The sender's address is malformed"};
  return std::nullopt;
}

void Core::begin_transaction() {
  bdat = settings->chunking && peer.chunking;
  const auto& all = current->envelope.recipients;
  for (std::size_t i = 0; i < all.size(); ++i)
    if (!is_sendable(all[i].address))
      settle(i, {501, "5.1.3", "The recipient's address is malformed"}, "", false);
  rcpt_open = static_cast<std::size_t>(std::count_if(
      recipients.begin(), recipients.end(), [](const auto& recipient) { return !recipient.settled; }));
  if (rcpt_open == 0) return;
  ++rcpt_open;  // MAIL itself
  if (std::exchange(needs_rset, false)) command(Kind::rset, "RSET");
  command(Kind::mail, mail_command());
  for (std::size_t i = 0; i < all.size(); ++i)
    if (!recipients[i].settled) command(Kind::rcpt, rcpt_command(all[i]), {}, i);
  if (pipelining() && !bdat && !current->probe) {
    data_sent = true;
    command(Kind::data, "DATA");
  }
  pump();
}

std::string Core::mail_command() const {
  const Envelope& envelope = current->envelope;
  std::string line = "MAIL FROM:<" + envelope.reverse_path + ">";
  if (peer.size && current->size_bytes > 0) line += " SIZE=" + std::to_string(current->size_bytes);
  if (current->eight_bit) line += " BODY=8BITMIME";
  if (peer.smtputf8 && (envelope.smtputf8 || has_utf8_address(envelope))) line += " SMTPUTF8";
  if (envelope.tls == TlsDemand::required) line += " REQUIRETLS";
  if (!peer.dsn) return line;
  if (envelope.return_content != ReturnContent::unset)
    line += envelope.return_content == ReturnContent::full ? " RET=FULL" : " RET=HDRS";
  return line + to_parameter("ENVID", encode_xtext(envelope.envelope_id));
}

std::string Core::rcpt_command(const EnvelopeRecipient& recipient) const {
  std::string line = "RCPT TO:<" + recipient.address + ">";
  if (!peer.dsn) return line;
  line += to_parameter("NOTIFY", notify_text(recipient.notify));
  const auto semicolon = recipient.original_recipient.find(';');
  if (semicolon == std::string::npos) return line;
  const std::string_view original = recipient.original_recipient;
  return line + to_parameter("ORCPT", encode_xtext(original.substr(0, semicolon)) + ";" +
                                          encode_xtext(original.substr(semicolon + 1)));
}

void Core::mail_answered(const Expected& expected, const Reply& reply) {
  --rcpt_open;
  mail_accepted = reply.accepts();
  if (!mail_accepted) {
    mail_refused = true;
    rcpt_open -= std::min(rcpt_open, to_send.size());
    to_send.clear();  // without PIPELINING the recipients were not sent yet
    settle_all(reply, expected.command, true);
  }
  after_recipients();
}

void Core::rcpt_answered(const Expected& expected, const Reply& reply) {
  --rcpt_open;
  if (!mail_refused) {
    events.emplace_back(RecipientResult{expected.index, reply});
    if (reply.accepts())
      recipients[expected.index].accepted = true;
    else
      settle(expected.index, reply, expected.command, true);
  }
  after_recipients();
}

void Core::after_recipients() {
  if (rcpt_open > 0 || data_sent) return;
  if (!accepted_any()) return finish_if_done();
  if (current->probe) {
    settle_all({250, "2.1.5", "Recipient accepted"}, "RCPT", true);
    return finish_if_done();
  }
  if (bdat) {
    content_open = true;
    encoder = DotEncoder(DotEncoder::Dots::none, DotEncoder::LineEnds::normalise);
    return want_content();
  }
  data_sent = true;
  command(Kind::data, "DATA");
}

void Core::data_answered(const Expected& expected, const Reply& reply) {
  if (reply.code == 354 && accepted_any()) {
    content_open = true;
    encoder = DotEncoder(DotEncoder::Dots::stuff, DotEncoder::LineEnds::normalise);
    return want_content();
  }
  if (reply.code == 354) {  // RFC 2920 section 3.1: nobody gets it, so a single dot ends it
    output(".\r\n");
    return expect({Kind::abandoned_data, 0, "end of data"});
  }
  const Reply odd{451, "4.5.0", "Unexpected reply to DATA: " + reply.line()};
  settle_all(reply.accepts() ? odd : reply, expected.command, true);
  if (reply.accepts()) return fail(unavailable(odd.text), reply);
  finish_if_done();
}

void Core::abandoned_data_answered() {
  mail_accepted = false;  // the transaction is over: no RSET
  finish_if_done();
}

void Core::want_content() {
  content_asked = true;
  events.emplace_back(ContentWanted{});
}

void Core::content(std::string_view bytes, bool last) {
  if (!content_open || !content_asked || state == State::closed) return;
  content_asked = false;
  std::string encoded;
  encoder.encode(bytes, encoded);
  if (last) encoder.finish(encoded);
  if (bdat && (last || !encoded.empty())) {
    output("BDAT " + std::to_string(encoded.size()) + (last ? " LAST\r\n" : "\r\n"));
    if (!last) expect({Kind::bdat, 0, "BDAT"});
  }
  output(encoded);
  if (last) return expect_end_of_data();
  if (!bdat || pipelining() || in_flight.empty()) want_content();
}

void Core::expect_end_of_data() {
  content_open = false;
  content_complete = true;
  for (std::size_t i = 0; i < recipients.size(); ++i) {
    if (!recipients[i].accepted) continue;
    expect({Kind::end_of_data, i, "end of data"});
    if (!lmtp()) return;
  }
}

void Core::bdat_answered(const Expected& expected, const Reply& reply) {
  if (!reply.accepts()) {
    settle_all(reply, expected.command, true);
    content_open = content_asked = false;
  }
  if (!content_open) {
    if (!content_complete) finish_if_done();
  } else if (!content_asked) {
    want_content();
  }
}

void Core::end_of_data_answered(const Expected& expected, const Reply& reply) {
  if (lmtp())
    settle(expected.index, reply, expected.command, true);
  else
    settle_all(reply, expected.command, true);
  mail_accepted = false;  // the transaction is over: no RSET
  finish_if_done();
}

void Core::settle(std::size_t index, const Reply& reply, std::string command, bool from_peer) {
  RecipientState& recipient = recipients[index];
  if (recipient.settled) return;
  recipient.settled = true;
  const Outcome outcome = outcome_of(reply, command.starts_with("RCPT"));
  const bool passed_on = outcome == Outcome::delivered && peer.dsn;
  recipient.outcome = {outcome, reply, std::move(command), from_peer, passed_on};
}

void Core::settle_all(const Reply& reply, const std::string& command, bool from_peer) {
  for (std::size_t i = 0; i < recipients.size(); ++i) settle(i, reply, command, from_peer);
}

/// Everything is answered: says the result and goes on.
void Core::finish_if_done() {
  if (!current || !in_flight.empty() || !to_send.empty()) return;
  MessageResult result;
  for (auto& recipient : recipients) result.recipients.push_back(std::move(recipient.outcome));
  current.reset();
  content_open = content_complete = false;
  needs_rset = needs_rset || mail_accepted;
  events.emplace_back(std::move(result));
  next_transaction();
}

bool Core::accepted_any() const {
  return std::any_of(recipients.begin(), recipients.end(),
                     [](const auto& recipient) { return recipient.accepted && !recipient.settled; });
}

}  // namespace stagecoach::smtp
