#include "actors/commands.h"

#include <filesystem>
#include <iostream>
#include <nlohmann/json.hpp>

#include "actors/autoresponder_commands.h"
#include "actors/collector_commands.h"
#include "actors/command_line.h"
#include "actors/command_output.h"
#include "actors/command_tools.h"
#include "actors/connections.h"
#include "actors/directory_commands.h"
#include "actors/dkim_commands.h"
#include "actors/init_command.h"
#include "actors/lan_commands.h"
#include "actors/load_configuration.h"
#include "actors/mailbox_commands.h"
#include "actors/queue_commands.h"
#include "actors/schedule_commands.h"
#include "actors/script_commands.h"
#include "actors/serve.h"
#include "actors/summary_command.h"
#include "actors/test_command.h"
#include "actors/tls_report.h"
#include "conf/reader.h"
#include "conf/reference.h"
#include "protocols/sasl/base64.h"

namespace stagecoach {

namespace {

using nlohmann::json;
namespace fs = std::filesystem;

constexpr const char* k_usage =
    "usage: stagecoach COMMAND [options]\n"
    "\n"
    "  serve    -c FILE                    run the server in the foreground\n"
    "  check    -c FILE [--json]           read and check a configuration\n"
    "  test     -c FILE [--only NAME] [--json]   run the tests of a configuration\n"
    "  diff     -c FILE [--json]           what a reload would change, and for which addresses\n"
    "  replay   ID ... | --since T [--with OTHER-FILE]\n"
    "                                      route stored mail again, show what would differ\n"
    "  reload   -c FILE                    put the changed configuration into force\n"
    "  init     DIR [--trial] [--times never|working-hours|24h] [--days weekdays|weekends|all]\n"
    "           [--every 10min|1h|2h]      write a commented configuration\n"
    "  explain  route ADDRESS [--from A] [--via SERVICE] [--user NAME]\n"
    "           message FILE --from A --to B [--to C …]\n"
    "           download FILE --collector NAME   what the download rules say of it\n"
    "  user     list | show | add | set | passwd | delete | import | export | bulk | keys …\n"
    "  group    list | show | add | set | delete …\n"
    "  list     list | show | add | set | members | delete …\n"
    "  mapping  list | add | set | delete | import | export …\n"
    "           (stagecoach user help and the like say more)\n"
    "  queue    list | show ID | retry | hold | release | redirect | bounce | delete | …  (queue help)\n"
    "  folder   list | empty | delete | rename | copy | move | rights | export …  (folder help)\n"
    "  prune    --dry-run                  what the prune rules would delete\n"
    "  message  send --to GROUP --subject TEXT --text FILE [--preview] [--save NAME]\n"
    "           send --to GROUP --saved NAME | saved [show|delete NAME]\n"
    "  autoresponder list | show | export | import | rule | templates | use | log …\n"
    "  media    list | add | show | delete …   files that automatic answers attach\n"
    "  script   list | show | new | save | check | run | errors …\n"
    "  dkim     new DOMAIN [--selector S] [--type rsa|ed25519|both] [--bits N]   make keys\n"
    "           show [DOMAIN]              the DNS records of the keys in the configuration\n"
    "  trace    ADDRESS | MESSAGE-ID | ID [--user NAME]   all of it, or what this user may see\n"
    "  status\n"
    "  connection list | run NAME\n"
    "  schedule list | pause | resume\n"
    "  tls-report [--since TIME]                how sessions with other servers were encrypted on a day\n"
    "  summary  [--date DAY] [--send]      who received and sent how much on a day, or send it\n"
    "  lan      list | queue | pause | resume | export …  (lan help)\n"
    "  collector list | messages NAME | get | delete …  (collector help)\n"
    "  docs     settings\n"
    "\n"
    "-c FILE is the configuration (default: $STAGECOACH_CONFIG, else /etc/stagecoach/stagecoach.toml).\n"
    "--json prints JSON instead of text.\n";

const std::set<std::string> k_flags = {"json", "trial", "help", "send"};
const std::set<std::string> k_options = {"config", "only", "json", "trial", "help",     "from",
                                         "to",     "via",  "user", "match", "priority", "reason",
                                         "since",  "with", "date", "send"};

/// `own` and those of the commands about the directory.
std::set<std::string> with(std::set<std::string> own, const std::set<std::string>& others) {
  own.insert(others.begin(), others.end());
  return own;
}

std::set<std::string> known_flags() {
  return with(with(with(with(k_flags, directory_flags()), queue_flags()), mailbox_flags()),
              with(autoresponder_flags(), collector_flags()));
}
std::set<std::string> known_options() {
  return with(with(with(with(with(k_options, directory_options()), queue_options()), mailbox_options()),
                   autoresponder_options()),
              with(with(with(with(script_options(), dkim_options()), collector_options()), lan_options()),
                   init_options()));
}

// ---- without a server ----

int check(const CommandLine& line) {
  const LoadedConfiguration read = load_configuration(config_path(line));
  if (line.has("json")) {
    json problems = json::array();
    for (const conf::Problem& problem : read.problems)
      problems.push_back(
          {{"file", problem.file},
           {"line", problem.line},
           {"key", problem.key},
           {"message", problem.message},
           {"severity", problem.severity == conf::Problem::Severity::error ? "error" : "warning"}});
    std::cout << problems.dump(2) << "\n";
  } else {
    for (const conf::Problem& problem : read.problems) std::cout << problem.text() << "\n";
    if (read.ok()) std::cout << config_path(line) << ": no errors\n";
  }
  return read.ok() ? 0 : 1;
}

int docs(const CommandLine& line) {
  if (line.word(1) != "settings") return wrong_usage("docs knows only \"settings\"");
  std::cout << conf::settings_reference();
  return 0;
}

// ---- with a server ----

int explain(const CommandLine& line) {
  json arguments = {{"from", line.value("from")}, {"via", line.value("via")}, {"user", line.value("user")}};
  if (line.word(1) == "download") return explain_download_command(line);
  if (line.word(1) == "route") {
    if (line.word(2).empty()) return wrong_usage("explain route needs an address");
    arguments["to"] = {line.word(2)};
  } else if (line.word(1) == "message") {
    auto message = read_text(line.word(2));
    if (!message) return failure(message.error());
    arguments["message"] = sasl::encode_base64(*message);
    arguments["to"] = line.values("to");
  } else {
    return wrong_usage("explain needs route ADDRESS, message FILE, or download FILE");
  }
  return ask(line, "explain", arguments, print_explanation);
}

int connection(const CommandLine& line) {
  if (line.word(1) == "list") return ask(line, "connection list", json::object(), print_connections);
  if (line.word(1) != "run" || line.word(2).empty()) return wrong_usage("connection needs list, or run NAME");
  auto lines = call(line, "connection run", {{"name", line.word(2)}});
  if (!lines) return failure(lines.error());
  line.has("json") ? void(std::cout << lines->dump(2) << "\n") : print_lines(*lines);
  return !lines->empty() && lines->back() == k_run_failed ? 1 : 0;
}

int trace(const CommandLine& line) {
  if (line.word(1).empty()) return wrong_usage("trace needs an address, a Message-ID or a number");
  return ask(line, "trace", {{"what", line.word(1)}, {"user", line.value("user")}}, print_trace);
}

int diff(const CommandLine& line) {
  return ask(line, "diff", {{"config", fs::absolute(config_path(line)).string()}}, [](const json& lines) {
    if (lines.empty()) std::cout << "nothing would change\n";
    print_lines(lines);
  });
}

void print_replay(const json& report) {
  for (const json& one : report["different"]) {
    std::cout << one["id"] << "  " << one["at"].get<std::string>() << "  from "
              << one["from"].get<std::string>() << "  " << one["subject"].get<std::string>() << "\n";
    for (const json& step : one["before"]) std::cout << "  - " << step.get<std::string>() << "\n";
    for (const json& step : one["after"]) std::cout << "  + " << step.get<std::string>() << "\n";
  }
  std::cout << report["messages"] << " messages routed again, " << report["different"].size()
            << " would take another way";
  if (report["gone"] != 0) std::cout << ", " << report["gone"] << " are no longer stored";
  std::cout << "\n";
}

int replay(const CommandLine& line) {
  const std::string other = line.value("with").empty() ? config_path(line) : line.value("with");
  json arguments = {{"config", fs::absolute(other).string()}};
  if (!line.value("since").empty()) {
    auto since = parse_since(line.value("since"));
    if (!since) return failure(since.error());
    arguments["since"] = *since;
  } else {
    json ids = json::array();
    for (std::size_t i = 1; !line.word(i).empty(); ++i) {
      if (line.word(i).find_first_not_of("0123456789") != std::string::npos)
        return wrong_usage("\"" + line.word(i) + "\" is no message number");
      ids.push_back(std::stoll(line.word(i)));
    }
    if (ids.empty()) return wrong_usage("replay needs message numbers, or --since TIME");
    arguments["ids"] = std::move(ids);
  }
  return ask(line, "replay", arguments, print_replay);
}

}  // namespace

int run_command(const std::vector<std::string>& arguments) {
  auto line = CommandLine::parse(arguments, known_flags());
  if (!line) return wrong_usage(line.error().text());
  const std::string command = line->word(0);
  if (line->has("help") || command.empty() || command == "help") {
    (command.empty() && !line->has("help") ? std::cerr : std::cout) << k_usage;
    return command.empty() && !line->has("help") ? 2 : 0;
  }
  if (const std::string option = line->unknown_option(known_options()); !option.empty())
    return wrong_usage("there is no option --" + option);
  if (command == "serve") return serve(config_path(*line));
  if (command == "check") return check(*line);
  if (command == "init") return run_init_command(*line);
  if (command == "docs") return docs(*line);
  if (command == "diff") return diff(*line);
  if (command == "test") return run_test_command(*line);
  if (command == "replay") return replay(*line);
  if (command == "reload") return ask(*line, "reload", json::object(), print_lines);
  if (command == "status") return ask(*line, "status", json::object(), print_status);
  if (auto status = run_mailbox_command(*line)) return *status;
  if (auto status = run_autoresponder_command(*line)) return *status;
  if (command == "dkim") return run_dkim_command(*line);
  if (command == "script") return script_command(*line);
  if (auto status = run_directory_command(*line)) return *status;
  if (command == "queue") return run_queue_command(*line);
  if (command == "explain") return explain(*line);
  if (command == "trace") return trace(*line);
  if (command == "connection") return connection(*line);
  if (command == "schedule") return run_schedule_command(*line);
  if (command == "lan") return run_lan_command(*line);
  if (command == "summary") return run_summary_command(*line);
  if (command == "tls-report") return run_tls_report_command(*line);
  if (command == "collector") return run_collector_command(*line);
  return wrong_usage("there is no command \"" + command + "\"");
}

}  // namespace stagecoach
