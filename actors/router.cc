#include "actors/router.h"

#include <algorithm>
#include <random>

#include "actors/arriving_programs.h"
#include "actors/connections.h"
#include "actors/database.h"
#include "actors/generated_mail.h"
#include "actors/lan_verifier.h"
#include "actors/lists.h"
#include "actors/plan_writer.h"
#include "actors/routing_facts.h"
#include "actors/routing_memory.h"
#include "actors/script_errors.h"
#include "actors/script_hooks.h"
#include "actors/script_store.h"
#include "actors/serialisation.h"
#include "actors/stages.h"
#include "storage/content_store.h"
#include "storage/mail_writer.h"

namespace stagecoach {

namespace {

constexpr int k_depth_max = 3;                                 // generated mail that generates mail
constexpr std::string_view k_script_error = "script error: ";  // how a stage of a script begins its line

Reported reported(const Arrival& arrival) {
  const Content& content = *arrival.content;
  return {
      arrival.id,         arrival.envelope,       arrival.received, content.head, content.header_size_bytes,
      content.size_bytes, content.transmit_offset};
}

class Router : public ReportingRouterActor::base {
 public:
  Router(caf::actor_config& config, Node& node)
      : ReportingRouterActor::base(config),
        node_(node),
        memory_(this, node),
        programs_(this, node),
        directory_(std::make_shared<const routing::Directory>()) {}

  behavior_type make_behavior() override {
    script_errors_ = spawn_script_errors(this, node_);
    lan_verifier_ = spawn_lan_verifier(this, node_);
    configure(node_.config());
    return {[this](const CheckRecipient& check) { return check_recipient(check); },
            [this](RouteMessage& message) -> caf::result<RouteResult> {
              auto promise = make_response_promise<RouteResult>();
              route(std::move(message), promise);
              return promise;
            },
            [this](const ExplainMessage& message) -> caf::result<Explanation> {
              auto promise = make_response_promise<Explanation>();
              explain(message.arrival, promise);
              return promise;
            },
            [this](const DirectoryChanged& change) {
              directory_ = change.directory;
              memory_.use(directory_);
            },
            [this](const ConfigChanged& change) { configure(change.config); },
            [this](const ForgetAnswers& forget) { memory_.forget(forget); },
            [this](const ScriptFailed& failed) { send(script_errors_, failed); },
            [this](const ProgramFailed& failed) { send(script_errors_, failed); }};
  }
  void on_exit() override {
    first_stage_ = nullptr;
    script_errors_ = nullptr;
    lan_verifier_ = nullptr;
  }
  const char* name() const override { return "router"; }

 private:
  using Promise = caf::typed_response_promise<RouteResult>;
  enum class Purpose : std::uint8_t { deliver, explain };  // what is only explained leaves no trace

  void configure(const ConfigPtr& config) {
    config_ = config;
    scripts_ = node_.scripts();
    auto pipeline = routing::Pipeline::of(config->pipeline.stages, find_script_stages(*config, scripts_));
    if (!pipeline)
      return node_.log.error("router", "", "the pipeline stays as it was: " + pipeline.error().text());
    pipeline_ = std::move(*pipeline);
    first_stage_ = spawn_stages(this, pipeline_);
  }

  /// As a session does it: whom it refuses at RCPT, the message never sees.
  void explain(Arrival arrival, caf::typed_response_promise<Explanation> promise) {
    Plan refused = refused_at_rcpt(arrival);
    if (arrival.envelope.recipients.empty()) return void(promise.deliver(Explanation{std::move(refused)}));
    run_stages(prepare(std::move(arrival), Purpose::explain),
               [this, promise, refused = std::move(refused)](Plan plan) mutable {
                 memory_.hold_back(plan);
                 plan.refused.insert(plan.refused.begin(), refused.refused.begin(), refused.refused.end());
                 for (Reason& reason : refused.reasons)
                   if (reason.stage != "origin") plan.reasons.push_back(std::move(reason));
                 promise.deliver(Explanation{std::move(plan)});
               });
  }

