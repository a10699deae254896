#include "conf/reader.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "conf/checks.h"
#include "conf/group_members.h"
#include "conf/read_settings.h"

namespace stagecoach::conf {
namespace {

namespace fs = std::filesystem;

constexpr std::uintmax_t k_file_bytes_max = 256u << 20;

/// The *.toml files of a folder in the order of their names; *.test.toml are the tests of a configuration.
std::vector<fs::path> toml_files(const fs::path& folder) {
  std::vector<fs::path> files;
  std::error_code error;
  for (fs::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error))
    if (entry->path().extension() == ".toml" && entry->path().stem().extension() != ".test" &&
        entry->is_regular_file(error))
      files.push_back(entry->path());
  std::sort(files.begin(), files.end());
  return files;
}

void load(const fs::path& file, const std::string& label, std::vector<ConfigText>& texts,
          Problems& problems) {
  std::error_code error;
  const auto size = fs::file_size(file, error);
  std::ifstream stream(file, std::ios::binary);
  std::ostringstream text;
  if (error || !stream || size > k_file_bytes_max || !(size == 0 || text << stream.rdbuf())) {
    problems.push_back({file.string(),
                        0,
                        {},
                        "cannot be read" + (error ? ": " + error.message() : std::string()),
                        Problem::Severity::error});
    return;
  }
  texts.push_back({file.string(), label, std::move(text).str()});
}

void read_text(const ConfigText& source, Config& config, Problems& problems, Sources& sources,
               std::set<std::string>& seen) {
  sources.paths[source.label] = source.path;
  const toml::parse_result parsed = toml::parse(source.text, source.path);
  if (!parsed) {
    const toml::parse_error& error = parsed.error();
    problems.push_back({source.path,
                        line_of(error.source()),
                        {},
                        std::string(error.description()),
                        Problem::Severity::error});
    return;
  }
  read_settings(parsed.table(), config, {source.path, source.label, problems, sources.lines, seen}, {});
}

ReadConfig read_all(const std::vector<ConfigText>& texts, Problems problems, std::string folder) {
  ReadConfig result;
  result.problems = std::move(problems);
  result.config.folder = std::move(folder);
  Sources sources;
  std::set<std::string> seen;
  for (const ConfigText& text : texts) read_text(text, result.config, result.problems, sources, seen);
  give_group_settings(result.config, sources);
  for (Problem& problem : check_config(result.config, sources)) result.problems.push_back(std::move(problem));
  const auto place = [&](const Problem& problem) {
    const auto text =
        std::find_if(texts.begin(), texts.end(), [&](const auto& t) { return t.path == problem.file; });
    return std::pair(text - texts.begin(), problem.line);
  };
  std::stable_sort(result.problems.begin(), result.problems.end(),
                   [&](const Problem& a, const Problem& b) { return place(a) < place(b); });
  return result;
}

}  // namespace

ReadConfig read_config(const std::string& path) {
  std::vector<ConfigText> texts;
  Problems problems;
  std::error_code error;
  const fs::path main(path);
  if (fs::is_directory(main, error)) {
    for (const fs::path& file : toml_files(main)) load(file, file.filename().string(), texts, problems);
    if (texts.empty() && problems.empty())
      problems.push_back({path, 0, {}, "the folder has no *.toml file", Problem::Severity::error});
    return read_all(texts, std::move(problems), fs::absolute(main, error).string());
  }
  load(main, main.filename().string(), texts, problems);
  const fs::path folder = fs::absolute(main, error).parent_path();
  const fs::path fragments = main.parent_path() / "stagecoach.d";
  for (const fs::path& file : toml_files(fragments))
    load(file, "stagecoach.d/" + file.filename().string(), texts, problems);
  return read_all(texts, std::move(problems), folder.string());
}

ReadConfig read_config_texts(const std::vector<ConfigText>& texts) { return read_all(texts, {}, {}); }

ReadConfig read_config_text(std::string_view text, std::string label) {
  return read_config_texts({{label, label, std::string(text)}});
}

}  // namespace stagecoach::conf
