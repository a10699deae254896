#include "actors/control_session.h"

#include <nlohmann/json.hpp>

#include "actors/connection.h"
#include "actors/database.h"
#include "actors/intake.h"
#include "actors/json_values.h"
#include "actors/serialisation.h"
#include "conf/difference.h"
#include "conf/reader.h"
#include "protocols/sasl/base64.h"
#include "storage/trace_repository.h"

namespace stagecoach {

namespace {

using nlohmann::json;

constexpr std::size_t k_line_bytes_max = 80 * 1024 * 1024;  // "explain message" carries the message
constexpr int k_trace_messages_max = 20;
constexpr auto k_timeout = std::chrono::seconds(3600);

class ControlSession : public Connection<ControlSessionActor::base> {
 public:
  ControlSession(caf::actor_config& config, Reactor& reactor, int fd, Node& node, ControlHandles handles)
      : Connection(config, reactor, fd),
        node_(node),
        handles_(std::move(handles)),
        counted_(node.counters.control_sessions) {}

  behavior_type make_behavior() override {
    keep_alive();
    socket().open();
    socket().set_timeout(k_timeout);
    return {[this](const ControlLine& line) {
      if (socket().is_open()) socket().write(line.line + "\n");
    }};
  }
  void on_exit() override {
    handles_ = {};
    Connection::on_exit();
  }
  const char* name() const override { return "control_session"; }

 private:
  void on_input(std::string_view bytes) override {
    input_.append(bytes);
    if (input_.size() > k_line_bytes_max) return fail("the request is too long");
    for (auto end = input_.find('\n'); end != std::string::npos; end = input_.find('\n')) {
      const std::string line = input_.substr(0, end);
      input_.erase(0, end + 1);
      run(line);
    }
  }
  void on_timeout() override { quit(); }
  void on_closed(const Error&) override { quit(); }

  // ---- answers ----

  void answer(const json& line) {
    if (socket().is_open()) socket().write(line.dump(-1, ' ', false, json::error_handler_t::replace) + "\n");
  }
  void succeed(json result) { answer({{"ok", true}, {"result", std::move(result)}}); }
  void fail(const std::string& reason) { answer({{"ok", false}, {"error", reason}}); }
  void fail(const Error& error) { fail(error.text()); }
  void fail(const caf::error& error) { fail("an actor has ended: " + system().render(error)); }

  /// Lines of progress come from other threads.
  std::function<void(const std::string&)> progress() {
    const ControlSessionActor self{this};
    return [self](const std::string& text) {
      caf::anon_send(
          self, ControlLine{json{{"progress", text}}.dump(-1, ' ', false, json::error_handler_t::replace)});
    };
  }

  template <class Answer, class Actor, class Question>
  void ask(const Actor& actor, Question question, std::function<void(const Answer&)> then) {
    request(actor, caf::infinite, std::move(question))
        .then([then](const Answer& answer) { then(answer); },
              [this](const caf::error& error) { fail(error); });
  }

  // ---- commands ----

  void run(const std::string& line) {
    const json parsed = json::parse(line, nullptr, false);
    if (!parsed.is_object() || !parsed.contains("command"))
      return fail("the request is no JSON object with a command");
    const std::string command = parsed.value("command", "");
    const json arguments = parsed.value("arguments", json::object());
    static const std::map<std::string, void (ControlSession::*)(const json&)> k_commands = {
        {"status", &ControlSession::status},
        {"reload", &ControlSession::reload},
        {"diff", &ControlSession::diff},
        {"user list", &ControlSession::user_list},
        {"user change", &ControlSession::user_change},
        {"queue list", &ControlSession::queue_list},
        {"queue command", &ControlSession::queue_command},
        {"connection list", &ControlSession::connection_list},
        {"connection run", &ControlSession::connection_run},
        {"explain", &ControlSession::explain},
        {"trace", &ControlSession::trace},
    };
    const auto known = k_commands.find(command);
    if (known == k_commands.end()) return fail("unknown command \"" + command + "\"");
    try {
      (this->*known->second)(arguments);
    } catch (const json::exception& wrong) {
      fail(std::string("a wrong argument: ") + wrong.what());
    }
  }

