// How commands print the server's answers for people. --json prints the same answers unchanged.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

namespace stagecoach {

/// On a terminal each line replaces the one before; elsewhere they follow each other on stderr.
void show_progress(const std::string& text);
/// "[#####...............] " for a text with "5 of 20" in it; empty for others.
std::string progress_bar(const std::string& text);
void end_progress();

void print_lines(const nlohmann::json& lines);
void print_status(const nlohmann::json& status);
void print_queue(const nlohmann::json& entries);
void print_queue_ends(const nlohmann::json& entries);
void print_queue_entries(const nlohmann::json& entries);
void print_connections(const nlohmann::json& connections);
void print_explanation(const nlohmann::json& explanation);
void print_trace(const nlohmann::json& entries);

}  // namespace stagecoach
