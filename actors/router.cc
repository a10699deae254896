#include "actors/router.h"

#include "actors/generated_mail.h"
#include "actors/plan_writer.h"
#include "actors/serialisation.h"
#include "actors/stages.h"
#include "protocols/mime/address_list.h"
#include "protocols/mime/header.h"
#include "storage/mail_writer.h"

namespace stagecoach {

namespace {

/// Everything that routing of one message refers to, kept alive until it is done.
struct Routed {
  Arrival arrival;
  DirectoryPtr directory;
  routing::Facts facts;
  std::optional<routing::RoutingInput> input;
};

bool has_addresses(std::string_view name) {
  for (const char* known : {"From", "Sender", "Reply-To", "To", "Cc", "Bcc", "Apparently-To", "Resent-To",
                            "Resent-Cc", "Resent-Bcc", "Resent-From", "Resent-Sender"})
    if (equals_ignoring_case(name, known)) return true;
  return false;
}

routing::HeaderFields routing_fields(const mime::HeaderSection& section) {
  routing::HeaderFields fields;
  for (const mime::Field& field : section.fields) {
    routing::HeaderField entry{std::string(field.name), mime::unfold(field.body), {}};
    if (has_addresses(field.name))
      for (const mime::ListedAddress& listed : mime::parse_address_list(field.body))
        if (listed.kind == mime::ListedAddress::Kind::mailbox)
          entry.addresses.push_back({listed.local, listed.domain});
    fields.push_back(std::move(entry));
  }
  return fields;
}

Reported reported(const Arrival& arrival) {
  const Content& content = *arrival.content;
  return {
      arrival.id,         arrival.envelope,       arrival.received, content.head, content.header_size_bytes,
      content.size_bytes, content.transmit_offset};
}

class Router : public LocalRouterActor::base {
 public:
  Router(caf::actor_config& config, Node& node)
      : LocalRouterActor::base(config),
        node_(node),
        directory_(std::make_shared<const routing::Directory>()) {}

  behavior_type make_behavior() override {
    configure(node_.config());
    return {[this](const CheckRecipient& check) { return check_recipient(check); },
            [this](RouteMessage& message) -> caf::result<RouteResult> {
              auto promise = make_response_promise<RouteResult>();
              route(std::move(message), promise);
              return promise;
            },
            [this](const ExplainMessage& message) -> caf::result<Explanation> {
              auto promise = make_response_promise<Explanation>();
              run_stages(prepare(message.arrival),
                         [promise](Plan plan) mutable { promise.deliver(Explanation{std::move(plan)}); });
              return promise;
            },
            [this](const DirectoryChanged& change) { directory_ = change.directory; },
            [this](const ConfigChanged& change) { configure(change.config); }};
  }
  void on_exit() override { first_stage_ = nullptr; }
  const char* name() const override { return "router"; }

 private:
  using Promise = caf::typed_response_promise<RouteResult>;

  void configure(const ConfigPtr& config) {
    config_ = config;
    auto pipeline = routing::Pipeline::of(config->pipeline.stages);
    if (!pipeline)
      return node_.log.error("router", "", "the pipeline stays as it was: " + pipeline.error().text());
    pipeline_ = std::move(*pipeline);
    first_stage_ = spawn_stages(this, pipeline_);
  }

  RecipientAnswer check_recipient(const CheckRecipient& check) {
    Arrival arrival;
    arrival.origin = check.origin;
    arrival.envelope.reverse_path = check.reverse_path;
    routing::Facts facts;
    facts.now = current_time();
    const auto verdict = routing::check_recipient(pipeline_, {arrival, *directory_, facts}, check.recipient);
    if (!verdict.accepted) ++node_.counters.recipients_refused;
    return {verdict.accepted, verdict.refusal};
  }

  std::shared_ptr<Routed> prepare(Arrival arrival) {
    auto routed = std::make_shared<Routed>();
    routed->arrival = std::move(arrival);
    routed->directory = directory_;
    routed->facts.now = current_time();
    const Origin& origin = routed->arrival.origin;
    if (routed->arrival.content) {
      const auto section = mime::parse_header_section(routed->arrival.content->head);
      const int hops = static_cast<int>(section.find_all("Received").size());
      routed->facts.hops = origin.source == Source::system ? hops : std::max(0, hops - 1);
      if (origin.source == Source::collector) routed->facts.header = routing_fields(section);
    }
    if (origin.source == Source::collector)
      routed->facts.collector = conf::collector_routing(*config_, origin.service);
    routed->input.emplace(routing::RoutingInput{routed->arrival, *routed->directory, routed->facts});
    return routed;
  }

