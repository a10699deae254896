#include "conf/sending_cases.h"

namespace stagecoach::conf {
namespace {

constexpr const char* k_as_set = "as set";

std::string shown(const std::string& text) { return "\"" + text + "\""; }
std::string shown(const std::optional<std::string>& text) { return text ? shown(*text) : k_as_set; }
std::string shown(std::int64_t number) { return std::to_string(number); }
std::string shown(const std::optional<routing::SendingTls>& tls) {
  constexpr const char* k_names[] = {"none", "starttls", "required", "ssl"};
  return tls ? shown(std::string(k_names[static_cast<std::size_t>(*tls)])) : k_as_set;
}

}  // namespace

std::vector<std::string> differences(const SendingExpectation& expected, const SendingAnswers& answers) {
  std::vector<std::string> lines;
  const auto compare = [&](const char* key, const std::string& wanted, const std::string& got) {
    if (expected.given.contains(key) && wanted != got)
      lines.push_back(std::string(key) + ": expected " + wanted + ", got " + got);
  };
  const auto& [skip, port, tls, username, password, helo, bind_address] = answers.details;
  const auto yes_or_no = [](bool value) { return std::string(value ? "true" : "false"); };
  compare("skip", yes_or_no(expected.skip), yes_or_no(skip));
  compare("port", shown(expected.port), port ? shown(*port) : k_as_set);
  compare("tls", shown(expected.tls), shown(tls));
  compare("username", shown(expected.username), shown(username));
  compare("password", shown(expected.password), shown(password));
  compare("helo", shown(expected.helo), shown(helo));
  compare("bind_address", shown(expected.bind_address), shown(bind_address));
  compare("return_path", shown(expected.return_path), shown(answers.return_path));
  const routing::ConnectionLimits& limits = answers.limits;
  compare("max_messages_per_connection", shown(expected.messages_per_connection),
          shown(limits.messages_per_connection));
  compare("max_recipients_per_connection", shown(expected.recipients_per_connection),
          shown(limits.recipients_per_connection));
  compare("max_recipients_per_message", shown(expected.recipients_per_message),
          shown(limits.recipients_per_message));
  return lines;
}

}  // namespace stagecoach::conf
