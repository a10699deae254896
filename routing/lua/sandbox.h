// One Lua state in which foreign scripts run (docs/reference/lua.md, "What a script may use"): text only, no
// files, no network, no clock, no loading of code. Instructions, memory and output have limits; C functions
// that could run long are charged for what they do, so that an endless pattern ends like an endless loop.
// Globals that a script sets die with the call. Errors are values: "office.lua:12: message".
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "routing/lua/script.h"
#include "routing/model/arrival.h"
#include "routing/model/result.h"

struct lua_State;
struct lua_Debug;

namespace stagecoach::routing {

struct LuaLimits {
  std::int64_t instructions_max = 10'000'000;  // of one call
  std::size_t memory_max = std::size_t{16} * 1024 * 1024;
  std::size_t output_bytes_max = std::size_t{64} * 1024;  // of print
  /// Asked every thousand instructions; true ends the script. None: only the other limits count.
  std::function<bool()> stop;
};

/// For scripts that users write themselves.
LuaLimits limits_of_users(LuaLimits limits);

/// Time and chance, given from outside: the same call gives the same result.
struct LuaMoment {
  Time now{};
  std::chrono::seconds utc_offset{0};  // of the server's local time
  std::uint64_t seed = 0;              // of math.random
};

/// One call: the script runs as a whole, then one of its functions. The callbacks run protected: they may use
/// the whole Lua interface and raise Lua errors.
struct LuaCall {
  std::string_view script;                       // name in the set
  std::optional<std::string_view> text;          // this text instead, `script` is then its name in errors
  std::string_view function;                     // empty: only the script itself
  std::function<void(lua_State*)> globals;       // the table of globals is on top of the stack
  std::function<int(lua_State*)> arguments;      // pushes them, gives their number
  int results = 0;                               // asked of the function
  std::function<void(lua_State*, int)> take;     // the first result stands at this index
  std::function<void(lua_State*)> take_globals;  // the table of globals is on top of the stack
};

struct LuaOutcome {
  bool called = false;  // false: no such script, or it does not define the function
  std::string printed;  // lines of print, without a line end after the last
  std::int64_t instructions = 0;
};

class LuaSandbox {
 public:
  LuaSandbox(ScriptSetPtr scripts, LuaLimits limits);
  ~LuaSandbox();
  LuaSandbox(const LuaSandbox&) = delete;
  LuaSandbox& operator=(const LuaSandbox&) = delete;

  /// After an error the state must not be used again.
  Result<LuaOutcome> run(const LuaCall& call, const LuaMoment& moment);

  // For the functions that scripts call.
  static LuaSandbox& of(lua_State* state);
  /// Takes `steps` from what the call may still do; raises a Lua error when that is nothing.
  void charge(lua_State* state, std::int64_t steps);
  std::int64_t& steps_left() { return left_; }
  void print(lua_State* state, std::string_view text);
  const LuaMoment& moment() const { return moment_; }
  std::int64_t used() const { return limits_.instructions_max - left_; }
  std::size_t memory_max() const { return limits_.memory_max; }

 private:
  static void* allocate(void* self, void* block, std::size_t old_size, std::size_t new_size);
  static void on_count(lua_State* state, lua_Debug*);
  static int prepare(lua_State* state);
  static int run_protected(lua_State* state);
  static int require(lua_State* state);
  void push_chunk(lua_State* state, const Script& script, bool keep);
  void exceed(lua_State* state, int level, const std::string& what);
  std::string error_text(std::string_view script) const;

  ScriptSetPtr scripts_;
  LuaLimits limits_;
  LuaMoment moment_;
  std::size_t bytes_ = 0;
  std::int64_t left_ = 0;
  bool running_ = false, stopped_ = false;
  LuaOutcome* outcome_ = nullptr;
  lua_State* state_ = nullptr;  // the last one: it allocates by the others
};

/// A state that is kept from call to call; after an error a new one is made. Belongs to one thread: a copy
/// has no state yet, so that stages may be copied from actor to actor.
class LuaPool {
 public:
  explicit LuaPool(ScriptSetPtr scripts, LuaLimits limits = {});
  LuaPool(const LuaPool& other) : LuaPool(other.scripts_, other.limits_) {}
  LuaPool& operator=(const LuaPool& other);

  const ScriptSet& scripts() const { return *scripts_; }
  Result<LuaOutcome> run(const LuaCall& call, const LuaMoment& moment);

 private:
  ScriptSetPtr scripts_;
  LuaLimits limits_;
  std::unique_ptr<LuaSandbox> idle_;
};

}  // namespace stagecoach::routing
