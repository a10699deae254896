// What a Lua stage sees and decides, at each place of the pipeline.
#include "routing/lua/stage.h"

#include "tests/routing/lua/lua_fixture.h"

namespace stagecoach::routing {
namespace {

const HeaderFields k_header{field("From", "ann@remote.example"),
                            field("To", "fred@example.com"),
                            {"Subject", "Order 17", {}},
                            {"X-Tag", "one", {}},
                            {"X-Tag", "two", {}}};

enum class Place { first, before_mailbox, before_dispatch, last };

/// "function route(message)" around the text, run at this place of the pipeline.
Plan run(const std::string& text, Place place, const Trip& trip,
         ScriptPolicy policy = ScriptPolicy::keep_going, const std::vector<std::string>& mappings = {}) {
  const auto set = scripts({{"office", "function route(message)\n" + text + "\nend"}});
  std::vector<std::string> names{"origin", "recipients", "mailbox", "dispatch"};
  const std::size_t places[] = {0, 2, 3, 4};
  names.insert(names.begin() + static_cast<std::ptrdiff_t>(places[static_cast<std::size_t>(place)]),
               "lua:office");
  const auto pipeline = Pipeline::of(names, find_lua_stages(set, small_limits(), policy));
  EXPECT_TRUE(pipeline);
  DirectoryEntries entries;
  entries.users = {user("fred",
                        [](Profile& p) {
                          p.full_name = "Fred Smith";
                          p.custom["team"] = "sales";
                        }),
                   user("kate"), user("boss", [](Profile& p) { p.administrator = true; })};
  entries.lists = {list("office", {"fred", "kate"})};
  for (const std::string& line : mappings) entries.mappings.push_back(mapping(line));
  const Directory directory(std::move(entries), local_options());
  const Arrival arrival = arrival_of(trip);
  Facts facts = facts_of(trip);
  facts.body = [] { return std::string_view("the body"); };
  facts.spam_score = 12.5;
  return run_pipeline(*pipeline, {arrival, directory, facts});
}

Trip stranger(std::vector<std::string> to) {
  return {.to = std::move(to), .header = k_header, .size_bytes = 1000};
}

TEST(LuaStage, DecidesAboutRecipients) {
  const struct {
    const char* script;
    Place place;
    std::vector<std::string> to;
    const char* outcome;
  } k_scripts[] = {
      {"", Place::first, {"fred@example.com"}, "fred"},
      {"accept()", Place::first, {"fred@example.com"}, "fred"},
      {"refuse(550, 'no')",
       Place::first,
       {"fred@example.com", "kate"},
       "550/5.7.1:fred@example.com 550/5.7.1:kate"},
      {"refuse(450, '4.2.0 later')", Place::before_mailbox, {"fred"}, "450/4.2.0:fred"},
      {"refuse(550, 'no')", Place::before_dispatch, {"fred"}, "550/5.7.1:fred"},
      {"refuse(550, 'no')", Place::last, {"fred"}, "550/5.7.1:fred"},
      {"refuse(550, 'no') accept()", Place::first, {"fred"}, "fred"},
      {"accept() refuse(550)", Place::first, {"fred"}, "550/5.7.1:fred"},
      {"drop('spam')", Place::first, {"fred"}, "discard"},
      {"drop()", Place::before_mailbox, {"fred"}, "discard"},
      {"drop()", Place::last, {"fred"}, "discard"},
      {"redirect('fred@example.com', 'kate')", Place::first, {"fred@example.com", "boss"}, "kate boss"},
      {"redirect(nil, 'kate')", Place::first, {"fred", "boss"}, "kate"},
      {"redirect('FRED', 'kate', 'boss')", Place::before_mailbox, {"fred@example.com"}, "kate boss"},
      {"redirect('fred', 'x@y.example')", Place::first, {"fred"}, ">x@y.example"},
      {"redirect('fred', 'x@y.example')", Place::before_mailbox, {"fred"}, ">x@y.example"},
      {"redirect('nobody', 'kate')", Place::first, {"fred"}, "fred"},
      {"redirect('fred', 'office')", Place::first, {"fred"}, "fred kate"},
      {"add_recipient('kate')", Place::first, {"fred"}, "kate fred"},
      {"add_recipient('kate')", Place::before_mailbox, {"fred"}, "fred kate"},
      {"remove_recipient('fred@example.com')", Place::first, {"fred@example.com", "kate"}, "kate"},
      {"remove_recipient('fred')", Place::before_mailbox, {"fred@example.com"}, "discard"},
      {"remove_recipient('kate')", Place::last, {"fred", "kate"}, "fred"},
      {"folder('fred', 'Orders/New')", Place::last, {"fred", "kate"}, "fred/Orders/New kate"},
      {"folder(nil, 'All')", Place::before_dispatch, {"fred", "kate"}, "fred/All kate/All"},
  };
  for (const auto& [script, place, to, expected] : k_scripts)
    EXPECT_EQ(outcome(run(script, place, stranger(to))), expected) << script;
}

TEST(LuaStage, SeesTheMessage) {
  // Each expression is true.
  const char* k_expressions[] = {
      "message.from == 'ann@remote.example'",
      "message.subject == 'Order 17'",
      "message.size == 1000",
      "message.header('x-tag') == 'one'",
      "message:header('X-Tag') == 'one'",
      "message.header('nothing') == nil",
      "#message.headers() == 5 and message.headers()[3].value == 'Order 17'",
      "#message:headers('X-Tag') == 2 and message.headers('X-Tag')[2].name == 'X-Tag'",
      "message.addresses('To')[1] == 'fred@example.com'",
      "message.body() == 'the body'",
      "envelope.from == 'ann@remote.example'",
      "#envelope.recipients == 2 and envelope.recipients[2] == 'x@y.example'",
      "origin.kind == 'incoming' and origin.user == '' and origin.tls == false",
      "directory.user('FRED').full_name == 'Fred Smith'",
      "directory.user('fred').address == 'fred@example.com'",
      "directory.user('fred').custom.team == 'sales'",
      "directory.user('boss').administrator and directory.user('nobody') == nil",
      "directory.list('office').members[2] == 'kate' and directory.list('fred') == nil",
      "directory.list('office').type == 'distribution'",
      "directory.is_local('a@example.org') and not directory.is_local('a@y.example')",
      "directory.is_local('a')",
      "directory.lookup('sales').users[1] == 'kate' and #directory.lookup('sales').remote == 0",
      "directory.lookup('office').users[2] == 'kate'",
      "directory.lookup('x@y.example') == nil",
      "facts.today == '2026-11-20' and facts.clock == '12:00' and facts.weekday == 5",
      "facts.now == 1795176000 and os.time() == facts.now",
      "facts.spam_score == 12.5",
      "#recipients() == 2 and recipients()[1].address == 'fred@example.com'",
  };
  for (const char* expression : k_expressions) {
    const std::string script = "if " + std::string(expression) + " then drop() end";
    EXPECT_EQ(outcome(run(script, Place::first, stranger({"fred", "x@y.example"}), ScriptPolicy::keep_going,
                          {"sales -> kate"})),
              "discard")
        << expression;
  }
}

TEST(LuaStage, SeesWhereTheMessageComesFrom) {
  const struct {
    const char* who;
    const char* to;
    const char* kind;
  } k_origins[] = {
      {"stranger", "fred", "incoming"},
      {"fred", "kate", "internal"},
      {"fred", "x@y.example", "outgoing"},
      {"system", "fred", "system"},
  };
  for (const auto& [who, to, kind] : k_origins) {
    const Trip trip{.who = who, .to = {to}, .header = k_header, .size_bytes = 10};
    const Plan plan = run("log(origin.kind)", Place::before_mailbox, trip);
    EXPECT_EQ(plan.log, std::vector<std::string>{"office.lua:2: " + std::string(kind)}) << who << " " << to;
  }
}

TEST(LuaStage, ShowsTargetsBehindRecipients) {
  const Plan plan =
      run("for _, r in ipairs(recipients()) do log(r.address .. ' ' .. (r.user or '-') .. ' ' .. "
          "tostring(r.remote)) end",
          Place::before_mailbox,
          {.who = "fred", .to = {"kate", "x@y.example"}, .header = k_header, .size_bytes = 10});
  EXPECT_EQ(plan.log,
            (std::vector<std::string>{"office.lua:2: kate kate nil", "office.lua:2: x@y.example - true"}));
}

TEST(LuaStage, ChangesHeaderFlagsAndQueue) {
  const Trip trip{.who = "fred", .to = {"kate", "x@y.example"}, .header = k_header, .size_bytes = 10};
  for (const Place place : {Place::first, Place::before_mailbox, Place::last}) {
    const Plan plan =
        run("set_header('X-Seen', 'yes\\nX-Evil: 1') add_header('X-Two', '2') remove_header('X-Tag')", place,
            trip);
    ASSERT_EQ(plan.renditions.empty(), false);
    const std::vector<HeaderEdit> edits{{HeaderEdit::Kind::set, "X-Seen", "yes X-Evil: 1"},
                                        {HeaderEdit::Kind::add, "X-Two", "2"},
                                        {HeaderEdit::Kind::remove, "X-Tag", ""}};
    EXPECT_EQ(plan.renditions.at(static_cast<std::size_t>(plan.deliveries.at(0).rendition - 1)).header,
              edits);
    EXPECT_EQ(plan.renditions.at(static_cast<std::size_t>(plan.enqueue.at(0).rendition - 1)).header, edits);
  }
  const Plan plan = run("flag('kate', '\\\\Seen') flag(nil, 'Work') flag(nil, 'Work') hold(30) priority(2)",
                        Place::last, trip);
  EXPECT_EQ(plan.deliveries.at(0).flags, (std::vector<std::string>{"\\Seen", "Work"}));
  EXPECT_EQ(plan.enqueue.at(0).hold_minutes, 30);
  EXPECT_EQ(plan.enqueue.at(0).priority, 2);
}

TEST(LuaStage, GivesReasonsWithTheLine) {
  const Plan plan =
      run("\nredirect('fred', 'kate')\nset_header('X-A', 'b')", Place::first, stranger({"fred"}));
  std::vector<Reason> own;
  for (const Reason& reason : plan.reasons)
    if (reason.stage == "lua:office") own.push_back(reason);
  EXPECT_EQ(own, (std::vector<Reason>{{"lua:office", "script office", "office.lua:3", "fred -> kate"},
                                      {"lua:office", "script office", "office.lua:4", "X-A: b"}}));
}

TEST(LuaStage, RefusesWrongCalls) {
  const struct {
    const char* call;
    Place place;
    const char* error;
  } k_calls[] = {
      {"refuse(250, 'x')", Place::first, "refuse needs a code from 400 to 599"},
      {"refuse('x')", Place::first, "bad argument #1 to 'refuse' (number expected, got string)"},
      {"refuse(550, 'n\xc3\xb6')", Place::first, "a reply consists of ASCII characters"},
      {"redirect('fred', 'nobody')", Place::first, "there is no user, list or group \"nobody\""},
      {"redirect('fred')", Place::first, "bad argument #2 to 'redirect' (string expected, got no value)"},
      {"add_recipient('nobody')", Place::first, "there is no user, list or group \"nobody\""},
      {"redirect('fred', 'kate')", Place::last, "redirect works in front of the stage mailbox"},
      {"remove_recipient('')", Place::first, "remove_recipient needs an address or a user"},
      {"folder('fred', 'x')", Place::first, "folder works behind the stage mailbox"},
      {"folder('fred', '')", Place::last, "the folder has no name"},
      {"flag('fred', 'a b')", Place::last, "\"a b\" is no flag"},
      {"flag('fred', '\\\\Recent')", Place::last, "\"\\Recent\" is no flag"},
      {"hold(1)", Place::first, "hold works behind the stage dispatch"},
      {"hold(-1)", Place::last, "hold takes minutes, at most a year"},
      {"priority(5000)", Place::last, "priority is from -1000 to 1000"},
      {"set_header('a b', 'x')", Place::first, "\"a b\" is no name of a header field"},
      {"set_header('X: y', 'x')", Place::first, "\"X: y\" is no name of a header field"},
      {"while true do accept() end", Place::first, "too many decisions"},
  };
  for (const auto& [call, place, error] : k_calls) {
    const Plan plan = run(call, place, stranger({"fred"}));
    EXPECT_EQ(plan.log, std::vector<std::string>{"script error: office.lua:2: " + std::string(error)})
        << call;
    EXPECT_EQ(outcome(plan), "fred") << call;
  }
}

// REF-129: an error loses no mail; what the script had decided before is not done.
TEST(LuaStage, GoesOnOrDefersAfterAnError) {
  const struct {
    const char* who;
    Place place;
    ScriptPolicy policy;
    const char* outcome;
  } k_errors[] = {
      {"stranger", Place::first, ScriptPolicy::keep_going, "fred kate"},
      {"stranger", Place::last, ScriptPolicy::keep_going, "fred kate"},
      {"stranger", Place::first, ScriptPolicy::defer, "451/4.3.0:fred 451/4.3.0:kate"},
      {"stranger", Place::before_mailbox, ScriptPolicy::defer, "451/4.3.0:fred 451/4.3.0:kate"},
      {"stranger", Place::last, ScriptPolicy::defer, "451/4.3.0:fred 451/4.3.0:kate"},
      {"system", Place::first, ScriptPolicy::defer, "fred kate"},
  };
  for (const auto& [who, place, policy, expected] : k_errors) {
    for (const char* end :
         {"error('x')", "while true do end", "local t = {} while true do t[#t + 1] = {} end"}) {
      const Trip trip{.who = who, .to = {"fred", "kate"}, .header = k_header, .size_bytes = 10};
      const Plan plan = run("drop() log('lost')\n" + std::string(end), place, trip, policy);
      EXPECT_EQ(outcome(plan), expected) << end;
      ASSERT_EQ(plan.log.size(), 1u) << end;
      EXPECT_TRUE(plan.log.front().starts_with("script error: office.lua:")) << plan.log.front();
      EXPECT_TRUE(std::any_of(plan.reasons.begin(), plan.reasons.end(), [](const Reason& reason) {
        return reason.stage == "lua:office" && reason.text.starts_with("error: ");
      })) << end;
    }
  }
}

TEST(LuaStage, WaitsForTheMessage) {
  Trip trip = stranger({"fred"});
  trip.size_bytes = -1;
  EXPECT_EQ(outcome(run("refuse(550, 'no')", Place::first, trip)), "fred");
}

TEST(LuaStage, LeavesCollectedMailToTheStageRecipients) {
  Trip trip{.who = "collector", .header = k_header, .size_bytes = 10};
  trip.collector.accepted_domains = AddressSet({"example.com"});
  const Plan plan = run("refuse(550, 'no')", Place::first, trip);
  EXPECT_EQ(outcome(plan), "fred");
  EXPECT_EQ(plan.log.at(0),
            "script error: office.lua:2: refuse works behind the stage recipients for collected mail");
}

TEST(LuaStage, LogsWhatItPrints) {
  const Plan plan = run("print('hello', 1)\nlog('there')", Place::first, stranger({"fred"}));
  EXPECT_EQ(plan.log, (std::vector<std::string>{"office.lua:3: there", "office: hello\t1"}));
}

TEST(LuaStage, IsFoundByItsName) {
  const auto find = find_lua_stages(scripts({{"office", "x = 1"}}), small_limits(), ScriptPolicy::keep_going);
  EXPECT_EQ(find("lua:Office")->name, "lua:Office");
  EXPECT_FALSE(find("lua:other"));
  EXPECT_FALSE(find("office"));
  // REF-127: without the function nothing changes.
  const auto stage = find("lua:office");
  const Directory directory = directory_with({});
  const Trip trip = stranger({"fred"});
  const Arrival arrival = arrival_of(trip);
  const Facts facts = facts_of(trip);
  const RoutingInput input{arrival, directory, facts};
  EXPECT_EQ(stage->run(begin_draft(input), input).open.size(), 1u);
}

}  // namespace
}  // namespace stagecoach::routing
