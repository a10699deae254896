#include "actors/script_store.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

namespace stagecoach {

namespace {

namespace fs = std::filesystem;

constexpr std::uintmax_t k_script_bytes_max = 4u << 20;
constexpr std::size_t k_scripts_max = 1000;

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

}  // namespace

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
