#include "actors/collector_notices.h"

#include <algorithm>

#include "actors/generated_mail.h"
#include "protocols/mime/header.h"
#include "routing/download/question.h"
#include "routing/list_rules.h"

namespace stagecoach {

namespace {

std::string size_text(std::int64_t bytes) { return std::to_string((bytes + 1023) / 1024) + " kB"; }

void add(std::vector<std::string>& addresses, std::string address) {
  if (std::find(addresses.begin(), addresses.end(), address) == addresses.end())
    addresses.push_back(std::move(address));
}

/// The header section alone, without what came behind it.
std::string_view header_of(std::string_view head) {
  return head.substr(0, mime::parse_header_section(head).size_bytes);
}

std::string description(const RemoteNews& news) {
  std::string text = "Mailbox: " + news.collector + "\nSize: " + size_text(news.size_bytes) + "\n";
  if (news.head.empty()) return text;
  const RemoteHead shown = remote_head(news.head);
  text += "From: " + shown.sender + "\nTo: " + shown.recipients + "\nSubject: " + shown.subject + "\n";
  const auto section = mime::parse_header_section(news.head);
  if (const std::string date = section.text("Date"); !date.empty()) text += "Date: " + date + "\n";
  return text;
}

std::string subject(std::string_view begin, const RemoteNews& news) {
  if (news.head.empty()) return std::string(begin) + ": a message of " + news.collector;
  return std::string(begin) + ": " + remote_head(news.head).subject;
}

Arrival notice(Node& node, const RemoteNews& news, std::vector<std::string> to, std::string purpose,
               ComposedMail mail) {
  Generated generated;
  generated.purpose = std::move(purpose);
  generated.recipients = to;
  mail.from = "Mail server <" + daemon_address(*node.config()) + ">";
  mail.to = std::move(to);
  mail.header = {{HeaderEdit::Kind::set, "Auto-Submitted", "auto-generated"}};
  if (!news.head.empty()) mail.append_original = AppendOriginal::headers;
  generated.composed = std::move(mail);
  const std::string_view header = header_of(news.head);
  Reported original;
  original.head = header;
  original.header_bytes = static_cast<std::int64_t>(header.size());
  original.size_bytes = news.size_bytes + original.header_bytes;  // never taken for the whole message
  return generated_arrival(node, generated, original, {});
}

std::string domain_of(const conf::Config& config) {
  const std::string domain = config.local.effective_default_domain();
  return domain.empty() ? config.server.hostname : domain;
}

}  // namespace

std::vector<std::string> target_addresses(const routing::Directory& directory, std::string_view target_key) {
  const User* user = routing::message_target(directory, target_key);
  return user ? std::vector<std::string>{directory.address_of(user->name)} : std::vector<std::string>{};
}

std::vector<std::string> told_addresses(const routing::Directory& directory,
                                        const routing::DownloadDecision& decision,
                                        const routing::CollectedAudience& audience,
                                        std::string_view target_key) {
  const routing::Audience& told = decision.meaning().told;
  std::vector<std::string> addresses;
  if (told.original) {
    for (const std::string& user : audience.users) add(addresses, directory.address_of(user));
    for (const std::string& remote : audience.remote) add(addresses, remote);
  }
  if (told.targets)
    for (const CollectedTarget& target : decision.targets)
      add(addresses,
          target.target.find('@') == std::string::npos ? directory.address_of(target.target) : target.target);
  return addresses.empty() ? target_addresses(directory, target_key) : addresses;
}

Arrival question_arrival(Node& node, const RemoteNews& news, std::vector<std::string> to,
                         const std::string& token, QuestionCause cause) {
  ComposedMail mail;
  mail.reply_to = std::string(routing::k_download_answer_prefix) + token + "@" + domain_of(*node.config());
  mail.subject = subject("Download?", news);
  mail.text = cause == QuestionCause::size
                  ? "A message for you is larger than " + size_text(news.size_max_bytes) +
                        " and was not downloaded.\n"
                  : std::string("A message for you waits on a remote server and was not downloaded.\n");
  mail.text += "\n" + description(news) +
               "\nReply to this message to get it: it is downloaded at the next connection. Without a reply "
               "it is deleted after " +
               std::to_string(news.days) + " days.\n";
  return notice(node, news, std::move(to), "download question", std::move(mail));
}

Arrival deletion_arrival(Node& node, const RemoteNews& news, std::vector<std::string> to) {
  ComposedMail mail;
  mail.subject = subject("Deleted", news);
  mail.text =
      "A message was deleted on a remote server by a rule, without being downloaded.\n\n" + description(news);
  return notice(node, news, std::move(to), "download warning", std::move(mail));
}

Arrival too_large_arrival(Node& node, const RemoteNews& news, std::vector<std::string> to) {
  ComposedMail mail;
  mail.subject = subject("Too large", news);
  mail.text = "A message is larger than " + size_text(news.size_max_bytes) +
              " and was left on the remote server.\n\n" + description(news);
  return notice(node, news, std::move(to), "download too large", std::move(mail));
}

std::optional<Arrival> rejection_arrival(Node& node, const RemoteNews& news,
                                         const std::vector<std::string>& recipients) {
  const std::string_view header = header_of(news.head);
  Reported original;
  original.envelope.reverse_path = collected_sender(header, true);
  if (original.envelope.reverse_path.empty()) return std::nullopt;
  original.received = current_time();
  original.head = header;
  original.header_bytes = static_cast<std::int64_t>(header.size());
  original.size_bytes = news.size_bytes + original.header_bytes;
  std::vector<dsn::RecipientReport> failed;
  for (const std::string& recipient : recipients) {
    dsn::RecipientReport report;
    report.final_recipient = recipient;
    report.action = dsn::Action::failed;
    report.status = "5.7.1";
    report.diagnostic = "550 5.7.1 The message was refused by a rule of this server";
    failed.push_back(std::move(report));
  }
  return report_arrival(node, original, std::move(failed));
}

}  // namespace stagecoach
