// Runs another program: words without a shell, a process group of its own, an end by force when its time is
// over. Blocking; actors use ProgramActor. The process must ignore SIGPIPE: a program need not read its
// input.
#pragma once

#include <chrono>
#include <string>
#include <utility>
#include <vector>

#include "actors/local_messages.h"
#include "routing/model/result.h"

namespace stagecoach {

struct RunProgram {
  std::vector<std::string> words;                                // program (looked for in PATH) and arguments
  std::vector<std::pair<std::string, std::string>> environment;  // besides that of the server
  std::string input;                                             // its standard input
  std::chrono::seconds timeout{60};
  /// Its output is an answer: standard error stays apart, and one who writes more than this is ended by
  /// force. 0: both go together into the output, of which the first bytes are kept.
  std::size_t answer_max = 0;
};

struct ProgramEnd {
  int exit_code = 0;  // 128 + n: signal n ended it
  bool timed_out = false, overflowed = false;
  std::string output;  // of a program without an answer: also standard error
  std::string errors;  // standard error of one with an answer
  bool has_answer = false;
  bool succeeded() const { return !timed_out && !overflowed && exit_code == 0; }
  /// "ended with code 3: no such device", for the log: the first line of what it wrote.
  std::string text() const;
};
/// Of what is kept of an output that is no answer, and of errors.
constexpr std::size_t k_program_output_max = 64 * 1024;

/// An error when it cannot be started at all.
Result<ProgramEnd> run_program(const RunProgram& program);

struct ProgramReport {
  Outcome outcome;  // whether it could be started
  ProgramEnd end;
};
/// One program; the actor, a thread of its own, ends with its answer.
using ProgramActor = caf::typed_actor<caf::replies_to<RunProgram>::with<ProgramReport>>;
ProgramActor spawn_program(caf::actor_system& system);

}  // namespace stagecoach

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(stagecoach::RunProgram)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(stagecoach::ProgramReport)
