// mxout.lua and relayout.lua: what they are given and what their answers mean.
#include "routing/lua/sending_hooks.h"

#include "tests/routing/lua/lua_fixture.h"

namespace stagecoach::routing {
namespace {

LuaPool pool_with(const std::string& text) {
  return LuaPool(scripts({{"mxout", text}, {"relayout", "function Other() end"}}), small_limits());
}

constexpr ServerFacts k_facts{"mx1.remote.example", "remote.example", "fred@example.com", 2, "dsl"};

/// "port 26, tls 2, …", "nothing", "error: …"
std::string details(const std::string& text) {
  LuaPool pool = pool_with(text);
  const auto result = run_server_details(pool, k_mxout_script, k_facts, noon());
  if (!result) return "error: " + result.error().reason;
  if (!*result) return "nothing";
  const ServerChange& change = **result;
  std::string line = change.skip ? "skip " : "";
  if (change.port) line += "port=" + std::to_string(*change.port) + " ";
  if (change.tls) line += "tls=" + std::to_string(static_cast<int>(*change.tls)) + " ";
  for (const auto* part : {&change.username, &change.password, &change.helo, &change.bind_address})
    if (*part) line += "[" + **part + "] ";
  return line;
}

// WIK-001
TEST(ServerDetails, ChangesHowTheServerIsConnectedTo) {
  const struct {
    const char* script;
    const char* details;
  } k_scripts[] = {
      {"", "nothing"},
      {"function ServerDetails() end", "nothing"},
      {"function ServerDetails(...) return {helo = table.concat({...}, '/')} end",
       "[mx1.remote.example/remote.example/fred@example.com/2/dsl] "},
      {"function ServerDetails() return {} end", ""},
      {"function ServerDetails() return false end", "skip "},
      {"function ServerDetails() return true end", ""},
      {"function ServerDetails() return {skip = true, port = 26, tls = 'required'} end",
       "skip port=26 tls=2 "},
      {"function ServerDetails() return {tls = 'none', port = '587'} end", "port=587 tls=0 "},
      {"function ServerDetails() return {username = 'u', password = 'p', helo = 'h', bind_address = '::1'} "
       "end",
       "[u] [p] [h] [::1] "},
      {"function ServerDetails() return {username = ''} end", "[] "},
  };
  for (const auto& [script, expected] : k_scripts) EXPECT_EQ(details(script), expected) << script;
}

TEST(ServerDetails, WrongAnswersAreErrors) {
  const struct {
    const char* answer;
    const char* error;
  } k_answers[] = {
      {"7", "the answer is neither a table nor"},
      {"{port = 0}", "port is a whole number from 1 to 65535"},
      {"{port = 1.5}", "port is a whole number"},
      {"{tls = 'tls'}", "tls is none, starttls, required or ssl"},
      {"{skip = 1}", "skip is true or false"},
      {"{prot = 26}", "the answer has an unknown field \"prot\""},
      {"{26}", "the answer is a table with named fields"},
      {"{helo = 'a b'}", "helo is a name without blanks"},
      {"{helo = 'a\\r\\nMAIL FROM:<>'}", "helo is a text of one line"},
      {"{username = 'a\\n'}", "username is a text of one line"},
      {"{password = {}}", "password is a text of one line"},
      {"error('x')", "mxout.lua:1: x"},
  };
  for (const auto& [answer, error] : k_answers)
    EXPECT_NE(details("function ServerDetails() return " + std::string(answer) + " end").find(error),
              std::string::npos)
        << answer << ": " << details("function ServerDetails() return " + std::string(answer) + " end");
}

ConnectionLimits limits_by(const std::string& text, std::string* error = nullptr) {
  LuaPool pool = pool_with(text);
  const auto result = run_server_connected(pool, k_mxout_script, "mx1", {10, 20, 30}, noon());
  if (!result && error) *error = result.error().reason;
  return result ? *result : ConnectionLimits{-1, -1, -1};
}

// WIK-002
TEST(ServerConnected, ChangesWhatOneConnectionCarries) {
  const struct {
    const char* script;
    ConnectionLimits limits;
  } k_scripts[] = {
      {"", {10, 20, 30}},
      {"MaxMessagesPerConnection = 1", {1, 20, 30}},
      {"function ServerConnected() MaxRecipientsPerConnection = 2 end", {10, 2, 30}},
      {"function ServerConnected() MaxRecipientsPerMessage = MaxRecipientsPerMessage + 1 end", {10, 20, 31}},
      {"MaxMessagesPerConnection = 1 function ServerConnected() MaxMessagesPerConnection = nil end",
       {0, 20, 30}},
      {"function ServerConnected() return {} end", {10, 20, 30}},
  };
  for (const auto& [script, limits] : k_scripts) EXPECT_EQ(limits_by(script), limits) << script;
  std::string error;
  limits_by("function ServerConnected() MaxMessagesPerConnection = 'many' end", &error);
  EXPECT_EQ(error, "mxout.lua: MaxMessagesPerConnection is a whole number from 0 to 1000000");
}

// WIK-003: it is known in the function, not before it, and writing it changes nothing.
TEST(ServerConnected, KnowsTheServer) {
  EXPECT_EQ(limits_by("function ServerConnected() MaxMessagesPerConnection = #ConnectedServer end"),
            (ConnectionLimits{3, 20, 30}));
  EXPECT_EQ(limits_by("if ConnectedServer then MaxMessagesPerConnection = 1 end"),
            (ConnectionLimits{10, 20, 30}));
  EXPECT_EQ(limits_by("ConnectedServer = 'other'\n"
                      "function ServerConnected() MaxMessagesPerConnection = #ConnectedServer\n"
                      "ConnectedServer = 'x' end"),
            (ConnectionLimits{3, 20, 30}));
}

std::string path_by(const std::string& text) {
  LuaPool pool = pool_with(text);
  const auto path =
      run_return_path(pool, k_mxout_script, "ann@a.example", {"b@b.example", "c@b.example"}, noon());
  if (!path) return "error: " + path.error().reason;
  return *path ? "<" + **path + ">" : "as it was";
}

// WIK-016: the outgoing half.
TEST(ReturnPath, IsRewritten) {
  const struct {
    const char* script;
    const char* path;
  } k_scripts[] = {
      {"", "as it was"},
      {"function ReturnPath() end", "as it was"},
      {"function ReturnPath() return '' end", "<>"},
      {"function ReturnPath(p, r) return p:gsub('@', '=') .. '-' .. #r .. '@example.com' end",
       "<ann=a.example-2@example.com>"},
      {"function ReturnPath() return 'nobody' end",
       "error: mxout.lua: the return path is neither an address nor \"\""},
      {"function ReturnPath() return 'a@b> SIZE=1' end",
       "error: mxout.lua: the return path is neither an address nor \"\""},
      {"function ReturnPath() return 'a@b\\r\\nRCPT' end",
       "error: mxout.lua: the return path is neither an address nor \"\""},
      {"function ReturnPath() return {} end",
       "error: mxout.lua: the return path is neither an address nor \"\""},
  };
  for (const auto& [script, path] : k_scripts) EXPECT_EQ(path_by(script), path) << script;
}

TEST(SendingHooks, OtherScriptsAreNotAsked) {
  LuaPool pool = pool_with("function ServerDetails() return false end");
  EXPECT_FALSE(run_server_details(pool, k_relayout_script, k_facts, noon())->has_value());
  LuaPool none(scripts({}), small_limits());
  EXPECT_FALSE(run_server_details(none, k_mxout_script, k_facts, noon())->has_value());
  EXPECT_EQ(*run_server_connected(none, k_mxout_script, "mx1", {1, 2, 3}, noon()),
            (ConnectionLimits{1, 2, 3}));
}

}  // namespace
}  // namespace stagecoach::routing
