#include "actors/mail_program.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>

namespace stagecoach {
namespace {

using nlohmann::json;

Envelope envelope_to(std::vector<std::string> recipients) {
  Envelope envelope;
  envelope.reverse_path = "ann@remote.example";
  for (std::string& one : recipients) envelope.recipients.push_back({std::move(one), notify_unset, {}});
  return envelope;
}

std::map<std::string, std::string> variables(const RunProgram& run) {
  return {run.environment.begin(), run.environment.end()};
}

TEST(MailProgram, IsToldAboutTheMessage) {
  conf::ProgramSettings settings;
  settings.command = {"scan", "-q"};
  settings.timeout = std::chrono::seconds(7);
  const Envelope envelope = envelope_to({"fred@example.com", "kate@example.com"});
  Origin origin;
  origin.source = Source::submission;
  origin.service = "submission";
  origin.peer = "192.0.2.1:4711";
  origin.authenticated_user = "fred";
  origin.helo = "bad \xff name";
  const RunProgram run =
      mail_program(settings, {"outmail", MessageId{17}, envelope, &origin}, "Subject: x\r\n\r\n");
  EXPECT_EQ(run.words, settings.command);
  EXPECT_EQ(run.timeout, settings.timeout);
  EXPECT_EQ(run.input, "Subject: x\r\n\r\n");
  EXPECT_GT(run.answer_max, std::size_t{1} << 20);
  auto told = variables(run);
  EXPECT_EQ(told["STAGECOACH_PROGRAM"], "outmail");
  EXPECT_EQ(told["STAGECOACH_ID"], "17");
  EXPECT_EQ(told["STAGECOACH_SENDER"], "ann@remote.example");
  EXPECT_EQ(told["STAGECOACH_RECIPIENTS"], "fred@example.com\nkate@example.com");
  EXPECT_EQ(told["STAGECOACH_SERVICE"], "submission");
  EXPECT_EQ(told["STAGECOACH_USER"], "fred");
  const json facts = json::parse(told["STAGECOACH_FACTS"]);
  EXPECT_EQ(facts["source"], "submission");
  EXPECT_EQ(facts["peer"], "192.0.2.1:4711");
  EXPECT_EQ(facts["recipients"].size(), 2u);
  EXPECT_EQ(facts["size_bytes"], 14);
}

TEST(MailProgram, VariablesHaveRoomInTheSystem) {
  std::vector<std::string> many;
  for (int i = 0; i < 20'000; ++i) many.push_back("recipient" + std::to_string(i) + "@remote.example");
  Envelope envelope = envelope_to(many);
  envelope.reverse_path = std::string("a\0b\nc", 5);
  const RunProgram run = mail_program({}, {.program = "outmail", .envelope = envelope}, "");
  auto told = variables(run);
  for (const auto& [name, value] : told) {
    EXPECT_LT(value.size(), 128u * 1024) << name;
    EXPECT_EQ(value.find('\0'), std::string::npos) << name;
  }
  EXPECT_EQ(told["STAGECOACH_SENDER"], "a b c");
  EXPECT_EQ(json::parse(told["STAGECOACH_FACTS"])["recipients_count"], 20'000);
}

/// The output, or "error: …".
std::string taken(ProgramEnd end, bool ignore_return_code) {
  conf::ProgramSettings settings;
  settings.ignore_return_code = ignore_return_code;
  end.has_answer = true;
  auto output = program_output(settings, "outmail", {{}, std::move(end)});
  return output ? *output : "error: " + output.error().text();
}

TEST(MailProgram, ItsExitCodeDecides) {
  ProgramEnd fine{.output = "out"}, failed{.exit_code = 2, .output = "out", .errors = "no disk\n"},
      killed{.exit_code = 128 + 11, .output = "out"},
      late{.exit_code = 137, .timed_out = true, .output = "out"},
      endless{.exit_code = 137, .overflowed = true, .output = "out"};
  const struct {
    ProgramEnd end;
    const char* strictly;
    const char* ignoring;
  } k_ends[] = {
      {fine, "out", "out"},
      {failed, "error: outmail: ended with code 2: no disk", "out"},
      {killed, "error: outmail: was ended by signal 11", "error: outmail: was ended by signal 11"},
      {late, "error: outmail: did not end in time and was stopped",
       "error: outmail: did not end in time and was stopped"},
      {endless, "error: outmail: wrote too much and was stopped",
       "error: outmail: wrote too much and was stopped"},
  };
  for (const auto& [end, strictly, ignoring] : k_ends) {
    EXPECT_EQ(taken(end, false), strictly);
    EXPECT_EQ(taken(end, true), ignoring);
  }
  EXPECT_EQ(
      program_output({}, "outmail", {Outcome::failure(invalid_input("cannot run x")), {}}).error().text(),
      "outmail: cannot run x");
}

std::string routed(const std::string& output) {
  const auto answer = parse_router_answer(output);
  if (!answer) return "error: " + answer.error().reason;
  if (!*answer) return "nothing";
  std::string text = (*answer)->discard ? "discard" : "";
  for (const std::string& one : (*answer)->recipients) text += ">" + one;
  return text;
}

// COL-102
TEST(RouterAnswer, IsOneObject) {
  const struct {
    const char* output;
    const char* answer;
  } k_outputs[] = {
      {"", "nothing"},
      {" \r\n", "nothing"},
      {"{}", ""},
      {"{\"discard\": true}\n", "discard"},
      {"{\"recipients\": [\"kate\", \"a@b.example\"]}", ">kate>a@b.example"},
      {"{\"recipients\": [], \"discard\": false}", ""},
      {"kate", "error: its output is no JSON object"},
      {"[\"kate\"]", "error: its output is no JSON object"},
      {"{\"recipients\": \"kate\"}",
       "error: its output has \"recipients\": there are recipients, a list, and discard, true or false"},
      {"{\"recipient\": [\"kate\"]}",
       "error: its output has \"recipient\": there are recipients, a list, and discard, true or false"},
      {"{\"recipients\": [1]}", "error: a recipient in its output is no text"},
      {"{\"recipients\": [\"\"]}", "error: a recipient in its output is no name or address"},
      {"{\"recipients\": [\"a\\nb\"]}", "error: a recipient in its output is no name or address"},
  };
  for (const auto& [output, answer] : k_outputs) EXPECT_EQ(routed(output), answer) << output;
}

// LOC-12
TEST(ChangedMessage, HasLineEndsOfMail) {
  EXPECT_EQ(*changed_message("Subject: a\n\nText\n"), "Subject: a\r\n\r\nText\r\n");
  EXPECT_EQ(*changed_message("Subject: a\r\n\r\nText"), "Subject: a\r\n\r\nText\r\n");
  for (const char* output : {"\n", "hello world\n", "\r\nSubject: a\r\n"})
    EXPECT_FALSE(changed_message(output)) << output;
}

}  // namespace
}  // namespace stagecoach
