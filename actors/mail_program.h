// The programs of [programs] (docs/reference/programs.md): the message on standard input, facts in the
// environment, the answer from standard output. Here is what each of them is given and how its answer is
// read; arriving_programs.h and outgoing_program.h run them.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "actors/child_program.h"
#include "conf/program_settings.h"
#include "routing/model/arrival.h"

namespace stagecoach {

/// What a program is told of a message besides its bytes.
struct ProgramFacts {
  std::string_view program;  // "external_router", "outmail", "smtp_client"
  MessageId message;
  const Envelope& envelope;
  const Origin* origin = nullptr;    // of arriving mail
  std::string_view connection = {};  // of mail that is sent
};

/// The run for this message: the words of the settings, its environment, its limits.
RunProgram mail_program(const conf::ProgramSettings& settings, const ProgramFacts& facts,
                        std::string message);

/// What it wrote, when its run counts; empty: the message stays as it was. An error says why it does not
/// count.
Result<std::string> program_output(const conf::ProgramSettings& settings, const std::string& program,
                                   ProgramReport report);

/// The answer of external_router: {"recipients": ["a@b.example"], "discard": true}.
struct RouterAnswer {
  std::vector<std::string> recipients;  // none: those that the collector finds
  bool discard = false;
  bool operator==(const RouterAnswer&) const = default;
};
/// Nothing: the output is blank.
Result<std::optional<RouterAnswer>> parse_router_answer(std::string_view output);

/// The message that a program wrote, with CR LF; an error when it is none.
Result<std::string> changed_message(std::string_view output);

}  // namespace stagecoach
