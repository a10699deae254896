// Lua's patterns as its reference manual describes them, through the functions of the string library.
#include "routing/lua/lua_pattern.h"

#include "tests/routing/lua/lua_fixture.h"

namespace stagecoach::routing {
namespace {

TEST(LuaPattern, DoesWhatTheManualSays) {
  const struct {
    const char* expression;
    const char* output;
  } k_expressions[] = {
      {"('hello'):find('l')", "3\t3"},
      {"('hello'):find('l+')", "3\t4"},
      {"('hello'):find('xyz')", "nil"},
      {"('hello'):find('')", "1\t0"},
      {"('hello'):find('', 6)", "6\t5"},
      {"('hello'):find('', 7)", "nil"},
      {"('hello'):find('l', -2)", "4\t4"},
      {"('hello'):find('l', -100)", "3\t3"},
      {"('a.b'):find('.', 1, true)", "2\t2"},
      {"('a+b'):find('+', 1, true)", "2\t2"},
      {"('key = value'):match('^(%w+)%s*=%s*(%w+)$')", "key\tvalue"},
      {"('  x '):match('^%s*(.-)%s*$')", "x"},
      {"('abc'):match('b()')", "3"},
      {"('abc'):match('()()')", "1\t1"},
      {"('2026-11-20'):match('(%d+)-(%d+)-(%d+)')", "2026\t11\t20"},
      {"('f(a(b)c)d'):match('%b()')", "(a(b)c)"},
      {"('f(a(b c'):match('%b()')", "nil"},
      {"('THE (quick) fox'):find('%f[%a]%a+%f[%A]', 5)", "6\t10"},
      {"('say \"hi\" now'):match('([\"\\'])(.-)%1')", "\"\thi"},
      {"('x]y'):match('[]]')", "]"},
      {"('x^y'):match('[%^]')", "^"},
      {"('a-b'):match('[a-]+')", "a-"},
      {"('b'):match('[^a]')", "b"},
      {"('5%'):match('%%')", "%"},
      {"('colour color'):gsub('colou?r', 'C')", "C C\t2"},
      {"('abc'):gsub('%w', '%0%0')", "aabbcc\t3"},
      {"('hello world'):gsub('(%w+) (%w+)', '%2 %1')", "world hello\t1"},
      {"('abc'):gsub('', '-')", "-a-b-c-\t4"},
      {"('abc'):gsub('b*', 'x')", "xaxcx\t3"},
      {"('abc'):gsub('^a', 'x')", "xbc\t1"},
      {"('aaa'):gsub('a', 'b', 2)", "bba\t2"},
      {"('$a $b'):gsub('%$(%w+)', {a = 'one'})", "one $b\t2"},
      {"('abc'):gsub('.', function(c) if c == 'b' then return 'X' end end)", "aXc\t3"},
      {"('50%'):gsub('%%', '%%%%')", "50%%\t1"},
      {"('a,b,,c'):gsub(',', ';', 0)", "a,b,,c\t0"},
      {"(function() local r = {} for k, v in ('a=1, b=2'):gmatch('(%w+)=(%w+)') do r[#r+1] = k .. v end "
       "return "
       "table.concat(r, ' ') end)()",
       "a1 b2"},
      {"(function() local n = 0 for _ in ('abc'):gmatch('') do n = n + 1 end return n end)()", "4"},
      {"(function() local r = {} for w in ('one two'):gmatch('%a+', 4) do r[#r+1] = w end return r[1] end)()",
       "two"},
      {"('\\0x'):find('%z')", "nil"},
      {"('a\\0b'):find('\\0')", "2\t2"},
      {"('abc'):match('.', 2)", "b"},
      {"(12):type()", "error: test:1: attempt to index a number value"},
      {"('a'):find('%')", "error: test:1: malformed pattern (ends with '%')"},
      {"('a'):find('(')", "error: test:1: unfinished capture"},
      {"('a'):match(')')", "error: test:1: invalid pattern capture"},
      {"('a'):find('%1')", "error: test:1: invalid capture index in pattern"},
      {"('a'):find('%f')", "error: test:1: missing '[' after '%f' in pattern"},
      {"('a'):find('%b')", "error: test:1: malformed pattern (missing arguments to '%b')"},
      {"('a'):find('[a-')", "error: test:1: malformed pattern (missing ']')"},
      {"('a'):find('[%')", "error: test:1: malformed pattern (missing ']')"},
      {"('a'):gsub('a', '%2')", "error: test:1: invalid capture index %2"},
      {"('a'):gsub('a', '%x')", "error: test:1: invalid use of '%' in replacement string"},
      {"('a'):gsub('a', true)",
       "error: test:1: bad argument #2 to 'gsub' (string/function/table expected, got boolean)"},
      {"('a'):gsub('a', function() return {} end)", "error: test:1: invalid replacement value (a table)"},
  };
  for (const auto& [expression, output] : k_expressions) {
    LuaPool pool(nullptr, small_limits());
    EXPECT_EQ(printed(pool, std::string("print(") + expression + ")"), output) << expression;
  }
}

TEST(LuaPattern, TakesStepsAndEnds) {
  std::int64_t steps = 10'000;
  const std::string subject(1000, 'a');
  LuaPattern pattern(subject, ".-.-.-.-b", steps);
  EXPECT_EQ(pattern.match_at(0), LuaPattern::k_none);
  EXPECT_LT(steps, 0);
  EXPECT_STREQ(pattern.fault(), "");
  std::int64_t enough = 10'000;
  LuaPattern small("aab", "a*(b)", enough);
  EXPECT_EQ(small.match_at(0), 3u);
  EXPECT_EQ(small.captures(), 1u);
  EXPECT_EQ(small.capture(0).begin, 2u);
  EXPECT_GT(enough, 9'900);
}

}  // namespace
}  // namespace stagecoach::routing
