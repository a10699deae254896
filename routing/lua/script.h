// The Lua scripts of a configuration: names and texts, immutable, shared by everybody who runs them.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "routing/model/result.h"

namespace stagecoach::routing {

struct Script {
  std::string file;  // "office.lua": what errors and reasons name
  std::string text;
};

class ScriptSet {
 public:
  /// `file` with or without ".lua"; of names that differ only in case the last one stays.
  void add(std::string_view file, std::string text);
  /// Names without regard to case, with or without ".lua"; nullptr: there is no such script.
  const Script* find(std::string_view name) const;
  /// In the order of their names; the keys are lower case without ".lua".
  const std::map<std::string, Script, std::less<>>& all() const { return scripts_; }
  bool empty() const { return scripts_.empty(); }

 private:
  std::map<std::string, Script, std::less<>> scripts_;
};

using ScriptSetPtr = std::shared_ptr<const ScriptSet>;

/// A script that is no Lua: "office.lua:12: unexpected symbol near 'end'". Nothing is run.
struct ScriptFault {
  std::string file;
  int line = 0;
  std::string message;
};
Result<void> check_script(const Script& script, ScriptFault* fault = nullptr);

/// Splits "office.lua:12: message"; line 0 when there is none.
ScriptFault parse_script_fault(std::string_view file, std::string_view text);

}  // namespace stagecoach::routing
