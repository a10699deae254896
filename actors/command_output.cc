#include "actors/command_output.h"

#include <unistd.h>

#include <iomanip>
#include <iostream>
#include <nlohmann/json.hpp>
#include <regex>

namespace stagecoach {

using nlohmann::json;

namespace {

bool progress_shown = false;  // a line on the terminal waits to be replaced

std::string text(const json& object, const char* key) {
  if (!object.contains(key) || object[key].is_null()) return "";
  return object[key].is_string() ? object[key].get<std::string>() : object[key].dump();
}

std::string joined(const json& list) {
  std::string result;
  for (const json& one : list) result += (result.empty() ? "" : ", ") + one.get<std::string>();
  return result;
}

void print_reasons(const json& reasons, const char* indent) {
  for (const json& reason : reasons) {
    std::cout << indent << text(reason, "stage") << ": " << text(reason, "text");
    if (!text(reason, "rule").empty()) std::cout << "  [" << text(reason, "rule") << "]";
    if (!text(reason, "where").empty()) std::cout << "  (" << text(reason, "where") << ")";
    std::cout << "\n";
  }
}

}  // namespace

std::string progress_bar(const std::string& text) {
  constexpr std::size_t k_width = 20;
  static const std::regex k_share("([0-9]{1,12}) of ([0-9]{1,12})");
  std::smatch share;
  if (!std::regex_search(text, share, k_share)) return {};
  const auto done = std::stoull(share[1]), all = std::stoull(share[2]);
  if (all == 0 || done > all) return {};
  const std::size_t filled = done * k_width / all;
  return "[" + std::string(filled, '#') + std::string(k_width - filled, '.') + "] ";
}

void show_progress(const std::string& text) {
  if (!isatty(STDERR_FILENO)) {
    std::cerr << text << "\n";
    return;
  }
  std::cerr << "\r\033[K" << progress_bar(text) << text << std::flush;
  progress_shown = true;
}

void end_progress() {
  if (std::exchange(progress_shown, false)) std::cerr << "\r\033[K" << std::flush;
}

void print_lines(const json& lines) {
  for (const json& line : lines) std::cout << line.get<std::string>() << "\n";
}

void print_status(const json& status) {
  std::cout << text(status, "hostname") << ", running since " << text(status, "started") << "\n"
            << "configuration: " << text(status, "configuration") << "\n\n";
  for (const json& service : status["services"])
    std::cout << "  " << std::left << std::setw(14) << text(service, "name") << std::setw(12)
              << text(service, "protocol") << joined(service["listen"]) << "\n";
  std::cout << "\n";
  for (const auto& [name, value] : status["counters"].items())
    std::cout << "  " << std::left << std::setw(24) << name << value << "\n";
}

void print_queue(const json& entries) {
  if (entries.empty()) {
    std::cout << "the queue is empty\n";
    return;
  }
  for (const json& entry : entries)
    std::cout << text(entry, "id") << "  " << std::left << std::setw(8) << text(entry, "state") << "  <"
              << text(entry, "from") << "> to <" << text(entry, "to") << ">  " << text(entry, "size_bytes")
              << " bytes, next attempt " << text(entry, "next_attempt") << ", attempts "
              << text(entry, "attempts") << ", priority " << text(entry, "priority") << ", from "
              << text(entry, "source_ip")
              << (text(entry, "auth_user").empty() ? "" : " (" + text(entry, "auth_user") + ")")
              << (text(entry, "held_until").empty() ? "" : ", held until " + text(entry, "held_until"))
              << (text(entry, "delete_at").empty() ? "" : ", deleted at " + text(entry, "delete_at"))
              << (entry.value("final", false) ? ", final try" : "")
              << (text(entry, "subject").empty() ? "" : "\n    Subject: " + text(entry, "subject"))
              << (text(entry, "last_reply").empty() ? "" : "\n    " + text(entry, "last_reply")) << "\n";
}

void print_queue_ends(const json& entries) {
  if (entries.empty()) std::cout << "nothing has left the queue in the last three days\n";
  for (const json& entry : entries)
    std::cout << text(entry, "ended_at") << "  " << text(entry, "id") << "  " << std::left << std::setw(8)
              << text(entry, "state") << "  <" << text(entry, "from") << "> to <" << text(entry, "to")
              << ">  " << text(entry, "subject")
              << (text(entry, "last_reply").empty() ? "" : "\n    " + text(entry, "last_reply")) << "\n";
}

void print_queue_entries(const json& entries) {
  if (entries.empty()) std::cout << "there is no such message in the queue\n";
  for (const json& entry : entries) {
    for (const auto& [name, value] : entry.items())
      if (name != "head" && name != "why")
        std::cout << std::left << std::setw(14) << name
                  << (value.is_string() ? value.get<std::string>() : value.dump()) << "\n";
    for (const json& line : entry.value("why", json::array()))
      std::cout << std::left << std::setw(14) << "why" << line.get<std::string>() << "\n";
    std::cout << "\n";
  }
  if (!entries.empty()) std::cout << text(entries.front(), "head") << "\n";
}

void print_connections(const json& connections) {
  for (const json& connection : connections) {
    std::cout << text(connection, "name") << (connection.value("running", false) ? ": running" : ": idle");
    if (!text(connection, "last_run").empty()) std::cout << ", last run " << text(connection, "last_run");
    std::cout << "\n";
    for (const json& line : connection["last_results"])
      std::cout << "    " << line.get<std::string>() << "\n";
  }
}

void print_explanation(const json& explanation) {
  print_reasons(explanation["reasons"], "");
  std::cout << "Plan:\n";
  for (const json& step : explanation["plan"]) std::cout << "  " << step.get<std::string>() << "\n";
  if (const json sending = explanation.value("sending", json::array()); !sending.empty()) {
    std::cout << "Sending:\n";
    for (const json& line : sending) std::cout << "  " << line.get<std::string>() << "\n";
  }
  if (!explanation["refused"].is_null())
    std::cout << "Refused: " << text(explanation["refused"], "code") << " "
              << text(explanation["refused"], "enhanced") << " " << text(explanation["refused"], "text")
              << "\n";
}

void print_trace(const json& entries) {
  if (entries.empty()) std::cout << "nothing is known of it\n";
  std::string last;
  for (const json& entry : entries) {
    if (text(entry, "id") != last) {
      last = text(entry, "id");
      std::cout << "message " << last << "\n";
    }
    const json& detail = entry["detail"];
    std::cout << "  " << text(entry, "at") << "  " << text(entry, "event");
    if (text(entry, "event") == "accepted") {
      std::cout << " from <" << text(entry, "from") << "> by " << text(detail, "service") << " "
                << text(detail, "peer") << ", " << text(entry, "size_bytes") << " bytes, Message-ID <"
                << text(entry, "message_id") << ">\n";
      if (detail.contains("reasons")) print_reasons(detail["reasons"], "      ");
      if (detail.contains("plan"))
        for (const json& step : detail["plan"]) std::cout << "      => " << step.get<std::string>() << "\n";
      continue;
    }
    std::cout << " " << joined(entry["to"]);
    if (!text(detail, "host").empty()) std::cout << " by " << text(detail, "host");
    if (!text(detail, "reply").empty()) std::cout << ": " << text(detail, "reply");
    if (detail.value("outcome_unknown", false)) std::cout << " (the server may have it)";
    if (!text(detail, "security").empty()) std::cout << " [" << text(detail, "security") << "]";
    if (detail.value("maybe_repeated", false))
      std::cout << " (maybe repeated: the server had ended unexpectedly while it waited)";
    std::cout << "\n";
  }
}

}  // namespace stagecoach