  /// Takes the recipients that a session would refuse at once out of the envelope.
  Plan refused_at_rcpt(Arrival& arrival) {
    Plan plan;
    const Source source = arrival.origin.source;
    if (source == Source::collector || source == Source::system) return plan;
    std::erase_if(arrival.envelope.recipients, [&](const EnvelopeRecipient& recipient) {
      const auto verdict = verdict_on({arrival.origin, arrival.envelope.reverse_path, recipient});
      if (verdict.accepted) return false;
      plan.refused.push_back({recipient.address, verdict.refusal});
      for (const Reason& reason : verdict.reasons)
        if (reason.stage != "origin" || plan.reasons.empty()) plan.reasons.push_back(reason);
      return true;
    });
    return plan;
  }

  caf::result<RecipientAnswer> check_recipient(const CheckRecipient& check) {
    const auto verdict = verdict_on(check);
    if (!verdict.accepted) ++node_.counters.recipients_refused;
    const auto& matches = verdict.lan_matches;
    const auto asked =
        std::find_if(matches.begin(), matches.end(), [](const LanMatch& one) { return one.verify; });
    if (!verdict.accepted || asked == matches.end())
      return RecipientAnswer{verdict.accepted, verdict.refusal};
    auto promise = make_response_promise<RecipientAnswer>();
    request(lan_verifier_, caf::infinite, VerifyRecipient{asked->route, asked->recipient})
        .then(
            [this, promise](const RecipientAnswer& answer) mutable {
              if (!answer.accepted) ++node_.counters.recipients_refused;
              promise.deliver(answer);
            },
            [promise](const caf::error&) mutable {
              promise.deliver(RecipientAnswer{false, {451, "4.3.0", "Try again later"}});
            });
    return promise;
  }
  routing::RecipientVerdict verdict_on(const CheckRecipient& check) const {
    Arrival arrival;
    arrival.origin = check.origin;
    arrival.envelope.reverse_path = check.reverse_path;
    routing::Facts facts;
    facts.now = current_time();
    return routing::check_recipient(pipeline_, {arrival, *directory_, facts}, check.recipient);
  }

  std::shared_ptr<Routed> prepare(Arrival arrival, Purpose purpose) {
    auto routed = prepare_routing(*config_, directory_, std::move(arrival), chance_(random_));
    if (!routed->arrival.content) return routed;
    routing::Facts& facts = routed->facts;
    const std::string& name = routed->arrival.origin.authenticated_user;
    if (const User* user = name.empty() ? nullptr : directory_->find_user(name)) {
      facts.mailbox_bytes = node_.usage()->bytes_of(user->id);
      facts.sent = memory_.sent(*user, microseconds(facts.now));
    }
    facts.autoresponse_matches = [counts = memory_.matches()](std::string_view owner, std::string_view rule) {
      return counts->of(owner, rule);
    };
    auto hooks = std::make_shared<ScriptHooks>(scripts_, *config_);
    // Stages run on threads of their own.
    hooks->put_into(*routed, [&node = node_, id = routed->arrival.id,
                              errors = purpose == Purpose::deliver ? script_errors_ : ScriptErrorsActor()](
                                 const Error& error) {
      node.log.error("script", std::to_string(id.value), error.text());
      if (errors) caf::anon_send(errors, ScriptFailed{error.text(), id});
    });
    routed->hooks = std::move(hooks);
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
    auto rest = std::make_shared<RouteMessage>(std::move(message));
    programs_.run(std::move(rest->arrival), *config_, *directory_,
                  [this, rest, promise](Arrival arrival, const char* redirected_by) {
                    auto routed = prepare(std::move(arrival), Purpose::deliver);
                    routed->facts.redirected_by = redirected_by;
                    with_text(
                        routed, [this, routed, rest, promise] { decide(routed, rest, promise); }, promise);
                  });
  }

  void cannot_read(const Routed& routed, const Error& error, Promise& promise) {
    const MessageId id = routed.arrival.id;
    node_.log.error("router", std::to_string(id.value), error.text());
    promise.deliver(
        RouteResult{false, id, {451, "4.3.0", "Cannot read the message now, try again later"}, 0, 0, false});
  }

