// MAIL, RCPT, DATA, BDAT and the content.
#include <charconv>

#include "protocols/smtp/path.h"
#include "protocols/smtp/server_core.h"
#include "protocols/smtp/utf8.h"

namespace stagecoach::smtp {

using Core = ServerSession::Core;

namespace {

/// What stands behind "FROM:" or "TO:"; nothing when the argument does not begin so.
std::optional<std::string_view> behind(std::string_view keyword, std::string_view argument) {
  if (!equals_ignoring_case(argument.substr(0, keyword.size()), keyword)) return std::nullopt;
  return argument.substr(keyword.size());
}

Reply path_refusal(const Error& error, std::string enhanced) {
  if (error.kind == Error::Kind::conflict) return {553, "5.6.7", error.reason};
  return {501, std::move(enhanced), error.reason};
}

Reply too_big(std::int64_t limit) {
  return {552, "5.2.3", "Message exceeds fixed maximum message size of " + std::to_string(limit) + " bytes"};
}

}  // namespace

Extensions Core::extensions() const {
  return {settings->dsn, settings->smtputf8, !settings->mechanisms.empty(), tls};
}

std::optional<Reply> Core::not_ready_for_mail() const {
  if (settings->require_tls && !tls) return Reply{530, "5.7.0", "Send STARTTLS first"};
  const bool auth_needed = settings->require_auth || settings->flavour == Flavour::submission;
  if (auth_needed && user.empty()) return Reply{530, "5.7.0", "Authentication is required"};
  return std::nullopt;
}

void Core::mail(std::string_view argument) {
  if (const auto refusal = not_ready_for_mail()) return complain(*refusal);
  if (limits().transactions_max > 0 && transactions >= limits().transactions_max)
    return close_with({421, "4.7.0", settings->hostname + " Too many messages in one session"});
  const auto text = behind("FROM:", argument);
  if (!text) return complain({501, "5.5.4", "Say MAIL FROM:<address>"});
  const auto path = parse_path(*text, {.utf8 = true, .empty = true, .bare_local = lmtp()});
  if (!path) return complain(path_refusal(path.error(), "5.1.7"));
  auto parsed = parse_mail_parameters(path->remainder, extensions());
  if (const Reply* refusal = std::get_if<Reply>(&parsed)) return complain(*refusal);
  auto& parameters = std::get<MailParameters>(parsed);
  if (!parameters.smtputf8 && !is_ascii(path->address))
    return complain({553, "5.6.7", "Address needs SMTPUTF8"});
  if (limits().message_bytes_max > 0 && parameters.size_bytes > limits().message_bytes_max)
    return write(too_big(limits().message_bytes_max));
  smtputf8 = parameters.smtputf8;
  offer(Offer::mail, SenderOffered{path->address, std::move(parameters)});
}

void Core::sender_decided(const Reply& reply) {
  write(reply);
  if (!reply.accepts()) return;
  phase = Phase::mail;
  accepted = 0;
  recipient_tried = false;
}

void Core::rcpt(std::string_view argument) {
  recipient_tried = true;
  const auto text = behind("TO:", argument);
  if (!text) return complain({501, "5.5.4", "Say RCPT TO:<address>"});
  const auto path = parse_path(*text, {.utf8 = smtputf8, .postmaster = true, .bare_local = lmtp()});
  if (!path) return complain(path_refusal(path.error(), "5.1.3"));
  auto parsed = parse_rcpt_parameters(path->remainder, extensions());
  if (const Reply* refusal = std::get_if<Reply>(&parsed)) return complain(*refusal);
  if (accepted >= limits().recipients_max) return write({452, "4.5.3", "Too many recipients"});
  auto& parameters = std::get<RcptParameters>(parsed);
  offer(Offer::rcpt,
        RecipientOffered{{path->address, parameters.notify, std::move(parameters.original_recipient)}});
}

void Core::recipient_decided(const Reply& reply) {
  write(reply);
  if (reply.accepts()) {
    ++accepted;
    phase = Phase::rcpt;
  } else if (reply.is_permanent() && ++refused_recipients > limits().refused_recipients_max) {
    close_with({421, "4.7.0", settings->hostname + " Too many refused recipients"});
  }
}

void Core::data(std::string_view argument) {
  if (!argument.empty()) return complain({501, "5.5.4", "DATA has no parameters"});
  if (accepted == 0)
    return complain({recipient_tried && !lmtp() ? 554 : 503, "5.5.1", "No valid recipients"});
  write({354, "", "End data with <CR><LF>.<CR><LF>"});
  begin_content();
  mode = Mode::data;
}

void Core::begin_content() {
  decoder = DotDecoder();
  scanner = LineEndScanner();
  content_bytes = 0;
  content_refusal.reset();
  events.emplace_back(ContentBegun{});
}

void Core::data_bytes(std::string_view& input) {
  std::string content;
  content.reserve(content_refusal ? 0 : input.size());
  input.remove_prefix(decoder.decode(input, content));
  keep_content(std::move(content), decoder.saw_bare_cr() || decoder.saw_bare_lf(), decoder.longest_line());
  if (!decoder.ended()) return;
  mode = Mode::command;
  end_of_content();
}

void Core::keep_content(std::string bytes, bool bare_line_end, std::int64_t longest_line) {
  if (content_refusal) return;
  content_bytes += static_cast<std::int64_t>(bytes.size());
  const std::int64_t message_max = limits().message_bytes_max, line_max = limits().text_line_bytes_max;
  if (bare_line_end)
    refuse_content({550, "5.6.0", "Content has a CR or LF that stands alone"});
  else if (message_max > 0 && content_bytes > message_max)
    refuse_content(too_big(message_max));
  else if (line_max > 0 && longest_line > line_max)
    refuse_content({550, "5.6.0", "Content has a line of more than " + std::to_string(line_max) + " octets"});
  else if (!bytes.empty())
    events.emplace_back(ContentBytes{std::move(bytes)});
}

void Core::refuse_content(Reply reply) {
  if (content_refusal) return;
  content_refusal = std::move(reply);
  events.emplace_back(TransactionReset{});
}

void Core::end_of_content() {
  if (!content_refusal) return offer(Offer::message, MessageOffered{content_bytes});
  content_refused();
}

void Core::content_refused() {
  const Reply reply = *content_refusal;
  const std::int64_t count = lmtp() ? accepted : 1;
  end_transaction();
  if (reply.code == 421) return close_with(reply);
  for (std::int64_t i = 0; i < count; ++i) write(reply);
}

// RFC 3030 section 2. A chunk that cannot be taken must be read, for it follows without being asked.
void Core::bdat(std::string_view argument) {
  const auto space = argument.find(' ');
  const auto number = argument.substr(0, space);
  const auto flag = space == std::string_view::npos ? std::string_view{} : argument.substr(space + 1);
  const char* const end = number.data() + number.size();
  const auto parsed = std::from_chars(number.data(), end, chunk_left);
  const bool last = equals_ignoring_case(flag, "LAST");
  // Without a size nobody knows where the next command begins.
  if (number.empty() || parsed.ec != std::errc{} || parsed.ptr != end || (!flag.empty() && !last) ||
      chunk_left > (std::uint64_t{1} << 40))
    return close_with({421, "4.5.4", settings->hostname + " BDAT without a size that can be read"});
  chunk_last = last;
  chunk_refusal.reset();
  if (!settings->chunking)
    chunk_refusal = Reply{502, "5.5.1", "CHUNKING is not offered"};
  else if ((phase != Phase::rcpt && phase != Phase::mail && phase != Phase::bdat))
    chunk_refusal = Reply{503, "5.5.1", "Bad sequence of commands"};
  else if (accepted == 0)
    chunk_refusal = Reply{recipient_tried ? 554 : 503, "5.5.1", "No valid recipients"};
  mode = Mode::bdat;
  if (chunk_refusal) return;
  if (phase != Phase::bdat) begin_content();
  phase = Phase::bdat;
}

void Core::bdat_bytes(std::string_view& input) {
  const auto taken =
      input.substr(0, static_cast<std::size_t>(std::min<std::uint64_t>(chunk_left, input.size())));
  input.remove_prefix(taken.size());
  chunk_left -= taken.size();
  if (!chunk_refusal && !content_refusal && !taken.empty()) {
    scanner.scan(taken);
    keep_content(std::string(taken), scanner.saw_bare(), scanner.longest_line());
  }
  if (chunk_left == 0) bdat_chunk_done();
}

void Core::bdat_chunk_done() {
  mode = Mode::command;
  if (chunk_refusal) return complain(*std::exchange(chunk_refusal, std::nullopt));
  if (chunk_last && !content_refusal && scanner.ends_with_cr()) keep_content({}, true, 0);
  if (content_refusal) {
    if (chunk_last) return content_refused();
    const Reply reply = *content_refusal;
    end_transaction();
    return reply.code == 421 ? close_with(reply) : write(reply);
  }
  if (!chunk_last) return write({250, "2.0.0", std::to_string(content_bytes) + " bytes so far"});
  if (content_bytes > 0 && !scanner.ends_with_line_end()) keep_content("\r\n", false, 0);
  end_of_content();
}

void Core::end_transaction() {
  phase = Phase::ready;
  accepted = 0;
  smtputf8 = false;
  recipient_tried = false;
  content_refusal.reset();
  ++transactions;
}

void Core::reset_transaction() {
  if (phase == Phase::connected || phase == Phase::ready) return;
  if (!content_refusal) events.emplace_back(TransactionReset{});
  phase = Phase::ready;
  accepted = 0;
  smtputf8 = false;
  content_refusal.reset();
}

}  // namespace stagecoach::smtp
