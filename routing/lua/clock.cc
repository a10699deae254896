// `os` of scripts: the moment of the call instead of a clock.
#include <lua.hpp>

#include "routing/civil_time.h"
#include "routing/lua/library.h"
#include "routing/lua/sandbox.h"
#include "routing/lua/values.h"

namespace stagecoach::routing {
namespace {

using std::chrono::seconds;

constexpr double k_instructions_a_second = 1e8;  // for os.clock: about what a processor does
constexpr lua_Integer k_field_max = 100'000'000;

std::int64_t now_seconds(const LuaMoment& moment) {
  return std::chrono::floor<seconds>(moment.now).time_since_epoch().count();
}

lua_Integer field(lua_State* state, const char* name, lua_Integer fallback) {
  lua_getfield(state, 1, name);
  int is_number = 0;
  const lua_Integer value = lua_tointegerx(state, -1, &is_number);
  const bool missing = lua_isnil(state, -1);
  lua_pop(state, 1);
  if (missing && fallback >= 0) return fallback;
  if (is_number == 0 || value < -k_field_max || value > k_field_max)
    return luaL_error(state, "field '%s' is missing or no whole number in range", name);
  return value;
}

int time_function(lua_State* state) {
  const LuaMoment& moment = LuaSandbox::of(state).moment();
  if (lua_isnoneornil(state, 1)) return lua_pushinteger(state, now_seconds(moment)), 1;
  luaL_checktype(state, 1, LUA_TTABLE);
  const auto year = field(state, "year", -1), month = field(state, "month", -1) - 1,
             day = field(state, "day", -1);
  const auto years = year + (month >= 0 ? month / 12 : -((11 - month) / 12));
  if (years < -9999 || years > 9999) return luaL_error(state, "the year is out of range");
  const auto month_number = static_cast<unsigned>(((month % 12) + 12) % 12 + 1);
  const auto first =
      std::chrono::sys_days(std::chrono::year(static_cast<int>(years)) / static_cast<int>(month_number) / 1);
  const std::int64_t days = first.time_since_epoch().count() + day - 1;
  const std::int64_t clock =
      field(state, "hour", 12) * 3600 + field(state, "min", 0) * 60 + field(state, "sec", 0);
  lua_pushinteger(state, days * 86400 + clock - moment.utc_offset.count());
  return 1;
}

void push_date_table(lua_State* state, LocalTime time) {
  const auto day = day_of(time);
  const std::chrono::year_month_day date(day);
  const auto clock = clock_of(time).count();
  lua_createtable(state, 0, 9);
  set_integer(state, "year", static_cast<int>(date.year()));
  set_integer(state, "month", static_cast<unsigned>(date.month()));
  set_integer(state, "day", static_cast<unsigned>(date.day()));
  set_integer(state, "hour", clock / 3600);
  set_integer(state, "min", clock / 60 % 60);
  set_integer(state, "sec", clock % 60);
  set_integer(state, "wday", std::chrono::weekday(day).c_encoding() + 1);
  set_integer(state, "yday", (day - std::chrono::local_days(date.year() / 1 / 1)).count() + 1);
  set_boolean(state, "isdst", false);
}

int date_function(lua_State* state) {
  const LuaMoment& moment = LuaSandbox::of(state).moment();
  std::string_view format = lua_isnoneornil(state, 1) ? std::string_view("%c") : text_argument(state, 1);
  const auto stamp = luaL_optinteger(state, 2, now_seconds(moment));
  constexpr lua_Integer k_stamp_max = 253'402'300'799;  // the end of the year 9999
  if (stamp < -k_stamp_max / 8 || stamp > k_stamp_max) return luaL_error(state, "the time is out of range");
  const bool utc = format.starts_with('!');
  if (utc) format.remove_prefix(1);
  const LocalTime time(seconds(stamp) + (utc ? seconds(0) : moment.utc_offset));
  if (format.starts_with("*t"))
    push_date_table(state, time);
  else
    push(state, format.find('%') == std::string_view::npos ? std::string(format)
                                                           : format_time(time, format, Picture::date));
  return 1;
}

int clock_function(lua_State* state) {
  lua_pushnumber(state, static_cast<double>(LuaSandbox::of(state).used()) / k_instructions_a_second);
  return 1;
}

int difftime_function(lua_State* state) {
  lua_pushnumber(state, luaL_checknumber(state, 1) - luaL_optnumber(state, 2, 0));
  return 1;
}

}  // namespace

void open_os(lua_State* state) {
  constexpr luaL_Reg k_functions[] = {{"time", &time_function},
                                      {"date", &date_function},
                                      {"clock", &clock_function},
                                      {"difftime", &difftime_function},
                                      {nullptr, nullptr}};
  luaL_newlib(state, k_functions);
}

}  // namespace stagecoach::routing
