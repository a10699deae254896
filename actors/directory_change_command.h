// What the commands about users, groups, lists and mappings share: changes, their answer, listings.
#pragma once

#include <functional>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "actors/command_line.h"
#include "routing/model/result.h"

namespace stagecoach {

/// {"verb", "kind", "name"}
nlohmann::json change(const char* verb, const char* kind, const std::string& name);

/// KEY=VALUE words from this one on, as pairs; their order counts.
Result<nlohmann::json> settings_of(const CommandLine& line, std::size_t first_word);

/// --where COLUMN=EXPRESSION (or another option of that form), --sort
Result<nlohmann::json> choice_of(const CommandLine& line, const char* option = "where");

/// Sends the changes with --partial and --dry-run, says what was refused (`label` names a change: "line 7")
/// and how many were done. `more` are further arguments of the request. The exit status.
int send_changes(const CommandLine& line, const nlohmann::json& changes, const std::string& done,
                 const std::function<std::string(std::size_t)>& label = {},
                 const nlohmann::json& more = nlohmann::json::object());

/// Prints columns side by side.
void print_table(const std::vector<std::string>& titles, const std::vector<std::vector<std::string>>& rows);

/// `show`: name, provenance and settings of one entry.
int show_entry(const CommandLine& line, const char* kind, const std::string& name);
/// `set NAME KEY=VALUE …`, and the like with other verbs.
int change_settings(const CommandLine& line, const char* verb, const char* kind);
/// `delete NAME …`
int remove_entries(const CommandLine& line, const char* kind);
/// `keys`: all settings of users, groups, lists.
int print_keys(const CommandLine& line, const std::string& kind);

// The commands themselves; each has the word of its action in line.word(1).
int user_command(const CommandLine& line);  // user_commands.cc
int user_import(const CommandLine& line);   // import_commands.cc
int user_export(const CommandLine& line);
int user_delete(const CommandLine& line);         // user_removal_command.cc
int user_import_system(const CommandLine& line);  // import_system_command.cc
int mapping_import(const CommandLine& line);
int mapping_export(const CommandLine& line);
int list_members(const CommandLine& line);  // list_admin_commands.cc
int list_command(const CommandLine& line);
int group_command(const CommandLine& line);  // directory_commands.cc
int mapping_command(const CommandLine& line);

}  // namespace stagecoach