  void status(const json&) {
    json counters = json::object();
    for (const auto& [name, value] : node_.counters.all()) counters[name] = value;
    const auto config = node_.config();
    json services = json::array();
    for (const conf::ServiceSettings& service : config->services)
      services.push_back({{"name", service.name},
                          {"protocol", std::string(conf::name_of(conf::k_protocols, service.protocol))},
                          {"listen", service.listen}});
    succeed({{"hostname", config->server.hostname},
             {"started", json_time(microseconds(
                             std::chrono::time_point_cast<std::chrono::microseconds>(node_.started)))},
             {"configuration", handles_.config_path},
             {"services", std::move(services)},
             {"counters", std::move(counters)}});
  }

  void reload(const json&) {
    ask<ReloadAnswer>(handles_.supervisor, ReloadNode{}, [this](const ReloadAnswer& answer) {
      if (answer.outcome.ok) return succeed(answer.lines);
      std::string text = answer.outcome.error.text();
      for (const std::string& line : answer.lines) text += "\n" + line;
      fail(text);
    });
  }

  void diff(const json& arguments) {
    const std::string path = arguments.value("config", handles_.config_path);
    const conf::ReadConfig read = conf::read_config(path);
    if (!read.ok()) {
      std::string text;
      for (const conf::Problem& problem : read.problems) text += (text.empty() ? "" : "\n") + problem.text();
      return fail(text);
    }
    succeed(conf::describe_changes(*node_.config(), read.config));
  }

  void user_list(const json& arguments) {
    ask<UserListing>(node_.handles()->directory, ListUsers{arguments.value("filter", "")},
                     [this](const UserListing& listing) {
                       json users = json::array();
                       for (const User& user : listing.users) users.push_back(json_of(user));
                       succeed(std::move(users));
                     });
  }

  void user_change(const json& arguments) {
    ChangeUser change;
    const std::string kind = arguments.value("kind", "");
    change.kind = kind == "add"      ? ChangeUser::Kind::add
                  : kind == "remove" ? ChangeUser::Kind::remove
                                     : ChangeUser::Kind::set;
    change.user.name = arguments.at("name").get<std::string>();
    change.password = arguments.value("password", "");
    const json fields = arguments.value("fields", json::object());
    for (const auto& [field, value] : fields.items()) {
      change.fields.push_back(field);
      if (field == "full_name") change.user.full_name = storage::clean_text(value.get<std::string>());
      if (field == "administrator") change.user.administrator = value.get<bool>();
      if (field == "enabled") change.user.enabled = value.get<bool>();
      if (field == "aliases") change.user.aliases = value.get<std::vector<std::string>>();
    }
    ask<Outcome>(node_.handles()->directory, std::move(change), [this](const Outcome& outcome) {
      if (!outcome.ok) return fail(outcome.error);
      succeed(true);
    });
  }

  void queue_list(const json& arguments) {
    ask<QueueListing>(node_.handles()->queue,
                      ListQueue{arguments.value("id", 0LL), arguments.value("filter", "")},
                      [this](const QueueListing& listing) {
                        json entries = json::array();
                        for (const QueueEntry& entry : listing.entries) entries.push_back(json_of(entry));
                        succeed(std::move(entries));
                      });
  }

  void queue_command(const json& arguments) {
    QueueCommand command;
    command.action = arguments.at("action").get<std::string>();
    command.ids = arguments.value("ids", std::vector<std::int64_t>{});
    command.filter = arguments.value("filter", "");
    command.argument = arguments.value("argument", "");
    ask<QueueCommandAnswer>(node_.handles()->queue, std::move(command),
                            [this](const QueueCommandAnswer& answer) {
                              if (!answer.outcome.ok) return fail(answer.outcome.error);
                              succeed({{"messages", answer.messages}});
                            });
  }

  ConnectionsActor connections() const {
    return caf::actor_cast<ConnectionsActor>(node_.handles()->connections);
  }