  void run_stages(const std::shared_ptr<Routed>& routed, std::function<void(Plan)> then) {
    RunStage step{std::shared_ptr<const routing::RoutingInput>(routed, &*routed->input),
                  std::make_shared<routing::Draft>(routing::begin_draft(*routed->input))};
    request(first_stage_, caf::infinite, std::move(step))
        .then(
            [routed, then](const StagesDone& done) {
              then(routing::finish_draft(std::move(*done.draft), *routed->input));
            },
            [this, then](const caf::error&) {
              node_.log.error("router", "", "a routing stage has failed; its message gets a temporary error");
              Plan plan;
              plan.refused.push_back({"", {451, "4.3.0", "Routing failed, try again later"}});
              then(std::move(plan));
            });
  }

  void route(RouteMessage message, Promise promise) {
    auto routed = prepare(std::move(message.arrival));
    auto rest = std::make_shared<RouteMessage>(std::move(message));
    run_stages(routed, [this, routed, rest, promise](Plan plan) mutable {
      commit(*routed, std::move(plan), *rest, promise);
    });
  }

  void commit(const Routed& routed, Plan plan, const RouteMessage& rest, Promise promise) {
    const bool kept = !plan.deliveries.empty() || !plan.enqueue.empty() || plan.discard ||
                      !plan.bounces.empty() || !plan.notices.empty();
    if (!kept && !plan.refused.empty() && rest.updates.empty()) {
      ++node_.counters.messages_refused;
      note_refusal(routed.arrival, plan);
      promise.deliver(RouteResult{false, routed.arrival.id, plan.refused.front().refusal, 0, 0, false});
      return;
    }
    const std::int64_t queue_max = config_->queue.messages_max;
    if (!plan.enqueue.empty() && queue_max > 0 && node_.counters.queue_messages >= queue_max &&
        routed.arrival.origin.source != Source::system) {
      promise.deliver(RouteResult{false,
                                  routed.arrival.id,
                                  {452, "4.3.1", "The outgoing queue is full, try again later"},
                                  0,
                                  0,
                                  false});
      return;
    }
    auto unit = std::make_shared<storage::WriteUnit>();
    std::vector<MessageQueued> queued;
    add_message(*unit, queued, routed.arrival, plan, *routed.directory);
    for (Arrival& generated : generated_messages(routed.arrival, plan))
      add_generated(*unit, queued, std::move(generated));
    for (const QueueUpdate& update : rest.updates)
      unit->emplace_back(outcome_request(update, now_microseconds()));
    if (rest.collected)
      std::get<storage::AcceptMessage>(unit->front()).collected =
          storage::CollectedMark{rest.collected->collector, storage::clean_text(rest.collected->uid),
                                 rest.collected->digest, now_microseconds()};
    RouteResult result{true,
                       routed.arrival.id,
                       {},
                       static_cast<std::int64_t>(plan.deliveries.size()),
                       static_cast<std::int64_t>(plan.enqueue.size()),
                       plan.deliveries.empty() && plan.enqueue.empty() && !plan.notices.empty()};
    write(std::move(unit), std::move(queued), std::move(result), routed.arrival, promise);
  }

  void write(std::shared_ptr<storage::WriteUnit> unit, std::vector<MessageQueued> queued, RouteResult result,
             const Arrival& arrival, Promise promise) {
    auto fail = [this, promise, id = arrival.id](const std::string& why) mutable {
      node_.log.error("router", std::to_string(id.value), "not stored: " + why);
      promise.deliver(RouteResult{
          false, id, {451, "4.3.0", "Cannot store the message now, try again later"}, 0, 0, false});
    };
    const auto size = arrival.content->size_bytes;
    request(node_.handles()->writer, caf::infinite, WriteMail{std::move(unit), 0, {}})
        .then(
            [this, queued = std::move(queued), result = std::move(result), promise, fail,
             size](const WriteAnswer& answer) mutable {
              if (!*answer.result) return fail(answer.result->error().text());
              ++node_.counters.messages_accepted;
              node_.counters.bytes_accepted += size;
              for (MessageQueued& one : queued) {
                ++node_.counters.messages_queued;
                send(node_.handles()->queue, std::move(one));
              }
              promise.deliver(std::move(result));
            },
            [fail](const caf::error&) mutable { fail("the writer has ended"); });
  }

