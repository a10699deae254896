// What commands have in common: their words for failures, the way to the running server, files and passwords.
#pragma once

#include <functional>
#include <nlohmann/json.hpp>
#include <string>

#include "actors/command_line.h"
#include "routing/model/result.h"

namespace stagecoach {

/// Exit status 2 and 1, said on stderr.
int wrong_usage(const std::string& what);
int failure(const Error& error);

std::string config_path(const CommandLine& line);

/// Asks the server; progress is shown meanwhile. `bytes` takes the parts of an archive.
Result<nlohmann::json> call(const CommandLine& line, const std::string& command,
                            const nlohmann::json& arguments,
                            const std::function<Result<void>(std::string_view)>& bytes = {});
/// Asks the server and prints its answer as JSON, or by `print`. The exit status.
int ask(const CommandLine& line, const std::string& command, const nlohmann::json& arguments,
        const std::function<void(const nlohmann::json&)>& print);

/// From stdin, without an echo on a terminal, where it is asked for twice.
Result<std::string> read_password(const CommandLine& line);

/// "yesterday", "today", "2026-11-19", "2026-11-19 08:00" or "3d", "12h", "30m" ago; microseconds since 1970.
Result<std::int64_t> parse_since(const std::string& text);

/// "-" is stdin or stdout. A file that is made is for its owner only when it holds secrets.
Result<std::string> read_text(const std::string& path);
Result<void> write_text(const std::string& path, const std::string& text, bool secret);

}  // namespace stagecoach