  void connection_list(const json&) {
    ask<ConnectionListing>(connections(), ListConnections{}, [this](const ConnectionListing& listing) {
      json list = json::array();
      for (const ConnectionStatus& one : listing.connections)
        list.push_back({{"name", one.name},
                        {"running", one.running},
                        {"last_run", one.last_run ? json(json_time(one.last_run)) : json()},
                        {"last_results", one.last_results}});
      succeed(std::move(list));
    });
  }

  void connection_run(const json& arguments) {
    ask<ConnectionReport>(connections(),
                          RunConnection{arguments.at("name").get<std::string>(), "command", progress()},
                          [this](const ConnectionReport& report) {
                            if (!report.outcome.ok) return fail(report.outcome.error);
                            succeed(report.lines);
                          });
  }

  // ---- explain and trace ----

  /// The arrival that a client would have brought.
  Result<Arrival> arrival_of(const json& arguments) {
    const auto config = node_.config();
    Arrival arrival;
    arrival.id = node_.numbers.take();
    arrival.received = current_time();
    arrival.envelope.reverse_path = arguments.value("from", "");
    for (const json& address : arguments.at("to"))
      arrival.envelope.recipients.push_back({address.get<std::string>(), 0, {}});
    arrival.origin.session = "explain";
    arrival.origin.peer = "192.0.2.1:0";
    arrival.origin.authenticated_user = arguments.value("user", "");
    const std::string via = arguments.value("via", "");
    for (const conf::CollectorSettings& collector : config->collectors) {
      if (collector.name != via) continue;
      arrival.origin.source = Source::collector;
      arrival.origin.service = via;
    }
    for (const conf::ServiceSettings& service : config->services) {
      if (service.name != via && conf::name_of(conf::k_protocols, service.protocol) != via) continue;
      arrival.origin.service = service.name;
      if (service.protocol == conf::Protocol::submission) arrival.origin.source = Source::submission;
      if (service.protocol == conf::Protocol::lmtp) arrival.origin.source = Source::lmtp;
    }
    if (!via.empty() && arrival.origin.service.empty())
      return not_found("there is neither a service nor a collector \"" + via + "\"");
    if (arrival.origin.source == Source::submission && arrival.origin.authenticated_user.empty())
      arrival.origin.authenticated_user = split_address(arrival.envelope.reverse_path).local;
    Counter uncounted{0};
    Intake intake(arrival.id, INT64_MAX, uncounted);
    if (arguments.contains("message")) {
      auto message = sasl::decode_base64(arguments["message"].get<std::string>());
      if (!message) return invalid_input("the message is no base64");
      intake.add("Received: by explain\r\n");
      intake.add(*message);
    } else {
      intake.add("Received: by explain\r\nSubject: explain\r\n\r\n");
    }
    arrival.content = intake.finish();
    return arrival;
  }

  void explain(const json& arguments) {
    auto arrival = arrival_of(arguments);
    if (!arrival) return fail(arrival.error());
    ask<Explanation>(node_.handles()->router, ExplainMessage{std::move(*arrival)},
                     [this](const Explanation& explanation) { succeed(json_of_plan(explanation.plan)); });
  }

  void trace(const json& arguments) {
    const std::string what = arguments.at("what").get<std::string>();
    ask_database<std::vector<storage::TraceEntry>>(
        this, node_.handles()->database,
        [what](storage::Database& database) {
          return storage::TraceRepository(database).find(what, k_trace_messages_max);
        },
        [this](Result<std::vector<storage::TraceEntry>> entries) {
          if (!entries) return fail(entries.error());
          json list = json::array();
          for (const storage::TraceEntry& entry : *entries) list.push_back(json_of(entry));
          succeed(std::move(list));
        });
  }

  Node& node_;
  ControlHandles handles_;
  Counted counted_;
  std::string input_;
};

}  // namespace

void spawn_control_session(Reactor& reactor, int fd, Node& node, const ControlHandles& handles) {
  spawn_pinned<ControlSession>(reactor, fd, std::ref(node), handles);
}

}  // namespace stagecoach