  void add_message(storage::WriteUnit& unit, std::vector<MessageQueued>& queued, const Arrival& arrival,
                   const Plan& plan, const routing::Directory& directory) {
    storage::AcceptMessage accept = accept_request(arrival, plan, directory);
    if (accept.queued)
      queued.push_back({QueueId{arrival.id.value}, accept.queued->envelope, accept.queued->senders,
                        arrival.content->size_bytes, arrival.content->transmit_offset,
                        accept.queued->queued_at, accept.queued->priority});
    unit.emplace_back(std::move(accept));
  }

  /// Mail of our own is routed at once: it needs no facts that somebody would have to fetch.
  void add_generated(storage::WriteUnit& unit, std::vector<MessageQueued>& queued, Arrival arrival) {
    const auto routed = prepare(std::move(arrival));
    const Plan plan = routing::run_pipeline(pipeline_, *routed->input);
    if (plan.deliveries.empty() && plan.enqueue.empty()) {
      node_.log.warning("router", std::to_string(routed->arrival.id.value),
                        "a generated message has no recipient and is dropped: to " +
                            routed->arrival.envelope.recipients.front().address);
      return;
    }
    add_message(unit, queued, routed->arrival, plan, *routed->directory);
  }

  std::vector<Arrival> generated_messages(const Arrival& arrival, const Plan& plan) {
    std::vector<Arrival> messages;
    std::vector<dsn::RecipientReport> reports;
    if (!arrival.envelope.reverse_path.empty()) {
      for (const Bounce& bounce : plan.bounces)
        if (dsn::wanted(bounce.recipient.notify, dsn::Action::failed)) reports.push_back(report_of(bounce));
      for (const RefusedRecipient& refused : plan.refused)
        reports.push_back(report_of(Bounce{{refused.recipient, notify_unset, {}},
                                           refused.refusal.enhanced,
                                           std::to_string(refused.refusal.code) + " " +
                                               refused.refusal.enhanced + " " + refused.refusal.text}));
      if (!reports.empty()) messages.push_back(report_arrival(node_, reported(arrival), std::move(reports)));
      if (auto delivered = success_reports(plan); !delivered.empty())
        messages.push_back(report_arrival(node_, reported(arrival), std::move(delivered)));
    }
    for (const Notice& notice : plan.notices)
      messages.push_back(
          notice_arrival(node_, reported(arrival), notice.user, "Undeliverable mail", notice.text));
    node_.counters.bounces += static_cast<std::int64_t>(plan.bounces.size());
    return messages;
  }

  static dsn::RecipientReport report_of(const Bounce& bounce) {
    dsn::RecipientReport report;
    report.final_recipient = bounce.recipient.address;
    report.original_recipient = bounce.recipient.original_recipient;
    report.action = dsn::Action::failed;
    report.status = bounce.status;
    report.diagnostic = bounce.diagnostic;
    return report;
  }

  static std::vector<dsn::RecipientReport> success_reports(const Plan& plan) {
    std::vector<dsn::RecipientReport> reports;
    for (const Delivery& delivery : plan.deliveries) {
      if (!(delivery.notify & notify_success)) continue;
      dsn::RecipientReport report;
      report.final_recipient = delivery.recipient;
      report.original_recipient = delivery.original_recipient;
      report.action = dsn::Action::delivered;
      reports.push_back(std::move(report));
    }
    return reports;
  }

  void note_refusal(const Arrival& arrival, const Plan& plan) {
    const Refusal& refusal = plan.refused.front().refusal;
    node_.log.info("router", std::to_string(arrival.id.value),
                   "refused: " + std::to_string(refusal.code) + " " + refusal.enhanced + " " + refusal.text +
                       " from=<" + arrival.envelope.reverse_path + "> session=" + arrival.origin.session);
  }

  Node& node_;
  DirectoryPtr directory_;
  ConfigPtr config_;
  routing::Pipeline pipeline_;
  StageActor first_stage_;
};

}  // namespace

LocalRouterActor spawn_router(caf::actor_system& system, Node& node) {
  return system.spawn<Router>(std::ref(node));
}

}  // namespace stagecoach
