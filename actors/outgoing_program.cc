#include "actors/outgoing_program.h"

#include "actors/database.h"
#include "actors/mail_program.h"
#include "actors/queue_route.h"
#include "actors/script_errors.h"
#include "actors/serialisation.h"
#include "storage/content_store.h"

namespace stagecoach {

namespace {

constexpr const char* k_program = "smtp_client";

class OutgoingProgram : public OutgoingProgramActor::base {
 public:
  OutgoingProgram(caf::actor_config& config, Node& node)
      : OutgoingProgramActor::base(config), node_(node), settings_(node.config()->programs.smtp_client) {}

  behavior_type make_behavior() override {
    return {[this](PrepareOutgoing& task) -> caf::result<PreparedOutgoing> {
      task_ = std::move(task);
      promise_ = make_response_promise<PreparedOutgoing>();
      read_message();
      return promise_;
    }};
  }
  const char* name() const override { return "outgoing_program"; }

 private:
  /// What will be sent, in one piece: a program that looks at a message wants all of it.
  void read_message() {
    const OutgoingContent& content = task_.content;
    const auto offset = static_cast<std::size_t>(content.offset);
    if (content.stored) return run(content.header + content.stored->head.substr(offset));
    if (content.offset >= task_.delivery.size_bytes) return run(content.header);
    ask_database<std::string>(
        this, node_.handles()->database,
        [id = ContentId{task_.delivery.id.value}, offset = content.offset,
         length = task_.delivery.size_bytes - content.offset](storage::Database& database) {
          return storage::ContentStore(database).read(id, offset, length);
        },
        [this](Result<std::string> rest) {
          if (!rest) return give_back(rest.error());
          run(task_.content.header + *rest);
        });
  }

  void run(std::string message) {
    const MessageId id{task_.delivery.id.value};
    const ProgramFacts facts{.program = k_program,
                             .message = id,
                             .envelope = task_.delivery.envelope,
                             .connection = task_.connection};
    request(spawn_program(system()), caf::infinite, mail_program(settings_, facts, std::move(message)))
        .then([this](ProgramReport& report) { take(std::move(report)); },
              [this](const caf::error&) { give_back(unavailable("its actor has ended")); });
  }

  void take(ProgramReport report) {
    auto output = program_output(settings_, k_program, std::move(report));
    if (!output) return give_back(output.error());
    if (output->empty()) return answer(std::move(task_.content));
    auto message = changed_message(*output);
    if (!message) return give_back(message.error());
    OutgoingContent content;
    content.size_bytes = static_cast<std::int64_t>(message->size());
    content.offset = task_.delivery.size_bytes;  // nothing of what is stored follows
    content.header = std::move(*message);
    answer(std::move(content));
  }

  void give_back(const Error& error) {
    report_program_error(node_, {k_program, error.text(), MessageId{task_.delivery.id.value}});
    answer(std::move(task_.content));
  }

  void answer(OutgoingContent content) {
    promise_.deliver(PreparedOutgoing{std::move(content)});
    quit();
  }

  Node& node_;
  conf::ProgramSettings settings_;
  PrepareOutgoing task_;
  caf::typed_response_promise<PreparedOutgoing> promise_;
};

}  // namespace

bool wants_program(const conf::Config& config, const conf::SenderSettings& sender) {
  return config.programs.smtp_client.is_set() && sender.kind == conf::SenderKind::relay &&
         sender.connection != k_route_connection;
}

OutgoingProgramActor spawn_outgoing_program(caf::actor_system& system, Node& node) {
  return system.spawn<OutgoingProgram>(std::ref(node));
}

}  // namespace stagecoach
