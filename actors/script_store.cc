#include "actors/script_store.h"

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <fstream>
#include <sstream>

namespace stagecoach {

namespace {

namespace fs = std::filesystem;

/// Of mxout.lua and relayout.lua.
constexpr const char* k_sending_frame =
    "function ServerDetails(server, domain, sender, connnid, connection)\n  return nil\nend\n"
    "function ServerConnected()\n  -- MaxMessagesPerConnection = 10\nend\n"
    "function ReturnPath(returnpath, recipients)\n  return nil\nend\n";
constexpr std::uintmax_t k_script_bytes_max = 4u << 20;
constexpr std::size_t k_scripts_max = 1000, k_name_bytes_max = 100;

std::vector<fs::path> script_files(const fs::path& folder) {
  std::vector<fs::path> files;
  std::error_code error;
  for (fs::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error))
    if (to_lower(entry->path().extension().string()) == ".lua" && entry->is_regular_file(error))
      files.push_back(entry->path());
  std::sort(files.begin(), files.end());
  return files;
}

Result<std::string> read_script(const fs::path& file) {
  std::error_code error;
  const auto size = fs::file_size(file, error);
  if (!error && size > k_script_bytes_max) return limit_reached("is larger than 4 MB");
  std::ifstream stream(file, std::ios::binary);
  std::ostringstream text;
  if (error || !stream || !(size == 0 || text << stream.rdbuf())) return unavailable("cannot be read");
  return std::move(text).str();
}

void take_script(const fs::path& file, routing::ScriptSet& scripts, conf::Problems& problems) {
  const auto fault = [&](int line, std::string message) {
    problems.push_back({file.string(), line, {}, std::move(message), conf::Problem::Severity::error});
  };
  const std::string name = file.filename().string();
  if (scripts.find(name)) return fault(0, "another script has this name, which does not regard case");
  auto text = read_script(file);
  if (!text) return fault(0, text.error().reason);
  routing::ScriptFault syntax;
  if (!routing::check_script({name, *text}, &syntax)) fault(syntax.line, syntax.message);
  scripts.add(name, std::move(*text));
}

/// Names are those of files: what a folder or a shell could take for something else is no name.
bool is_script_name(std::string_view name) {
  return !name.empty() && name.size() <= k_name_bytes_max && name.front() != '.' && name.front() != '-' &&
         std::all_of(name.begin(), name.end(), [](unsigned char c) {
           return std::isalnum(c) != 0 || c == '_' || c == '-' || c == '.';
         });
}

/// The file of this name, which does not regard case; a new one when there is none.
fs::path path_of(const fs::path& folder, const std::string& file) {
  for (const fs::path& other : script_files(folder))
    if (equals_ignoring_case(other.filename().string(), file)) return other;
  return folder / file;
}

/// Beside the old one first, so that a full disk harms neither.
Result<void> replace_file(const fs::path& file, const std::string& text) {
  const fs::path fresh = file.string() + ".new";
  std::ofstream out(fresh, std::ios::binary | std::ios::trunc);
  out << text;
  out.close();
  std::error_code error;
  if (out) fs::rename(fresh, file, error);
  if (out && !error) return {};
  fs::remove(fresh, error);
  return unavailable("cannot write " + file.string());
}

}  // namespace

const std::vector<KnownScript>& known_scripts() {
  static const std::vector<KnownScript> k_known = {
      {"autoresponder", "-- Runs for each automatic answer; the table Autoresponder may be changed.\n"},
      {"lanforwarding", "function PreSend(message, rule, recipient, server)\n  return nil\nend\n"},
      {"monitor",
       "function MonitorIncoming(message) return nil end\n"
       "function MonitorInternal(message) return nil end\n"
       "function MonitorOut(message) return nil end\n"},
      {"mxout", k_sending_frame},
      {"outmessage", "function OutMessage(message, recipients)\n  return nil\nend\n"},
      {"password", "function CheckPassword(username, password, which)\n  return true\nend\n"},
      {"relayout", k_sending_frame},
      {"routing", "function RouteMessage(user, message)\n  return nil\nend\n"},
      {"signature",
       "function GetSignature(format, user, sender, subject, attributes)\n  return nil\nend\n"
       "function GetInternalSignature(format, user, sender, subject, attributes)\n  return nil\nend\n"}};
  return k_known;
}

std::string script_frame(const std::string& name) {
  std::string key = to_lower(name);
  if (key.ends_with(".lua")) key.resize(key.size() - 4);
  for (const KnownScript& known : known_scripts())
    if (known.name == key) return known.frame;
  return "-- " + key + ": for other scripts, local " + key + " = require \"" + key +
         "\"; or a stage, \"lua:" + key + "\".\nlocal M = {}\n\n-- function route(message) end\n\nreturn M\n";
}

Result<std::string> save_script(const conf::Config& config, const routing::Script& script, SaveMode mode) {
  const std::string file = to_lower(script.file).ends_with(".lua") ? script.file : script.file + ".lua";
  if (!is_script_name(file))
    return invalid_input("\"" + script.file + "\" is no name of a script: letters, digits, - and _");
  if (script.text.size() > k_script_bytes_max) return limit_reached(file + " is larger than 4 MB");
  if (auto right = routing::check_script({file, script.text}); !right) return std::move(right.error());
  const std::string folder = config.resolve(config.scripts.folder);
  std::error_code error;
  fs::create_directories(folder, error);
  if (error) return unavailable("cannot create " + folder);
  const fs::path path = path_of(folder, file);
  if (mode == SaveMode::create && fs::exists(path, error)) return conflict(path.string() + " exists already");
  if (auto written = replace_file(path, script.text); !written) return std::move(written.error());
  return path.string();
}

Result<std::string> run_script(const routing::Script& script, const routing::ScriptSetPtr& others,
                               const routing::LuaLimits& limits, const routing::LuaMoment& moment) {
  routing::LuaPool pool(others, limits);
  routing::LuaCall call;
  call.script = script.file;
  call.text = script.text;
  auto outcome = pool.run(call, moment);
  if (!outcome) return std::move(outcome.error());
  return std::move(outcome->printed);
}

LoadedScripts load_scripts(const conf::Config& config) {
  auto scripts = std::make_shared<routing::ScriptSet>();
  LoadedScripts loaded;
  const std::string folder = config.resolve(config.scripts.folder);
  if (!folder.empty()) {
    std::vector<fs::path> files = script_files(folder);
    if (files.size() > k_scripts_max) {
      loaded.problems.push_back(
          {folder, 0, "scripts.folder", "has more than 1000 scripts", conf::Problem::Severity::error});
      files.resize(k_scripts_max);
    }
    for (const fs::path& file : files) take_script(file, *scripts, loaded.problems);
  }
  loaded.scripts = std::move(scripts);
  return loaded;
}

routing::LuaLimits script_limits(const conf::Config& config) {
  routing::LuaLimits limits;
  limits.instructions_max = config.scripts.instructions_max;
  limits.memory_max = static_cast<std::size_t>(config.scripts.memory_max.bytes);
  return limits;
}

routing::ScriptPolicy script_policy(const conf::Config& config) {
  return config.scripts.on_error == conf::ScriptFailure::defer ? routing::ScriptPolicy::defer
                                                               : routing::ScriptPolicy::keep_going;
}

routing::FindStage find_script_stages(const conf::Config& config, routing::ScriptSetPtr scripts) {
  return routing::find_lua_stages(std::move(scripts), script_limits(config), script_policy(config));
}

}  // namespace stagecoach
