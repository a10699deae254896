#include "actors/commands.h"

#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <map>
#include <nlohmann/json.hpp>

#include "actors/command_line.h"
#include "actors/command_output.h"
#include "actors/control_client.h"
#include "actors/node.h"
#include "actors/serve.h"
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
    "  diff     -c FILE [--json]           what a reload would change\n"
    "  reload   -c FILE                    put the changed configuration into force\n"
    "  init     DIR [--trial]              write a commented configuration\n"
    "  explain  route ADDRESS [--from A] [--via SERVICE] [--user NAME]\n"
    "           message FILE --from A --to B [--to C …]\n"
    "  user     list | add NAME | set NAME | passwd NAME | delete NAME\n"
    "           [--password-stdin] [--full-name TEXT] [--alias A …] [--administrator yes|no] [--enabled "
    "yes|no]\n"
    "  queue    list | show ID | retry | hold | release | redirect | bounce | delete | priority\n"
    "           [ID …] [--match TEXT] [--to ADDRESS] [--priority N]\n"
    "  trace    ADDRESS | MESSAGE-ID | ID\n"
    "  status\n"
    "  connection list | run NAME\n"
    "  docs     settings\n"
    "\n"
    "-c FILE is the configuration (default: $STAGECOACH_CONFIG, else /etc/stagecoach/stagecoach.toml).\n"
    "--json prints JSON instead of text.\n";

const std::set<std::string> k_flags = {"json", "trial", "help", "password-stdin"};
const std::set<std::string> k_options = {
    "config", "json",      "trial", "help",          "password-stdin", "from",  "to",       "via",
    "user",   "full-name", "alias", "administrator", "enabled",        "match", "priority", "reason"};

int wrong_usage(const std::string& what) {
  std::cerr << "stagecoach: " << what << "\nTry `stagecoach --help`.\n";
  return 2;
}
int failure(const Error& error) {
  std::cerr << "stagecoach: " << error.text() << "\n";
  return 1;
}

std::string config_path(const CommandLine& line) {
  if (line.has("config")) return line.value("config");
  if (const char* path = std::getenv("STAGECOACH_CONFIG")) return path;
  return "/etc/stagecoach/stagecoach.toml";
}

/// Where the running server listens for commands.
Result<std::string> control_path(const CommandLine& line) {
  const conf::ReadConfig read = conf::read_config(config_path(line));
  // Errors elsewhere in the file must not keep an administrator from a server that runs.
  if (read.config.server.data_dir.empty() || (!read.ok() && !fs::exists(config_path(line))))
    return read.problems.empty() ? not_found("no configuration")
                                 : invalid_input(read.problems.front().text());
  return read.config.resolve(read.config.server.data_dir) + "/control.sock";
}

/// Asks the server and prints its answer as JSON, or by `print`.
int ask(const CommandLine& line, const std::string& command, const json& arguments,
        const std::function<void(const json&)>& print) {
  auto path = control_path(line);
  if (!path) return failure(path.error());
  const auto progress = [&](const std::string& text) {
    if (!line.has("json")) show_progress(text);
  };
  auto answer = call_server(*path, command, arguments, progress);
  if (!line.has("json")) end_progress();
  if (!answer) return failure(answer.error());
  if (line.has("json"))
    std::cout << answer->dump(2) << "\n";
  else
    print(*answer);
  return 0;
}

// ---- without a server ----

int check(const CommandLine& line) {
  const conf::ReadConfig read = conf::read_config(config_path(line));
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

std::string new_password() {
  static constexpr char k_letters[] = "abcdefghijkmnpqrstuvwxyz23456789";
  std::string password;
  for (const char byte : random_bytes(12)) password += k_letters[static_cast<unsigned char>(byte) % 32];
  return password;
}

int init(const CommandLine& line) {
  if (line.words().size() != 2) return wrong_usage("init needs one folder");
  const fs::path folder = line.word(1);
  const fs::path file = folder / "stagecoach.toml";
  if (fs::exists(file)) return failure(conflict(file.string() + " exists already; it is left as it is"));
  std::error_code error;
  fs::create_directories(folder, error);
  if (error) return failure(unavailable("cannot create " + folder.string() + ": " + error.message()));
  conf::SampleOptions options = line.has("trial") ? conf::unprivileged_sample() : conf::SampleOptions{};
  for (conf::SampleUser& user : options.users) user.password = "{plain}" + new_password();
  if (options.users.empty())
    options.users = {{"postmaster", "{plain}" + new_password(), true},
                     {"fred", "{plain}" + new_password(), false}};
  const mode_t mask = ::umask(0077);  // it holds passwords
  std::ofstream out(file);
  ::umask(mask);
  out << conf::sample_configuration(options);
  if (!out.flush()) return failure(unavailable("cannot write " + file.string()));
  std::cout << "Wrote " << file.string() << "\n\nNext:\n"
            << "  1. Set your host name, your domains and your users in it.\n"
            << "  2. stagecoach check -c " << file.string() << "\n"
            << "  3. stagecoach serve -c " << file.string() << "\n\nLog-ins of the sample users:\n";
  for (const conf::SampleUser& user : options.users)
    std::cout << "  " << user.name << "  " << user.password.substr(7) << "\n";
  return 0;
}

int docs(const CommandLine& line) {
  if (line.word(1) != "settings") return wrong_usage("docs knows only \"settings\"");
  std::cout << conf::settings_reference();
  return 0;
}

// ---- with a server ----

Result<std::string> read_password(const CommandLine& line) {
  std::string password;
  if (line.has("password-stdin") || !isatty(STDIN_FILENO)) {
    std::getline(std::cin, password);
    return password;
  }
  termios before{};
  tcgetattr(STDIN_FILENO, &before);
  termios silent = before;
  silent.c_lflag &= ~static_cast<tcflag_t>(ECHO);
  tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent);
  std::string again;
  std::cerr << "Password: ";
  std::getline(std::cin, password);
  std::cerr << "\nAgain: ";
  std::getline(std::cin, again);
  std::cerr << "\n";
  tcsetattr(STDIN_FILENO, TCSAFLUSH, &before);
  if (password != again) return invalid_input("the two passwords differ");
  return password;
}

