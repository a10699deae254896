// `stagecoach media …`: the files of a user that his automatic answers attach.
#include <filesystem>
#include <iostream>

#include "actors/autoresponder_commands.h"
#include "actors/command_tools.h"
#include "actors/directory_change_command.h"
#include "protocols/sasl/base64.h"

namespace stagecoach {

using nlohmann::json;

namespace {

constexpr const char* k_help =
    "media list USER\n"
    "media add USER FILE [--name NAME] [--type TYPE]   TYPE is like application/pdf; by default of the "
    "ending\n"
    "media show USER NAME                              writes the file to stdout\n"
    "media delete USER NAME\n";

int list(const CommandLine& line) {
  return ask(line, "media list", {{"user", line.word(2)}}, [](const json& files) {
    std::vector<std::vector<std::string>> rows;
    for (const json& file : files)
      rows.push_back({file.value("name", ""), file.value("content_type", ""),
                      std::to_string(file.value("size_bytes", 0LL)), file.value("at", "")});
    print_table({"NAME", "TYPE", "BYTES", "SINCE"}, rows);
  });
}

int add(const CommandLine& line) {
  auto bytes = read_text(line.word(3));
  if (!bytes) return failure(bytes.error());
  const std::string own_name = std::filesystem::path(line.word(3)).filename().string();
  const json arguments = {{"user", line.word(2)},
                          {"name", line.value("name", own_name)},
                          {"content_type", line.value("type")},
                          {"content", sasl::encode_base64(*bytes)}};
  return ask(line, "media add", arguments, [](const json& file) {
    std::cout << file.value("name", "") << ": " << file.value("size_bytes", 0LL) << " bytes, "
              << file.value("content_type", "") << "\n";
  });
}

int show(const CommandLine& line) {
  return ask(line, "media show", {{"user", line.word(2)}, {"name", line.word(3)}}, [](const json& file) {
    std::cout << sasl::decode_base64(file.value("content", "")).value_or("") << std::flush;
  });
}

int remove(const CommandLine& line) {
  return ask(line, "media delete", {{"user", line.word(2)}, {"name", line.word(3)}},
             [](const json& done) { std::cout << done.value("deleted", "") << ": deleted\n"; });
}

}  // namespace

int media_command(const CommandLine& line) {
  const std::string action = line.word(1);
  if (action == "help") {
    std::cout << k_help;
    return 0;
  }
  if (line.word(2).empty() || (action != "list" && line.word(3).empty()))
    return wrong_usage("media needs an action, a user and a file (see media help)");
  if (action == "list") return list(line);
  if (action == "add") return add(line);
  if (action == "show") return show(line);
  if (action == "delete") return remove(line);
  return wrong_usage("there is no command \"media " + action + "\" (see media help)");
}

}  // namespace stagecoach
