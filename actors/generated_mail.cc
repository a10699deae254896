#include "actors/generated_mail.h"

#include "actors/intake.h"
#include "protocols/mime/address_list.h"
#include "protocols/mime/header.h"
#include "protocols/mime/rewrite.h"
#include "protocols/mime/writer.h"

namespace stagecoach {

namespace {

std::chrono::sys_seconds seconds_of(Time time) { return std::chrono::floor<std::chrono::seconds>(time); }

/// `message` as it arrives here, with its reverse-path on top.
Arrival arrival_of(MessageId id, Envelope envelope, std::string service, std::string_view message) {
  const std::string return_path = "Return-Path: <" + envelope.reverse_path + ">\r\n";
  Counter uncounted{0};
  Intake intake(id, INT64_MAX, uncounted);
  intake.add_prefix(return_path, static_cast<std::int64_t>(return_path.size()));
  intake.add(message);
  Arrival arrival;
  arrival.id = id;
  arrival.envelope = std::move(envelope);
  arrival.envelope.body = BodyType::eight_bit_mime;
  arrival.origin.source = Source::system;
  arrival.origin.service = std::move(service);
  arrival.received = current_time();
  arrival.content = intake.finish();
  return arrival;
}

Arrival arrival_of(MessageId id, const std::string& to, std::string_view message) {
  Envelope envelope;
  envelope.recipients.push_back({to, notify_never, {}});
  return arrival_of(id, std::move(envelope), "system", message);
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

std::vector<mime::NamedAddress> named_addresses(const std::string& text) {
  std::vector<mime::NamedAddress> result;
  for (const mime::ListedAddress& listed : mime::parse_address_list(text))
    if (listed.kind == mime::ListedAddress::Kind::mailbox)
      result.push_back(
          {mime::decode_words(listed.display_name), Address{listed.local, listed.domain}.text()});
  return result;
}

constexpr const char* k_plain_header =
    "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n";
constexpr const char* k_html_header =
    "Content-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n";

/// A body part with its header: one of the two forms, or both as alternatives.
struct TextPart {
  std::string header, body;
};
TextPart text_part(const ComposedMail& mail, const std::string& boundary) {
  const auto quoted = [](const std::string& text) {
    return mime::encode_quoted_printable(mime::with_crlf(text + "\n"));
  };
  if (mail.html.empty()) return {k_plain_header, quoted(mail.text)};
  if (mail.text.empty()) return {k_html_header, quoted(mail.html)};
  mime::MultipartWriter parts(boundary);
  parts.part(k_plain_header, quoted(mail.text)).part(k_html_header, quoted(mail.html));
  return {"Content-Type: " + mime::multipart_type("alternative", boundary) + "\r\n\r\n", parts.finish()};
}

/// Parts of a message behind its text.
struct FurtherPart {
  std::string header;
  std::string body;
};

FurtherPart file_part(const storage::MediaContent& file) {
  mime::HeaderWriter header;
  header.structured("Content-Type", file.content_type + "; " + mime::parameter_text("name", file.name))
      .structured("Content-Disposition", "attachment; " + mime::parameter_text("filename", file.name))
      .structured("Content-Transfer-Encoding", "base64");
  return {header.finish(), mime::encode_base64_lines(file.bytes)};
}

FurtherPart original_part(AppendOriginal append, const Reported& original, std::string_view whole) {
  bool complete = false;
  if (append == AppendOriginal::full && !whole.empty())
    return {"Content-Type: message/rfc822\r\n\r\n",
            std::string(whole.substr(static_cast<std::size_t>(original.transmit_offset)))};
  const std::string_view source = original_of(original, complete);
  return {"Content-Type: text/rfc822-headers\r\n\r\n",
          std::string(source.substr(0, mime::parse_header_section(source).size_bytes))};
}

std::vector<FurtherPart> further_parts(const ComposedMail& mail, const Reported& original,
                                       std::string_view whole, const AnswerFiles& files) {
  std::vector<FurtherPart> parts;
  for (const std::string& name : mail.attachments)
    if (const storage::MediaContent* file = files.find(mail.attachments_of, name))
      parts.push_back(file_part(*file));
  if (mail.append_original != AppendOriginal::no)
    parts.push_back(original_part(mail.append_original, original, whole));
  return parts;
}

mime::HeaderWriter composed_header(const ComposedMail& mail, const std::string& message_id) {
  mime::HeaderWriter header;
  header.addresses("From", named_addresses(mail.from));
  if (!mail.reply_to.empty()) header.addresses("Reply-To", named_addresses(mail.reply_to));
  std::vector<mime::NamedAddress> to;
  for (const std::string& address : mail.to) to.push_back({"", address});
  header.addresses("To", to)
      .text("Subject", mail.subject)
      .date("Date", seconds_of(current_time()))
      .structured("Message-ID", message_id)
      .structured("MIME-Version", "1.0");
  for (const HeaderEdit& edit : mail.header)
    if (edit.kind != HeaderEdit::Kind::remove) header.structured(edit.name, edit.value);
  return header;
}

std::string composed_message(Node& node, MessageId id, const ComposedMail& mail, const Reported& original,
                             std::string_view whole, const AnswerFiles& files) {
  mime::HeaderWriter header = composed_header(mail, message_id_of(node, id));
  const std::string number = std::to_string(id.value);
  const TextPart text = text_part(mail, "text-" + number);
  const std::vector<FurtherPart> further = further_parts(mail, original, whole, files);
  if (further.empty()) return header.fields() + text.header + text.body;
  mime::MultipartWriter parts("mixed-" + number);
  parts.part_exact(text.header, text.body);
  for (const FurtherPart& part : further) parts.part_exact(part.header, part.body);
  header.structured("Content-Type", mime::multipart_type("mixed", "mixed-" + number));
  return header.finish() + parts.finish();
}

}  // namespace

Arrival system_arrival(Node& node, Envelope envelope, std::string service, std::string_view message) {
  return arrival_of(node.numbers.take(), std::move(envelope), std::move(service), message);
}

Arrival generated_arrival(Node& node, const Generated& generated, const Reported& original,
                          std::string_view whole, const AnswerFiles& files) {
  const MessageId id = node.numbers.take();
  Envelope envelope;
  envelope.reverse_path = generated.reverse_path;
  for (const std::string& recipient : generated.recipients)
    envelope.recipients.push_back({recipient, notify_never, {}});
  std::string message;
  if (generated.composed)
    message = composed_message(node, id, *generated.composed, original, whole, files);
  else
    message = mime::rewrite(whole.substr(static_cast<std::size_t>(original.transmit_offset)),
                            generated.changed_original.value_or(Rendition{}));
  return arrival_of(id, std::move(envelope), generated.purpose, message);
}

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
  // RFC 8689 section 5: what had to be kept secret does not come back as a whole.
  const bool is_secret = message.envelope.tls == TlsDemand::required;
  if (is_secret || (report.return_content == ReturnContent::unset && config->queue.return_headers_only))
    report.return_content = ReturnContent::headers;
  report.smtputf8 = message.envelope.smtputf8;
  Arrival arrival = arrival_of(id, message.envelope.reverse_path, dsn::write_report(report));
  arrival.envelope.smtputf8 = message.envelope.smtputf8;
  arrival.envelope.tls = message.envelope.tls;
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
