#include "actors/collector_commands.h"

#include <iostream>

#include "actors/collector_order_command.h"
#include "actors/command_tools.h"
#include "protocols/sasl/base64.h"

namespace stagecoach {

using nlohmann::json;

namespace {

constexpr const char* k_help =
    "collector list                          each collector and the result of its last visit\n"
    "collector messages NAME                 what is believed to be on its remote server\n"
    "collector get NAME UID … | --all        download these (again) at the next visit\n"
    "collector delete NAME UID … | --all     delete these on the remote server at the next visit\n"
    "collector order NAME                    in which order its header fields are looked at, and what is "
    "wrong\n"
    "                                        with it, from the file of -c; the default beside it\n"
    "\n"
    "NAME may be the number of the collector. --off takes the wish back.\n";

std::string text(const json& row, const char* key) {
  const auto found = row.find(key);
  return found != row.end() && found->is_string() ? found->get<std::string>() : std::string();
}

void print_list(const json& rows) {
  for (const json& row : rows) {
    std::cout << text(row, "name") << " (" << row["id"] << "), " << text(row, "kind") << " "
              << text(row, "server") << (row["enabled"].get<bool>() ? "" : ", disabled") << ", priority "
              << row["priority"] << "\n";
    if (text(row, "last_run").empty()) {
      std::cout << "    no visit yet\n";
      continue;
    }
    std::cout << "    " << text(row, "last_run") << "  " << text(row, "last_result") << "; fetched "
              << row["fetched"] << ", deleted " << row["deleted"] << ", left " << row["left"] << ", failed "
              << row["failed"] << "\n";
  }
}

void print_messages(const json& rows) {
  for (const json& row : rows) {
    std::cout << text(row, "uid") << "  " << text(row, "state") << "  last seen " << text(row, "last_seen");
    if (!text(row, "retrieved").empty()) std::cout << "  retrieved " << text(row, "retrieved");
    if (row["get"].get<bool>()) std::cout << "  GET";
    if (row["delete"].get<bool>()) std::cout << "  DELETE";
    std::cout << "\n";
    if (text(row, "sender").empty() && text(row, "subject").empty()) continue;
    std::cout << "    " << text(row, "date") << "  " << text(row, "sender") << " -> "
              << text(row, "recipients") << "  " << text(row, "subject") << "\n";
  }
}

int wish(const std::string& action, const CommandLine& line) {
  json uids = json::array();
  for (std::size_t i = 3; i < line.words().size(); ++i) uids.push_back(line.word(i));
  if (line.word(2).empty() || uids.empty() != line.has("all"))
    return wrong_usage("collector " + action + " needs a collector, and UIDs or --all");
  const json arguments = {{"name", line.word(2)},
                          {"uids", std::move(uids)},
                          {"all", line.has("all")},
                          {"wish", action},
                          {"on", !line.has("off")}};
  return ask(line, "collector wish", arguments, [](const json& answer) {
    std::cout << answer["messages"] << (answer["messages"] == 1 ? " message\n" : " messages\n");
  });
}

void print_explained(const json& answer) {
  if (!answer["in_use"].get<bool>()) std::cout << "The collector does not use download rules; with them:\n";
  if (answer["too_large"].get<bool>())
    std::cout << "The message is larger than max_size_kb: it stays on the server, whatever the rules say.\n";
  for (const json& rule : answer["rules"])
    std::cout << (rule["matched"].get<bool>() ? "* " : "  ") << rule["number"] << " "
              << (text(rule, "name").empty() ? "(no name)" : text(rule, "name")) << " ["
              << text(rule, "action") << ", " << text(rule, "where") << "]: " << text(rule, "why") << "\n";
  std::cout << "Action: " << text(answer, "action") << "; fetched: " << text(answer, "fetched")
            << "; remote copy: " << text(answer, "remote") << "\n";
  std::cout << "Recipients found:";
  for (const json& one : answer["original_recipients"]) std::cout << " " << one.get<std::string>();
  std::cout << "\n";
  for (const json& target : answer["targets"]) std::cout << "Target: " << target.get<std::string>() << "\n";
  for (const json& line : answer["header"]) std::cout << "Adds: " << line.get<std::string>() << "\n";
}

}  // namespace

const std::set<std::string>& collector_flags() {
  static const std::set<std::string> k_flags = {"all", "off"};
  return k_flags;
}

const std::set<std::string>& collector_options() {
  static const std::set<std::string> k_options = {"all", "off", "collector"};
  return k_options;
}

int run_collector_command(const CommandLine& line) {
  const std::string action = line.word(1);
  if (action == "help") {
    std::cout << k_help;
    return 0;
  }
  if (action == "list") return ask(line, "collector list", json::object(), print_list);
  if (action == "get" || action == "delete") return wish(action, line);
  if (action == "messages" && !line.word(2).empty())
    return ask(line, "collector messages", {{"name", line.word(2)}}, print_messages);
  if (action == "order" && !line.word(2).empty()) return run_collector_order_command(line);
  return wrong_usage("collector needs list, messages NAME, get, delete or order NAME (see collector help)");
}

int explain_download_command(const CommandLine& line) {
  if (line.value("collector").empty() || line.word(2).empty())
    return wrong_usage("explain download needs --collector NAME and a message file");
  auto message = read_text(line.word(2));
  if (!message) return failure(message.error());
  return ask(line, "explain download",
             {{"collector", line.value("collector")}, {"message", sasl::encode_base64(*message)}},
             print_explained);
}

}  // namespace stagecoach
