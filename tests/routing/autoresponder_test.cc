#include "routing/autoresponder.h"

#include <gtest/gtest.h>

namespace stagecoach::routing {
namespace {

LocalTime at(std::string_view text) { return parse_moment(text).value(); }

/// A user with one definition and one rule, and a message to him; each test changes what it is about.
struct Case {
  Case() {
    responder.definitions.push_back({.name = "Holiday", .response_text = "I am away."});
    responder.rules.push_back({.name = "Summer", .autoresponder = "holiday"});
    user.name = "fred";
  }

  AutoresponseDecision decide() {
    auto profile = std::make_shared<Profile>();
    profile->autoresponder = responder;
    profile->aliases = {"freddy", "fred@example.net"};
    if (!mail.empty()) profile->address_book["mail"] = mail;
    user.profile = profile;
    AutoresponseFacts facts{.now = at(now),
                            .reverse_path = reverse_path,
                            .recipient = "fred@example.com",
                            .header = header,
                            .default_domain = "example.com",
                            .matches = [](std::string_view) { return 6; },
                            .last_answer = last_answer,
                            .run_lua = run_lua,
                            .run_global = run_global};
    return decide_autoresponse(compile_autoresponder(responder, policy), user, policy, templates, facts);
  }

  AutoresponderDefinition& definition() { return responder.definitions[0]; }
  AutoresponderRule& rule() { return responder.rules[0]; }
  void field(const char* name, const char* body) { header.push_back({name, body, {}}); }

