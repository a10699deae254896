#include "actors/test_command.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "actors/command_tools.h"
#include "actors/routing_facts.h"
#include "actors/routing_options.h"
#include "actors/script_hooks.h"
#include "actors/script_store.h"
#include "actors/sender_rules.h"
#include "conf/reader.h"
#include "routing/lua/hooks.h"
#include "routing/lua/sending_hooks.h"
#include "routing/text_match.h"

namespace stagecoach {

namespace {

using nlohmann::json;
namespace fs = std::filesystem;

constexpr std::uintmax_t k_file_bytes_max = 64u << 20;

Result<std::string> read_file(const fs::path& file) {
  std::error_code error;
  const auto size = fs::file_size(file, error);
  std::ifstream stream(file, std::ios::binary);
  std::ostringstream text;
  if (error || size > k_file_bytes_max || !stream || !(size == 0 || text << stream.rdbuf()))
    return unavailable("cannot read " + file.string());
  return std::move(text).str();
}

/// The *.test.toml files of the configuration's folder and of that of the scripts.
std::vector<fs::path> test_files(const conf::Config& config) {
  std::vector<fs::path> files;
  std::error_code error;
  for (const std::string& folder : {config.folder, config.resolve(config.scripts.folder)}) {
    if (folder.empty()) continue;
    for (fs::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error))
      if (entry->path().filename().string().ends_with(".test.toml")) files.push_back(entry->path());
    error.clear();
  }
  std::sort(files.begin(), files.end());
  files.erase(std::unique(files.begin(), files.end()), files.end());
  return files;
}

/// Which road the message takes; an error names a service that does not exist.
Result<Source> source_of(const conf::TestCase& test, const conf::Config& config) {
  if (test.via.empty()) return test.user.empty() ? Source::smtp : Source::submission;
  if (test.via == "system") return Source::system;
  for (const conf::ServiceSettings& service : config.services)
    if (equals_ignoring_case(service.name, test.via))
      return service.protocol == conf::Protocol::lmtp         ? Source::lmtp
             : service.protocol == conf::Protocol::submission ? Source::submission
                                                              : Source::smtp;
  for (const conf::CollectorSettings& collector : config.collectors)
    if (equals_ignoring_case(collector.name, test.via)) return Source::collector;
  return not_found("via: there is no service or collector \"" + test.via + "\"");
}

Result<Arrival> arrival_of(const conf::TestCase& test, const fs::path& file, const conf::Config& config) {
  auto source = source_of(test, config);
  if (!source) return std::move(source.error());
  Arrival arrival;
  arrival.id = MessageId{1};
  arrival.origin.source = *source;
  arrival.origin.service = test.via;
  arrival.origin.authenticated_user = test.user;
  arrival.origin.peer = *source == Source::system ? "" : "192.0.2.1:25";
  arrival.envelope.reverse_path = test.from == "<>" ? "" : test.from;
  if (*source != Source::collector)
    for (const std::string& address : test.to)
      arrival.envelope.recipients.push_back({address, notify_unset, {}});
  std::string bytes = conf::message_of(test);
  if (!test.file.empty()) {
    auto text = read_file(file.parent_path() / test.file);
    if (!text) return std::move(text.error());
    bytes = std::move(*text);
  }
  // As the server puts it on top of what it receives: it is not counted as a hop.
  if (*source != Source::system) bytes = "Received: by test.invalid\r\n" + bytes;
  arrival.content = std::make_shared<const Content>(content_of(bytes));
  return arrival;
}

class Tester {
 public:
  Tester(const WhatIf& world, const routing::ScriptSetPtr& scripts)
      : world_(world), hooks_(scripts, *world.config), sending_(scripts, script_limits(*world.config)) {}

  std::vector<std::string> run(const conf::TestCase& test, const fs::path& file) {
    auto arrival = arrival_of(test, file, *world_.config);
    if (!arrival) return {arrival.error().text()};
    const auto routed = prepare_routing(*world_.config, world_.directory, std::move(*arrival), 1);
    set_facts(test, *routed);
    std::vector<std::string> errors;
    hooks_.put_into(*routed,
                    [&errors](const Error& error) { errors.push_back("script error: " + error.text()); });
    std::vector<std::string> different =
        conf::differences(test.expect, routing::run_pipeline(world_.pipeline, *routed->input));
    different.insert(different.end(), errors.begin(), errors.end());
    return different;
  }

  std::vector<std::string> run(const conf::SendingCase& test) {
    const conf::SenderSettings* sender = sender_of(*world_.config, test.connection);
    if (!sender && !test.connection.empty())
      return {"connection: there is no sender of \"" + test.connection + "\""};
    std::vector<std::string> errors;
    std::vector<std::string> different = conf::differences(test.expect, answers_to(test, sender, errors));
    different.insert(different.end(), errors.begin(), errors.end());
    return different;
  }

