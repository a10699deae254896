// What scripts may use, and how they end when they go too far.
#include "routing/lua/sandbox.h"

#include <chrono>

#include "tests/routing/lua/lua_fixture.h"

namespace stagecoach::routing {
namespace {

TEST(LuaSandbox, RunsScripts) {
  const struct {
    const char* script;
    const char* output;
  } k_scripts[] = {
      {"print('a', 1, true, nil)", "a\t1\ttrue\tnil"},
      {"print('a') print('b')", "a\nb"},
      {"print(('x'):rep(3, '-'))", "x-x-x"},
      {"local t = {3, 1, 2} table.sort(t) print(table.concat(t, ','))", "1,2,3"},
      {"local t = {1, 2} table.insert(t, 3) print(#t, table.remove(t, 1), table.unpack(t))", "3\t1\t2\t3"},
      {"print(table.concat(table.move({1, 2, 3}, 2, 3, 1), ','))", "2,3,3"},
      {"print(utf8.len('\xc3\xa4x'), utf8.char(228))", "2\t\xc3\xa4"},
      {"print(math.max(1, 7), math.floor(2.5))", "7\t2"},
      {"print(string.format('%05.1f|%s|%d', 3.14159, 'x', 7))", "003.1|x|7"},
      {"print(select('#', pcall(error, 'x')))", "2"},
      {"print(xpcall(function(a) return a, 2 end, print, 1))", "true\t1\t2"},
      {"print(xpcall(function() error('x', 0) end, function(e) return e .. '!' end))", "false\tx!"},
      {"local t = setmetatable({}, {__index = function() return 'd' end}) print(t.a)", "d"},
      {"print(os.time(), os.date('%Y-%m-%d %H:%M'), os.date('!%H:%M'))",
       "1795176000\t2026-11-20 13:00\t12:00"},
      {"print(os.time{year=2026, month=11, day=20, hour=13})", "1795176000"},
      {"print(os.time{year=2026, month=13, day=1, hour=0} == os.time{year=2027, month=1, day=1, hour=0})",
       "true"},
      {"local d = os.date('*t') print(d.year, d.month, d.day, d.hour, d.wday, d.yday)",
       "2026\t11\t20\t13\t6\t324"},
      {"x = 1 print(_G.x, _ENV.x, rawget(_G, 'x'))", "1\t1\t1"},
      {"rawset(_G, 'y', 2) print(y)", "2"},
  };
  for (const auto& [script, output] : k_scripts) {
    LuaPool pool(nullptr, small_limits());
    EXPECT_EQ(printed(pool, script), output) << script;
  }
}

TEST(LuaSandbox, OffersNothingThatReachesOutside) {
  for (const char* name :
       {"io",          "load",           "loadfile",  "loadstring", "dofile",       "collectgarbage",
        "debug",       "package",        "coroutine", "warn",       "os.execute",   "os.getenv",
        "os.exit",     "os.remove",      "os.rename", "os.tmpname", "os.setlocale", "string.dump",
        "string.pack", "math.randomseed"}) {
    LuaPool pool(nullptr, small_limits());
    EXPECT_EQ(printed(pool, "print(" + std::string(name) + ")"), "nil") << name;
  }
}

TEST(LuaSandbox, TakesNoByteCode) {
  LuaPool pool(nullptr, small_limits());
  EXPECT_NE(printed(pool, "\x1bLua\x54").find("attempt to load a binary chunk"), std::string::npos);
}

TEST(LuaSandbox, NamesTheLineOfAnError) {
  const struct {
    const char* script;
    const char* error;
  } k_errors[] = {
      {"\n\nx.y = 1", "error: test:3: attempt to index a nil value (global 'x')"},
      {"\nerror('so')", "error: test:2: so"},
      {"error('so', 0)", "error: test: so"},
      {"error({})", "error: test: an error that is no text"},
      {"if then", "error: test:1: unexpected symbol near 'then'"},
      {"string.find('a', '[')", "error: test:1: malformed pattern (missing ']')"},
      {"require 'nothing'", "error: test:1: there is no script \"nothing\""},
  };
  for (const auto& [script, error] : k_errors) {
    LuaPool pool(nullptr, small_limits());
    EXPECT_EQ(printed(pool, script), error) << script;
  }
}

TEST(LuaSandbox, EndsWhatRunsTooLong) {
  // Each ends with an error, and soon: the limits are those of small_limits.
  const char* k_scripts[] = {
      "while true do end",
      "while true do pcall(function() while true do end end) end",
      "local function f() return pcall(f) end while true do f() end",
      "repeat local ok = xpcall(function() while true do end end, function() while true do end end) until "
      "false",
      "local t = {} while true do t[#t + 1] = {} end",
      "local s = 'x' while true do s = s .. s end",
      "local s = ('x'):rep(1e9)",
      "local s = string.rep('', 1e18)",
      "for i = 1, 1e9 do local s = ('x'):rep(1000000) end",
      "while true do pcall(string.rep, 'x', 1000000) end",
      "local function f() return f() + 1 end f()",
      "string.find(('a'):rep(200), ('a?'):rep(100) .. ('a'):rep(100) .. 'b')",
      "string.find(('a'):rep(5000), '.-.-.-.-.-.-b')",
      "string.match(('a'):rep(100000), '(.-)(.-)(.-)%1%2%3b')",
      "('a'):rep(5000):gsub('.-.-.-.-.-b', '')",
      "for w in ('a'):rep(5000):gmatch('.-.-.-.-.-b') do end",
      "while true do ('a'):rep(100000):find('b', 1, true) end",
      "table.move({}, 1, 1e15, 2)",
      "local t = {} for i = 1, 50000 do t[i] = i end while true do table.insert(t, 1, 0) table.remove(t, 1) "
      "end",
      "local t = {} for i = 1, 10000 do t[i] = i end while true do table.sort(t) end",
      "local s = (' '):rep(1000000) while true do tonumber(s) end",
      "local s = ('a'):rep(1000000) while true do utf8.len(s) end",
      "while true do print('x') end",
      "setmetatable({}, {__gc = function() while true do end end})",
      "local t = setmetatable({}, {__index = function(t, k) return t[k] end}) print(t.x)",
      "local x <close> = setmetatable({}, {__close = function() while true do end end})",
  };
  for (const char* script : k_scripts) {
    LuaPool pool(nullptr, small_limits());
    const auto begin = std::chrono::steady_clock::now();
    EXPECT_TRUE(printed(pool, script).starts_with("error: ")) << script;
    EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(10)) << script;
    EXPECT_EQ(printed(pool, "print('alive')"), "alive") << script;
  }
}

TEST(LuaSandbox, SaysWhichLimitWasReached) {
  LuaPool pool(nullptr, small_limits());
  EXPECT_EQ(printed(pool, "\nwhile true do end"), "error: test:2: more than 2000000 instructions");
  EXPECT_EQ(printed(pool, "local t = {} for i = 1, 1e6 do t[i] = i end"),
            "error: test: more than 4194304 bytes of memory");
  EXPECT_EQ(printed(pool, "for i = 1, 100000 do print('0123456789') end"),
            "error: test:1: printed more than 65536 bytes");
}

TEST(LuaSandbox, StopsWhenItIsTold) {
  LuaLimits limits = small_limits();
  int asked = 0;
  limits.stop = [&asked] { return ++asked > 3; };
  LuaPool pool(nullptr, limits);
  EXPECT_EQ(printed(pool, "while true do end"), "error: test:1: took too long");
}

TEST(LuaSandbox, KeepsCallsApart) {
  // What the first script changes or tries to change, the second does not see.
  const struct {
    const char* first;
    const char* second;
    const char* output;
  } k_pairs[] = {
      {"x = 1", "print(x)", "nil"},
      {"_G.x = 1", "print(x)", "nil"},
      {"print = nil string = nil", "print(string.upper('a'))", "A"},
      {"pcall(function() string.upper = nil end)", "print(('a'):upper())", "A"},
      {"pcall(rawset, string, 'upper', false)", "print(string.upper('a'))", "A"},
      {"pcall(function() getmetatable('').__index.upper = nil end)", "print(('a'):upper())", "A"},
      {"pcall(function() getmetatable(_G).__index.pcall = nil end)", "print(pcall(type, 1))", "true\tnumber"},
      {"pcall(setmetatable, _G, {})", "print(type(1))", "number"},
      {"pcall(table.insert, os, 1)", "print(os[1])", "nil"},
      {"require('shared').value = 2", "print(require('shared').value)", "1"},
  };
  for (const auto& [first, second, output] : k_pairs) {
    LuaPool pool(scripts({{"shared", "return {value = 1}"}}), small_limits());
    printed(pool, first);
    EXPECT_EQ(printed(pool, second), output) << first;
  }
}

TEST(LuaSandbox, RefusesToChangeLibraries) {
  for (const char* script :
       {"string.upper = nil", "rawset(math, 'pi', 3)", "setmetatable(table, {})", "os.time = 1"}) {
    LuaPool pool(nullptr, small_limits());
    EXPECT_TRUE(printed(pool, script).starts_with("error: ")) << script;
  }
}

TEST(LuaSandbox, GivesTheSameChanceForTheSameSeed) {
  LuaPool pool(nullptr, small_limits()), other(nullptr, small_limits());
  const std::string script = "print(math.random(1000000), math.random(1000000))";
  const std::string once = printed(pool, script);
  EXPECT_EQ(printed(pool, script), once);
  EXPECT_EQ(printed(other, script), once);
  LuaMoment moment = noon();
  moment.seed = 8;
  LuaCall call;
  call.text = script;
  EXPECT_NE(pool.run(call, moment)->printed, once);
}

// REF-128: scripts include others of the same set, and no files. SCR-004
TEST(LuaSandbox, IncludesScriptsOfItsSet) {
  LuaPool pool(scripts({{"Shared.LUA", "function twice(x) return 2 * x end"},
                        {"module", "require 'shared' return {four = twice(2)}"},
                        {"round", "require 'round' print('once')"},
                        {"broken", "\nlocal x = nil + 1"}}),
               small_limits());
  EXPECT_EQ(printed(pool, "require 'shared' print(twice(21))"), "42");
  EXPECT_EQ(printed(pool, "print(require('module').four, require('MODULE').four)"), "4\t4");
  EXPECT_EQ(printed(pool, "require 'round' require 'round'"), "once");
  EXPECT_EQ(printed(pool, "require 'broken'"),
            "error: broken.lua:2: attempt to perform arithmetic on a nil value");
  EXPECT_EQ(printed(pool, "require '/etc/passwd'"), "error: test:1: there is no script \"/etc/passwd\"");
}

// REF-127: a script or a function that does not exist is no error.
TEST(LuaSandbox, CallsAFunctionOfAScript) {
  LuaPool pool(scripts({{"one", "function f(x) return x .. '!' end  g = 1"}}), small_limits());
  std::string answer;
  LuaCall call;
  call.script = "ONE";
  call.function = "f";
  call.arguments = [](lua_State* state) {
    lua_pushstring(state, "a");
    return 1;
  };
  call.results = 1;
  call.take = [&](lua_State* state, int first) { answer = lua_tostring(state, first); };
  EXPECT_TRUE(pool.run(call, noon())->called);
  EXPECT_EQ(answer, "a!");
  for (const char* missing : {"g", "h", "print", "pairs"}) {
    call.function = missing;
    EXPECT_FALSE(pool.run(call, noon())->called) << missing;
  }
  call.script = "two";
  EXPECT_FALSE(pool.run(call, noon())->called);
}

TEST(LuaSandbox, IsCopiedWithoutItsState) {
  LuaPool pool(scripts({{"one", "print('here')"}}), small_limits());
  LuaCall call;
  call.script = "one";
  ASSERT_TRUE(pool.run(call, noon()));
  LuaPool copy = pool;
  EXPECT_EQ(copy.run(call, noon())->printed, "here");
  copy = LuaPool(nullptr);
  EXPECT_FALSE(copy.run(call, noon())->called);
}

// SCR-002: the syntax is checked without running anything. REF-128
TEST(CheckScript, SaysWhereTheFaultIs) {
  ScriptFault fault;
  EXPECT_TRUE(check_script({"a.lua", "while true do end"}, &fault));
  EXPECT_FALSE(check_script({"a.lua", "x = 1\ny = = 2"}, &fault));
  EXPECT_EQ(fault.file, "a.lua");
  EXPECT_EQ(fault.line, 2);
  EXPECT_EQ(fault.message, "unexpected symbol near '='");
  EXPECT_FALSE(check_script({"b.lua", "\x1bLua"}));
}

}  // namespace
}  // namespace stagecoach::routing
