#include "actors/control_session.h"

#include <nlohmann/json.hpp>

#include "actors/autoresponder_control.h"
#include "actors/connection.h"
#include "actors/control_directory.h"
#include "actors/control_mail.h"
#include "actors/database.h"
#include "actors/intake.h"
#include "actors/json_values.h"
#include "actors/load_configuration.h"
#include "actors/own_trace.h"
#include "actors/sending_reasons.h"
#include "actors/serialisation.h"
#include "actors/what_if.h"
#include "conf/difference.h"
#include "conf/reader.h"
#include "protocols/sasl/base64.h"
#include "storage/trace_repository.h"

namespace stagecoach {

namespace {

using nlohmann::json;

constexpr std::size_t k_line_bytes_max = 80 * 1024 * 1024;  // "explain message" carries the message
constexpr int k_trace_messages_max = 20;
constexpr std::size_t k_diff_addresses_max = 200;
constexpr std::int64_t k_replay_messages_max = 100'000;
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
            },
            [this](const ControlPiece& piece) { return write_piece(piece); }};
  }
  void on_exit() override {
    handles_ = {};
    untaken_.clear();
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
  void on_timeout() override { leave(); }
  void on_drained() override {
    for (auto& promise : std::exchange(untaken_, {})) promise.deliver(Outcome{});
  }
  void on_closed(const Error&) override { leave(); }

  /// Commands that wait with their next piece end too.
  void leave() {
    for (auto& promise : std::exchange(untaken_, {}))
      promise.deliver(Outcome::failure(unavailable("the visitor has left")));
    quit();
  }

  // ---- answers ----

  caf::result<Outcome> write_piece(const ControlPiece& piece) {
    if (!socket().is_open()) return Outcome::failure(unavailable("the visitor has left"));
    socket().write(piece.line + "\n");
    socket().set_timeout(k_timeout);
    if (!socket().congested()) return Outcome{};
    untaken_.push_back(make_response_promise<Outcome>());
    return untaken_.back();
  }

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
        {"replay", &ControlSession::replay},
        {"user list", &ControlSession::user_list},
        {"user locks", &ControlSession::user_locks},
        {"directory list", &ControlSession::directory_list},
        {"connection list", &ControlSession::connection_list},
        {"connection run", &ControlSession::connection_run},
        {"explain", &ControlSession::explain},
        {"trace", &ControlSession::trace},
    };
    const auto known = k_commands.find(command);
    if (start_mail_command(system(), node_, ControlSessionActor{this}, command, arguments)) return;
    if (start_autoresponder_command(system(), node_, ControlSessionActor{this}, command, arguments)) return;
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

  // ---- another configuration ----

  /// The configuration of a file with the directory that it would make, beside the one in force.
  void with_other_configuration(const json& arguments,
                                std::function<void(const WhatIf& now, const WhatIf& then)> use) {
    const std::string path = arguments.value("config", handles_.config_path);
    const LoadedConfiguration loaded = load_configuration(path.empty() ? handles_.config_path : path);
    if (!loaded.ok()) {
      std::string text;
      for (const std::string& line : loaded.errors()) text += (text.empty() ? "" : "\n") + line;
      return fail(text);
    }
    const ConfigPtr other = loaded.config;
    const auto directory = caf::actor_cast<LocalDirectoryActor>(node_.handles()->directory);
    ask<DirectoryBuilt>(directory, BuildDirectory{node_.config()}, [=, this](const DirectoryBuilt& now) {
      ask<DirectoryBuilt>(directory, BuildDirectory{other}, [=, this](const DirectoryBuilt& then) {
        if (!now.directory) return fail(now.outcome.error);
        if (!then.directory) return fail(then.outcome.error);
        auto before = what_if(node_.config(), now.directory, node_.scripts());
        auto after = what_if(other, then.directory, loaded.scripts);
        if (!before) return fail(before.error());
        if (!after) return fail(after.error());
        use(*before, *after);
      });
    });
  }

  /// Settings that differ, then the addresses whose mail would go elsewhere. Routing thousands of addresses
  /// takes its time: on a thread of the database's workers, not on the reactor's.
  void diff(const json& arguments) {
    with_other_configuration(arguments, [this](const WhatIf& before, const WhatIf& after) {
      auto lines = conf::describe_changes(*before.config, *after.config);
      ask_database<std::vector<std::string>>(
          this, node_.handles()->database,
          [before, after](storage::Database&) -> Result<std::vector<std::string>> {
            return address_changes(before, after, k_diff_addresses_max);
          },
          [this, lines](Result<std::vector<std::string>> addresses) mutable {
            if (!addresses) return fail(addresses.error());
            lines.insert(lines.end(), addresses->begin(), addresses->end());
            succeed(lines);
          });
    });
  }

  void replay(const json& arguments) {
    const auto ids = arguments.value("ids", std::vector<std::int64_t>{});
    const std::int64_t since = arguments.value("since", std::int64_t{0});
    const std::int64_t messages_max = arguments.value("max", k_replay_messages_max);
    with_other_configuration(arguments, [=, this](const WhatIf&, const WhatIf& after) {
      ask_database<ReplayReport>(
          this, node_.handles()->database,
          [=](storage::Database& database) {
            return stagecoach::replay(database, after, ids, since, messages_max);
          },
          [this](Result<ReplayReport> report) {
            if (!report) return fail(report.error());
            succeed(json_of(*report));
          });
    });
  }

  // ---- the directory ----

  void user_list(const json& arguments) {
    ask<EntryListing>(node_.handles()->directory, user_rows_request(),
                      [this, arguments](const EntryListing& listing) {
                        ask<LockListing>(node_.handles()->authenticator, FindLocks{},
                                         [this, arguments, listing](const LockListing& locks) {
                                           measured_user_list(arguments, listing, locks);
                                         });
                      });
  }

  void measured_user_list(const json& arguments, const EntryListing& listing, const LockListing& locks) {
    ask_database<std::vector<storage::MailboxTotals>>(
        this, node_.handles()->database,
        [](storage::Database& database) { return storage::DirectoryRepository(database).mailbox_totals(); },
        [this, arguments, listing, locks](Result<std::vector<storage::MailboxTotals>> totals) {
          if (!totals) return fail(totals.error());
          choose(user_rows(listing, {std::move(*totals), locks.locks}), arguments);
        });
  }

  void choose(std::vector<json> rows, const json& arguments) {
    try {
      auto chosen = chosen_rows(std::move(rows), arguments);
      if (!chosen) return fail(chosen.error());
      succeed(std::move(*chosen));
    } catch (const json::exception& wrong) {
      fail(std::string("a wrong argument: ") + wrong.what());
    }
  }

  void user_locks(const json& arguments) {
    ask<LockListing>(node_.handles()->authenticator,
                     FindLocks{arguments.value("user", ""), arguments.value("clear", false)},
                     [this](const LockListing& locks) { succeed(json_of(locks)); });
  }

  void directory_list(const json& arguments) {
    auto list = list_request(arguments);
    if (!list) return fail(list.error());
    ask<EntryListing>(node_.handles()->directory, std::move(*list),
                      [this, arguments](const EntryListing& listing) {
                        if (!listing.outcome.ok) return fail(listing.outcome.error);
                        choose(entry_rows(listing), arguments);
                      });
  }

  // ---- connections ----

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
    const std::string return_path = "Return-Path: <" + arrival.envelope.reverse_path + ">\r\n";
    intake.add_prefix(return_path + "Received: by explain\r\n",
                      static_cast<std::int64_t>(return_path.size()));
    if (arguments.contains("message")) {
      auto message = sasl::decode_base64(arguments["message"].get<std::string>());
      if (!message) return invalid_input("the message is no base64");
      intake.add(*message);
    } else {
      intake.add("Subject: explain\r\n\r\n");
    }
    arrival.content = intake.finish();
    return arrival;
  }

  void explain(const json& arguments) {
    auto arrival = arrival_of(arguments);
    if (!arrival) return fail(arrival.error());
    ask<Explanation>(node_.handles()->router, ExplainMessage{*arrival},
                     [this, arrival = *arrival](const Explanation& explanation) {
                       json answer = json_of_plan(explanation.plan);
                       answer["sending"] = json::array();
                       for (const Enqueue& entry : explanation.plan.enqueue)
                         for (std::string& line : sending_reasons(
                                  *node_.config(), sending_case(entry, arrival), node_.schedule_paused))
                           answer["sending"].push_back(std::move(line));
                       succeed(std::move(answer));
                     });
  }

  void trace(const json& arguments) {
    const std::string what = arguments.at("what").get<std::string>();
    ask_database<std::vector<storage::TraceEntry>>(
        this, node_.handles()->database,
        [what](storage::Database& database) {
          return storage::TraceRepository(database).find(what, k_trace_messages_max);
        },
        [this, user = arguments.value("user", "")](Result<std::vector<storage::TraceEntry>> entries) {
          if (!entries) return fail(entries.error());
          json list = json::array();
          for (const storage::TraceEntry& entry : *entries) list.push_back(json_of(entry));
          succeed(user.empty() ? std::move(list) : trace_of_user(list, user));
        });
  }

  /// The entries of one message follow each other; the first is the accepted one.
  static json trace_of_user(const json& entries, const std::string& user) {
    json own = json::array();
    json message;
    bool is_sender = false;
    for (const json& entry : entries) {
      if (std::exchange(message, entry["id"]) != entry["id"]) is_sender = false;
      if (entry["event"] == "accepted") is_sender = is_sent_by(entry, user);
      if (auto seen = own_trace(entry, user, is_sender)) own.push_back(std::move(*seen));
    }
    return own;
  }

  Node& node_;
  ControlHandles handles_;
  Counted counted_;
  std::string input_;
  std::vector<caf::typed_response_promise<Outcome>> untaken_;  // pieces that wait for the visitor
};

}  // namespace

void spawn_control_session(Reactor& reactor, int fd, Node& node, const ControlHandles& handles) {
  spawn_pinned<ControlSession>(reactor, fd, std::ref(node), handles);
}

}  // namespace stagecoach
