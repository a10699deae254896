#include "actors/receipts.h"

#include "actors/database.h"
#include "actors/routing_facts.h"
#include "actors/serialisation.h"
#include "protocols/mime/header.h"
#include "routing/header_edit.h"
#include "routing/receipt.h"
#include "storage/content_store.h"

namespace stagecoach {

namespace {

constexpr std::size_t k_receipts_max = 1000;  // of one request of a client
constexpr const char* k_daemon_name = "Mail Delivery System";

/// Only its header counts for a receipt.
struct AskedFor {
  std::string to;
  routing::HeaderFields header;
};

std::string_view header_of(const Reported& original) {
  return original.head.substr(0, static_cast<std::size_t>(original.header_bytes));
}

/// Copies in mailboxes and the queue have the envelope's sender on top.
std::string reverse_path_of(const Reported& original, const routing::HeaderFields& header) {
  if (!original.envelope.reverse_path.empty()) return original.envelope.reverse_path;
  std::string path(routing::first_body(header, "Return-Path"));
  std::erase_if(path, [](char c) { return c == '<' || c == '>' || c == ' '; });
  return path;
}

std::optional<AskedFor> asked_for(Node& node, const Reported& original, const routing::ReceiptRule& rule) {
  const DirectoryPtr directory = node.directory();
  if (!directory) return {};
  AskedFor asked{{}, routing_fields(mime::parse_header_section(header_of(original)))};
  asked.to =
      routing::receipt_address(rule, asked.header, reverse_path_of(original, asked.header), *directory);
  if (asked.to.empty()) return {};
  return asked;
}

std::string about(const routing::HeaderFields& header) {
  std::string text;
  for (const char* name : {"From", "To", "Subject", "Date"})
    if (const auto body = routing::first_body(header, name); !body.empty())
      text += std::string("    ") + name + ": " + std::string(body) + "\n";
  return text;
}

Arrival receipt(Node& node, const Reported& original, const AskedFor& asked, const std::string& kind,
                const std::string& text) {
  ComposedMail mail;
  mail.from = std::string(k_daemon_name) + " <" + daemon_address(*node.config()) + ">";
  mail.to = {asked.to};
  mail.subject = kind + ": " + std::string(routing::first_body(asked.header, "Subject"));
  mail.header.push_back({HeaderEdit::Kind::set, "Auto-Submitted", "auto-replied"});
  if (const auto id = routing::first_body(asked.header, "Message-ID"); !id.empty())
    mail.header.push_back({HeaderEdit::Kind::set, "In-Reply-To", std::string(id)});
  mail.text = text + "\n\n" + about(asked.header);
  mail.append_original = AppendOriginal::headers;
  Generated generated;
  generated.purpose = "receipt";
  generated.recipients = {asked.to};  // with the null reverse path: nothing answers it
  generated.composed = std::move(mail);
  return generated_arrival(node, generated, original, {});
}

/// Works on one request of a client and ends.
class ReceiptTask : public caf::event_based_actor {
 public:
  ReceiptTask(caf::actor_config& config, Node& node, FetchedCopies fetched)
      : caf::event_based_actor(config), node_(node), fetched_(std::move(fetched)) {}

  caf::behavior make_behavior() override {
    take_keywords();
    return {};
  }
  const char* name() const override { return "receipt_task"; }

 private:
  /// Each copy under the condition that nobody has changed it since.
  void take_keywords() {
    auto unit = std::make_shared<storage::WriteUnit>();
    for (const StoredMessage& message : fetched_.messages) {
      storage::ChangeFlags change;
      change.folder = fetched_.folder;
      change.uids = {static_cast<std::int64_t>(message.uid)};
      change.mode = storage::ChangeFlags::Mode::remove;
      change.keywords = {std::string(routing::k_receipt_keyword)};
      change.unchanged_since = message.modseq;
      unit->emplace_back(std::move(change));
    }
    request(node_.handles()->writer, caf::infinite, WriteMail{std::move(unit), 0, fetched_.user})
        .then([this](const WriteAnswer& answer) { keywords_taken(*answer.result); },
              [this](const caf::error&) { give_up("the writer has ended"); });
  }

