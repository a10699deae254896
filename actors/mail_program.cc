#include "actors/mail_program.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "protocols/mime/header.h"
#include "protocols/mime/writer.h"
#include "routing/text.h"

namespace stagecoach {

namespace {

using nlohmann::json;

// The system gives one variable 128 kB.
constexpr std::size_t k_recipients_bytes_max = 60 * 1024, k_text_bytes_max = 1000;
constexpr std::size_t k_answer_recipients_max = 10'000, k_answer_bytes_max = 320;
constexpr std::size_t k_growth_bytes = std::size_t{16} * 1024 * 1024;

const char* source_name(Source source) {
  constexpr const char* k_names[] = {"smtp", "submission", "lmtp", "collector", "system"};
  return k_names[static_cast<std::size_t>(source)];
}

/// As many as have room; the facts have the number of all.
std::vector<std::string> first_recipients(const Envelope& envelope) {
  std::vector<std::string> first;
  std::size_t bytes = 0;
  for (const EnvelopeRecipient& recipient : envelope.recipients) {
    bytes += recipient.address.size() + 4;
    if (bytes > k_recipients_bytes_max) break;
    first.push_back(recipient.address);
  }
  return first;
}

json json_of(const ProgramFacts& facts, const std::vector<std::string>& recipients, std::size_t size_bytes) {
  json all = {{"program", facts.program},
              {"id", std::to_string(facts.message.value)},
              {"sender", facts.envelope.reverse_path},
              {"recipients", recipients},
              {"recipients_count", facts.envelope.recipients.size()},
              {"size_bytes", size_bytes}};
  if (!facts.connection.empty()) all["connection"] = facts.connection;
  if (const Origin* origin = facts.origin)
    all.update({{"source", source_name(origin->source)},
                {"service", origin->service},
                {"peer", origin->peer},
                {"helo", origin->helo.substr(0, k_text_bytes_max)},
                {"user", origin->authenticated_user},
                {"tls", origin->tls}});
  return all;
}

/// A variable ends at its first NUL, and one line is all that a script expects.
std::string variable(std::string_view text) {
  std::string clean(text.substr(0, k_text_bytes_max));
  std::replace_if(
      clean.begin(), clean.end(), [](unsigned char c) { return c < ' ' || c == 127; }, ' ');
  return clean;
}

std::string joined(const std::vector<std::string>& lines) {
  std::string text;
  for (const std::string& line : lines) text += (text.empty() ? "" : "\n") + variable(line);
  return text;
}

}  // namespace

RunProgram mail_program(const conf::ProgramSettings& settings, const ProgramFacts& facts,
                        std::string message) {
  const auto recipients = first_recipients(facts.envelope);
  RunProgram run;
  run.words = settings.command;
  run.timeout = settings.timeout;
  run.answer_max = 2 * message.size() + k_growth_bytes;
  run.environment = {
      {"STAGECOACH_PROGRAM", std::string(facts.program)},
      {"STAGECOACH_ID", std::to_string(facts.message.value)},
      {"STAGECOACH_SENDER", variable(facts.envelope.reverse_path)},
      {"STAGECOACH_RECIPIENTS", joined(recipients)},
      {"STAGECOACH_SERVICE", variable(facts.origin ? std::string_view(facts.origin->service) : "")},
      {"STAGECOACH_USER", variable(facts.origin ? std::string_view(facts.origin->authenticated_user) : "")},
      {"STAGECOACH_FACTS",
       json_of(facts, recipients, message.size()).dump(-1, ' ', true, json::error_handler_t::replace)}};
  run.input = std::move(message);
  return run;
}

Result<std::string> program_output(const conf::ProgramSettings& settings, const std::string& program,
                                   ProgramReport report) {
  if (!report.outcome.ok) return std::move(report.outcome.error).while_doing(program);
  ProgramEnd& end = report.end;
  const bool ended_by_itself = !end.timed_out && !end.overflowed && end.exit_code <= 128;
  if (end.succeeded() || (ended_by_itself && settings.ignore_return_code)) return std::move(end.output);
  return unavailable(end.text()).while_doing(program);
}

Result<std::optional<RouterAnswer>> parse_router_answer(std::string_view output) {
  if (routing::trimmed(output).empty()) return std::optional<RouterAnswer>();
  const json answer = json::parse(output, nullptr, false);
  if (!answer.is_object()) return invalid_input("its output is no JSON object");
  RouterAnswer result;
  for (const auto& [key, value] : answer.items()) {
    if (key == "discard" && value.is_boolean()) {
      result.discard = value.get<bool>();
    } else if (key == "recipients" && value.is_array() && value.size() <= k_answer_recipients_max) {
      for (const json& one : value) {
        if (!one.is_string()) return invalid_input("a recipient in its output is no text");
        const auto text = one.get<std::string>();
        if (text.empty() || text.size() > k_answer_bytes_max || variable(text) != text)
          return invalid_input("a recipient in its output is no name or address");
        result.recipients.push_back(text);
      }
    } else {
      return invalid_input("its output has \"" + variable(key) +
                           "\": there are recipients, a list, and discard, true or false");
    }
  }
  return std::optional(std::move(result));
}

Result<std::string> changed_message(std::string_view output) {
  std::string message = mime::with_crlf(output);
  const auto header = mime::parse_header_section(message);
  if (header.fields.empty() || header.fields.front().name.empty())
    return invalid_input("its output is no message: it begins with no header field");
  if (!message.ends_with("\r\n")) message += "\r\n";
  return message;
}

}  // namespace stagecoach
