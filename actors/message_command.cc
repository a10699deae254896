// `stagecoach message`: texts of administrators to users, and those that are kept for the next time.
#include <iostream>

#include "actors/command_tools.h"
#include "actors/mailbox_commands.h"

namespace stagecoach {

using nlohmann::json;

namespace {

constexpr const char* k_kind = "message";

/// A message is kept as its subject, a line end, and its text.
struct Message {
  std::string subject, text;
};

Result<Message> saved_message(const CommandLine& line, const std::string& name) {
  auto texts = call(line, "saved list", {{"kind", k_kind}});
  if (!texts) return std::move(texts.error());
  for (const json& one : *texts) {
    if (one.value("name", "") != name) continue;
    const std::string body = one.value("text", "");
    const auto end = body.find('\n');
    return Message{body.substr(0, end), end == std::string::npos ? "" : body.substr(end + 1)};
  }
  return not_found("there is no saved message \"" + name + "\"");
}

/// The saved one, in which --subject and --text take the place of what was saved.
Result<Message> wanted_message(const CommandLine& line) {
  Message message;
  if (line.has("saved")) {
    auto saved = saved_message(line, line.value("saved"));
    if (!saved) return std::move(saved.error());
    message = std::move(*saved);
  }
  if (line.has("subject")) message.subject = line.value("subject");
  if (line.has("text")) {
    auto text = read_text(line.value("text"));
    if (!text) return std::move(text.error());
    message.text = std::move(*text);
  }
  if (message.subject.find('\n') != std::string::npos) return invalid_input("the subject has one line");
  return message;
}

int send(const CommandLine& line) {
  const bool whole = line.has("saved") || (!line.value("subject").empty() && !line.value("text").empty());
  if (line.value("to").empty() || !whole)
    return wrong_usage(
        "message send needs --to GROUP-OR-LIST, --subject TEXT and --text FILE, or --saved NAME");
  auto message = wanted_message(line);
  if (!message) return failure(message.error());
  const json arguments = {{"to", line.value("to")},
                          {"subject", message->subject},
                          {"text", message->text},
                          {"preview", line.has("preview")}};
  const int status = ask(line, "message send", arguments, [&](const json& answer) {
    if (line.has("preview"))
      std::cout << "Subject: " << answer.value("subject", "") << "\n\n" << answer.value("text", "") << "\n";
    else
      std::cout << "sent to " << answer.value("sent", 0) << " users\n";
  });
  if (status != 0 || line.value("save").empty()) return status;
  auto saved = call(
      line, "saved save",
      {{"kind", k_kind}, {"name", line.value("save")}, {"text", message->subject + "\n" + message->text}});
  return saved ? 0 : failure(saved.error());
}

int saved(const CommandLine& line) {
  const std::string action = line.word(2), name = line.word(3);
  if (action == "show" && !name.empty()) {
    auto message = saved_message(line, name);
    if (!message) return failure(message.error());
    if (line.has("json"))
      std::cout << json{{"subject", message->subject}, {"text", message->text}}.dump(2) << "\n";
    else
      std::cout << "Subject: " << message->subject << "\n\n" << message->text;
    return 0;
  }
  if (action == "delete" && !name.empty())
    return ask(line, "saved delete", {{"kind", k_kind}, {"name", name}},
               [&](const json&) { std::cout << name << ": deleted\n"; });
  if (!action.empty()) return wrong_usage("message saved knows show NAME and delete NAME");
  return ask(line, "saved list", {{"kind", k_kind}}, [](const json& texts) {
    for (const json& one : texts) {
      const std::string body = one.value("text", "");
      std::cout << one.value("name", "") << "  " << body.substr(0, body.find('\n')) << "\n";
    }
    if (texts.empty()) std::cout << "no message is saved\n";
  });
}

}  // namespace

int message_command(const CommandLine& line) {
  if (line.word(1) == "send") return send(line);
  if (line.word(1) == "saved") return saved(line);
  return wrong_usage("message needs send, or saved");
}

}  // namespace stagecoach
