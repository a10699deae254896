#include "actors/autoresponder_control.h"

#include <algorithm>
#include <map>
#include <set>

#include "actors/json_values.h"
#include "actors/serialisation.h"
#include "conf/entry_text.h"
#include "storage/autoresponse_repository.h"
#include "storage/media_repository.h"
#include "storage/script_error_repository.h"

namespace stagecoach {

namespace {

using nlohmann::json;

constexpr std::int64_t k_errors_max = 1000;
constexpr const char* k_definitions = "autoresponder.definitions";
constexpr const char* k_rules = "autoresponder.rules";

/// What the database knows about the answers of one user.
struct AnswerRecords {
  std::map<std::string, std::int64_t> entries, matches;  // by definition and rule, lower case
  std::set<std::string> files;                           // lower case
};

Result<AnswerRecords> records_of(storage::Database& database, UserId user) {
  storage::AutoresponseRepository answers(database);
  AnswerRecords records;
  auto entries = answers.entries_of(user);
  if (!entries) return std::move(entries.error());
  auto matches = answers.matches_of(user);
  if (!matches) return std::move(matches.error());
  auto files = storage::MediaRepository(database).list(user);
  if (!files) return std::move(files.error());
  records.entries = std::move(*entries);
  records.matches = std::move(*matches);
  for (const storage::MediaFile& file : *files) records.files.insert(to_lower(file.name));
  return records;
}

std::int64_t count_of(const std::map<std::string, std::int64_t>& counts, const std::string& name) {
  const auto found = counts.find(to_lower(name));
  return found == counts.end() ? 0 : found->second;
}

json definition_rows(const Autoresponder& answers, const AnswerRecords& records) {
  json rows = json::array();
  for (const AutoresponderDefinition& definition : answers.definitions) {
    json missing = json::array();
    for (const std::string& name : definition.attachments)
      if (!records.files.contains(to_lower(name))) missing.push_back(name);
    rows.push_back({{"name", definition.name},
                    {"entries", count_of(records.entries, definition.name)},
                    {"attachments", definition.attachments},
                    {"missing", std::move(missing)}});
  }
  return rows;
}

std::string days_of(const AutoresponderRule& rule) {
  std::string text;
  for (const char* day : {"Su", "Mo", "Tu", "We", "Th", "Fr", "Sa"}) {
    const int number = static_cast<int>(text.size() / 2);
    const bool set = std::find(rule.days.begin(), rule.days.end(), number) != rule.days.end();
    text += rule.days.empty() || set ? day : "--";
  }
  return text;
}

json rule_rows(const Autoresponder& answers, const AnswerRecords& records) {
  json rows = json::array();
  for (const AutoresponderRule& rule : answers.rules)
    rows.push_back({{"name", rule.name},
                    {"autoresponder", rule.autoresponder},
                    {"enabled", rule.enabled},
                    {"locked", rule.locked},
                    {"matches", count_of(records.matches, rule.name)},
                    {"dates", json::array({rule.date_from, rule.date_to})},
                    {"times", json::array({rule.time_from, rule.time_to})},
                    {"datetimes", json::array({rule.datetime_from, rule.datetime_to})},
                    {"days", days_of(rule)},
                    {"sender", rule.sender},
                    {"subject", rule.subject}});
  return rows;
}

Result<Autoresponder> answers_of(const EntryView& user) {
  Profile profile;
  for (const EntrySetting& setting : user.settings)
    if (auto set = conf::set_key(profile, setting.key, setting.value); !set) return std::move(set.error());
  return profile.autoresponder;
}

}  // namespace

bool start_autoresponder_command(caf::actor_system& system, Node& node, const ControlSessionActor& session,
                                 const std::string& command, const json& arguments) {
  static const std::map<std::string, ControlTask::Start> k_commands = {
      {"autoresponder list", &autoresponder_list},
      {"autoresponder templates", &autoresponder_templates},
      {"script errors", &script_errors},
      {"media list", &media_list},
      {"media show", &media_show},
      {"media add", &media_add},
      {"media delete", &media_delete},
  };
  const auto known = k_commands.find(command);
  if (known == k_commands.end()) return false;
  system.spawn<ControlTask>(std::ref(node), session, arguments, known->second);
  return true;
}

void autoresponder_list(ControlTask& task) {
  const std::string name = task.arguments().at("user").get<std::string>();
  task.ask<EntryListing>(
      task.node().handles()->directory, ListEntries{EntryKind::user, name, {k_definitions, k_rules}, false},
      [&task, name](const EntryListing& listing) {
        if (!listing.outcome.ok) return task.fail(listing.outcome.error);
        if (listing.entries.empty()) return task.fail(not_found("there is no user \"" + name + "\""));
        const EntryView& user = listing.entries.front();
        auto answers = answers_of(user);
        if (!answers) return task.fail(answers.error());
        task.read<AnswerRecords>(
            [id = UserId{user.id}](storage::Database& database) { return records_of(database, id); },
            [&task, answers = *answers, where = user.where](const AnswerRecords& records) {
              task.succeed({{"where", where},
                            {"definitions", definition_rows(answers, records)},
                            {"rules", rule_rows(answers, records)}});
            });
      });
}

void autoresponder_templates(ControlTask& task) {
  json rows = json::array();
  for (const AutoresponderDefinition& one : task.node().config()->policy.autoresponder_templates)
    rows.push_back({{"name", one.name}, {"where", one.where.text()}, {"text", conf::entry_text(one)}});
  task.succeed(std::move(rows));
}

void script_errors(ControlTask& task) {
  if (task.arguments().value("clear", false))
    return task.read<std::int64_t>(
        [](storage::Database& database) { return storage::ScriptErrorRepository(database).clear(); },
        [&task](std::int64_t cleared) {
          task.succeed({{"cleared", cleared}});
        });
  task.read<std::vector<storage::ScriptErrorEntry>>(
      [](storage::Database& database) { return storage::ScriptErrorRepository(database).list(k_errors_max); },
      [&task](const std::vector<storage::ScriptErrorEntry>& entries) {
        json rows = json::array();
        for (const storage::ScriptErrorEntry& entry : entries)
          rows.push_back({{"text", entry.text},
                          {"count", entry.count},
                          {"first", json_time(entry.first_at)},
                          {"last", json_time(entry.last_at)},
                          {"message", entry.message.value == 0 ? "" : std::to_string(entry.message.value)}});
        task.succeed(std::move(rows));
      });
}

}  // namespace stagecoach
