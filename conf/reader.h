// Reads a configuration and says everything that is wrong with it. A configuration is a file with the
// fragments `stagecoach.d/*.toml` beside it in the order of their names, or a folder of *.toml files.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "conf/config.h"
#include "conf/problem.h"

namespace stagecoach::conf {

struct ReadConfig {
  Config config;      // usable only without errors
  Problems problems;  // in the order of files and lines

  bool ok() const { return !has_errors(problems); }
};

/// One text that is read as a file: `path` is what problems name, `label` what provenances name.
struct ConfigText {
  std::string path;
  std::string label;
  std::string text;
};

/// Reads a file or a folder with all checks. A missing file is a problem, not an exception.
ReadConfig read_config(const std::string& path);

/// The same from memory; for tests, fuzzers and `init`. Sections of several texts are merged: tables by key
/// (a key given twice is an error), arrays of tables by appending.
ReadConfig read_config_texts(const std::vector<ConfigText>& texts);
ReadConfig read_config_text(std::string_view text, std::string label = "stagecoach.toml");

/// All names of the directory, declared and stored.
struct DirectoryNames {
  std::vector<std::string> users, lists, groups;
};

/// What can be checked only with the names of the directory: targets that name nobody. The problems are
/// errors.
Problems check_against(const Config& config, const DirectoryNames& names);

}  // namespace stagecoach::conf
