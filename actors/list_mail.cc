#include "actors/list_mail.h"

#include "actors/generated_mail.h"
#include "actors/routing_facts.h"
#include "protocols/mime/header.h"
#include "protocols/mime/rewrite.h"
#include "protocols/mime/writer.h"
#include "routing/list_post.h"

namespace stagecoach {

namespace {

constexpr std::size_t k_subjects_max = 200;  // in the table of contents of a digest

routing::HeaderFields header_of(std::string_view message) {
  return routing_fields(mime::parse_header_section(message));
}

std::chrono::sys_seconds now() { return std::chrono::floor<std::chrono::seconds>(current_time()); }

Envelope envelope_to(std::string reverse_path, const std::vector<std::string>& to) {
  Envelope envelope;
  envelope.reverse_path = std::move(reverse_path);
  for (const std::string& address : to) envelope.recipients.push_back({address, notify_failure, {}});
  return envelope;
}

}  // namespace

Arrival post_arrival(Node& node, const routing::Directory& directory, const MailList& list,
                     std::string_view message, const std::vector<std::string>& members, bool individual,
                     const std::string& reverse_path) {
  Rendition changes = routing::list_rendition(list, header_of(message), reverse_path, directory);
  if (individual && !members.empty())
    changes.header.push_back(
        {HeaderEdit::Kind::set, "To", directory.complete(split_address(members.front())).text()});
  return system_arrival(node, envelope_to(routing::list_return_path(list, directory), members),
                        "list " + to_lower(list.name), mime::rewrite(message, changes));
}

Arrival list_server_arrival(Node& node, const std::string& server, const std::vector<std::string>& to,
                            const std::string& subject, const std::string& text, std::string_view attached) {
  Generated mail;
  mail.purpose = "list server";
  mail.recipients = to;
  ComposedMail composed;
  composed.from = "List server <" + server + ">";
  composed.to = to;
  composed.subject = subject;
  composed.text = text;
  composed.header = {{HeaderEdit::Kind::set, "Auto-Submitted", "auto-replied"}};
  if (!attached.empty()) composed.append_original = AppendOriginal::full;
  mail.composed = std::move(composed);
  Reported original;
  original.head = attached;
  original.size_bytes = static_cast<std::int64_t>(attached.size());
  return generated_arrival(node, mail, original, attached);
}

Arrival digest_arrival(Node& node, const routing::Directory& directory, const MailList& main,
                       const MailList& digest, const std::vector<std::string>& messages) {
  const std::string boundary = "digest-" + std::to_string(node.numbers.take().value);
  mime::HeaderWriter header;
  header.addresses("From", {{main.name, routing::list_address(main, directory)}})
      .addresses("To", {{digest.name, routing::list_address(digest, directory)}})
      .text("Subject", "Digest of " + main.name + ": " + std::to_string(messages.size()) + " messages")
      .date("Date", now())
      .structured("Message-ID", "<" + boundary + "@" + node.config()->server.hostname + ">")
      .structured("MIME-Version", "1.0")
      .structured("Content-Type", mime::multipart_type("mixed", boundary));
  std::string contents = "Messages:\n\n";
  std::size_t count = 0;
  mime::MultipartWriter inner("inner-" + boundary);
  for (const std::string& message : messages) {
    if (++count <= k_subjects_max)
      contents += std::to_string(count) + ". " +
                  mime::decode_words(mime::parse_header_section(message).text("Subject")) + "\n";
    inner.part_exact("Content-Type: message/rfc822\r\n\r\n", message);
  }
  mime::MultipartWriter parts(boundary);
  parts.part("Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n",
             mime::encode_quoted_printable(mime::with_crlf(contents)));
  parts.part_exact("Content-Type: " + mime::multipart_type("digest", "inner-" + boundary) + "\r\n\r\n",
                   inner.finish());
  return system_arrival(node, envelope_to(routing::list_return_path(main, directory), {digest.name}),
                        "list " + to_lower(main.name), header.finish() + parts.finish());
}

Arrival passed_on_arrival(Node& node, const std::string& service, const std::vector<std::string>& to,
                          std::string_view message) {
  return system_arrival(node, envelope_to({}, to), service, message);
}

}  // namespace stagecoach
