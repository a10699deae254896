#include "actors/init_command.h"

#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iostream>

#include "actors/command_tools.h"
#include "actors/password.h"
#include "conf/reference.h"

namespace stagecoach {

namespace {

namespace fs = std::filesystem;

/// One question about the schedule.
template <class E, std::size_t N>
struct Question {
  const char* option;
  const char* text;
  const conf::Choice<E> (&choices)[N];

  std::string names() const {
    std::string text;
    for (const auto& choice : choices) text += (text.empty() ? "" : ", ") + std::string(choice.name);
    return text;
  }
  Result<E> read(const std::string& answer) const {
    for (const auto& choice : choices)
      if (choice.name == answer) return choice.value;
    return invalid_input("\"" + answer + "\" is none of " + names());
  }
};
template <class E, std::size_t N>
Question(const char*, const char*, const conf::Choice<E> (&)[N]) -> Question<E, N>;

constexpr Question k_times{"times", "When shall mail be sent and fetched by the clock", conf::k_preset_times};
constexpr Question k_days{"days", "On which days", conf::k_preset_days};
constexpr Question k_every{"every", "How often", conf::k_preset_every};

std::string trimmed(const std::string& text) {
  const auto first = text.find_first_not_of(" \t\r");
  if (first == std::string::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\r") - first + 1);
}

/// Asks until the answer is one of the choices; an empty one leaves `value` as it is.
template <class E, std::size_t N>
Result<void> ask_terminal(const Question<E, N>& question, E& value) {
  while (true) {
    std::cout << question.text << " (" << question.names() << ")? [" << conf::name_of(question.choices, value)
              << "] " << std::flush;
    std::string answer;
    if (!std::getline(std::cin, answer)) {
      std::cout << "\n";
      return invalid_input("there was no answer; nothing has been written");
    }
    answer = trimmed(answer);
    if (answer.empty()) return {};
    if (auto chosen = question.read(answer)) {
      value = *chosen;
      return {};
    } else {
      std::cout << chosen.error().reason << "\n";
    }
  }
}

/// What the options say, all of them before the first question.
template <class E, std::size_t N>
Result<void> read_option(const CommandLine& line, const Question<E, N>& question, E& value) {
  if (!line.has(question.option)) return {};
  auto chosen = question.read(line.value(question.option));
  if (!chosen) return std::move(chosen.error()).while_doing(std::string("--") + question.option);
  value = *chosen;
  return {};
}

template <class E, std::size_t N>
Result<void> ask_what_is_open(const CommandLine& line, const Question<E, N>& question, E& value) {
  return line.has(question.option) ? Result<void>{} : ask_terminal(question, value);
}

Result<void> read_options(const CommandLine& line, conf::SchedulePreset& preset) {
  if (auto read = read_option(line, k_times, preset.times); !read) return read;
  if (auto read = read_option(line, k_days, preset.days); !read) return read;
  return read_option(line, k_every, preset.every);
}

Result<void> ask_the_rest(const CommandLine& line, conf::SchedulePreset& preset) {
  if (!::isatty(STDIN_FILENO) || !::isatty(STDOUT_FILENO)) return {};
  if (auto asked = ask_what_is_open(line, k_times, preset.times); !asked) return asked;
  if (auto asked = ask_what_is_open(line, k_days, preset.days); !asked) return asked;
  return ask_what_is_open(line, k_every, preset.every);
}

void add_users(conf::SampleOptions& options) {
  for (conf::SampleUser& user : options.users) user.password = "{plain}" + random_password();
  if (options.users.empty())
    options.users = {{"postmaster", "{plain}" + random_password(), true},
                     {"fred", "{plain}" + random_password(), false}};
}

Result<void> write_configuration(const fs::path& file, const conf::SampleOptions& options) {
  std::error_code error;
  fs::create_directories(file.parent_path(), error);
  if (error) return unavailable("cannot create " + file.parent_path().string() + ": " + error.message());
  const mode_t mask = ::umask(0077);  // it holds passwords
  std::ofstream out(file);
  ::umask(mask);
  out << conf::sample_configuration(options);
  if (!out.flush()) return unavailable("cannot write " + file.string());
  return {};
}

}  // namespace

const std::set<std::string>& init_options() {
  static const std::set<std::string> k_options = {k_times.option, k_days.option, k_every.option};
  return k_options;
}

int run_init_command(const CommandLine& line) {
  if (line.words().size() != 2) return wrong_usage("init needs one folder");
  const fs::path file = fs::path(line.word(1)) / "stagecoach.toml";
  conf::SampleOptions options = line.has("trial") ? conf::unprivileged_sample() : conf::SampleOptions{};
  if (auto read = read_options(line, options.schedule); !read) return wrong_usage(read.error().text());
  if (fs::exists(file)) return failure(conflict(file.string() + " exists already; it is left as it is"));
  if (auto asked = ask_the_rest(line, options.schedule); !asked) return failure(asked.error());
  add_users(options);
  if (auto written = write_configuration(file, options); !written) return failure(written.error());
  std::cout << "Wrote " << file.string() << "\n\nNext:\n"
            << "  1. Set your host name, your domains and your users in it.\n"
            << "  2. stagecoach check -c " << file.string() << "\n"
            << "  3. stagecoach serve -c " << file.string() << "\n\nLog-ins of the sample users:\n";
  for (const conf::SampleUser& user : options.users)
    std::cout << "  " << user.name << "  " << user.password.substr(7) << "\n";
  return 0;
}

}  // namespace stagecoach