  User user;
  Autoresponder responder;
  AutoresponderPolicy policy;
  std::vector<AutoresponderDefinition> templates;
  HeaderFields header{{"From", "\"Ann\" <ann@remote.example>", {{"ann", "remote.example"}}},
                      {"Subject", "Hello"},
                      {"Message-ID", "<1@remote.example>"}};
  std::string reverse_path = "ann@remote.example", now = "2026-08-05 10:00", mail;
  std::function<std::optional<std::int64_t>(std::string_view, std::string_view)> last_answer;
  LuaElement run_lua;
  LuaGlobal run_global;
};

std::string last_reason(const AutoresponseDecision& decision) {
  return decision.reasons.empty() ? "no autoresponder" : decision.reasons.back().text;
}

using Strings = std::vector<std::string>;

// USR-122
// USR-123
// ARS-01
// ARS-02
// ARS-05
TEST(Autoresponder, AnswersTheSender) {
  const auto decision = Case().decide();
  ASSERT_TRUE(decision.response);
  EXPECT_EQ(decision.rule, "Summer");
  EXPECT_EQ(decision.definition, "Holiday");
  EXPECT_TRUE(decision.keep_original);
  const auto& response = *decision.response;
  EXPECT_EQ(response.reverse_path, "");
  EXPECT_EQ(response.recipients, Strings{"ann@remote.example"});
  EXPECT_EQ(response.sender, "ann@remote.example");
  EXPECT_EQ(response.min_interval_hours, 168);
  const ComposedMail expected{.from = "fred@example.com",
                              .reply_to = "no-one@example.com",
                              .to = {"ann@remote.example"},
                              .subject = "Auto: Hello",
                              .header = {{HeaderEdit::Kind::set, "Auto-Submitted", "auto-replied"},
                                         {HeaderEdit::Kind::set, "In-Reply-To", "<1@remote.example>"},
                                         {HeaderEdit::Kind::set, "References", "<1@remote.example>"}},
                              .text = "I am away."};
  EXPECT_EQ(response.mail, expected);
}

// What stops every answer, in the order of the checks.
const struct {
  const char* name;
  void (*change)(Case&);
  const char* reason;  // the last one; "": answered
} k_checks[] = {
    {"nothing", [](Case&) {}, ""},
    // ARS-09
    {"automatic", [](Case& c) { c.field("Auto-Submitted", "auto-generated; x=y"); },
     "no answer to an automatic message (Auto-Submitted: auto-generated)"},
    {"automatic in every mode",
     [](Case& c) {
       c.field("Auto-Submitted", "auto-replied");
       c.policy.rfc3834 = false;
     },
     "no answer to an automatic message (Auto-Submitted: auto-replied)"},
    {"not automatic", [](Case& c) { c.field("Auto-submitted", "No"); }, ""},
    // USR-102
    // ARS-07
    // ARS-08
    // ARS-12
    {"bulk", [](Case& c) { c.field("precedence", "BULK"); }, "no answer: header filter Precedence: Bulk"},
    {"list", [](Case& c) { c.field("Precedence", "list"); }, "no answer: header filter Precedence: List"},
    {"spam", [](Case& c) { c.field("X-Spam", "yes"); }, "no answer: header filter X-Spam: *"},
    {"mailing list", [](Case& c) { c.field("List-Id", "<a.b>"); }, "no answer: header filter List-*: *"},
    {"his own filter", [](Case& c) { c.responder.header_filters = {"Subject: hel*"}; },
     "no answer: header filter Subject: hel*"},
    {"his own filter does not fit", [](Case& c) { c.responder.header_filters = {"Subject: hel"}; }, ""},
    // USR-103
    {"trigger",
     [](Case& c) {
       c.responder.header_triggers = {"Subject: x", "From: *ann@*"};
     },
     ""},
    {"no trigger", [](Case& c) { c.responder.header_triggers = {"Subject: x"}; },
     "no answer: no header trigger matches"},
    // USR-107
    {"rule is off", [](Case& c) { c.rule().enabled = false; }, "no answer: no rule matches"},
    {"no rule", [](Case& c) { c.responder.rules.clear(); }, "no autoresponder"},
    // USR-106
    {"none", [](Case& c) { c.rule().autoresponder = "<None>"; }, "no answer: the rule wants none"},
    {"unknown", [](Case& c) { c.rule().autoresponder = "x"; }, "no answer: there is no autoresponder x"},
    {"null path", [](Case& c) { c.reverse_path = ""; }, "no answer: there is nobody to send it to"},
    {"himself", [](Case& c) { c.reverse_path = "FRED@example.com"; },
     "no answer: there is nobody to send it to"},
    {"his alias", [](Case& c) { c.reverse_path = "freddy@example.com"; },
     "no answer: there is nobody to send it to"},
    // ARS-10
    {"daemon", [](Case& c) { c.reverse_path = "MAILER-DAEMON@x.example"; },
     "no answer: there is nobody to send it to"},
    {"request", [](Case& c) { c.reverse_path = "list-request@x.example"; },
     "no answer: there is nobody to send it to"},
    {"owner", [](Case& c) { c.reverse_path = "owner-list@x.example"; },
     "no answer: there is nobody to send it to"},
    // ARS-11
    {"only a domain", [](Case& c) { c.policy.reply_filters = {"*@example.org"}; },
     "no answer: there is nobody to send it to"},
    {"only his domain", [](Case& c) { c.policy.reply_filters = {"*@remote.example"}; }, ""},
    {"all but a domain", [](Case& c) { c.policy.reply_filters = {"!*@remote.example"}; },
     "no answer: there is nobody to send it to"},
    {"all but another", [](Case& c) { c.policy.reply_filters = {"!*@example.org"}; }, ""},
    {"the first line decides",
     [](Case& c) {
       c.policy.reply_filters = {"ann@*", "!*@remote.example"};
     },
     ""},
    // USR-121
    {"too soon", [](Case& c) { c.last_answer = [](auto, auto) { return std::optional<std::int64_t>(167); }; },
     "no answer: ann@remote.example got one 167 hours ago, less than 168"},
    {"late enough",
     [](Case& c) { c.last_answer = [](auto, auto) { return std::optional<std::int64_t>(168); }; }, ""},
    {"no interval",
     [](Case& c) {
       c.last_answer = [](auto, auto) { return std::optional<std::int64_t>(0); };
       c.definition().min_interval_hours = 0;
     },
     ""},
};

TEST(Autoresponder, ChecksInTheirOrder) {
  for (const auto& [name, change, reason] : k_checks) {
    Case test;
    change(test);
    const auto decision = test.decide();
    const std::string expected = reason;
    EXPECT_EQ(decision.response.has_value(), expected.empty()) << name;
    if (!expected.empty()) {
      EXPECT_EQ(last_reason(decision), expected) << name;
    }
    EXPECT_TRUE(decision.keep_original) << name;
  }
}

// USR-110
// USR-111
// USR-112
// USR-113
// USR-114
// USR-115
const struct {
  AutoresponderRule rule;
  const char* now;
  bool matches;
} k_rules[] = {
    {{}, "2026-08-05 10:00", true},
    {{.date_from = "2026-08-01", .date_to = "2026-08-14"}, "2026-08-01 00:00", true},
    {{.date_from = "2026-08-01", .date_to = "2026-08-14"}, "2026-08-14 23:59:59", true},
    {{.date_from = "2026-08-01", .date_to = "2026-08-14"}, "2026-08-15 00:00", false},
    {{.date_from = "2026-08-01", .date_to = "2026-08-14", .time_from = "08:15", .time_to = "14:45"},
     "2026-08-05 05:00",
     false},
    {{.date_from = "2026-08-01", .date_to = "2026-08-14", .time_from = "08:15", .time_to = "14:45"},
     "2026-08-05 14:45",
     true},
    {{.time_from = "22:00", .time_to = "06:00"}, "2026-08-05 23:00", true},
    {{.datetime_from = "2026-08-01 08:15", .datetime_to = "2026-08-14 14:45"}, "2026-08-05 05:00", true},
    {{.datetime_from = "2026-08-01 08:15", .datetime_to = "2026-08-14 14:45"}, "2026-08-01 08:14:59", false},
    {{.datetime_from = "2026-08-01 08:15", .datetime_to = "2026-08-14 14:45"}, "2026-08-14 14:45:59", true},
    {{.datetime_from = "2026-08-01 08:15", .datetime_to = "2026-08-14 14:45"}, "2026-08-14 14:46", false},
    {{.datetime_to = "2026-08-14"}, "2026-08-14 23:59:59", true},
    {{.days = {3}}, "2026-08-05 10:00", true},  // a Wednesday
    {{.days = {0, 6}}, "2026-08-05 10:00", false},
    {{.sender = "*@remote.example"}, "2026-08-05 10:00", true},
    {{.sender = "*@example.com"}, "2026-08-05 10:00", false},
    {{.sender = "/^ann/"}, "2026-08-05 10:00", true},
    {{.subject = "hello"}, "2026-08-05 10:00", true},
    {{.subject = "/hello/"}, "2026-08-05 10:00", false},
    {{.sender = "*@remote.example", .subject = "x"}, "2026-08-05 10:00", false},
    // what cannot be read matches never
    {{.date_from = "May"}, "2026-08-05 10:00", false},
    {{.date_from = "2026-08-02", .date_to = "2026-08-01"}, "2026-08-02 10:00", false},
    {{.datetime_from = "2026-08-02", .datetime_to = "2026-08-01"}, "2026-08-02 10:00", false},
    {{.sender = "/(/"}, "2026-08-05 10:00", false},
    {{.days = {7}}, "2026-08-05 10:00", false},
};

TEST(Autoresponder, MatchesRules) {
  for (const auto& [rule, now, matches] : k_rules) {
    Case test;
    test.responder.rules = {rule};
    test.rule().name = "r";
    test.rule().autoresponder = "Holiday";
    test.now = now;
    const auto decision = test.decide();
    EXPECT_EQ(decision.response.has_value(), matches) << now << " " << rule.date_from << rule.time_from
                                                      << rule.datetime_from << rule.sender << rule.subject;
  }
}

TEST(Autoresponder, ChecksRules) {
  EXPECT_TRUE(check_autoresponder_rule({.days = {0, 6}}));
  EXPECT_FALSE(check_autoresponder_rule({.time_from = "8"}));
  EXPECT_FALSE(check_autoresponder_rule({.datetime_to = "2026"}));
}

// USR-105
TEST(Autoresponder, TheFirstRuleThatMatchesDecides) {
  Case test;
  test.responder.definitions.push_back({.name = "Other", .response_text = "other"});
  test.responder.rules = {{.name = "colleagues", .autoresponder = "Other", .sender = "*@example.com"},
                          {.name = "ann", .autoresponder = "<None>", .sender = "ann@*"},
                          {.name = "all", .autoresponder = "Holiday"}};
  const auto decision = test.decide();
  EXPECT_EQ(decision.rule, "ann");
  EXPECT_FALSE(decision.response);
  EXPECT_EQ(decision.reasons[0].text, "no: sender is not *@example.com");
}

// ARS-13
TEST(Autoresponder, ARuleMayNameATemplate) {
  Case test;
  test.templates = {{.name = "Company", .response_text = "closed"},
                    {.name = "Holiday", .response_text = "not mine"}};
  EXPECT_EQ(test.decide().response->mail.text, "I am away.");  // the user's own comes first
  test.rule().autoresponder = "company";
  EXPECT_EQ(test.decide().response->mail.text, "closed");
}

// USR-126
const struct {
  Strings to;
  bool to_sender;
  Strings recipients;
} k_recipients[] = {
    {{}, false, {"ann@remote.example"}},
    {{"boss@x.example"}, false, {"boss@x.example"}},
    {{"boss@x.example, b@x.example;c@x.example d@x.example"},
     true,
     {"boss@x.example", "b@x.example", "c@x.example", "d@x.example", "ann@remote.example"}},
    {{"{$who(boss@x.example;", "b@x.example)}"}, false, {"boss@x.example", "b@x.example"}},
    {{"Ann@remote.example"}, true, {"Ann@remote.example"}},
};

TEST(Autoresponder, AnswersFurtherRecipients) {
  for (const auto& [to, to_sender, recipients] : k_recipients) {
    Case test;
    test.definition().send_response_to = to;
    test.definition().send_to_original_sender = to_sender;
    EXPECT_EQ(test.decide().response->recipients, recipients);
  }
  Case nobody;  // the others are told also when the sender must not be
  nobody.reverse_path = "";
  nobody.definition().send_response_to = {"boss@x.example"};
  EXPECT_EQ(nobody.decide().response->recipients, Strings{"boss@x.example"});
}

// USR-127
// ARS-03
TEST(Autoresponder, TakesTheSenderFromReturnPathOrReplyTo) {
  Case test;
  test.reverse_path = "bounce@remote.example";
  test.field("Reply-To", "Ann <reply@remote.example>");
  EXPECT_EQ(test.decide().response->recipients, Strings{"bounce@remote.example"});
  test.policy.rfc3834 = false;
  EXPECT_EQ(test.decide().response->recipients, Strings{"reply@remote.example"});
  EXPECT_TRUE(test.decide().response->mail.header.empty());
  test.header.pop_back();
  EXPECT_EQ(test.decide().response->recipients, Strings{"ann@remote.example"});
}

// ARS-06
TEST(Autoresponder, WritesPrecedenceAndReturnPath) {
  Case test;
  test.policy.precedence = "bulk\r\nBcc: x";
  test.policy.return_path = "auto@example.com";
  const auto response = *test.decide().response;
  EXPECT_EQ(response.mail.header.back(), (HeaderEdit{HeaderEdit::Kind::set, "Precedence", "bulk  Bcc: x"}));
  EXPECT_EQ(response.reverse_path, "auto@example.com");
}

TEST(Autoresponder, TakesOnlyMessageIdsAsReferences) {
  Case test;
  test.header[2].body = "<1@a> <evil";
  test.field("References", "<0@a> garbage <two words> <b@c>");
  const auto mail = test.decide().response->mail;
  EXPECT_EQ(mail.header[2].value, "<0@a> <b@c> <1@a>");
  test.header[2].body = "no id";
  EXPECT_EQ(test.decide().response->mail.header.size(), 1U);
}

const struct {
  const char* from;
  const char* mail;
  const char* expected;
} k_from[] = {
    {"", "", "fred@example.com"},
    {"", "Fred.Smith@example.com", "Fred.Smith@example.com"},
    {"Office <office@example.com>", "x@example.com", "Office <office@example.com>"},
    {"{User}", "", "fred@example.com"},
    {"{$who(sales)}@example.org", "", "sales@example.org"},
    {"{OrigSubject} <a@example.com>", "", "Hello <a@example.com>"},
};

TEST(Autoresponder, WritesFrom) {
  for (const auto& [from, mail, expected] : k_from) {
    Case test;
    test.definition().from_address = from;
    test.mail = mail;
    EXPECT_EQ(test.decide().response->mail.from, expected) << from;
  }
}

const struct {
  const char* reply_to;
  const char* expected;
} k_reply_to[] = {
    {"", "no-one@example.com"},
    {"*", "fred@example.com"},
    {"*@example.org", "fred@example.org"},
    {"{$a(x@y.example)}", "x@y.example"},
    {"{User}@y.example", "{User}@y.example"},
};

TEST(Autoresponder, WritesReplyTo) {
  for (const auto& [reply_to, expected] : k_reply_to) {
    Case test;
    test.definition().reply_to_address = reply_to;
    EXPECT_EQ(test.decide().response->mail.reply_to, expected) << reply_to;
  }
}

// USR-124
const struct {
  SubjectMode mode;
  const char* text;
  const char* subject;
} k_subjects[] = {
    {SubjectMode::prefix, "*", "Auto: Hello"},
    {SubjectMode::prefix, "Re: ", "Re: Hello"},
    {SubjectMode::prefix, "", "Hello"},
    {SubjectMode::prefix, "[{User}] ", "[fred] Hello"},
    {SubjectMode::subject, "Away until {$when(May)}", "Away until May"},
    {SubjectMode::subject, "About {OrigSubject}", "About Hello"},
    {SubjectMode::subject, "*", "Auto: Hello"},
};

TEST(Autoresponder, WritesTheSubject) {
  for (const auto& [mode, text, subject] : k_subjects) {
    Case test;
    test.definition().subject_mode = mode;
    test.definition().subject_text = text;
    EXPECT_EQ(test.decide().response->mail.subject, subject) << text;
  }
}

// USR-116
// USR-132
// USR-133
const struct {
  const char* text;
  const char* expanded;
} k_values[] = {
    {"{User} {Originator} {OrigSubject} {Subject}", "fred ann@remote.example Hello Auto: Hello"},
    {"{user} {ORIGSUBJECT}", "fred Hello"},
    {"{Date} {LongDate} {ShortDate}", "2026-08-05 Wednesday, 5 August 2026 5 Aug 2026"},
    {"{Time} {TimeNoSecs}", "10:00:00 10:00"},
    {"{ConditionName} {ConditionDateFrom} {ConditionDateTo}", "Summer 2026-08-01 2026-08-14"},
    {"{ConditionTimeFrom}-{ConditionTimeTo}", "08:00-18:00"},
    {"{ConditionDateTimeFrom}|{ConditionDateTimeTo}", "2026-08-03 12:00|"},
    {"{ConditionDOW}", "Mon, Tue, Wed, Thu, Fri"},
    {"{ConditionMatches}", "7"},
    {"{StartDate} {StartDate-1}", "2026-08-03 2026-08-02"},  // the later start
    {"{EndDate} {EndDate+1}", "2026-08-14 2026-08-15"},
    {"{EndDate+1:d.M.yyyy} {StartDate:%d/%m}", "15.8.2026 03/08"},
    {"{Date:dddd} {Time:h tt} {Date:'}'}", "Wednesday 10 AM '}"},
    {"{LongDate:d} {Nothing}", "{LongDate:d} {Nothing}"},
    {"{$reason} {$reason(none)} {$other(none)}", "sick sick none"},
};

TEST(Autoresponder, FillsInBuiltInReplacements) {
  for (const auto& [text, expanded] : k_values) {
    Case test;
    test.rule() = {.name = "Summer",
                   .autoresponder = "Holiday",
                   .fields = {{"reason", "sick"}},
                   .date_from = "2026-08-01",
                   .date_to = "2026-08-14",
                   .time_from = "08:00",
                   .time_to = "18:00",
                   .datetime_from = "2026-08-03 12:00",
                   .days = {1, 2, 3, 4, 5}};
    test.definition().response_text = text;
    EXPECT_EQ(test.decide().response->mail.text, expanded) << text;
  }
}

TEST(Autoresponder, UnsetDatesAreEmpty) {
  Case test;
  test.definition().response_text = "[{StartDate}{StartDate-1}{EndDate:d}{EndDate+1}]";
  EXPECT_EQ(test.decide().response->mail.text, "[]");
}

// USR-128
TEST(Autoresponder, AnswersInHtml) {
  Case test;
  test.header[1].body = "<script>x</script> & more";
  test.definition().response_text = " <HTML><p>About <b>{OrigSubject}</b></p></HTML>\n";
  const auto mail = test.decide().response->mail;
  EXPECT_EQ(mail.html, " <HTML><p>About <b>&lt;script&gt;x&lt;/script&gt; &amp; more</b></p></HTML>\n");
  EXPECT_EQ(mail.text, "About <script>x</script> & more");
}

TEST(Autoresponder, NothingBreaksOutOfAField) {
  Case test;
  test.header[1].body = "Hi\r\nBcc: victim@x.example";
  test.rule().fields["who"] = "a@b.example>\r\nBcc: victim@x.example";
  test.definition().from_address = "{$who} <a@example.com>";
  test.definition().reply_to_address = "{$who}";
  test.definition().send_response_to = {"{$who}"};
  test.definition().response_text = "{$who}{OrigSubject}";
  const auto response = *test.decide().response;
  EXPECT_EQ(response.mail.subject, "Auto: Hi  Bcc: victim@x.example");
  for (const std::string& value : {response.mail.from, response.mail.reply_to, response.mail.subject})
    EXPECT_EQ(value.find_first_of("\r\n"), std::string::npos) << value;
  for (const std::string& recipient : response.recipients)
    EXPECT_EQ(recipient.find_first_of("\r\n "), std::string::npos) << recipient;
}

// USR-119
// USR-120
TEST(Autoresponder, PassesTheOriginalOn) {
  Case test;
  test.definition().keep_original = false;
  EXPECT_FALSE(test.decide().keep_original);
  test.definition().copy_original_to = {"kate; {$who(bob@x.example)}"};
  test.last_answer = [](auto, auto) { return std::optional<std::int64_t>(1); };
  auto decision = test.decide();
  EXPECT_FALSE(decision.response);  // too soon, but passed on
  EXPECT_FALSE(decision.keep_original);
  EXPECT_EQ(decision.copy_original_to, (Strings{"kate", "bob@x.example"}));
  test.reverse_path = "";
  decision = test.decide();
  EXPECT_EQ(decision.copy_original_to, (Strings{"kate", "bob@x.example"}));
  EXPECT_FALSE(decision.keep_original);
  test.definition().copy_original_to.clear();
  EXPECT_TRUE(test.decide().keep_original);  // neither answered nor passed on: it must not get lost
}

// USR-125
TEST(Autoresponder, CarriesAttachmentsAndTheOriginal) {
  Case test;
  test.definition().append_original = AppendOriginal::headers;
  test.definition().attachments = {"map.png"};
  const auto mail = test.decide().response->mail;
  EXPECT_EQ(mail.append_original, AppendOriginal::headers);
  EXPECT_EQ(mail.attachments, Strings{"map.png"});
  EXPECT_EQ(mail.attachments_of, "fred");
}

// USR-137
TEST(Autoresponder, AScriptSeesValuesAndChangesTheAnswer) {
  Case test;
  test.rule().fields["reason"] = "sick";
  test.definition().response_text = "{$reason}: <lua>the script</lua>";
  test.run_lua = [](std::string_view script, AutoresponseScope& scope) {
    EXPECT_EQ(script, "the script");
    EXPECT_EQ(scope.replacements.at("OrigSubject"), "Hello");
    EXPECT_EQ(scope.replacements.at("StartDate-1"), "");
    EXPECT_EQ(scope.fields.at("reason"), "sick");
    EXPECT_EQ(scope.subject_prefix, "Auto: ");
    scope.keep_original = false;
    scope.min_interval_hours = 1;
    scope.sender = "script\r\n@example.com";
    scope.reply_to = "r@example.com";
    scope.subject = "By script";
    scope.append_original = AppendOriginal::full;
    scope.to.push_back("c@x.example");
    scope.copy_to = {"kate"};
    scope.attachments = {"a.txt"};
    return std::string("printed {Subject}");
  };
  const auto decision = test.decide();
  ASSERT_TRUE(decision.response);
  const auto& [path, recipients, sender, hours, mail] = *decision.response;
  EXPECT_EQ(mail.text, "sick: printed {Subject}");
  EXPECT_EQ(mail.from, "script  @example.com");
  EXPECT_EQ(mail.reply_to, "r@example.com");
  EXPECT_EQ(mail.subject, "By script");
  EXPECT_EQ(mail.append_original, AppendOriginal::full);
  EXPECT_EQ(recipients, (Strings{"ann@remote.example", "c@x.example"}));
  EXPECT_EQ(hours, 1);
  EXPECT_EQ(decision.copy_original_to, Strings{"kate"});
  EXPECT_FALSE(decision.keep_original);
}

TEST(Autoresponder, TheGlobalScriptMayForbidAnAnswer) {
  Case test;
  test.run_global = [](AutoresponseScope& scope) { scope.veto = scope.user.name == "fred"; };
  const auto decision = test.decide();
  EXPECT_FALSE(decision.response);
  EXPECT_EQ(last_reason(decision), "no answer: a script forbids it");
}

TEST(Autoresponder, LeavesScriptsOutWhereThereAreNone) {
  Case test;
  test.definition().response_text = "a<lua>b</lua>c";
  const auto decision = test.decide();
  EXPECT_EQ(decision.response->mail.text, "ac");
  EXPECT_EQ(decision.reasons[1].text, "<lua> elements were left out: scripts are not available");
}

// USR-138
const struct {
  const char* name;
  void (*change)(Case&);
  Strings faults;
} k_faults[] = {
    {"all right", [](Case&) {}, {}},
    {"no definition",
     [](Case& c) { c.rule().autoresponder = "gone"; },
     {"the rule Summer names a definition that does not exist: gone"}},
    {"a rule that is off",
     [](Case& c) {
       c.rule().sender = "/(/";
       c.rule().enabled = false;
     },
     {}},
    {"errors of scripts",
     [](Case& c) {
       c.definition().response_text = "<lua>x</lua>";
       c.run_lua = [](std::string_view, AutoresponseScope& scope) {
         scope.faults.push_back("x:1: first");
         return std::string();
       };
       c.run_global = [](AutoresponseScope& scope) { scope.faults.push_back("y:2: second"); };
     },
     {"x:1: first", "y:2: second"}},
};
TEST(Autoresponder, TellsWhatIsWrongWithIt) {
  for (const auto& [name, change, faults] : k_faults) {
    Case test;
    change(test);
    EXPECT_EQ(test.decide().faults, faults) << name;
  }
  Case unreadable;
  unreadable.rule().sender = "/(/";
  ASSERT_EQ(unreadable.decide().faults.size(), 1u);
  EXPECT_TRUE(unreadable.decide().faults[0].starts_with("the rule Summer cannot match: "));
}

TEST(Autoresponder, KnowsTheFieldsOfADefinition) {
  using Fields = std::vector<std::pair<std::string, std::string>>;
  AutoresponderDefinition definition;
  definition.response_text = "{$a} {$b(1)}";
  definition.from_address = "{$a(x)}{$b(2)}";
  definition.send_response_to = {"{$c(y;", "z)}"};
  EXPECT_EQ(custom_fields(definition), (Fields{{"a", "x"}, {"b", "1"}, {"c", "y;;z"}}));
}

}  // namespace
}  // namespace stagecoach::routing