  void keywords_taken(const Result<std::vector<storage::WriteResult>>& results) {
    if (!results) return give_up(results.error().text());
    std::vector<std::int64_t> contents;
    for (const storage::WriteResult& result : *results)
      for (const StoredMessage& message : result.flags.changed) contents.push_back(message.content.value);
    if (contents.empty()) return;
    ask_database<std::vector<storage::ContentDescription>>(
        this, node_.handles()->database,
        [contents](storage::Database& database) {
          return storage::ContentStore(database).describe(contents, storage::want_header);
        },
        [this](Result<std::vector<storage::ContentDescription>> described) {
          if (!described) return give_up(described.error().text());
          for (const storage::ContentDescription& content : *described) answer(content);
        });
  }

  void answer(const storage::ContentDescription& content) {
    Reported original;
    original.id = MessageId{content.id.value};
    original.head = content.bytes;
    original.header_bytes = content.header_bytes;
    original.size_bytes = content.size_bytes;
    original.transmit_offset = content.transmit_offset;
    const auto config = node_.config();
    const ReceiptPolicy& policy = config->policy.receipts;
    const auto asked = asked_for(node_, original, {policy.delivery_fields, policy.delivery_local_only});
    if (!asked) return;
    node_.log.info("receipt", std::to_string(content.id.value),
                   fetched_.name + " has fetched it: a delivery receipt goes to " + asked->to);
    anon_send(node_.handles()->router,
              RouteMessage{receipt(node_, original, *asked, "Delivered",
                                   "The mail program of " + fetched_.name +
                                       " has fetched your message. This does not mean that it was read."),
                           {},
                           {},
                           {}});
  }

  void give_up(const std::string& why) {
    node_.log.warning("receipt", "",
                      "delivery receipts for copies of " + fetched_.name + " are lost: " + why);
  }

  Node& node_;
  FetchedCopies fetched_;
};

}  // namespace

std::vector<std::string> transmitted_to(const ReceiptPolicy& policy, const QueueState::Item& item,
                                        const QueueState::Verdict& verdict) {
  std::vector<std::string> recipients;
  if (policy.transmission_fields.empty() || item.envelope.reverse_path.empty()) return recipients;
  for (const QueueState::Waiting& waiting : item.recipients) {
    const std::string& address = waiting.recipient.address;
    const bool delivered = std::find(verdict.delivered_to.begin(), verdict.delivered_to.end(), address) !=
                           verdict.delivered_to.end();
    const bool by_lan = !waiting.way.route.empty() && policy.no_transmission_for_lan;
    if (delivered && !by_lan && waiting.way.list.empty()) recipients.push_back(address);
  }
  return recipients;
}

std::optional<Arrival> transmission_receipt(Node& node, const Reported& original,
                                            const std::vector<std::string>& recipients) {
  const auto config = node.config();
  const ReceiptPolicy& policy = config->policy.receipts;
  const auto asked = asked_for(node, original, {policy.transmission_fields, policy.transmission_local_only});
  if (!asked || recipients.empty()) return {};
  std::string text = config->server.hostname + " has handed your message to another mail server, for\n\n";
  for (const std::string& recipient : recipients) text += "    " + recipient + "\n";
  text += "\nThis does not mean that it was delivered or read.";
  return receipt(node, original, *asked, "Sent", text);
}

void send_delivery_receipts(caf::actor_system& system, Node& node, FetchedCopies fetched) {
  if (fetched.messages.empty() || node.config()->policy.receipts.delivery_fields.empty()) return;
  if (fetched.messages.size() > k_receipts_max) fetched.messages.resize(k_receipts_max);
  system.spawn<ReceiptTask>(std::ref(node), std::move(fetched));
}

bool wants_receipt(const StoredMessage& message) {
  return std::find(message.keywords.begin(), message.keywords.end(), routing::k_receipt_keyword) !=
         message.keywords.end();
}

}  // namespace stagecoach
