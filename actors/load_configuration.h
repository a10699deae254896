// A configuration as the server takes it: the files, their scripts, the pipeline, and with
// [pipeline] require_tests the cases beside it. Whoever starts, reloads, checks or compares uses this.
#pragma once

#include <memory>
#include <string>

#include "actors/node.h"
#include "conf/problem.h"
#include "routing/lua/stage.h"

namespace stagecoach {

struct LoadedConfiguration {
  ConfigPtr config;               // never null
  routing::ScriptSetPtr scripts;  // never null
  DkimKeysPtr dkim_keys;          // never null
  conf::Problems problems;
  bool ok() const;  // warnings do not count
  std::vector<std::string> errors() const;
};

LoadedConfiguration load_configuration(const std::string& path);

}  // namespace stagecoach
