// Where an entry of the directory comes from. Declared entries are read-only for programs.
#pragma once

#include <string>

namespace stagecoach {

struct Provenance {
  std::string file;  // empty: the database
  int line = 0;
  /// "stagecoach.toml:41" or "database".
  std::string text() const { return file.empty() ? "database" : file + ":" + std::to_string(line); }
  bool operator==(const Provenance&) const = default;
};

}  // namespace stagecoach
