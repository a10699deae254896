// The queue as the control socket has it.
#include "actors/control_directory.h"
#include "actors/control_mail.h"
#include "actors/json_values.h"
#include "actors/queue_criteria.h"
#include "actors/sending_reasons.h"
#include "actors/serialisation.h"
#include "storage/content_store.h"
#include "storage/queue_repository.h"

namespace stagecoach {

using nlohmann::json;

namespace {

constexpr std::int64_t k_history = 3LL * 24 * 3600 * 1000000;  // what `queue sent` looks back
constexpr std::int64_t k_history_rows_max = 10'000;
constexpr std::int64_t k_head_bytes = 4096;  // of the message that `queue show` shows

QueueCriteria criteria_of(const json& arguments) {
  QueueCriteria criteria;
  criteria.size_min_bytes = arguments.value("size_min_kb", 0LL) * 1024;
  criteria.size_max_bytes = arguments.value("size_max_kb", 0LL) * 1024;
  criteria.subject = arguments.value("subject", "");
  criteria.source_ip = arguments.value("source_ip", "");
  criteria.auth_sender = arguments.value("auth_sender", "");
  criteria.to = arguments.value("to", "");
  criteria.from = arguments.value("from", "");
  if (arguments.contains("held"))
    criteria.held = arguments["held"].get<bool>() ? QueueCriteria::Held::yes : QueueCriteria::Held::no;
  return criteria;
}

ListQueue list_of(const json& arguments) {
  return {arguments.value("id", 0LL), arguments.value("filter", ""), criteria_of(arguments)};
}

void choose(ControlTask& task, std::vector<json> rows) {
  json choice = task.arguments();
  choice.erase("filter");  // the queue has looked at it
  auto chosen = chosen_rows(std::move(rows), choice);
  if (!chosen) return task.fail(chosen.error());
  task.succeed(std::move(*chosen));
}

std::vector<json> rows_of(const QueueListing& listing) {
  std::vector<json> rows;
  for (const QueueEntry& entry : listing.entries) rows.push_back(json_of(entry));
  return rows;
}

/// The same as text: tens of thousands of rows as a tree take a hundred megabytes.
std::string text_of(const QueueListing& listing) {
  std::string text = "[";
  for (const QueueEntry& entry : listing.entries) {
    if (text.size() > 1) text += ',';
    text += json_of(entry).dump(-1, ' ', false, json::error_handler_t::replace);
  }
  return text + "]";
}

/// A message that has left the queue; null: the trace does not say enough.
json row_of(const storage::QueueEnd& end) {
  const json detail = json::parse(end.detail, nullptr, false);
  if (!detail.is_object() || !detail.contains("queued_at")) return {};
  return {{"id", std::to_string(end.id.value)},
          {"from", detail.value("from", "")},
          {"to", end.recipient},
          {"state", end.event == "delivered" ? "sent" : end.event},
          {"queued_at", json_time(detail.value("queued_at", 0LL))},
          {"ended_at", json_time(end.at)},
          {"size_bytes", detail.value("size_bytes", 0LL)},
          {"priority", detail.value("priority", 0LL)},
          {"last_reply", detail.value("reply", "")},
          {"source_ip", detail.value("source_ip", "")},
          {"auth_user", detail.value("auth_user", "")},
          {"subject", detail.value("subject", "")}};
}

}  // namespace

void queue_list(ControlTask& task) {
  task.ask<QueueListing>(
      task.node().handles()->queue, list_of(task.arguments()), [&task](const QueueListing& listing) {
        if (!listing.outcome.ok) return task.fail(listing.outcome.error);
        const json& wanted = task.arguments();
        if (wanted.value("where", json::object()).empty() && wanted.value("sort", "").empty())
          return task.succeed_with_text(text_of(listing));
        choose(task, rows_of(listing));
      });
}

void queue_show(ControlTask& task) {
  const std::int64_t id = task.arguments().at("id").get<std::int64_t>();
  if (id <= 0) return task.succeed(json::array());
  task.ask<QueueListing>(task.node().handles()->queue, ListQueue{id, "", {}},
                         [&task, id](const QueueListing& listing) {
                           if (listing.entries.empty()) return task.succeed(json::array());
                           task.read<std::string>(
                               [id](storage::Database& database) {
                                 return storage::ContentStore(database).read(ContentId{id}, 0, k_head_bytes);
                               },
                               [&task, listing](std::string head) {
                                 std::vector<json> rows = rows_of(listing);
                                 const Node& node = task.node();
                                 for (std::size_t i = 0; i < rows.size(); ++i) {
                                   rows[i]["head"] = head;
                                   rows[i]["why"] = waiting_reasons(*node.config(), listing.entries[i],
                                                                    node.schedule_paused, now_microseconds());
                                 }
                                 task.succeed(std::move(rows));
                               });
                         });
}

void queue_sent(ControlTask& task) {
  const ListQueue wanted = list_of(task.arguments());
  auto match = QueueMatch::compile(wanted.filter, wanted.criteria);
  if (!match) return task.fail(match.error());
  const std::int64_t since = now_microseconds() - k_history;
  task.read<std::vector<storage::QueueEnd>>(
      [since](storage::Database& database) {
        return storage::QueueRepository(database).ended(since, k_history_rows_max);
      },
      [&task, match = std::move(*match)](std::vector<storage::QueueEnd> ends) {
        std::vector<json> rows;
        for (const storage::QueueEnd& end : ends) {
          json row = row_of(end);
          if (row.is_null()) continue;
          const auto text = [&row](const char* key) {
            return std::string_view(row[key].get_ref<const std::string&>());
          };
          if (match.matches({text("from"), text("to"), text("subject"), text("source_ip"), text("auth_user"),
                             row["size_bytes"].get<std::int64_t>(), false}))
            rows.push_back(std::move(row));
        }
        choose(task, std::move(rows));
      });
}

void queue_command(ControlTask& task) {
  const json& arguments = task.arguments();
  QueueCommand command;
  command.action = arguments.at("action").get<std::string>();
  command.ids = arguments.value("ids", std::vector<std::int64_t>{});
  command.filter = arguments.value("filter", "");
  command.argument = arguments.value("argument", "");
  command.criteria = criteria_of(arguments);
  command.count_only = arguments.value("count_only", false);
  task.ask<QueueCommandAnswer>(
      task.node().handles()->queue, std::move(command), [&task](const QueueCommandAnswer& answer) {
        if (!answer.outcome.ok) return task.fail(answer.outcome.error);
        task.succeed({{"messages", answer.messages}, {"recipients", answer.recipients}});
      });
}

}  // namespace stagecoach