  /// Of a large message only the header section is in memory: its text is read when rules may look at it.
  void with_text(const std::shared_ptr<Routed>& routed, std::function<void()> then, Promise promise) {
    const auto& content = routed->arrival.content;
    if (!content || !content->stored || (!directory_->looks_at_text() && scripts_->empty())) return then();
    ask_database<std::string>(
        this, node_.handles()->database,
        [content](storage::Database& database) {
          return text_of(*content, [&](std::int64_t offset, std::int64_t length) {
            return storage::ContentStore(database).read_uploaded(content->stored, offset, length);
          });
        },
        [this, routed, then = std::move(then), promise](Result<std::string> text) mutable {
          if (!text) return cannot_read(*routed, text.error(), promise);
          routed->text = std::move(*text);
          routed->has_text = true;
          then();
        });
  }

  void decide(const std::shared_ptr<Routed>& routed, const std::shared_ptr<RouteMessage>& rest,
              Promise promise) {
    run_stages(routed, [this, routed, rest, promise](Plan plan) mutable {
      memory_.hold_back(plan);
      if (refuse(*routed, plan, *rest, promise)) return;
      with_material(
          routed, std::move(plan),
          [this, routed, rest, promise](Plan whole_plan, const Material& material) mutable {
            commit(*routed, std::move(whole_plan), *rest, material, promise);
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
    // A reload has taken its collector away during the visit: without its rules nobody would get the message.
    if (routed.arrival.origin.source == Source::collector && !routed.facts.collector) {
      promise.deliver(
          RouteResult{false, id, {451, "4.3.5", "This collector is no longer configured"}, 0, 0, false});
      return true;
    }
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

  /// What a Plan needs besides itself.
  struct Material {
    std::string_view whole;  // bytes of the message
    AnswerFiles files;
    std::string read;  // what `whole` refers to, when it was not in memory
  };

  /// Most Plans need no more than what is in memory; a changed copy of a large message needs all of it, an
  /// answer its attachments.
  void with_material(const std::shared_ptr<Routed>& routed, Plan plan,
                     std::function<void(Plan, const Material&)> then, Promise promise) {
    const Content& content = *routed->arrival.content;
    const bool read_whole = content.stored && needs_whole_message(plan);
    auto wanted = wanted_files(plan, *routed->directory);
    if (!read_whole && wanted.empty()) return then(std::move(plan), {content.head, {}, {}});
    auto kept = std::make_shared<Plan>(std::move(plan));
    ask_database<std::shared_ptr<Material>>(
        this, node_.handles()->database,
        [routed, read_whole, wanted = std::move(wanted)](storage::Database& database) {
          return read_material(database, *routed->arrival.content, read_whole, wanted);
        },
        [this, routed, kept, then, promise](Result<std::shared_ptr<Material>> material) mutable {
          if (material) return then(std::move(*kept), **material);
          cannot_read(*routed, material.error(), promise);
        });
  }

  static Result<std::shared_ptr<Material>> read_material(storage::Database& database, const Content& content,
                                                         bool read_whole,
                                                         const std::vector<WantedFile>& wanted) {
    auto material = std::make_shared<Material>();
    auto files = AnswerFiles::load(database, wanted);
    if (!files) return std::move(files.error());
    material->files = std::move(*files);
    material->whole = content.head;
    if (!read_whole) return material;
    auto whole = storage::ContentStore(database).read_uploaded(content.stored, 0, content.size_bytes);
    if (!whole) return std::move(whole.error());
    material->read = std::move(*whole);
    material->whole = material->read;
    return material;
  }

  void commit(const Routed& routed, Plan plan, const RouteMessage& rest, const Material& material,
              Promise promise) {
    PlanCommit commit;
    add_plan(commit, node_, routed.arrival, plan, *routed.directory, material.whole);
    log_scripts(plan, routed.arrival.id);
    for (const LanMatch& match : plan.lan_matches) node_.lan.count(match.rule);
    if (!routed.arrival.origin.authenticated_user.empty())
      memory_.note_sent(
          routed.arrival.origin.authenticated_user, microseconds(routed.arrival.received),
          routing::usage_of(routed.input->size_bytes(),
                            static_cast<std::int64_t>(routed.arrival.envelope.recipients.size()),
                            static_cast<std::int64_t>(plan.enqueue.size())));
    if (rest.collected)
      for (storage::WriteRequest& request : commit.unit)
        if (auto* accept = std::get_if<storage::AcceptMessage>(&request);
            accept && accept->id == routed.arrival.id)
          accept->collected = collected_mark(*rest.collected);
    add_consequences(commit, routed, plan, material, 0);
    commit.urgent = plan.urgent && !plan.enqueue.empty();
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

  static storage::CollectedMark collected_mark(const CollectedNote& note) {
    using storage::clean_text;
    return {note.collector,
            clean_text(note.uid),
            note.digest,
            now_microseconds(),
            note.state,
            clean_text(note.subject),
            clean_text(note.sender),
            clean_text(note.recipients),
            note.message_date,
            note.token};
  }

  void log_scripts(const Plan& plan, MessageId id) {
    for (const std::string& line : plan.log) {
      node_.log.info("script", std::to_string(id.value), line);
      if (line.starts_with(k_script_error))
        send(script_errors_, ScriptFailed{line.substr(k_script_error.size()), id});
    }
  }

  /// What a Plan makes the server write itself: reports, notices, answers, copies; committed with it.
  void add_consequences(PlanCommit& commit, const Routed& routed, const Plan& plan, const Material& material,
                        int depth) {
    for (Arrival& generated : reports(routed.arrival, plan))
      add_generated(commit, std::move(generated), depth);
    for (const AnswerFault& fault : plan.answer_faults)
      send(script_errors_, AnswerFailed{fault, routed.arrival.id});
    for (const Generated& generated : plan.generated) {
      for (AnswerFault& fault : material.files.missing(generated))
        send(script_errors_, AnswerFailed{std::move(fault), routed.arrival.id});
      add_generated(
          commit,
          generated_arrival(node_, generated, reported(routed.arrival), material.whole, material.files),
          depth);
    }
    memory_.note(plan, *routed.directory, commit.unit);
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
            [this, queued = std::move(commit.queued), list_work = commit.list_work, urgent = commit.urgent,
             result = std::move(result), promise, fail, size](const WriteAnswer& answer) mutable {
              if (!*answer.result) return fail(answer.result->error().text());
              ++node_.counters.messages_accepted;
              node_.counters.bytes_accepted += size;
              for (MessageQueued& one : queued) {
                ++node_.counters.messages_queued;
                send(node_.handles()->queue, std::move(one));
              }
              if (urgent)  // behind the messages: the run finds them in the queue
                send(caf::actor_cast<ConnectionsActor>(node_.handles()->connections), SendUrgent{result.id});
              if (list_work) send(caf::actor_cast<ListsActor>(node_.handles()->lists), ListWorkWaits{});
              promise.deliver(std::move(result));
            },
            [fail](const caf::error&) mutable { fail("the writer has ended"); });
  }

  /// Mail of our own is routed at once: it needs no facts that somebody would have to fetch. What follows
  /// from it follows at once too, but not without end: the server's own mail causes no answers and no copies.
  void add_generated(PlanCommit& commit, Arrival arrival, int depth) {
    const auto routed = prepare(std::move(arrival), Purpose::deliver);
    Plan plan = routing::run_pipeline(pipeline_, *routed->input);
    memory_.hold_back(plan);
    const bool kept = !plan.deliveries.empty() || !plan.enqueue.empty() || !plan.list_work.empty();
    if (!kept) {
      const auto& recipients = routed->arrival.envelope.recipients;
      node_.log.warning("router", std::to_string(routed->arrival.id.value),
                        "a generated message has no recipient and is dropped: to " +
                            (recipients.empty() ? std::string("nobody") : recipients.front().address));
      return;
    }
    for (const LanMatch& match : plan.lan_matches) node_.lan.count(match.rule);
    const Material material{routed->arrival.content->head, {}, {}};
    add_plan(commit, node_, routed->arrival, plan, *routed->directory, material.whole);
    if (depth < k_depth_max) add_consequences(commit, *routed, plan, material, depth + 1);
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
  RoutingMemory memory_;
  ArrivingPrograms programs_;
  DirectoryPtr directory_;
  ConfigPtr config_;
  routing::Pipeline pipeline_;
  StageActor first_stage_;
  ScriptErrorsActor script_errors_;
  LanVerifierActor lan_verifier_;
  routing::ScriptSetPtr scripts_;
  std::mt19937_64 random_{std::random_device{}()};
  std::uniform_real_distribution<double> chance_{0, 1};
};

}  // namespace

LocalRouterActor spawn_router(caf::actor_system& system, Node& node) {
  return system.spawn<Router>(std::ref(node));
}

}  // namespace stagecoach
