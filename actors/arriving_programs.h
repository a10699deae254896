// [programs] external_router and outmail, for messages that have come but are not routed yet. The first one
// may say whom a collected message is for, the second one may change a message that came by SMTP. A failure
// leaves the message as it was.
#pragma once

#include <deque>
#include <functional>

#include "actors/mail_program.h"
#include "actors/script_errors.h"
#include "conf/config.h"
#include "routing/directory.h"

namespace stagecoach {

/// In Facts::redirected_by.
inline constexpr const char* k_external_router = "external router";

class ArrivingPrograms {
 public:
  using Owner = ReportingRouterActor::base;  // in whose context everything here runs
  /// `redirected_by`: what has chosen Arrival::redirection; empty: whoever brought the message.
  using Then = std::function<void(Arrival, const char* redirected_by)>;

  ArrivingPrograms(Owner* owner, Node& node);

  /// At once when no program wants to see it. At most a few run at a time, for each has a message in memory;
  /// others wait in line.
  void run(Arrival arrival, const conf::Config& config, const routing::Directory& directory, Then then);

 private:
  struct Task;
  using TaskPtr = std::shared_ptr<Task>;

  struct Lane {
    std::size_t running_max;
    std::size_t running = 0;
    std::deque<TaskPtr> line{};
  };

  Lane& lane_of(const Task& task);
  void begin(const TaskPtr& task);
  void read(const TaskPtr& task);
  void start(const TaskPtr& task, std::string message);
  void take(const TaskPtr& task, ProgramReport report);
  void take_route(const TaskPtr& task, const std::string& output);
  void take_message(const TaskPtr& task, const std::string& output);
  void fail(const TaskPtr& task, const Error& error);
  void finish(const TaskPtr& task, const char* redirected_by = "");

  Owner* owner_;
  Node& node_;
  Lane small_, large_;  // large: in storage
};

}  // namespace stagecoach
