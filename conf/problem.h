// What is wrong with a configuration, one line each: `stagecoach check` prints text() of all of them.
#pragma once

#include <string>
#include <vector>

namespace stagecoach::conf {

struct Problem {
  enum class Severity { error, warning };

  std::string file;  // as given on the command line, so that an editor can open it
  int line = 0;      // 0: the whole file
  std::string key;   // "service.mx.listen"; empty: no key
  std::string message;
  Severity severity = Severity::error;

  /// "stagecoach.toml:12: service.mx.listen: \"x\" is no address and port"
  std::string text() const;
  bool operator==(const Problem&) const = default;
};

using Problems = std::vector<Problem>;

bool has_errors(const Problems& problems);

}  // namespace stagecoach::conf
