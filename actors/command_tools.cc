#include "actors/command_tools.h"

#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

#include <chrono>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>

#include "actors/command_output.h"
#include "actors/control_client.h"
#include "conf/reader.h"
#include "conf/units.h"
#include "routing/civil_time.h"

namespace stagecoach {

using nlohmann::json;
namespace fs = std::filesystem;

namespace {

/// Where the running server listens for commands.
Result<std::string> control_path(const CommandLine& line) {
  const conf::ReadConfig read = conf::read_config(config_path(line));
  // Errors elsewhere in the file must not keep an administrator from a server that runs.
  if (read.config.server.data_dir.empty() || (!read.ok() && !fs::exists(config_path(line))))
    return read.problems.empty() ? not_found("no configuration")
                                 : invalid_input(read.problems.front().text());
  return read.config.resolve(read.config.server.data_dir) + "/control.sock";
}

std::string prompt(const char* text) {
  std::string answer;
  std::cerr << text;
  std::getline(std::cin, answer);
  std::cerr << "\n";
  return answer;
}

}  // namespace

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

Result<json> call(const CommandLine& line, const std::string& command, const json& arguments,
                  const std::function<Result<void>(std::string_view)>& bytes) {
  auto path = control_path(line);
  if (!path) return std::move(path.error());
  const auto progress = [&](const std::string& text) {
    if (!line.has("json")) show_progress(text);
  };
  auto answer = call_server(*path, command, arguments, progress, bytes);
  if (!line.has("json")) end_progress();
  return answer;
}

int ask(const CommandLine& line, const std::string& command, const json& arguments,
        const std::function<void(const json&)>& print) {
  auto answer = call(line, command, arguments);
  if (!answer) return failure(answer.error());
  if (line.has("json"))
    std::cout << answer->dump(2) << "\n";
  else
    print(*answer);
  return 0;
}

Result<std::string> read_password(const CommandLine& line) {
  std::string password;
  if (line.has("password-stdin") || !isatty(STDIN_FILENO)) {
    std::getline(std::cin, password);
  } else {
    termios before{};
    tcgetattr(STDIN_FILENO, &before);
    termios silent = before;
    silent.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent);
    password = prompt("Password: ");
    const std::string again = prompt("Again: ");
    tcsetattr(STDIN_FILENO, TCSAFLUSH, &before);
    if (password != again) return invalid_input("the two passwords differ");
  }
  if (password.empty()) return invalid_input("the password is empty");
  return password;
}

Result<std::string> read_text(const std::string& path) {
  if (path == "-") return std::string((std::istreambuf_iterator<char>(std::cin)), {});
  std::ifstream file(path, std::ios::binary);
  if (!file) return not_found("cannot read " + path);
  return std::string((std::istreambuf_iterator<char>(file)), {});
}

Result<void> write_text(const std::string& path, const std::string& text, bool secret) {
  if (path == "-") {
    std::cout << text << std::flush;
    return {};
  }
  const mode_t mask = ::umask(secret ? 0077 : 0022);
  std::ofstream file(path, std::ios::binary);
  ::umask(mask);
  if (secret) ::chmod(path.c_str(), 0600);  // it may have been there before
  file << text;
  if (!file.flush()) return unavailable("cannot write " + path);
  return {};
}

Result<std::int64_t> parse_since(const std::string& text) {
  const std::int64_t now = std::chrono::floor<std::chrono::microseconds>(std::chrono::system_clock::now())
                               .time_since_epoch()
                               .count();
  if (const auto ago = conf::parse_duration(text)) return now - ago->count() * 1000;
  const std::time_t seconds = now / 1000000;
  std::tm local{};
  localtime_r(&seconds, &local);
  local.tm_hour = local.tm_min = local.tm_sec = 0;
  if (text == "yesterday") --local.tm_mday;
  if (text != "yesterday" && text != "today") {
    const auto moment = routing::parse_moment(text);
    if (!moment)
      return invalid_input("\"" + text +
                           "\" is no time like yesterday, 2026-11-19, \"2026-11-19 08:00\" or 12h");
    const std::time_t wanted = moment->time_since_epoch().count();
    gmtime_r(&wanted, &local);
  }
  local.tm_isdst = -1;
  return std::int64_t{std::mktime(&local)} * 1000000;
}

}  // namespace stagecoach
