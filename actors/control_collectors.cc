// Collectors behind the control socket: their results, what is on their remote servers, what the download
// rules would do with a message.
#include "actors/collector_server.h"
#include "actors/collector_work.h"
#include "actors/control_mail.h"
#include "actors/json_values.h"
#include "actors/serialisation.h"
#include "protocols/sasl/base64.h"

namespace stagecoach {

using nlohmann::json;

namespace {

constexpr std::int64_t k_rows_max = 100'000;

/// By name or number.
Result<conf::CollectorSettings> find_collector(const Node& node, const std::string& name) {
  for (const conf::CollectorSettings& collector : node.config()->collectors)
    if (equals_ignoring_case(collector.name, name) || std::to_string(collector.id) == name) return collector;
  return not_found("there is no collector \"" + name + "\"");
}

json optional_time(std::int64_t at) { return at > 0 ? json(json_time(at)) : json(); }

std::string server_of(const conf::CollectorSettings& collector) {
  const conf::HostPort server = collector_server(collector);
  return server.host.empty() ? std::string() : server.host + ":" + std::to_string(server.port);
}

json row_of(const conf::CollectorSettings& collector, const storage::CollectorResult* last) {
  return {{"id", collector.id},
          {"name", collector.name},
          {"kind", std::string(conf::name_of(conf::k_collector_kinds, collector.kind))},
          {"server", server_of(collector)},
          {"enabled", collector.enabled},
          {"priority", collector.priority},
          {"connections", collector.connections},
          {"last_run", last ? json(json_time(last->at)) : json()},
          {"ok", last ? json(last->ok) : json()},
          {"last_result", last ? last->result : ""},
          {"fetched", last ? last->fetched : 0},
          {"deleted", last ? last->deleted : 0},
          {"left", last ? last->kept : 0},
          {"failed", last ? last->failed : 0},
          {"duplicates", last ? last->duplicates : 0}};
}

json row_of(const storage::RemoteRow& row) {
  const bool fetched = row.state == "fetched";
  return {{"uid", row.uid},
          {"subject", row.subject},
          {"sender", row.sender},
          {"recipients", row.recipients},
          {"date", optional_time(row.message_date)},
          {"retrieved", fetched ? json(json_time(row.settled)) : json()},
          {"last_seen", json_time(row.last_seen)},
          {"state", row.state.empty() ? "listed" : row.state},
          {"get", row.get_wanted},
          {"delete", row.delete_wanted}};
}

const char* text_of(routing::Fetch fetch) {
  switch (fetch) {
    case routing::Fetch::whole: return "the whole message";
    case routing::Fetch::headers: return "its header section";
    case routing::Fetch::nothing: return "nothing";
  }
  return "";
}

const char* text_of(routing::RemoteFate fate) {
  switch (fate) {
    case routing::RemoteFate::by_age: return "as leave_days says";
    case routing::RemoteFate::at_once: return "deleted at once";
    case routing::RemoteFate::when_answered: return "kept until there is an answer or the delay is over";
    case routing::RemoteFate::when_old: return "kept until it is older than leave_days";
  }
  return "";
}

json json_of(const Judged& judged, const routing::Directory& directory) {
  json rules = json::array();
  for (const routing::TriedRule& rule : judged.decision.tried)
    rules.push_back({{"number", rule.number},
                     {"name", rule.name},
                     {"where", rule.where},
                     {"action", std::string(routing::meaning_of(rule.action).name)},
                     {"matched", rule.matched},
                     {"why", rule.why}});
  json targets = json::array();
  for (const CollectedTarget& target : judged.decision.targets)
    targets.push_back(target.folder.empty() ? target.target : target.target + " " + target.folder);
  const routing::ActionMeaning& meaning = judged.decision.meaning();
  json header = json::array();
  for (const HeaderEdit& edit : judged.decision.header) header.push_back(edit.name + ": " + edit.value);
  return {{"action", std::string(meaning.name)},
          {"rules", std::move(rules)},
          {"targets", std::move(targets)},
          {"original_recipients", judged.audience.names(directory)},
          {"to_original", meaning.mail.original},
          {"to_targets", meaning.mail.targets},
          {"valid_recipients", judged.audience.valid},
          {"invalid_recipients", judged.audience.invalid},
          {"fetched", text_of(meaning.fetch)},
          {"remote", text_of(meaning.fate)},
          {"header", std::move(header)},
          {"rules_field", judged.decision.rules_field()}};
}

}  // namespace

void collector_list(ControlTask& task) {
  task.read<std::vector<storage::CollectorResult>>(
      [](storage::Database& database) { return storage::CollectorRepository(database).results(); },
      [&task](std::vector<storage::CollectorResult> results) {
        json rows = json::array();
        for (const conf::CollectorSettings& collector : task.node().config()->collectors) {
          const storage::CollectorResult* last = nullptr;
          for (const storage::CollectorResult& result : results)
            if (result.collector == collector.name) last = &result;
          rows.push_back(row_of(collector, last));
        }
        task.succeed(std::move(rows));
      });
}

void collector_messages(ControlTask& task) {
  auto collector = find_collector(task.node(), task.arguments().at("name").get<std::string>());
  if (!collector) return task.fail(collector.error());
  task.read<std::vector<storage::RemoteRow>>(
      [name = collector->name](storage::Database& database) {
        return storage::CollectorRepository(database).on_server(name, k_rows_max);
      },
      [&task](std::vector<storage::RemoteRow> messages) {
        json rows = json::array();
        for (const storage::RemoteRow& row : messages) rows.push_back(row_of(row));
        task.succeed(std::move(rows));
      });
}

void collector_wish(ControlTask& task) {
  using Wish = storage::CollectorRepository::Wish;
  const json& arguments = task.arguments();
  auto collector = find_collector(task.node(), arguments.at("name").get<std::string>());
  if (!collector) return task.fail(collector.error());
  const auto uids = arguments.value("uids", std::vector<std::string>{});
  const bool all = arguments.value("all", false);
  if (uids.empty() != all) return task.fail(invalid_input("either UIDs or all messages are needed"));
  for (const std::string& uid : uids)
    if (storage::clean_text(uid) != uid) return task.fail(invalid_input("a UID holds no such characters"));
  const Wish wish = arguments.at("wish").get<std::string>() == "delete" ? Wish::remove : Wish::get;
  const bool on = arguments.value("on", true);
  task.read<std::int64_t>(
      [name = collector->name, uids, wish, on](storage::Database& database) {
        return storage::CollectorRepository(database).wish(name, uids, wish, on);
      },
      [&task, all](std::int64_t count) {
        if (count == 0 && !all) return task.fail(not_found("no such message is known on the server"));
        task.succeed({{"messages", count}});
      });
}

void explain_download(ControlTask& task) {
  auto collector = find_collector(task.node(), task.arguments().at("collector").get<std::string>());
  if (!collector) return task.fail(collector.error());
  const auto message = sasl::decode_base64(task.arguments().at("message").get<std::string>());
  if (!message) return task.fail(invalid_input("the message is no base64"));
  const auto size = static_cast<std::int64_t>(message->size());
  const std::int64_t size_max = collector->pop3.max_size_kb * 1024;
  json result =
      json_of(DownloadDesk(task.node(), *collector).judge(*message, size), *task.node().directory());
  result["size_bytes"] = size;
  result["too_large"] = size_max > 0 && size > size_max;
  result["in_use"] = collector->pop3.use_download_rules;
  task.succeed(std::move(result));
}

}  // namespace stagecoach
