// A command of the control socket as an actor of its own: it asks other actors, answers the session with one
// line, and ends when nothing is left to wait for. Arguments of a wrong type throw nlohmann::json::exception;
// whoever sent them reads it.
#pragma once

#include <functional>
#include <nlohmann/json.hpp>
#include <string>

#include "actors/control_session.h"
#include "actors/database.h"
#include "actors/node.h"

namespace stagecoach {

class ControlTask : public caf::event_based_actor {
 public:
  /// Begins the command; what it leaves behind are requests whose answers go on.
  using Start = void (*)(ControlTask&);

  ControlTask(caf::actor_config& config, Node& node, ControlSessionActor session, nlohmann::json arguments,
              Start start)
      : caf::event_based_actor(config),
        node_(node),
        session_(std::move(session)),
        arguments_(std::move(arguments)),
        start_(start) {}

  Node& node() { return node_; }
  const nlohmann::json& arguments() const { return arguments_; }

  void succeed(nlohmann::json result) { answer({{"ok", true}, {"result", std::move(result)}}); }
  /// `result` is JSON already: rows that are too many for a tree of them.
  void succeed_with_text(const std::string& result);
  /// A line before the answer, which says how far the command is.
  void tell_progress(const std::string& text) { answer({{"progress", text}}); }
  /// A part of a long answer; goes on when the visitor has taken most of it, and ends when he has left.
  void send_piece(const nlohmann::json& line, std::function<void()> then);
  void fail(const Error& error) { answer({{"ok", false}, {"error", error.text()}}); }

  /// Goes on with the answer; an actor that has ended fails the command.
  template <class Answer, class Actor, class Question>
  void ask(const Actor& actor, Question question, std::function<void(const Answer&)> then) {
    request(actor, caf::infinite, std::move(question))
        .then([this, then](const Answer& answer) { guarded([&] { then(answer); }); },
              [this](const caf::error&) { fail(unavailable("an actor has ended")); });
  }
  /// The same for work on the database; its failure fails the command.
  template <class T>
  void read(std::function<Result<T>(storage::Database&)> work, std::function<void(T)> then) {
    ask_database<T>(this, node_.handles()->database, std::move(work), [this, then](Result<T> result) {
      if (!result) return fail(result.error());
      guarded([&] { then(std::move(*result)); });
    });
  }
  /// The same for changes of mail.
  void write(storage::WriteUnit unit, UserId user,
             std::function<void(const std::vector<storage::WriteResult>&)> then);
  /// The number of a user.
  void find_user(const std::string& name, std::function<void(UserId)> then);

  caf::behavior make_behavior() override;
  void on_exit() override { session_ = nullptr; }
  const char* name() const override { return "control_task"; }

 private:
  void guarded(const std::function<void()>& work);
  void answer(const nlohmann::json& line);

  Node& node_;
  ControlSessionActor session_;
  nlohmann::json arguments_;
  Start start_;
};

}  // namespace stagecoach
