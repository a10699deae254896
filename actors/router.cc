#include "actors/router.h"

#include <random>

#include "actors/answered.h"
#include "actors/database.h"
#include "actors/generated_mail.h"
#include "actors/lists.h"
#include "actors/plan_writer.h"
#include "actors/routing_facts.h"
#include "actors/script_hooks.h"
#include "actors/script_store.h"
#include "actors/send_usage.h"
#include "actors/serialisation.h"
#include "actors/stages.h"
#include "storage/autoresponse_repository.h"
#include "storage/content_store.h"
#include "storage/mail_writer.h"
#include "storage/trace_repository.h"

namespace stagecoach {

namespace {

constexpr int k_depth_max = 3;  // generated mail that generates mail

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
              run_stages(prepare(message.arrival), [this, promise](Plan plan) mutable {
                answered_.hold_back(plan, now_microseconds());
                promise.deliver(Explanation{std::move(plan)});
              });
              return promise;
            },
            [this](const DirectoryChanged& change) {
              directory_ = change.directory;
              if (std::exchange(has_memory_, true)) return;
              load_answers();
              load_sent();
            },
            [this](const ConfigChanged& change) { configure(change.config); },
            [this](const ForgetAnswers& forget) { answered_.forget(forget.user, forget.definition); }};
  }
  void on_exit() override { first_stage_ = nullptr; }
  const char* name() const override { return "router"; }

 private:
  using Promise = caf::typed_response_promise<RouteResult>;

  void configure(const ConfigPtr& config) {
    config_ = config;
    scripts_ = node_.scripts();
    auto pipeline = routing::Pipeline::of(config->pipeline.stages, find_script_stages(*config, scripts_));
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
    auto routed = prepare_routing(*config_, directory_, std::move(arrival), chance_(random_));
    if (!routed->arrival.content) return routed;
    routing::Facts& facts = routed->facts;
    const std::string& name = routed->arrival.origin.authenticated_user;
    if (const User* user = name.empty() ? nullptr : directory_->find_user(name)) {
      facts.mailbox_bytes = node_.usage()->bytes_of(user->id);
      facts.sent = sent_.sent(name, microseconds(facts.now), user->profile->send_quota.period_hours);
    }
    auto hooks = std::make_shared<ScriptHooks>(scripts_, script_limits(*config_));
    hooks->put_into(*routed, [this, id = routed->arrival.id](const Error& error) {
      node_.log.error("script", std::to_string(id.value), error.text());
    });
    routed->hooks = std::move(hooks);
    return routed;
  }

  /// What users with a sending quota have sent in its period, as the trace has it.
  void load_sent() {
    std::int64_t hours = 0;
    for (const User& user : directory_->users())
      if (user.profile->send_quota != SendQuota{})
        hours = std::max(hours, user.profile->send_quota.period_hours);
    if (hours == 0) return;
    const std::int64_t since = now_microseconds() - hours * 3'600'000'000;
    ask_database<std::vector<SentMessage>>(
        this, node_.handles()->database,
        [since](storage::Database& database) { return sent_since(database, since); },
        [this](Result<std::vector<SentMessage>> sent) {
          if (!sent) return node_.log.warning("router", "", sent.error().text());
          for (const SentMessage& one : *sent) note_sent(one.user, one.at, one.usage);
        });
  }

  static Result<std::vector<SentMessage>> sent_since(storage::Database& database, std::int64_t since) {
    constexpr std::int64_t k_step = 5000;
    std::vector<SentMessage> sent;
    for (std::int64_t after = 0;;) {
      auto entries = storage::TraceRepository(database).accepted({}, since, after, k_step);
      if (!entries) return std::move(entries.error());
      if (entries->empty()) return sent;
      for (const storage::TraceEntry& entry : *entries)
        if (auto message = sent_message_of(entry)) sent.push_back(std::move(*message));
      after = entries->back().id.value;
    }
  }

  void note_sent(const std::string& name, std::int64_t at, const routing::SendUsage& usage) {
    const User* user = directory_->find_user(name);
    if (user && user->profile->send_quota != SendQuota{})
      sent_.add(name, at, usage, user->profile->send_quota.period_hours);
  }

  /// Answers of the last months, so that a restart sends none twice.
  void load_answers() {
    ask_database<std::vector<storage::LoggedAutoresponse>>(
        this, node_.handles()->database,
        [](storage::Database& database) { return storage::AutoresponseRepository(database).latest(); },
        [this](Result<std::vector<storage::LoggedAutoresponse>> logged) {
          if (!logged) return node_.log.warning("router", "", logged.error().text());
          for (const storage::LoggedAutoresponse& one : *logged)
            answered_.note(one.user, one.definition, one.sender, one.at);
        });
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
      answered_.hold_back(plan, now_microseconds());
      if (refuse(*routed, plan, *rest, promise)) return;
      with_whole_message(
          routed, std::move(plan),
          [this, routed, rest, promise](Plan whole_plan, std::string_view whole) mutable {
            commit(*routed, std::move(whole_plan), *rest, whole, promise);
          },
          promise);
    });
  }

  /// Replies at once when nothing is to be stored. True: it did.
  bool refuse(const Routed& routed, const Plan& plan, const RouteMessage& rest, Promise& promise) {
    const bool kept = !plan.deliveries.empty() || !plan.enqueue.empty() || plan.discard ||
                      !plan.bounces.empty() || !plan.notices.empty() || !plan.list_work.empty() ||
                      !plan.generated.empty();
    const MessageId id = routed.arrival.id;
    if (!kept && !plan.refused.empty() && rest.updates.empty()) {
      ++node_.counters.messages_refused;
      note_refusal(routed.arrival, plan);
      promise.deliver(RouteResult{false, id, plan.refused.front().refusal, 0, 0, false});
      return true;
    }
    const std::int64_t queue_max = config_->queue.messages_max;
    if (plan.enqueue.empty() || queue_max <= 0 || node_.counters.queue_messages < queue_max ||
        routed.arrival.origin.source == Source::system)
      return false;
    promise.deliver(
        RouteResult{false, id, {452, "4.3.1", "The outgoing queue is full, try again later"}, 0, 0, false});
    return true;
  }

  /// Most Plans need no more than what is in memory; a changed copy of a large message needs all of it.
  void with_whole_message(const std::shared_ptr<Routed>& routed, Plan plan,
                          std::function<void(Plan, std::string_view)> then, Promise promise) {
    const Content& content = *routed->arrival.content;
    if (!content.stored || !needs_whole_message(plan)) return then(std::move(plan), content.head);
    auto kept = std::make_shared<Plan>(std::move(plan));
    ask_database<std::string>(
        this, node_.handles()->database,
        [id = content.stored, size = content.size_bytes](storage::Database& database) {
          return storage::ContentStore(database).read(id, 0, size);
        },
        [this, routed, kept, then, promise](Result<std::string> whole) mutable {
          if (whole) return then(std::move(*kept), *whole);
          node_.log.error("router", std::to_string(routed->arrival.id.value), whole.error().text());
          promise.deliver(RouteResult{false,
                                      routed->arrival.id,
                                      {451, "4.3.0", "Cannot read the message now, try again later"},
                                      0,
                                      0,
                                      false});
        });
  }

  void commit(const Routed& routed, Plan plan, const RouteMessage& rest, std::string_view whole,
              Promise promise) {
    PlanCommit commit;
    add_plan(commit, node_, routed.arrival, plan, *routed.directory, whole);
    for (const std::string& line : plan.log)
      node_.log.info("script", std::to_string(routed.arrival.id.value), line);
    if (!routed.arrival.origin.authenticated_user.empty())
      note_sent(routed.arrival.origin.authenticated_user, microseconds(routed.arrival.received),
                routing::usage_of(routed.arrival.content->size_bytes,
                                  static_cast<std::int64_t>(routed.arrival.envelope.recipients.size()),
                                  static_cast<std::int64_t>(plan.enqueue.size())));
    if (rest.collected)
      for (storage::WriteRequest& request : commit.unit)
        if (auto* accept = std::get_if<storage::AcceptMessage>(&request);
            accept && accept->id == routed.arrival.id)
          accept->collected =
              storage::CollectedMark{rest.collected->collector, storage::clean_text(rest.collected->uid),
                                     rest.collected->digest, now_microseconds()};
    add_consequences(commit, routed, plan, whole, 0);
    for (const QueueUpdate& update : rest.updates)
      commit.unit.emplace_back(outcome_request(update, now_microseconds()));
    if (rest.list_step) commit.unit.emplace_back(list_step_request(*rest.list_step));
    RouteResult result{true,
                       routed.arrival.id,
                       {},
                       static_cast<std::int64_t>(plan.deliveries.size()),
                       static_cast<std::int64_t>(plan.enqueue.size()),
                       plan.deliveries.empty() && plan.enqueue.empty() && !plan.notices.empty()};
    write(std::move(commit), std::move(result), routed.arrival, promise);
  }

  /// What a Plan makes the server write itself: reports, notices, answers, copies; committed with it.
  void add_consequences(PlanCommit& commit, const Routed& routed, const Plan& plan, std::string_view whole,
                        int depth) {
    for (Arrival& generated : reports(routed.arrival, plan))
      add_generated(commit, std::move(generated), depth);
    for (const Generated& generated : plan.generated) {
      add_generated(commit, generated_arrival(node_, generated, reported(routed.arrival), whole), depth);
      if (!generated.memory) continue;
      const User* user = routed.directory->find_user(generated.memory->user);
      if (!user) continue;
      commit.unit.emplace_back(
          storage::LogAutoresponse{user->id, storage::clean_text(generated.memory->definition),
                                   storage::clean_text(generated.memory->sender),
                                   storage::clean_text(generated.memory->rule), now_microseconds()});
    }
    answered_.note(plan, now_microseconds());
  }

  void write(PlanCommit commit, RouteResult result, const Arrival& arrival, Promise promise) {
    auto fail = [this, promise, id = arrival.id](const std::string& why) mutable {
      node_.log.error("router", std::to_string(id.value), "not stored: " + why);
      promise.deliver(RouteResult{
          false, id, {451, "4.3.0", "Cannot store the message now, try again later"}, 0, 0, false});
    };
    const auto size = arrival.content->size_bytes;
    auto unit = std::make_shared<storage::WriteUnit>(std::move(commit.unit));
    request(node_.handles()->writer, caf::infinite, WriteMail{std::move(unit), 0, {}})
        .then(
            [this, queued = std::move(commit.queued), list_work = commit.list_work,
             result = std::move(result), promise, fail, size](const WriteAnswer& answer) mutable {
              if (!*answer.result) return fail(answer.result->error().text());
              ++node_.counters.messages_accepted;
              node_.counters.bytes_accepted += size;
              for (MessageQueued& one : queued) {
                ++node_.counters.messages_queued;
                send(node_.handles()->queue, std::move(one));
              }
              if (list_work) send(caf::actor_cast<ListsActor>(node_.handles()->lists), ListWorkWaits{});
              promise.deliver(std::move(result));
            },
            [fail](const caf::error&) mutable { fail("the writer has ended"); });
  }

  /// Mail of our own is routed at once: it needs no facts that somebody would have to fetch. What follows
  /// from it follows at once too, but not without end: the server's own mail causes no answers and no copies.
  void add_generated(PlanCommit& commit, Arrival arrival, int depth) {
    const auto routed = prepare(std::move(arrival));
    Plan plan = routing::run_pipeline(pipeline_, *routed->input);
    answered_.hold_back(plan, now_microseconds());
    const bool kept = !plan.deliveries.empty() || !plan.enqueue.empty() || !plan.list_work.empty();
    if (!kept) {
      const auto& recipients = routed->arrival.envelope.recipients;
      node_.log.warning("router", std::to_string(routed->arrival.id.value),
                        "a generated message has no recipient and is dropped: to " +
                            (recipients.empty() ? std::string("nobody") : recipients.front().address));
      return;
    }
    const std::string_view whole = routed->arrival.content->head;
    add_plan(commit, node_, routed->arrival, plan, *routed->directory, whole);
    if (depth < k_depth_max) add_consequences(commit, *routed, plan, whole, depth + 1);
  }

  std::vector<Arrival> reports(const Arrival& arrival, const Plan& plan) {
    node_.counters.bounces += static_cast<std::int64_t>(plan.bounces.size());
    std::vector<Arrival> messages;
    std::vector<dsn::RecipientReport> failed;
    if (!arrival.envelope.reverse_path.empty()) {
      for (const Bounce& bounce : plan.bounces)
        if (dsn::wanted(bounce.recipient.notify, dsn::Action::failed)) failed.push_back(report_of(bounce));
      for (const RefusedRecipient& refused : plan.refused)
        failed.push_back(report_of(Bounce{{refused.recipient, notify_unset, {}},
                                          refused.refusal.enhanced,
                                          std::to_string(refused.refusal.code) + " " +
                                              refused.refusal.enhanced + " " + refused.refusal.text}));
      if (!failed.empty()) messages.push_back(report_arrival(node_, reported(arrival), std::move(failed)));
      if (auto delivered = success_reports(plan); !delivered.empty())
        messages.push_back(report_arrival(node_, reported(arrival), std::move(delivered)));
    }
    for (const Notice& notice : plan.notices)
      messages.push_back(
          notice_arrival(node_, reported(arrival), notice.user, "Undeliverable mail", notice.text));
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
    std::vector<dsn::RecipientReport> delivered;
    for (const Delivery& delivery : plan.deliveries) {
      if (!(delivery.notify & notify_success)) continue;
      dsn::RecipientReport report;
      report.final_recipient = delivery.recipient;
      report.original_recipient = delivery.original_recipient;
      report.action = dsn::Action::delivered;
      delivered.push_back(std::move(report));
    }
    return delivered;
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
  Answered answered_;
  SendLog sent_;
  bool has_memory_ = false;  // of answers and sent mail: asked for with the first directory
  routing::ScriptSetPtr scripts_;
  std::mt19937_64 random_{std::random_device{}()};
  std::uniform_real_distribution<double> chance_{0, 1};
};

}  // namespace

LocalRouterActor spawn_router(caf::actor_system& system, Node& node) {
  return system.spawn<Router>(std::ref(node));
}

}  // namespace stagecoach
