#include "actors/child_program.h"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstring>

#include "actors/serialisation.h"

namespace stagecoach {

namespace {

using Clock = std::chrono::steady_clock;

class Descriptor {
 public:
  explicit Descriptor(int fd = -1) : fd_(fd) {}
  ~Descriptor() { reset(); }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int get() const { return fd_; }
  void reset(int fd = -1) {
    if (fd_ >= 0) ::close(fd_);
    fd_ = fd;
  }

 private:
  int fd_;
};

/// Both ends close with the program that is started next to this one.
bool make_pipe(Descriptor& reading, Descriptor& writing) {
  int fds[2];
  if (::pipe2(fds, O_CLOEXEC) != 0) return false;
  reading.reset(fds[0]);
  writing.reset(fds[1]);
  return true;
}

std::vector<char*> pointers_to(std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  for (std::string& text : texts) pointers.push_back(text.data());
  pointers.push_back(nullptr);
  return pointers;
}

std::vector<std::string> environment_with(const std::vector<std::pair<std::string, std::string>>& more) {
  std::vector<std::string> texts;
  for (char** one = environ; *one; ++one) texts.emplace_back(*one);
  for (const auto& [name, value] : more) texts.push_back(name + "=" + value);
  return texts;
}

/// One of its outputs. Bytes beyond the limit are read and forgotten.
struct Listener {
  Descriptor pipe;
  std::string* text;
  std::size_t bytes_max;
  bool overflowed = false;

  bool is_open() const { return pipe.get() >= 0; }
  void read() {
    char bytes[65536];
    const auto got = ::read(pipe.get(), bytes, sizeof bytes);
    if (got < 0 && errno == EINTR) return;
    if (got <= 0) return pipe.reset();
    const auto room = bytes_max - std::min(bytes_max, text->size());
    overflowed |= static_cast<std::size_t>(got) > room;
    text->append(bytes, std::min(static_cast<std::size_t>(got), room));
  }
};

void feed(Descriptor& input, const std::string& bytes, std::size_t& sent) {
  const auto put = ::write(input.get(), bytes.data() + sent, bytes.size() - sent);
  if (put > 0) sent += static_cast<std::size_t>(put);
  if (put < 0 && errno != EAGAIN && errno != EINTR) input.reset();  // it does not want more
}

/// Feeds and reads the program until its outputs are done. False: the time is over, or its answer too long.
bool converse(const RunProgram& program, Descriptor& input, Listener& output, Listener& errors,
              Clock::time_point deadline) {
  ::fcntl(input.get(), F_SETFL, O_NONBLOCK);
  std::size_t sent = 0;
  while (output.is_open() || errors.is_open()) {
    if (input.get() >= 0 && sent == program.input.size()) input.reset();
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(deadline - Clock::now()).count();
    if (left <= 0) return false;
    // poll() leaves out what is negative.
    pollfd waits[3] = {
        {output.pipe.get(), POLLIN, 0}, {errors.pipe.get(), POLLIN, 0}, {input.get(), POLLOUT, 0}};
    const int ready = ::poll(waits, 3, static_cast<int>(left));
    if (ready < 0 && errno != EINTR) return true;
    if (ready <= 0) continue;
    if (waits[2].revents) feed(input, program.input, sent);
    if (waits[0].revents) output.read();
    if (waits[1].revents) errors.read();
    if (program.answer_max > 0 && output.overflowed) return false;
  }
  return true;
}

/// Waits for the end of the process; at the deadline it is ended with its children.
void await_end(pid_t pid, Clock::time_point deadline, ProgramEnd& end) {
  int status = 0;
  while (true) {
    const pid_t ended = ::waitpid(pid, &status, end.timed_out ? 0 : WNOHANG);
    if (ended == pid || (ended < 0 && errno != EINTR)) break;
    if (Clock::now() >= deadline) {
      end.timed_out = true;
      ::kill(-pid, SIGKILL);
    } else {
      ::usleep(10'000);
    }
  }
  end.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

class Program : public ProgramActor::base {
 public:
  explicit Program(caf::actor_config& config) : ProgramActor::base(config) {}
  behavior_type make_behavior() override {
    return {[this](const RunProgram& program) -> ProgramReport {
      auto end = run_program(program);
      quit();
      if (!end) return {Outcome::failure(end.error()), {}};
      return {{}, std::move(*end)};
    }};
  }
  const char* name() const override { return "program"; }
};

}  // namespace

std::string ProgramEnd::text() const {
  const std::string& words = has_answer ? errors : output;
  std::string line = words.substr(0, std::min(words.find('\n'), std::size_t{200}));
  if (!line.empty()) line = ": " + line;
  if (overflowed) return "wrote too much and was stopped" + line;
  if (timed_out) return "did not end in time and was stopped" + line;
  if (exit_code > 128) return "was ended by signal " + std::to_string(exit_code - 128) + line;
  return "ended with code " + std::to_string(exit_code) + line;
}

Result<ProgramEnd> run_program(const RunProgram& program) {
  if (program.words.empty()) return invalid_input("no program is given");
  const auto deadline = Clock::now() + program.timeout;
  ProgramEnd end;
  end.has_answer = program.answer_max > 0;
  Descriptor child_input, input, child_output, child_errors;
  Listener output{Descriptor(), &end.output, end.has_answer ? program.answer_max : k_program_output_max};
  Listener errors{Descriptor(), &end.errors, k_program_output_max};
  if (!make_pipe(child_input, input) || !make_pipe(output.pipe, child_output) ||
      (end.has_answer && !make_pipe(errors.pipe, child_errors)))
    return internal_error(std::string("no pipe: ") + std::strerror(errno));
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, child_input.get(), 0);
  posix_spawn_file_actions_adddup2(&actions, child_output.get(), 1);
  posix_spawn_file_actions_adddup2(&actions, (end.has_answer ? child_errors : child_output).get(), 2);
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  sigset_t none, ordinary;
  sigemptyset(&none);
  sigfillset(&ordinary);
  posix_spawnattr_setsigmask(&attributes, &none);
  posix_spawnattr_setsigdefault(&attributes, &ordinary);
  posix_spawnattr_setpgroup(&attributes, 0);
  posix_spawnattr_setflags(&attributes,
                           POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
  std::vector<std::string> words = program.words, texts = environment_with(program.environment);
  pid_t pid = 0;
  const int failure = posix_spawnp(&pid, words.front().c_str(), &actions, &attributes,
                                   pointers_to(words).data(), pointers_to(texts).data());
  posix_spawnattr_destroy(&attributes);
  posix_spawn_file_actions_destroy(&actions);
  if (failure != 0) return invalid_input("cannot run " + words.front() + ": " + std::strerror(failure));
  child_input.reset();
  child_output.reset();
  child_errors.reset();
  if (!converse(program, input, output, errors, deadline)) {
    end.overflowed = end.has_answer && output.overflowed;
    end.timed_out = !end.overflowed;
    ::kill(-pid, SIGKILL);
  }
  input.reset();
  await_end(pid, deadline, end);
  return end;
}

ProgramActor spawn_program(caf::actor_system& system) { return system.spawn<Program, caf::detached>(); }

}  // namespace stagecoach
