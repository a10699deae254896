#include "actors/queue_outcome.h"

#include "actors/database.h"
#include "actors/generated_mail.h"
#include "actors/plan_writer.h"
#include "actors/queue_trace.h"
#include "actors/receipts.h"
#include "actors/serialisation.h"
#include "storage/content_store.h"

namespace stagecoach {

namespace {

/// The original as far as a report needs it; without it (it is gone, no database) only its envelope.
void with_original(LocalQueueActor::base* self, Node& node, const QueueState::Item& item,
                   std::function<void(const Reported&)> then) {
  ask_database<std::vector<storage::ContentDescription>>(
      self, node.handles()->database,
      [id = item.id.value](storage::Database& database) {
        return storage::ContentStore(database).describe({id}, storage::want_header);
      },
      [then = std::move(then), envelope = item.envelope, id = item.id,
       queued_at = item.queued_at](Result<std::vector<storage::ContentDescription>> contents) {
        Reported original;
        original.id = MessageId{id.value};
        original.envelope = envelope;
        original.received = Time{std::chrono::microseconds{queued_at}};
        if (contents && !contents->empty()) {
          const storage::ContentDescription& content = contents->front();
          original.head = content.bytes;
          original.header_bytes = content.header_bytes;
          original.size_bytes = content.size_bytes;
          original.transmit_offset = content.transmit_offset;
        }
        then(original);
      });
}

void write(LocalQueueActor::base* self, Node& node, const QueueUpdate& update, OutcomeStored then) {
  auto unit = std::make_shared<storage::WriteUnit>();
  unit->emplace_back(outcome_request(update, now_microseconds()));
  // What touches a mailbox goes the common way: folders are locked in one order there.
  const bool queue_alone = !update.copy && update.mirrors.empty();
  const auto handles = node.handles();
  self->request(queue_alone ? handles->outcomes : handles->writer, caf::infinite,
                WriteMail{std::move(unit), 0, {}})
      .then([then](const WriteAnswer& answer) { then(answer.result->has_value()); },
            [then](const caf::error&) { then(false); });
}

/// The first of the news is committed with the outcome; a further one is sent when that is true.
void tell(LocalQueueActor::base* self, Node& node, QueueUpdate update, std::vector<Arrival> news,
          OutcomeStored then) {
  if (news.empty()) return write(self, node, update, std::move(then));
  RouteMessage message{std::move(news.front()), {std::move(update)}, {}, {}};
  news.erase(news.begin());
  self->request(node.handles()->router, caf::infinite, std::move(message))
      .then(
          [self, &node, news = std::move(news), then](const RouteResult& result) mutable {
            if (result.accepted)
              for (Arrival& further : news)
                anon_send(node.handles()->router, RouteMessage{std::move(further), {}, {}, {}});
            then(result.accepted);
          },
          [then](const caf::error&) { then(false); });
}

}  // namespace

void store_outcome(LocalQueueActor::base* self, Node& node, const QueueState::Item* item,
                   QueueState::Verdict verdict, OutcomeStored then) {
  std::vector<dsn::RecipientReport> reports;
  if (item && !item->envelope.reverse_path.empty())
    for (const auto& report : verdict.reports)
      if (dsn::RecipientReport made = dsn_report(report); dsn::wanted(report.recipient.notify, made.action))
        reports.push_back(std::move(made));
  auto sent_to =
      item ? transmitted_to(node.config()->policy.receipts, *item, verdict) : std::vector<std::string>();
  if (reports.empty() && sent_to.empty()) return write(self, node, verdict.update, std::move(then));
  with_original(self, node, *item,
                [self, &node, update = std::move(verdict.update), reports = std::move(reports),
                 sent_to = std::move(sent_to), then = std::move(then)](const Reported& original) mutable {
                  std::vector<Arrival> news;
                  if (!reports.empty()) news.push_back(report_arrival(node, original, std::move(reports)));
                  if (auto receipt = transmission_receipt(node, original, sent_to))
                    news.push_back(std::move(*receipt));
                  tell(self, node, std::move(update), std::move(news), std::move(then));
                });
}

}  // namespace stagecoach
