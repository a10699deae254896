#include "actors/arriving_programs.h"

#include <algorithm>

#include "actors/database.h"
#include "actors/intake.h"
#include "actors/routing_facts.h"
#include "actors/serialisation.h"
#include "storage/content_store.h"

namespace stagecoach {

namespace {

constexpr std::size_t k_small_max = 16, k_large_max = 2;

bool has_external_recipient(const Arrival& arrival, const routing::Directory& directory) {
  return std::any_of(
      arrival.envelope.recipients.begin(), arrival.envelope.recipients.end(),
      [&](const EnvelopeRecipient& recipient) {
        return !directory.is_local_domain(directory.complete(split_address(recipient.address)));
      });
}

bool is_eight_bit(std::string_view text) {
  return std::any_of(text.begin(), text.end(), [](unsigned char c) { return c >= 128; });
}

}  // namespace

struct ArrivingPrograms::Task {
  const char* program;
  bool large;
  conf::ProgramSettings settings;
  std::int64_t memory_max, header_max;
  Arrival arrival;
  Then then;
  std::string own_fields;  // what our server has put on top: the program does not see it
};

ArrivingPrograms::ArrivingPrograms(Owner* owner, Node& node)
    : owner_(owner), node_(node), small_{k_small_max}, large_{k_large_max} {}

void ArrivingPrograms::run(Arrival arrival, const conf::Config& config, const routing::Directory& directory,
                           Then then) {
  const Source source = arrival.origin.source;
  const auto& [router, outmail, sending] = config.programs;
  const bool collected = source == Source::collector;
  const bool wanted = collected ? router.is_set()
                                : outmail.program.is_set() && source != Source::system &&
                                      (outmail.all_mail || has_external_recipient(arrival, directory));
  if (!wanted || !arrival.content) return then(std::move(arrival), "");
  auto task = std::make_shared<Task>(Task{collected ? "external_router" : "outmail",
                                          static_cast<bool>(arrival.content->stored),
                                          collected ? router : outmail.program,
                                          config.limits.message_in_memory_max.bytes,
                                          config.limits.header_max.bytes,
                                          std::move(arrival),
                                          std::move(then),
                                          {}});
  Lane& lane = lane_of(*task);
  if (lane.running < lane.running_max) return begin(task);
  lane.line.push_back(std::move(task));
}

ArrivingPrograms::Lane& ArrivingPrograms::lane_of(const Task& task) { return task.large ? large_ : small_; }

void ArrivingPrograms::begin(const TaskPtr& task) {
  ++lane_of(*task).running;
  const Content& content = *task->arrival.content;
  task->own_fields =
      content.head.substr(0, static_cast<std::size_t>(own_bytes(content, task->arrival.origin.source)));
  if (!content.stored) return start(task, content.head.substr(task->own_fields.size()));
  read(task);
}

void ArrivingPrograms::read(const TaskPtr& task) {
  const auto offset = static_cast<std::int64_t>(task->own_fields.size());
  ask_database<std::string>(
      owner_, node_.handles()->database,
      [content = task->arrival.content, offset](storage::Database& database) {
        return storage::ContentStore(database).read_uploaded(content->stored, offset,
                                                             content->size_bytes - offset);
      },
      [this, task](Result<std::string> message) {
        if (!message) return fail(task, message.error());
        start(task, std::move(*message));
      });
}

void ArrivingPrograms::start(const TaskPtr& task, std::string message) {
  const ProgramFacts facts{.program = task->program,
                           .message = task->arrival.id,
                           .envelope = task->arrival.envelope,
                           .origin = &task->arrival.origin};
  owner_
      ->request(spawn_program(owner_->system()), caf::infinite,
                mail_program(task->settings, facts, std::move(message)))
      .then([this, task](ProgramReport& report) { take(task, std::move(report)); },
            [this, task](const caf::error&) { fail(task, unavailable("its actor has ended")); });
}

void ArrivingPrograms::take(const TaskPtr& task, ProgramReport report) {
  const auto output = program_output(task->settings, task->program, std::move(report));
  if (!output) return fail(task, output.error());
  if (task->arrival.origin.source == Source::collector) return take_route(task, *output);
  if (output->empty()) return finish(task);
  take_message(task, *output);
}

void ArrivingPrograms::take_route(const TaskPtr& task, const std::string& output) {
  auto answer = parse_router_answer(output);
  if (!answer) return fail(task, answer.error());
  if (!*answer || (!(*answer)->discard && (*answer)->recipients.empty())) return finish(task);
  Redirection redirection{{}, false};
  for (std::string& recipient : (*answer)->recipients)
    redirection.targets.push_back({std::move(recipient), {}});
  if ((*answer)->discard) redirection.targets = {{std::string(routing::k_no_one), {}}};
  task->arrival.redirection = std::move(redirection);
  finish(task, k_external_router);
}

/// The bytes of a large message are in storage under its number already: the changed one gets another.
void ArrivingPrograms::take_message(const TaskPtr& task, const std::string& output) {
  auto message = changed_message(output);
  if (!message) return fail(task, message.error());
  Arrival& arrival = task->arrival;
  const MessageId id = arrival.content->stored ? node_.numbers.take() : arrival.id;
  Counter uncounted{0};
  Intake intake(id, task->memory_max, uncounted);
  intake.add_prefix(task->own_fields, arrival.content->transmit_offset);
  intake.add(*message);
  auto unit = std::make_shared<storage::WriteUnit>();
  while (auto chunk = intake.take_chunk()) unit->emplace_back(std::move(*chunk));
  while (auto chunk = intake.take_last_chunk()) unit->emplace_back(std::move(*chunk));
  auto content = intake.finish();
  if (content->header_size_bytes > task->header_max)
    return fail(task, limit_reached("the header section of its output is too large"));
  const auto use = [this, task, id, content, eight_bit = is_eight_bit(*message)] {
    Arrival& changed = task->arrival;
    if (changed.id != id)
      node_.log.info("program", std::to_string(changed.id.value),
                     "changed by outmail, goes on as message " + std::to_string(id.value));
    changed.id = id;
    changed.content = content;
    if (eight_bit && changed.envelope.body == BodyType::seven_bit)
      changed.envelope.body = BodyType::eight_bit_mime;
    finish(task);
  };
  if (unit->empty()) return use();
  owner_->request(node_.handles()->writer, caf::infinite, WriteMail{std::move(unit), 0, {}})
      .then(
          [this, task, use](const WriteAnswer& answer) {
            if (!answer.result->has_value()) return fail(task, answer.result->error());
            use();
          },
          [this, task](const caf::error&) { fail(task, unavailable("the writer has ended")); });
}

void ArrivingPrograms::fail(const TaskPtr& task, const Error& error) {
  report_program_error(node_, {task->program, error.text(), task->arrival.id});
  finish(task);
}

void ArrivingPrograms::finish(const TaskPtr& task, const char* redirected_by) {
  Lane& lane = lane_of(*task);
  --lane.running;
  task->then(std::move(task->arrival), redirected_by);
  if (lane.running >= lane.running_max || lane.line.empty()) return;
  const TaskPtr next = std::move(lane.line.front());
  lane.line.pop_front();
  begin(next);
}

}  // namespace stagecoach
