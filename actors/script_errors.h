// The error log of scripts, and messages about automatic answers and programs that fail. Errors with one text
// share one entry, and entries are written in batches, so that a script which fails for every message harms
// nobody.
#pragma once

#include <caf/all.hpp>
#include <string>

#include "actors/node.h"
#include "routing/model/plan.h"

namespace stagecoach {

/// A script has failed: "office.lua:12: message".
struct ScriptFailed {
  std::string text;
  MessageId message;  // 0: without one
};
/// Something is wrong with an automatic answer: the message target "Autoresponder" hears of it.
struct AnswerFailed {
  AnswerFault fault;
  MessageId message;
};
/// A program of [programs] has failed: the message target "ExternalRouterError" hears of it.
struct ProgramFailed {
  std::string program;  // "outmail"
  std::string text;
  MessageId message;
};
using ScriptErrorsActor = caf::typed_actor<caf::reacts_to<ScriptFailed>, caf::reacts_to<AnswerFailed>,
                                           caf::reacts_to<ProgramFailed>, caf::reacts_to<caf::tick_atom>>;

/// The router takes failures of others and hands them on.
using FailuresActor = caf::typed_actor<caf::reacts_to<ScriptFailed>, caf::reacts_to<ProgramFailed>>;
using ReportingRouterActor =
    LocalRouterActor::extend<caf::reacts_to<ScriptFailed>, caf::reacts_to<ProgramFailed>>;

/// For whoever runs scripts or programs outside of the router: into the log, and onward to the router.
void report_script_error(Node& node, const Error& error, MessageId message = {});
void report_program_error(Node& node, ProgramFailed failed);

/// Ends when nobody holds its handle any more and everything is written.
ScriptErrorsActor spawn_script_errors(caf::local_actor* parent, Node& node);

}  // namespace stagecoach

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(stagecoach::ScriptFailed)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(stagecoach::AnswerFailed)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(stagecoach::ProgramFailed)
