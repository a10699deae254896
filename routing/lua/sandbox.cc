#include "routing/lua/sandbox.h"

#include <cstdlib>
#include <lua.hpp>

#include "routing/lua/library.h"
#include "routing/lua/values.h"

namespace stagecoach::routing {
namespace {

constexpr int k_step = 1000;                        // instructions between two looks at the limits
constexpr std::size_t k_bytes_an_instruction = 16;  // what memory costs, so that copying ends too
constexpr std::size_t k_sweep_above_bytes = std::size_t{1024} * 1024;
constexpr const char* k_globals = "stagecoach.globals";  // of the call, in the registry
constexpr const char* k_metatable = "stagecoach.metatable";
constexpr const char* k_loaded = "stagecoach.loaded";
constexpr const char* k_randomseed = "stagecoach.randomseed";

std::string too_many_instructions(const LuaLimits& limits) {
  return "more than " + std::to_string(limits.instructions_max) + " instructions";
}

struct Running {
  LuaSandbox* self;
  const LuaCall* call;
};

/// The function on top gets the globals of the call as its environment.
void set_environment(lua_State* state) {
  lua_getfield(state, LUA_REGISTRYINDEX, k_globals);
  lua_setupvalue(state, -2, 1);
}

void load(lua_State* state, std::string_view text, const std::string& chunk) {
  if (luaL_loadbufferx(state, text.data(), text.size(), chunk.c_str(), "t") != LUA_OK) lua_error(state);
}

void push_globals(lua_State* state, const LuaCall& call) {
  lua_newtable(state);
  lua_getfield(state, LUA_REGISTRYINDEX, k_metatable);
  lua_setmetatable(state, -2);
  lua_pushvalue(state, -1);
  lua_setfield(state, -2, "_G");
  lua_pushvalue(state, -1);
  lua_setfield(state, LUA_REGISTRYINDEX, k_globals);
  lua_newtable(state);
  lua_setfield(state, LUA_REGISTRYINDEX, k_loaded);
  if (call.globals) call.globals(state);
}

void seed(lua_State* state, std::uint64_t seed) {
  lua_getfield(state, LUA_REGISTRYINDEX, k_randomseed);
  lua_pushinteger(state, static_cast<lua_Integer>(seed));
  lua_call(state, 1, 0);
}

int print_function(lua_State* state) {
  std::string line;
  const int count = lua_gettop(state);
  for (int i = 1; i <= count; ++i) {
    std::size_t size = 0;
    const char* text = luaL_tolstring(state, i, &size);
    if (i > 1) line += '\t';
    line.append(text, size);
    lua_pop(state, 1);
  }
  LuaSandbox::of(state).print(state, line);
  return 0;
}

}  // namespace

LuaLimits limits_of_users(LuaLimits limits) {
  limits.instructions_max = std::min<std::int64_t>(limits.instructions_max, 1'000'000);
  limits.memory_max = std::min<std::size_t>(limits.memory_max, std::size_t{4} * 1024 * 1024);
  return limits;
}

// ---- the state ----

LuaSandbox::LuaSandbox(ScriptSetPtr scripts, LuaLimits limits)
    : scripts_(std::move(scripts)), limits_(std::move(limits)) {
  state_ = lua_newstate(&allocate, this);
  if (!state_) return;
  *static_cast<LuaSandbox**>(lua_getextraspace(state_)) = this;
  lua_pushcfunction(state_, &prepare);
  if (lua_pcall(state_, 0, 0, 0) == LUA_OK) return;
  lua_close(state_);
  state_ = nullptr;
}

LuaSandbox::~LuaSandbox() {
  running_ = false;
  if (state_) lua_close(state_);
}

LuaSandbox& LuaSandbox::of(lua_State* state) { return **static_cast<LuaSandbox**>(lua_getextraspace(state)); }

int LuaSandbox::prepare(lua_State* state) {
  luaL_requiref(state, LUA_MATHLIBNAME, luaopen_math, 0);
  lua_getfield(state, -1, "randomseed");
  lua_setfield(state, LUA_REGISTRYINDEX, k_randomseed);
  open_libraries(state);
  lua_pushglobaltable(state);
  lua_pushcfunction(state, &print_function);
  lua_setfield(state, -2, "print");
  lua_pushcfunction(state, &require);
  lua_setfield(state, -2, "require");
  lua_newtable(state);
  lua_pushvalue(state, -2);
  lua_setfield(state, -2, "__index");
  lua_pushliteral(state, "protected");
  lua_setfield(state, -2, "__metatable");
  lua_setfield(state, LUA_REGISTRYINDEX, k_metatable);
  return 0;
}

void* LuaSandbox::allocate(void* self, void* block, std::size_t old_size, std::size_t new_size) {
  LuaSandbox& sandbox = *static_cast<LuaSandbox*>(self);
  if (!block) old_size = 0;  // it is then the kind of what will stand there
  if (new_size == 0) {
    sandbox.bytes_ -= old_size;
    std::free(block);
    return nullptr;
  }
  if (new_size > old_size) {
    const std::size_t more = new_size - old_size;
    if (sandbox.bytes_ + more > sandbox.limits_.memory_max) return nullptr;
    if (sandbox.running_ && !sandbox.stopped_) {  // the text of the error has to find room
      sandbox.left_ -= static_cast<std::int64_t>(more / k_bytes_an_instruction);
      if (sandbox.left_ < 0) return nullptr;
    }
  }
  void* moved = std::realloc(block, new_size);
  if (moved) sandbox.bytes_ += new_size - old_size;
  return moved;
}

// ---- limits ----

void LuaSandbox::on_count(lua_State* state, lua_Debug*) {
  LuaSandbox& self = of(state);
  if (!self.stopped_) self.left_ -= k_step;
  if (self.left_ < 0) self.exceed(state, 0, too_many_instructions(self.limits_));
  if (self.stopped_ || (self.limits_.stop && self.limits_.stop())) self.exceed(state, 0, "took too long");
}

/// `level` is that of the Lua function: 0 in a hook, 1 in a function that it has called. From now on each
/// instruction raises the error again, so that no pcall keeps the script alive.
void LuaSandbox::exceed(lua_State* state, int level, const std::string& what) {
  stopped_ = true;
  lua_sethook(state, &on_count, LUA_MASKCOUNT, 1);
  luaL_where(state, level);
  routing::push(state, what);
  lua_concat(state, 2);
  lua_error(state);
}

void LuaSandbox::charge(lua_State* state, std::int64_t steps) {
  left_ = steps > left_ ? -1 : left_ - steps;
  if (left_ < 0) exceed(state, 1, too_many_instructions(limits_));
}

void LuaSandbox::print(lua_State* state, std::string_view text) {
  charge(state, static_cast<std::int64_t>(text.size() / k_bytes_an_instruction));
  if (!outcome_) return;
  if (outcome_->printed.size() + text.size() > limits_.output_bytes_max)
    luaL_error(state, "printed more than %I bytes", static_cast<LUAI_UACINT>(limits_.output_bytes_max));
  outcome_->printed.append(text).push_back('\n');
}

// ---- a call ----

void LuaSandbox::push_chunk(lua_State* state, const Script& script, bool keep) {
  const std::string chunk = (keep ? "@" : "=") + script.file;
  if (!keep) {
    load(state, script.text, chunk);
  } else if (lua_getfield(state, LUA_REGISTRYINDEX, chunk.c_str()) != LUA_TFUNCTION) {
    lua_pop(state, 1);
    load(state, script.text, chunk);
    lua_pushvalue(state, -1);
    lua_setfield(state, LUA_REGISTRYINDEX, chunk.c_str());
  }
  set_environment(state);
}

int LuaSandbox::require(lua_State* state) {
  LuaSandbox& self = of(state);
  const std::string_view name = text_argument(state, 1);
  const Script* script = self.scripts_ ? self.scripts_->find(name) : nullptr;
  if (!script) return luaL_error(state, "there is no script \"%s\"", lua_tostring(state, 1));
  lua_settop(state, 1);
  lua_getfield(state, LUA_REGISTRYINDEX, k_loaded);
  if (lua_getfield(state, 2, script->file.c_str()) != LUA_TNIL) return 1;
  lua_pushboolean(state, 1);  // for scripts that require each other
  lua_setfield(state, 2, script->file.c_str());
  self.push_chunk(state, *script, true);
  lua_call(state, 0, 1);
  if (lua_isnil(state, -1)) lua_pushboolean(state, 1);
  lua_pushvalue(state, -1);
  lua_setfield(state, 2, script->file.c_str());
  return 1;
}

int LuaSandbox::run_protected(lua_State* state) {
  const Running& running = *static_cast<const Running*>(lua_touserdata(state, 1));
  LuaSandbox& self = *running.self;
  const LuaCall& call = *running.call;
  const Script* script = call.text || !self.scripts_ ? nullptr : self.scripts_->find(call.script);
  if (!script && !call.text) return 0;
  seed(state, self.moment_.seed);
  push_globals(state, call);
  const int globals = lua_gettop(state);
  if (script)
    self.push_chunk(state, *script, true);
  else
    self.push_chunk(state, {std::string(call.script), std::string(*call.text)}, false);
  lua_call(state, 0, 0);
  if (!call.function.empty()) {
    push(state, call.function);
    if (lua_rawget(state, globals) != LUA_TFUNCTION) return 0;
    const int arguments = call.arguments ? call.arguments(state) : 0;
    lua_call(state, arguments, call.results);
    if (call.take) call.take(state, globals + 1);
  }
  self.outcome_->called = true;
  if (call.take_globals) {
    lua_settop(state, globals);
    call.take_globals(state);
  }
  return 0;
}

Result<LuaOutcome> LuaSandbox::run(const LuaCall& call, const LuaMoment& moment) {
  if (!state_) return unavailable("no memory for a Lua state");
  LuaOutcome outcome;
  Running running{this, &call};
  moment_ = moment;
  left_ = limits_.instructions_max;
  stopped_ = false;
  running_ = true;
  outcome_ = &outcome;
  lua_sethook(state_, &on_count, LUA_MASKCOUNT, k_step);
  lua_pushcfunction(state_, &run_protected);
  lua_pushlightuserdata(state_, &running);
  const int status = lua_pcall(state_, 1, 0, 0);
  lua_sethook(state_, nullptr, 0, 0);
  outcome_ = nullptr;
  running_ = false;
  if (status != LUA_OK) {
    const Script* script = call.text || !scripts_ ? nullptr : scripts_->find(call.script);
    return invalid_input(error_text(script ? std::string_view(script->file) : call.script));
  }
  outcome.instructions = used();
  if (!outcome.printed.empty()) outcome.printed.pop_back();
  if (bytes_ > k_sweep_above_bytes) lua_gc(state_, LUA_GCCOLLECT);
  return outcome;
}

/// The error on top of the stack, with the name of a script in front.
std::string LuaSandbox::error_text(std::string_view script) const {
  const std::string file(script);
  if (lua_type(state_, -1) != LUA_TSTRING) return file + ": an error that is no text";
  std::size_t size = 0;
  const char* raw = lua_tolstring(state_, -1, &size);
  const std::string_view text(raw, size);
  if (text == "not enough memory")
    return file + (left_ < 0 ? ": " + too_many_instructions(limits_)
                             : ": more than " + std::to_string(limits_.memory_max) + " bytes of memory");
  const bool named = parse_script_fault(script, text).line > 0;
  return (named ? std::string() : file + ": ") + std::string(text.substr(0, 1000));
}

// ---- the pool ----

LuaPool::LuaPool(ScriptSetPtr scripts, LuaLimits limits)
    : scripts_(scripts ? std::move(scripts) : std::make_shared<const ScriptSet>()),
      limits_(std::move(limits)) {}

LuaPool& LuaPool::operator=(const LuaPool& other) {
  scripts_ = other.scripts_;
  limits_ = other.limits_;
  idle_.reset();
  return *this;
}

Result<LuaOutcome> LuaPool::run(const LuaCall& call, const LuaMoment& moment) {
  if (!call.text && !scripts_->find(call.script)) return LuaOutcome{};
  // Taken out while it runs: a hook may be called while another one is under way.
  auto sandbox = idle_ ? std::move(idle_) : std::make_unique<LuaSandbox>(scripts_, limits_);
  auto outcome = sandbox->run(call, moment);
  if (outcome) idle_ = std::move(sandbox);
  return outcome;
}

}  // namespace stagecoach::routing
