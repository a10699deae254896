#include "actors/generated_mail.h"

#include "actors/intake.h"
#include "protocols/mime/writer.h"

namespace stagecoach {

namespace {

std::chrono::sys_seconds seconds_of(Time time) { return std::chrono::floor<std::chrono::seconds>(time); }

/// `message` as it arrives here, with the empty reverse-path on top.
Arrival arrival_of(MessageId id, const std::string& to, std::string_view message) {
  constexpr std::string_view k_return_path = "Return-Path: <>\r\n";
  Counter uncounted{0};
  Intake intake(id, INT64_MAX, uncounted);
  intake.add_prefix(k_return_path, static_cast<std::int64_t>(k_return_path.size()));
  intake.add(message);
  Arrival arrival;
  arrival.id = id;
  arrival.envelope.recipients.push_back({to, notify_never, {}});
  arrival.envelope.body = BodyType::eight_bit_mime;
  arrival.origin.source = Source::system;
  arrival.origin.service = "system";
  arrival.received = current_time();
  arrival.content = intake.finish();
  return arrival;
}

std::string message_id_of(const Node& node, MessageId id) {
  return "<" + std::to_string(id.value) + "." + std::to_string(now_seconds()) + "@" +
         node.config()->server.hostname + ">";
}

/// The original without what this server put in front for local mailboxes.
std::string_view original_of(const Reported& message, bool& complete) {
  complete = static_cast<std::int64_t>(message.head.size()) >= message.size_bytes;
  std::string_view original = message.head;
  if (!complete) original = original.substr(0, static_cast<std::size_t>(message.header_bytes));
  return original.substr(std::min(original.size(), static_cast<std::size_t>(message.transmit_offset)));
}

}  // namespace

std::string daemon_address(const conf::Config& config) {
  const std::string domain = config.local.effective_default_domain();
  return config.server.mailer_daemon_name + "@" + (domain.empty() ? config.server.hostname : domain);
}

Arrival report_arrival(Node& node, const Reported& message, std::vector<dsn::RecipientReport> recipients) {
  const auto config = node.config();
  const MessageId id = node.numbers.take();
  dsn::Report report;
  report.hostname = config->server.hostname;
  report.from = daemon_address(*config);
  report.to = message.envelope.reverse_path;
  report.message_id = message_id_of(node, id);
  report.boundary = "report-" + std::to_string(id.value);
  report.date = seconds_of(current_time());
  report.envelope_id = message.envelope.envelope_id;
  report.arrival = seconds_of(message.received);
  report.recipients = std::move(recipients);
  report.original = original_of(message, report.original_complete);
  report.return_content = message.envelope.return_content;
  if (report.return_content == ReturnContent::unset && config->queue.return_headers_only)
    report.return_content = ReturnContent::headers;
  report.smtputf8 = message.envelope.smtputf8;
  Arrival arrival = arrival_of(id, message.envelope.reverse_path, dsn::write_report(report));
  arrival.envelope.smtputf8 = message.envelope.smtputf8;
  return arrival;
}

Arrival notice_arrival(Node& node, const Reported& message, const std::string& recipient,
                       const std::string& subject, const std::string& text) {
  const auto config = node.config();
  const MessageId id = node.numbers.take();
  const std::string boundary = "notice-" + std::to_string(id.value);
  mime::HeaderWriter header;
  header.addresses("From", {{"Mail Delivery System", daemon_address(*config)}})
      .addresses("To", {{"", recipient}})
      .text("Subject", subject)
      .date("Date", seconds_of(current_time()))
      .structured("Message-ID", message_id_of(node, id))
      .structured("Auto-Submitted", "auto-generated")
      .structured("MIME-Version", "1.0")
      .structured("Content-Type", "multipart/mixed; boundary=\"" + boundary + "\"");
  bool complete = false;
  const std::string_view original = original_of(message, complete);
  mime::MultipartWriter parts(boundary);
  parts.part("Content-Type: text/plain; charset=utf-8\r\n\r\n", text + "\r\n");
  parts.part_exact(
      complete ? "Content-Type: message/rfc822\r\n\r\n" : "Content-Type: text/rfc822-headers\r\n\r\n",
      original);
  return arrival_of(id, recipient, header.finish() + parts.finish());
}

}  // namespace stagecoach