 private:
  /// As sending_hooks.h asks: a call that fails answers what is set.
  conf::SendingAnswers answers_to(const conf::SendingCase& test, const conf::SenderSettings* sender,
                                  std::vector<std::string>& errors) {
    const auto value = [&errors](auto result, auto otherwise) {
      if (result) return std::move(*result);
      errors.push_back("script error: " + result.error().text());
      return otherwise;
    };
    const auto moment = script_moment();
    const auto place = sender ? sender - world_.config->senders.data() + 1 : 0;
    const routing::ServerFacts facts{test.server, test.domain, test.from, place, test.connection};
    routing::ConnectionLimits limits;
    if (sender)
      limits = {sender->limits.max_messages_per_session, sender->limits.max_recipients_per_session,
                sender->limits.max_recipients_per_message};
    const auto details = value(routing::run_server_details(sending_, test.script, facts, moment),
                               std::optional<routing::ServerChange>());
    limits = value(routing::run_server_connected(sending_, test.script, test.server, limits, moment), limits);
    const auto path = value(routing::run_return_path(sending_, test.script, test.from, test.to, moment),
                            std::optional<std::string>());
    return {details.value_or(routing::ServerChange()), limits, path.value_or(test.from)};
  }

  static void set_facts(const conf::TestCase& test, Routed& routed) {
    routing::Facts& facts = routed.facts;
    facts.spam_score = routing::parse_number(test.spam_score);
    const auto moment = test.moment();
    if (!moment) return;
    const auto local = Time(moment->time_since_epoch());
    facts.now = local - utc_offset(local - utc_offset(local));
    facts.utc_offset = utc_offset(facts.now);
    routed.arrival.received = facts.now;
  }

  const WhatIf& world_;
  ScriptHooks hooks_;
  routing::LuaPool sending_;
};

void run_file(const fs::path& file, std::string_view only, Tester& tester, TestReport& report) {
  auto text = read_file(file);
  if (!text) {
    report.problems.push_back({file.string(), 0, {}, text.error().reason, conf::Problem::Severity::error});
    return;
  }
  conf::TestCases cases = conf::read_test_cases({file.string(), file.filename().string(), std::move(*text)});
  for (conf::Problem& problem : cases.problems) report.problems.push_back(std::move(problem));
  for (const conf::TestCase& test : cases.cases)
    if (only.empty() || test.name.find(only) != std::string::npos)
      report.outcomes.push_back({file.string(), test.where.line, test.name, tester.run(test, file)});
  for (const conf::SendingCase& test : cases.sending)
    if (only.empty() || test.name.find(only) != std::string::npos)
      report.outcomes.push_back({file.string(), test.where.line, test.name, tester.run(test)});
}

// ---- the command ----

json to_json(const TestReport& report) {
  json cases = json::array();
  for (const TestOutcome& outcome : report.outcomes)
    cases.push_back({{"file", outcome.file},
                     {"line", outcome.line},
                     {"name", outcome.name},
                     {"ok", outcome.differences.empty()},
                     {"differences", outcome.differences}});
  return cases;
}

void print(const TestReport& report) {
  std::size_t failed = 0;
  for (const TestOutcome& outcome : report.outcomes) {
    if (outcome.differences.empty()) continue;
    ++failed;
    std::cout << outcome.file << ":" << outcome.line << ": " << outcome.name << "\n";
    for (const std::string& difference : outcome.differences) std::cout << "  " << difference << "\n";
  }
  std::cout << report.outcomes.size() << (report.outcomes.size() == 1 ? " case, " : " cases, ") << failed
            << " failed\n";
}

Result<WhatIf> world_of(conf::ReadConfig read, const routing::ScriptSetPtr& scripts) {
  auto config = std::make_shared<const conf::Config>(std::move(read.config));
  auto directory = std::make_shared<const routing::Directory>(
      routing::DirectoryEntries{conf::declared_users(*config), conf::declared_mappings(*config),
                                conf::declared_lists(*config), conf::declared_groups(*config)},
      routing_options(*config, {}));
  auto pipeline = routing::Pipeline::of(config->pipeline.stages, find_script_stages(*config, scripts));
  if (!pipeline) return std::move(pipeline.error());
  return WhatIf{std::move(config), std::move(directory), std::move(*pipeline), scripts};
}

}  // namespace

bool TestReport::ok() const {
  return problems.empty() && std::all_of(outcomes.begin(), outcomes.end(), [](const TestOutcome& outcome) {
           return outcome.differences.empty();
         });
}

TestReport run_tests(const WhatIf& world, const routing::ScriptSetPtr& scripts, std::string_view only) {
  TestReport report;
  Tester tester(world, scripts);
  for (const fs::path& file : test_files(*world.config)) run_file(file, only, tester, report);
  return report;
}

int run_test_command(const CommandLine& line) {
  conf::ReadConfig read = conf::read_config(config_path(line));
  LoadedScripts loaded = load_scripts(read.config);
  conf::Problems problems = std::move(read.problems);
  problems.insert(problems.end(), loaded.problems.begin(), loaded.problems.end());
  for (const conf::Problem& problem : problems) std::cerr << problem.text() << "\n";
  if (conf::has_errors(problems)) return 1;
  const auto world = world_of(std::move(read), loaded.scripts);
  if (!world) return failure(world.error());
  const TestReport report = run_tests(*world, loaded.scripts, line.value("only"));
  for (const conf::Problem& problem : report.problems) std::cerr << problem.text() << "\n";
  if (line.has("json"))
    std::cout << to_json(report).dump(2) << "\n";
  else
    print(report);
  return report.ok() ? 0 : 1;
}

}  // namespace stagecoach
