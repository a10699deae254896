#include "actors/summary_command.h"

#include <iostream>

#include "actors/command_tools.h"
#include "actors/control_mail.h"
#include "actors/local_day.h"
#include "actors/serialisation.h"
#include "actors/summary_report.h"

namespace stagecoach {

using nlohmann::json;

namespace {

json json_of_row(const routing::UsageRow& row) {
  const auto sum = [](const routing::UsageRow::Sum& one) {
    return json{{"messages", one.count}, {"bytes", one.bytes}};
  };
  return {{"local_received", sum(row.local_received)},
          {"internet_received", sum(row.internet_received)},
          {"system_received", sum(row.system_received)},
          {"local_sent", sum(row.local_sent)},
          {"internet_sent", sum(row.internet_sent)},
          {"relayed", sum(row.relayed)},
          {"urgent", sum(row.urgent)},
          {"collected", sum(row.collected)},
          {"taken_by_others", sum(row.client_sent)},
          {"lan_queued", sum(row.lan_queued)},
          {"lan_sent", sum(row.lan_sent)},
          {"failed", sum(row.failed)},
          {"online_seconds", row.online_seconds},
          {"connection_seconds", row.connection_seconds}};
}

/// The day that was asked for; today without one.
Result<routing::LocalDay> day_of(const json& arguments) {
  const std::string text = arguments.value("date", "");
  if (text.empty()) return routing::day_of(local_now());
  if (const auto day = routing::parse_day(text)) return *day;
  return invalid_input("\"" + text + "\" is no day like 2026-12-31");
}

void send(ControlTask& task, const routing::UsageDay& day, const DirectoryPtr& directory) {
  const User* user = summary_recipient(*task.node().config(), *directory);
  if (!user) return task.fail(not_found("there is no user who could get it"));
  RouteMessage message;
  message.arrival = summary_arrival(task.node(), *directory, *user, day, "summary of " + day.date);
  task.ask<RouteResult>(task.node().handles()->router, std::move(message),
                        [&task, day, name = user->name](const RouteResult& result) {
                          if (!result.accepted) return task.fail(unavailable(result.reply.text));
                          json answer = json_of(day);
                          answer["sent_to"] = name;
                          task.succeed(std::move(answer));
                        });
}

void print(const json& answer) {
  if (answer.contains("sent_to"))
    std::cout << "sent to " << answer["sent_to"].get<std::string>() << "\n";
  else
    std::cout << answer["text"].get<std::string>();
}

}  // namespace

json json_of(const routing::UsageDay& day) {
  json users = json::array();
  for (const routing::UsageRow& row : routing::usage_rows(day.totals)) {
    json user = json_of_row(row);
    user["user"] = row.user;
    users.push_back(std::move(user));
  }
  json answer = {{"date", day.date},
                 {"users", std::move(users)},
                 {"totals", json_of_row(routing::usage_sum(day.totals))},
                 {"text", routing::usage_report(day).text}};
  if (day.show_idle) answer["idle"] = day.idle;
  return answer;
}

void summary(ControlTask& task) {
  const auto directory = task.node().directory();
  const auto day = day_of(task.arguments());
  const bool wants_mail = task.arguments().value("send", false);
  if (!day) return task.fail(day.error());
  if (!task.node().config()->history.enabled)
    return task.fail(not_found("there is no history to add up ([history] enabled = false)"));
  if (!directory) return task.fail(unavailable("the server is still starting"));
  task.read<routing::UsageDay>([facts = summary_facts(task.node(), *directory, *day)](
                                   storage::Database& database) { return usage_of_day(database, facts); },
                               [&task, directory, wants_mail](routing::UsageDay usage) {
                                 if (wants_mail) return send(task, usage, directory);
                                 task.succeed(json_of(usage));
                               });
}

int run_summary_command(const CommandLine& line) {
  if (!line.word(1).empty()) return wrong_usage("summary takes --date DAY and --send, no words");
  return ask(line, "summary", {{"date", line.value("date")}, {"send", line.has("send")}}, print);
}

}  // namespace stagecoach
