// The scripts with fixed names: what they are given and what their answers mean.
#include "routing/lua/hooks.h"

#include "tests/routing/lua/lua_fixture.h"

namespace stagecoach::routing {
namespace {

LuaPool pool_with(const std::string& name, const std::string& text) {
  return LuaPool(scripts({{name, text}}), small_limits());
}

// REF-131: both functions, for both formats. SIG-14: their arguments.
TEST(SignatureScript, IsGivenTheSender) {
  LuaPool pool =
      pool_with("Signature.lua",
                "function GetSignature(...) return table.concat({'out', ...}, '|', 1, 5) end\n"
                "function GetInternalSignature(f, a, s, j, l) return f .. ' ' .. l.cn .. ' ' .. l.CN end");
  const std::map<std::string, std::string> attributes{{"cn", "Fred Smith"}};
  const SignatureRequest request{SignatureFormat::html, "fred", "fred@example.com", "Hi", &attributes};
  EXPECT_EQ(*run_signature_script(pool, SignatureDirection::outgoing, request, noon()),
            "out|HTML|fred|fred@example.com|Hi");
  SignatureRequest plain = request;
  plain.format = SignatureFormat::plain;
  EXPECT_EQ(*run_signature_script(pool, SignatureDirection::internal, plain, noon()),
            "PLAIN Fred Smith Fred Smith");
}

// REF-132, SIG-15: nothing means the normal choice. REF-127
TEST(SignatureScript, MayLeaveTheChoice) {
  const struct {
    const char* script;
    const char* text;
  } k_scripts[] = {
      {"function GetSignature() end", ""},
      {"function GetSignature() return '' end", ""},
      {"function GetSignature() return '<blank>' end", "<blank>"},
      {"function Other() end", ""},
  };
  for (const auto& [script, text] : k_scripts) {
    LuaPool pool = pool_with("signature", script);
    EXPECT_EQ(*run_signature_script(pool, SignatureDirection::outgoing, {}, noon()), text) << script;
  }
  LuaPool pool = pool_with("signature", "function GetSignature(f, a, s, j, l) return tostring(l) end");
  EXPECT_EQ(*run_signature_script(pool, SignatureDirection::outgoing, {}, noon()), "nil");  // not logged in
  LuaPool broken = pool_with("signature", "function GetSignature() return {} end");
  EXPECT_EQ(run_signature_script(broken, SignatureDirection::outgoing, {}, noon()).error().reason,
            "signature.lua: the signature is no text");
}

/// A message on its way through no pipeline.
struct Journey {
  explicit Journey(Trip trip)
      : directory(directory_with({})),
        arrival(arrival_of(trip)),
        facts(facts_of(trip)),
        in{arrival, directory, facts} {}
  Directory directory;
  Arrival arrival;
  Facts facts;
  RoutingInput in;
};

Journey sent_by_fred() {
  return Journey({.who = "fred",
                  .to = {"kate"},
                  .header = {{"Subject", "Hi", {}}},
                  .from = "fred@example.com",
                  .size_bytes = 10});
}

TEST(SignatureScript, IsCalledByTheStage) {
  LuaPool pool = pool_with("signature",
                           "function GetInternalSignature(f, a, s, j) return f .. a .. s .. j end\n"
                           "function GetSignature() error('x') end");
  const Journey journey = sent_by_fred();
  std::vector<std::string> errors;
  const SignatureScripts hook =
      signature_scripts(pool, journey.in, [&](const Error& error) { errors.push_back(error.reason); });
  EXPECT_EQ(hook.run(SignatureDirection::internal, SignatureFormat::plain), "PLAINfredfred@example.comHi");
  EXPECT_EQ(hook.run(SignatureDirection::outgoing, SignatureFormat::plain), "");
  EXPECT_EQ(errors, std::vector<std::string>{"signature.lua:2: x"});
  LuaPool none(nullptr);
  EXPECT_FALSE(signature_scripts(none, journey.in, {}).run);
}

// MON-011
TEST(MonitorScript, ChoosesTheTargets) {
  const struct {
    const char* script;
    const char* targets;
  } k_scripts[] = {
      {"", "normal"},
      {"function MonitorInternal(m) end", "normal"},
      {"function MonitorIncoming(m) return 'boss' end", "normal"},
      {"function MonitorInternal(m) return '' end", ""},
      {"function MonitorInternal(m) return false end", ""},
      {"function MonitorInternal(m) if m.subject == 'Hi' then return 'boss' end end", "boss"},
      {"function MonitorInternal(m) return {'boss', envelope.recipients[1]} end", "boss kate"},
      {"function MonitorInternal(m) return 'a; b' end", "a b"},
      {"function MonitorInternal(m) return true end", "error"},
  };
  const Journey journey = sent_by_fred();
  for (const auto& [script, expected] : k_scripts) {
    LuaPool pool = pool_with("monitor", script);
    const auto targets = run_monitor_script(pool, MonitorKind::internal, journey.in);
    std::string text = !targets ? "error" : !*targets ? "normal" : "";
    if (targets && *targets)
      for (const std::string& target : **targets) text += (text.empty() ? "" : " ") + target;
    EXPECT_EQ(text, expected) << script;
  }
}

TEST(RoutingScript, ChangesForwarding) {
  const Journey journey = sent_by_fred();
  const User kate = user("kate", [](Profile& profile) {
    profile.routing.assistants = {"joe"};
    profile.custom["away"] = "yes";
  });
  LuaPool pool =
      pool_with("routing",
                "function RouteMessage(user, message)\n"
                "  if user.custom.away ~= 'yes' or user.assistants[1] ~= 'joe' then return end\n"
                "  return {assistants = {'bob'}, forward_to = message.subject .. '@y.example', keep = true}\n"
                "end");
  const auto change = run_routing_script(pool, kate, journey.in);
  ASSERT_TRUE(change && *change);
  EXPECT_EQ((*change)->assistants, std::vector<std::string>{"bob"});
  EXPECT_EQ((*change)->forward_to, std::vector<std::string>{"Hi@y.example"});
  EXPECT_EQ((*change)->keep, true);
  EXPECT_FALSE(*run_routing_script(pool, user("fred"), journey.in));
  LuaPool partly = pool_with("routing", "function RouteMessage() return {keep = false} end");
  const auto part = run_routing_script(partly, kate, journey.in);
  EXPECT_FALSE((*part)->assistants);
  EXPECT_EQ((*part)->keep, false);
}

// USR-060
TEST(PasswordScript, MayRefuseAPassword) {
  const struct {
    const char* script;
    const char* answer;
  } k_scripts[] = {
      {"", "suitable"},
      {"function CheckPassword() return true end", "suitable"},
      {"function CheckPassword() end", "suitable"},
      {"function CheckPassword() return false end", "the password is not suitable"},
      {"function CheckPassword(u, p, w) return false, u .. p .. w end", "fredsecretmain"},
      {"function CheckPassword(u, p) return nil, 'too short' end", "too short"},
      {"function CheckPassword(u, p) return #p > 3 end", "suitable"},
      {"function CheckPassword() error('x') end", "password.lua:1: x"},
  };
  for (const auto& [script, expected] : k_scripts) {
    LuaPool pool = pool_with("password", script);
    const auto answer = run_password_script(pool, "fred", "secret", "main", noon());
    EXPECT_EQ(answer ? answer->value_or("suitable") : answer.error().reason, expected) << script;
  }
}

// USR-241
TEST(MessageScript, PrintsAndMayLeaveAUserOut) {
  const struct {
    const char* script;
    const char* text;
    bool send;
  } k_scripts[] = {
      {"print(Username, MessageCount, MailboxSize, MailboxQuota, LDAP.CN)", "fred\t3\t100\t200\tFred Smith",
       true},
      {"if MailboxQuota ~= 0 then print('full') end", "full", true},
      {"DontSend = 1", "", false},
      {"DontSend = 0", "", true},
  };
  const std::map<std::string, std::string> attributes{{"cn", "Fred Smith"}};
  for (const auto& [script, text, send] : k_scripts) {
    LuaPool pool(nullptr, small_limits());
    const auto result = run_message_script(pool, script, {"fred", 3, 100, 200, &attributes}, noon());
    ASSERT_TRUE(result) << script;
    EXPECT_EQ(result->text, text) << script;
    EXPECT_EQ(result->send, send) << script;
  }
}

// ---- automatic answers ----

struct Answer {
  AutoresponderDefinition definition{.name = "holiday", .response_text = "Away."};
  User owner = user("fred");
  AutoresponseScope scope{definition, owner};
  Answer() {
    scope.replacements = {{"Subject", "Hi"}, {"StartDate-1", "31.07."}};
    scope.fields = {{"phone", "123"}};
    scope.to = {"ann@remote.example"};
    scope.min_interval_hours = 24;
  }
};

// USR-136, USR-137: globals, and what a script may change.
TEST(AutoresponderElement, PrintsAndChanges) {
  LuaPool pool(nullptr, small_limits());
  std::vector<std::string> errors;
  const LuaElement run = autoresponder_element(
      pool, noon(), [] { return std::string("the message"); },
      [&](const Error& error) { errors.push_back(error.reason); });
  Answer answer;
  EXPECT_EQ(run("print(Subject, Replacements['StartDate-1'], customfield_phone, Message)", answer.scope),
            "Hi\t31.07.\t123\tthe message");
  EXPECT_EQ(run("local a = Autoresponder print(a.Name, a.Text, a.Keep, a.Checklog, a.AppendMsg, a.To[1])",
                answer.scope),
            "holiday\tAway.\ttrue\t24\t0\tann@remote.example");
  run("local a = Autoresponder a.Keep = false a.Checklog = 0 a.Sender = 's@example.com' a.ReplyTo = "
      "'r@example.com' "
      "a.Subject = 'S' a.SubjectPrefix = 'P' a.AppendMsg = 2 a.To = {'x@y.example'} a.CopyTo = 'a; b' "
      "a.Attachments = {'plan.pdf'} a.Veto = true",
      answer.scope);
  EXPECT_FALSE(answer.scope.keep_original);
  EXPECT_EQ(answer.scope.min_interval_hours, 0);
  EXPECT_EQ(answer.scope.sender + answer.scope.reply_to + answer.scope.subject + answer.scope.subject_prefix,
            "s@example.comr@example.comSP");
  EXPECT_EQ(answer.scope.append_original, AppendOriginal::full);
  EXPECT_EQ(answer.scope.to, std::vector<std::string>{"x@y.example"});
  EXPECT_EQ(answer.scope.copy_to, (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(answer.scope.attachments, std::vector<std::string>{"plan.pdf"});
  EXPECT_TRUE(answer.scope.veto);
  EXPECT_EQ(errors, std::vector<std::string>{});
}

TEST(AutoresponderElement, ChangesNothingAfterAnError) {
  for (const char* script : {"print('x') Autoresponder.Keep = false error('x')",
                             "Autoresponder.Keep = false Autoresponder.AppendMsg = 7",
                             "Autoresponder.Keep = false Autoresponder.To = true", "Autoresponder = nil",
                             "Autoresponder.Keep = false while true do end"}) {
    LuaPool pool(nullptr, small_limits());
    std::vector<std::string> errors;
    const LuaElement run =
        autoresponder_element(pool, noon(), {}, [&](const Error& error) { errors.push_back(error.reason); });
    Answer answer;
    EXPECT_EQ(run(script, answer.scope), "") << script;
    EXPECT_TRUE(answer.scope.keep_original) << script;
    EXPECT_EQ(errors.size(), 1u) << script;
    EXPECT_EQ(answer.scope.faults, errors) << script;
  }
}

TEST(AutoresponderElement, KnowsTheNumberOfTheDefinition) {  // USR-137
  LuaPool pool(nullptr, small_limits());
  const LuaElement run = autoresponder_element(pool, noon(), {}, {});
  User owner = user("fred");
  owner.id = UserId{42};
  auto profile = std::make_shared<Profile>();
  profile->autoresponder.definitions = {{.name = "a"}, {.name = "b"}};
  owner.profile = profile;
  AutoresponseScope own{profile->autoresponder.definitions[1], owner};
  EXPECT_EQ(run("print(Autoresponder.ID, Autoresponder.OwnerID)", own), "2\t42");
  const AutoresponderDefinition shared{.name = "b"};
  AutoresponseScope of_template{shared, owner};
  EXPECT_EQ(run("print(Autoresponder.ID)", of_template), "0");
}

// WIK-012
TEST(AutoresponderScript, MayForbidTheAnswer) {
  LuaPool pool = pool_with("AutoResponder.lua", "if Subject == 'Hi' then Autoresponder.Veto = true end");
  const LuaGlobal run = autoresponder_script(pool, noon(), {}, {});
  ASSERT_TRUE(run);
  Answer answer;
  run(answer.scope);
  EXPECT_TRUE(answer.scope.veto);
  LuaPool none(nullptr);
  EXPECT_FALSE(autoresponder_script(none, noon(), {}, {}));
}

}  // namespace
}  // namespace stagecoach::routing