int user(const CommandLine& line) {
  const std::string action = line.word(1), name = line.word(2);
  if (action == "list") return ask(line, "user list", {{"filter", name}}, print_users);
  static const std::map<std::string, const char*> k_kinds = {
      {"add", "add"}, {"set", "set"}, {"passwd", "set"}, {"delete", "remove"}};
  const auto kind = k_kinds.find(action);
  if (kind == k_kinds.end() || name.empty())
    return wrong_usage("user needs list, or add, set, passwd, delete with a name");
  json arguments = {{"kind", kind->second}, {"name", name}, {"fields", json::object()}};
  if (line.has("full-name")) arguments["fields"]["full_name"] = line.value("full-name");
  if (line.has("administrator")) arguments["fields"]["administrator"] = line.value("administrator") == "yes";
  if (line.has("enabled")) arguments["fields"]["enabled"] = line.value("enabled") == "yes";
  if (line.has("alias")) arguments["fields"]["aliases"] = line.values("alias");
  if (action == "add" || action == "passwd") {
    auto password = read_password(line);
    if (!password) return failure(password.error());
    if (password->empty()) return failure(invalid_input("the password is empty"));
    arguments["password"] = *password;
  }
  return ask(line, "user change", arguments,
             [&](const json&) { std::cout << "user " << name << ": " << action << " done\n"; });
}

int queue(const CommandLine& line) {
  const std::string action = line.word(1);
  if (action == "list") return ask(line, "queue list", {{"filter", line.value("match")}}, print_queue);
  if (action == "show")
    return ask(line, "queue list", {{"id", std::atoll(line.word(2).c_str())}}, print_queue_entries);
  json arguments = {{"action", action}, {"filter", line.value("match")}, {"ids", json::array()}};
  for (std::size_t i = 2; i < line.words().size(); ++i)
    arguments["ids"].push_back(std::atoll(line.word(i).c_str()));
  if (arguments["ids"].empty() && !line.has("match"))
    return wrong_usage("queue " + action + " needs the numbers of messages, or --match TEXT");
  if (action == "redirect") arguments["argument"] = line.value("to");
  if (action == "priority") arguments["argument"] = line.value("priority");
  if (action == "bounce") arguments["argument"] = line.value("reason");
  return ask(line, "queue command", arguments, [&](const json& answer) {
    std::cout << action << ": " << answer.value("messages", 0) << " messages\n";
  });
}

int explain(const CommandLine& line) {
  json arguments = {{"from", line.value("from")}, {"via", line.value("via")}, {"user", line.value("user")}};
  if (line.word(1) == "route") {
    if (line.word(2).empty()) return wrong_usage("explain route needs an address");
    arguments["to"] = {line.word(2)};
  } else if (line.word(1) == "message") {
    std::ifstream file(line.word(2), std::ios::binary);
    if (!file) return failure(not_found("cannot read " + line.word(2)));
    const std::string message((std::istreambuf_iterator<char>(file)), {});
    arguments["message"] = sasl::encode_base64(message);
    arguments["to"] = line.values("to");
  } else {
    return wrong_usage("explain needs route ADDRESS, or message FILE");
  }
  return ask(line, "explain", arguments, print_explanation);
}

int connection(const CommandLine& line) {
  if (line.word(1) == "list") return ask(line, "connection list", json::object(), print_connections);
  if (line.word(1) != "run" || line.word(2).empty()) return wrong_usage("connection needs list, or run NAME");
  return ask(line, "connection run", {{"name", line.word(2)}}, print_lines);
}

int trace(const CommandLine& line) {
  if (line.word(1).empty()) return wrong_usage("trace needs an address, a Message-ID or a number");
  return ask(line, "trace", {{"what", line.word(1)}}, print_trace);
}

int diff(const CommandLine& line) {
  return ask(line, "diff", {{"config", fs::absolute(config_path(line)).string()}}, [](const json& lines) {
    if (lines.empty()) std::cout << "nothing would change\n";
    print_lines(lines);
  });
}

}  // namespace

int run_command(const std::vector<std::string>& arguments) {
  auto line = CommandLine::parse(arguments, k_flags);
  if (!line) return wrong_usage(line.error().text());
  const std::string command = line->word(0);
  if (line->has("help") || command.empty() || command == "help") {
    (command.empty() && !line->has("help") ? std::cerr : std::cout) << k_usage;
    return command.empty() && !line->has("help") ? 2 : 0;
  }
  if (const std::string option = line->unknown_option(k_options); !option.empty())
    return wrong_usage("there is no option --" + option);
  if (command == "serve") return serve(config_path(*line));
  if (command == "check") return check(*line);
  if (command == "init") return init(*line);
  if (command == "docs") return docs(*line);
  if (command == "diff") return diff(*line);
  if (command == "reload") return ask(*line, "reload", json::object(), print_lines);
  if (command == "status") return ask(*line, "status", json::object(), print_status);
  if (command == "user") return user(*line);
  if (command == "queue") return queue(*line);
  if (command == "explain") return explain(*line);
  if (command == "trace") return trace(*line);
  if (command == "connection") return connection(*line);
  return wrong_usage("there is no command \"" + command + "\"");
}

}  // namespace stagecoach
