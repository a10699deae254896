#include "protocols/dsn/report.h"

#include <algorithm>

#include "protocols/mime/writer.h"
#include "protocols/smtp/utf8.h"
#include "protocols/smtp/xtext.h"

namespace stagecoach::dsn {
namespace {

using mime::HeaderWriter;

struct Words {
  std::string_view name;  // RFC 3464 section 2.3.3
  std::string_view subject;
  std::string_view intro;
  std::string_view status;  // when the recipient has none
};

const Words& words(Action action) {
  static constexpr Words k_words[] = {
      {"failed", "Undelivered mail returned to sender",
       "Your message could not be delivered to the recipients below. No further attempt will be made.",
       "5.0.0"},
      {"delayed", "Delayed mail (still being retried)",
       "Your message has not been delivered to the recipients below yet. You need not do anything:\n"
       "further attempts are made on their own.",
       "4.0.0"},
      {"delivered", "Your mail was delivered", "Your message was delivered to the recipients below.",
       "2.0.0"},
      {"relayed", "Your mail was passed on",
       "Your message was passed on to a server that does not report successful delivery.\n"
       "There will be no further notice unless something goes wrong.",
       "2.0.0"},
      {"expanded", "Your mail was sent to a list",
       "Your message was delivered to an address that passes it on to several others.", "2.0.0"},
  };
  return k_words[static_cast<std::size_t>(action)];
}

/// A report with several kinds of news is named after the worst.
Action worst(const Report& report) {
  Action result = Action::expanded;
  for (const RecipientReport& recipient : report.recipients) result = std::min(result, recipient.action);
  return result;
}

bool is_ascii(const Report& report) {
  return std::all_of(report.recipients.begin(), report.recipients.end(),
                     [](const RecipientReport& recipient) {
                       return smtp::is_ascii(recipient.final_recipient + recipient.original_recipient +
                                             recipient.diagnostic);
                     });
}

std::string one_line(std::string_view text) {
  std::string result(text);
  for (char& c : result)
    if (static_cast<unsigned char>(c) < ' ' || c == 127) c = ' ';
  return result;
}

std::string original_address(const RecipientReport& recipient) {
  const auto semicolon = recipient.original_recipient.find(';');
  return semicolon == std::string::npos ? std::string() : recipient.original_recipient.substr(semicolon + 1);
}

std::string explanation(const RecipientReport& recipient) {
  std::string text = "  " + one_line(recipient.final_recipient);
  const std::string original = one_line(original_address(recipient));
  if (!original.empty() && original != recipient.final_recipient) text += " (you wrote to " + original + ")";
  text += "\n";
  if (!recipient.remote_mta.empty() && recipient.diagnostic_from_remote)
    text += "    The server " + one_line(recipient.remote_mta) + " said: " + one_line(recipient.diagnostic) +
            "\n";
  else if (!recipient.diagnostic.empty())
    text += "    Reason: " + one_line(recipient.diagnostic) + "\n";
  if (recipient.action == Action::relayed && !recipient.remote_mta.empty())
    text += "    Passed on to " + one_line(recipient.remote_mta) + "\n";
  if (recipient.will_retry_until)
    text += "    Attempts are made until " + mime::date_text(*recipient.will_retry_until) + "\n";
  return text;
}

std::string human_part(const Report& report) {
  std::string text = "This is the mail server " + one_line(report.hostname) + ".\n";
  for (const Action action :
       {Action::failed, Action::delayed, Action::delivered, Action::relayed, Action::expanded}) {
    bool first = true;
    for (const RecipientReport& recipient : report.recipients) {
      if (recipient.action != action) continue;
      if (first) text += "\n" + std::string(words(action).intro) + "\n\n";
      first = false;
      text += explanation(recipient);
    }
  }
  return text;
}

/// "rfc822;fred@example.com", or "utf-8;…" (RFC 6533 section 3).
std::string typed_address(std::string_view address) {
  return (smtp::is_ascii(address) ? "rfc822;" : "utf-8;") + one_line(address);
}

std::string recipient_fields(const RecipientReport& recipient) {
  HeaderWriter fields;
  if (!recipient.original_recipient.empty()) {
    const auto semicolon = recipient.original_recipient.find(';');
    const std::string_view original = recipient.original_recipient;
    const bool typed = semicolon != std::string::npos;
    const auto address = typed ? original.substr(semicolon + 1) : original;
    // "translated back": xtext, so that no octet of it can end the field; UTF-8 addresses stay readable
    const std::string safe = smtp::is_ascii(address) ? smtp::encode_xtext(address) : one_line(address);
    fields.structured("Original-Recipient",
                      (typed ? smtp::encode_xtext(original.substr(0, semicolon)) : "rfc822") + ";" + safe);
  }
  fields.structured("Final-Recipient", typed_address(recipient.final_recipient));
  fields.structured("Action", name(recipient.action));
  fields.structured("Status", recipient.status.empty() ? words(recipient.action).status : recipient.status);
  if (!recipient.remote_mta.empty()) fields.structured("Remote-MTA", "dns;" + one_line(recipient.remote_mta));
  if (!recipient.diagnostic.empty())
    fields.structured("Diagnostic-Code", (recipient.diagnostic_from_remote ? "smtp; " : "X-Stagecoach; ") +
                                             one_line(recipient.diagnostic));
  if (recipient.last_attempt) fields.date("Last-Attempt-Date", *recipient.last_attempt);
  if (recipient.will_retry_until && recipient.action == Action::delayed)
    fields.date("Will-Retry-Until", *recipient.will_retry_until);
  return fields.finish();
}

std::string status_part(const Report& report) {
  HeaderWriter fields;
  if (!report.envelope_id.empty()) fields.structured("Original-Envelope-Id", report.envelope_id);
  fields.structured("Reporting-MTA", "dns;" + one_line(report.hostname));
  if (report.arrival) fields.date("Arrival-Date", *report.arrival);
  std::string text = fields.finish();
  for (const RecipientReport& recipient : report.recipients) text += recipient_fields(recipient);
  text.resize(text.size() - 2);  // the empty line after the last group
  return text;
}

/// Up to and including the empty line; everything when there is none.
std::string_view header_section(std::string_view message) {
  if (message.starts_with("\r\n")) return message.substr(0, 2);
  const auto end = message.find("\r\n\r\n");
  return end == std::string_view::npos ? message : message.substr(0, end + 4);
}

bool returns_full(const Report& report, Action action) {
  return action == Action::failed && report.original_complete &&
         report.return_content != ReturnContent::headers &&
         static_cast<std::int64_t>(report.original.size()) <= report.full_bytes_max;
}

std::string part_header(std::string_view type, std::string_view description, bool eight_bit) {
  HeaderWriter header;
  header.structured("Content-Type", type);
  header.structured("Content-Description", description);
  if (eight_bit) header.structured("Content-Transfer-Encoding", "8bit");
  return header.finish();
}

void add_original(const Report& report, Action action, mime::MultipartWriter& parts) {
  if (report.original.empty()) return;
  const bool full = returns_full(report, action);
  const std::string_view original = full ? report.original : header_section(report.original);
  const bool eight_bit = !smtp::is_ascii(original);
  const bool global = report.smtputf8 && eight_bit;
  const std::string_view type = full ? (global ? "message/global" : "message/rfc822")
                                     : (global ? "message/global-headers" : "text/rfc822-headers");
  parts.part_exact(
      part_header(type, full ? "Undelivered message" : "Header section of the message", eight_bit), original);
}

std::string message_header(const Report& report, Action action) {
  HeaderWriter header;
  header.date("Date", report.date);
  header.addresses("From", {{report.from_name, report.from}});
  header.addresses("To", {{"", report.to}});
  header.text("Subject", words(action).subject);
  header.structured("Message-ID", report.message_id);
  header.structured("Auto-Submitted", "auto-replied");
  header.structured("MIME-Version", "1.0");
  header.structured("Content-Type", "multipart/report; report-type=delivery-status; " +
                                        mime::parameter_text("boundary", report.boundary));
  return header.finish();
}

}  // namespace

std::string_view name(Action action) { return words(action).name; }

std::string write_report(const Report& report) {
  const Action action = worst(report);
  const std::string human = human_part(report);
  const bool utf8 = !is_ascii(report);
  mime::MultipartWriter parts(report.boundary);
  parts.part(part_header(utf8 || !smtp::is_ascii(human) ? "text/plain; charset=utf-8"
                                                        : "text/plain; charset=us-ascii",
                         "Notification", !smtp::is_ascii(human)),
             human);
  parts.part(part_header(utf8 ? "message/global-delivery-status" : "message/delivery-status",
                         "Delivery report", utf8),
             status_part(report));
  add_original(report, action, parts);
  return message_header(report, action) + parts.finish();
}

bool wanted(std::uint8_t notify, Action action) {
  if (notify & notify_never) return false;
  switch (action) {
    case Action::failed: return notify == notify_unset || (notify & notify_failure);
    case Action::delayed: return notify == notify_unset || (notify & notify_delay);
    case Action::delivered:
    case Action::relayed:
    case Action::expanded: return notify & notify_success;
  }
  return false;
}

}  // namespace stagecoach::dsn
