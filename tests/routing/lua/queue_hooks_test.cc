// outmessage.lua and LanForwarding.lua: entries of the outgoing queue as they say.
#include "routing/lua/queue_hooks.h"

#include "routing/lan_rules.h"
#include "tests/routing/lua/lua_fixture.h"

namespace stagecoach::routing {
namespace {

Directory office() {
  DirectoryEntries entries;
  entries.users = {user("fred", [](Profile& profile) {
    profile.advanced.outgoing_priority = 7;
    profile.advanced.outgoing_hold_minutes = 3;
  })};
  entries.users.push_back(user("kate"));
  RoutingOptions options = local_options();
  LanRule rule;
  rule.address = "*@lan.example";
  rule.route = "joe:secret@mail.lan:26";
  options.lan_rules = std::make_shared<const LanRules>(std::vector<LanRule>{rule});
  return Directory(std::move(entries), std::move(options));
}

Trip mail_to(std::vector<std::string> to, std::string who = "fred") {
  Trip trip{std::move(who), std::move(to), {field("Subject", "Hi")}};
  trip.from = "fred@example.com";
  trip.size_bytes = 1000;
  return trip;
}

/// The Plan with these scripts; their errors go into its log.
Plan routed(const std::vector<std::pair<std::string, std::string>>& texts, const Trip& trip) {
  const Directory directory = office();
  const Arrival arrival = arrival_of(trip);
  Facts facts = facts_of(trip);
  const RoutingInput in{arrival, directory, facts};
  LuaPool pool(scripts(texts), small_limits());
  std::vector<std::string> errors;
  facts.queue_scripts =
      queue_scripts(pool, in, {"isp", "DSL"}, [&](const Error& error) { errors.push_back(error.reason); });
  Plan plan = run_pipeline(Pipeline(), in);
  plan.log = errors;
  return plan;
}

std::string entries_of(const Plan& plan) {
  std::string text = outcome(plan);
  for (const Enqueue& entry : plan.enqueue) {
    text += "; " + std::to_string(entry.priority) + " " + std::to_string(entry.hold_minutes) + " " +
            std::to_string(entry.delete_after_minutes) + " " + entry.sender;
    if (!entry.route.empty()) text += " " + entry.route;
  }
  for (const std::string& error : plan.log) text += "; " + error;
  return text;
}

// WIK-004, WIK-005: it counts more than the settings of the user.
TEST(OutMessage, ChangesTheEntriesOfAMessage) {
  const struct {
    const char* answer;
    const char* entries;
  } k_answers[] = {
      {"nil", ">x@y.example >Z@y.example; 7 3 0 ; 7 3 0 "},
      {"true", ">x@y.example >Z@y.example; 7 3 0 ; 7 3 0 "},
      {"{}", ">x@y.example >Z@y.example; 7 3 0 ; 7 3 0 "},
      {"{priority = 1}", ">x@y.example >Z@y.example; 1 3 0 ; 1 3 0 "},
      {"{hold = 0, delete_after = 60, connection = 'dsl'}",
       ">x@y.example >Z@y.example; 7 0 60 DSL; 7 0 60 DSL"},
      {"{priority = recipients[1].priority - 1, hold = recipients[2].hold + #recipients}",
       ">x@y.example >Z@y.example; 6 5 0 ; 6 5 0 "},
      {"false", "discard"},
      {"{drop = true}", "discard"},
      {"{recipients = {['X@y.example'] = false}}", ">Z@y.example; 7 3 0 "},
      {"{priority = 1, recipients = {['z@Y.example'] = {priority = 2, connection = 'isp'}}}",
       ">x@y.example >Z@y.example; 1 3 0 ; 2 3 0 isp"},
      {"{recipients = {['nobody@y.example'] = false}}", ">x@y.example >Z@y.example; 7 3 0 ; 7 3 0 "},
  };
  for (const auto& [answer, entries] : k_answers) {
    const std::string script =
        "function OutMessage(message, recipients) return " + std::string(answer) + " end";
    EXPECT_EQ(entries_of(routed({{"OutMessage", script}}, mail_to({"x@y.example", "Z@y.example"}))), entries)
        << answer;
  }
}

TEST(OutMessage, WrongAnswersChangeNothing) {
  const struct {
    const char* answer;
    const char* error;
  } k_answers[] = {
      {"{priority = 1, conection = 'isp'}", "outmessage.lua: the answer has an unknown field \"conection\""},
      {"{connection = 'moon'}", "outmessage.lua: there is no connection \"moon\" with a sender"},
      {"{hold = -1}", "outmessage.lua: hold is a whole number from 0 to 525600"},
      {"{priority = 'high'}", "outmessage.lua: priority is a whole number from -1000 to 1000"},
      {"{recipients = {'x@y.example'}}", "outmessage.lua: the keys of recipients are addresses"},
      {"{recipients = {['x@y.example'] = {prio = 1}}}",
       "outmessage.lua: the answer has an unknown field \"prio\""},
      {"error('no')", "outmessage.lua:1: no"},
  };
  for (const auto& [answer, error] : k_answers) {
    const std::string script = "function OutMessage(m, r) return " + std::string(answer) + " end";
    EXPECT_EQ(entries_of(routed({{"outmessage", script}}, mail_to({"x@y.example"}))),
              ">x@y.example; 7 3 0 ; " + std::string(error))
        << answer;
  }
}

TEST(OutMessage, SeesTheMessageAndItsSurroundings) {
  const std::string script =
      "function OutMessage(m, r) if m.subject == 'Hi' and origin.user == 'fred' and envelope.from == "
      "'fred@example.com' and r[1].address == 'x@y.example' and r[1].connection == '' then "
      "return {priority = 1} end end";
  const Plan plan = routed({{"outmessage", script}}, mail_to({"x@y.example"}));
  EXPECT_EQ(entries_of(plan), ">x@y.example; 1 3 0 ");
  EXPECT_EQ(plan.reasons.back(), (Reason{"dispatch", "outmessage.lua", "", "priority 1"}));
}

TEST(OutMessage, RunsForMailThatGoesOutOnly) {
  const std::string script = "function OutMessage() error('asked') end";
  EXPECT_EQ(entries_of(routed({{"outmessage", script}}, mail_to({"kate@example.com"}))), "kate");
  EXPECT_EQ(entries_of(routed({{"outmessage", script}}, mail_to({"b@lan.example"}, "stranger"))),
            ">b@lan.example; 0 0 0  joe:secret@mail.lan:26");
  Trip envelope = mail_to({"x@y.example"});
  envelope.size_bytes = -1;  // at RCPT
  EXPECT_EQ(entries_of(routed({{"outmessage", script}}, envelope)), ">x@y.example; 7 3 0 ");
  EXPECT_EQ(outcome(routed({{"outmessage", "function OutMessage() return false end"}},
                           mail_to({"kate@example.com", "x@y.example"}))),
            "kate")
      << "what is dropped takes nothing from others";
}

// WIK-006
TEST(LanForwarding, IsAskedAboutEachEntry) {
  const struct {
    const char* body;
    const char* entries;
  } k_bodies[] = {
      {"", ">a@lan.example >b@lan.example; 0 0 0  joe:secret@mail.lan:26; 0 0 0  joe:secret@mail.lan:26"},
      {"return true",
       ">a@lan.example >b@lan.example; 0 0 0  joe:secret@mail.lan:26; 0 0 0  joe:secret@mail.lan:26"},
      {"if recipient == 'a@lan.example' then return false end",
       ">b@lan.example; 0 0 0  joe:secret@mail.lan:26"},
      {"return {skip = true}", "discard"},
      {"if recipient:find('^a') then return {server = 'lmtp:other.lan:24'} end",
       ">a@lan.example >b@lan.example; 0 0 0  lmtp:other.lan:24; 0 0 0  joe:secret@mail.lan:26"},
      {"return {recipient = 'all@lan.example'}", ">all@lan.example; 0 0 0  joe:secret@mail.lan:26"},
      {"if rule ~= '*@lan.example' or server ~= 'mail.lan:26' or LanRule ~= rule or LanServer ~= server or "
       "message.subject ~= 'Hi' or origin.kind ~= 'incoming' then error(rule .. server) end return false",
       "discard"},
      {"return {recipient = 'all'}",
       ">a@lan.example >b@lan.example; 0 0 0  joe:secret@mail.lan:26; 0 0 0  joe:secret@mail.lan:26; "
       "lanforwarding.lua: recipient is no address; lanforwarding.lua: recipient is no address"},
      {"if recipient:find('^a') then return {server = ''} end",
       ">a@lan.example >b@lan.example; 0 0 0  joe:secret@mail.lan:26; 0 0 0  joe:secret@mail.lan:26; "
       "lanforwarding.lua: server is no server"},
  };
  for (const auto& [body, entries] : k_bodies) {
    const std::string script =
        "function PreSend(message, rule, recipient, server) " + std::string(body) + " end";
    EXPECT_EQ(entries_of(routed({{"lanforwarding", script}},
                                mail_to({"a@lan.example", "b@lan.example"}, "stranger"))),
              entries)
        << body;
  }
}

TEST(LanForwarding, SaysWhatItHasChanged) {
  const Plan plan =
      routed({{"LanForwarding.lua", "function PreSend() return {server = 'u:pw@other.lan'} end"}},
             mail_to({"a@lan.example", "x@y.example"}));
  EXPECT_EQ(outcome(plan), ">a@lan.example >x@y.example") << "other mail is not asked about";
  EXPECT_EQ(plan.reasons.back(), (Reason{"dispatch", "LanForwarding.lua", "",
                                         "a@lan.example at mail.lan:26 -> a@lan.example at other.lan"}));
}

}  // namespace
}  // namespace stagecoach::routing
