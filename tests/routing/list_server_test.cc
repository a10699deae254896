#include "routing/list_server.h"

#include "routing/list_post.h"
#include "tests/routing/routing_fixture.h"

namespace stagecoach::routing {
namespace {

const struct {
  const char* line;
  const char* command;
} k_lines[] = {
    {"subscribe news", "subscribe news "},
    {"SUBSCRIBE  News ", "subscribe News "},
    {"unsubscribe+news", "unsubscribe news "},
    {"unsubscribe my+list", "unsubscribe my+list "},
    {"lists", "lists  "},
    {"lists please", "unknown  "},
    {"users news", "users news "},
    {"add news a+b@x.example", "add news a+b@x.example"},
    {"confirm 00ff", "confirm  00ff"},
    {"subscribe", "unknown  "},
    {"hello there", "unknown  "},
    {"", "unknown  "},
};

std::string text_of(const ListCommand& command) {
  constexpr const char* k_names[] = {"subscribe", "unsubscribe", "lists",  "users", "add",    "remove",
                                     "confirm",   "approve",     "reject", "help",  "unknown"};
  return std::string(k_names[static_cast<std::size_t>(command.verb)]) + " " + command.list + " " +
         command.argument;
}

TEST(ListCommand, IsReadFromALine) {  // LST-032
  for (const auto& [line, command] : k_lines) EXPECT_EQ(text_of(parse_list_command(line)), command) << line;
}

const struct {
  const char* name;
  const char* subject;
  const char* body;
  std::vector<const char*> commands;
} k_messages[] = {
    {"in the subject", "subscribe news", "whatever", {"subscribe news "}},
    {"in an answer", "Re: RE: confirm 12ab", "> text", {"confirm  12ab"}},
    {"in the body", "", "lists\r\nusers news\r\n", {"lists  ", "users news "}},
    {"until the signature", "", "lists\n-- \nusers news\n", {"lists  "}},
    {"until an empty line", "", "\n\nlists\n\nusers news\n", {"lists  "}},
    {"nothing", "Hello", "", {"unknown  "}},
    {"something else", "Hello", "How are you?\nlists\n", {"unknown  "}},
};

TEST(ListCommand, IsFoundInSubjectOrBody) {
  for (const auto& [name, subject, body, commands] : k_messages) {
    std::vector<std::string> found;
    for (const ListCommand& command : parse_list_commands(subject, body)) found.push_back(text_of(command));
    EXPECT_EQ(found, std::vector<std::string>(commands.begin(), commands.end())) << name;
  }
  EXPECT_EQ(parse_list_commands("", std::string(100'000, 'x') + "\n" + std::string(5000, '\n')).size(), 1u);
  std::string many;
  for (int i = 0; i < 1000; ++i) many += "lists\n";
  EXPECT_EQ(parse_list_commands("", many).size(), 20u);
}

Directory office() {
  MailList news = list("news", {"fred", "ann@remote.example"}, ListType::mailing);
  news.allow_subscribe = true;
  news.inform_moderators_unsubscribe = true;
  MailList closed = list("closed", {"fred"}, ListType::mailing);
  closed.confidential = true;
  closed.allow_users_command = true;
  MailList quick = list("quick", {}, ListType::mailing);
  quick.allow_subscribe = true;
  quick.verify_subscriptions = false;
  quick.inform_moderators = true;
  quick.banned = {"*@bad.example"};
  quick.remote_administration = true;
  quick.moderator = "kate";
  MailList own = list("own", {}, ListType::mailing);
  own.list_server = "service@example.org";
  MailList crm = list("crm", {}, ListType::external_db);
  DirectoryEntries entries;
  entries.users = {user("fred"), user("kate"), user("boss", [](Profile& p) { p.administrator = true; })};
  entries.lists = {news, closed, quick, own, crm, list("team", {"fred"})};
  return Directory(std::move(entries), local_options());
}

/// "add news x@y.example confirm greet inform alert", or the text's beginning.
std::string answer(const char* line, Poster sender, const char* server = "listserver@example.com") {
  const ListAnswer answer = answer_list_command(parse_list_command(line), sender, server, office());
  std::string text = answer.alert ? "alert " : "";
  if (answer.change == ListAnswer::Change::none) return text + answer.text.substr(0, answer.text.find('\n'));
  text += answer.change == ListAnswer::Change::add ? "add " : "remove ";
  text += answer.list + " " + answer.address;
  if (answer.confirm) text += " confirm";
  if (answer.greet) text += " greet";
  if (answer.inform_moderators) text += " inform";
  return text;
}

TEST(ListServer, AnswersCommands) {
  const Poster bob{"bob@x.example", {}}, ann{"Ann@remote.example", {}}, fred{"fred@example.com", "fred"};
  const Poster kate{"kate@example.com", "kate"}, bad{"a@bad.example", {}};
  // LST-033, LST-042
  EXPECT_EQ(answer("subscribe NEWS", bob), "add news bob@x.example confirm greet");
  EXPECT_EQ(answer("subscribe quick", bob), "add quick bob@x.example greet inform");  // LST-040
  EXPECT_EQ(answer("subscribe news", ann), "Ann@remote.example is a member of the list news already.");
  // LST-039
  EXPECT_EQ(answer("subscribe closed", bob), "You cannot subscribe to the list closed yourself.");
  EXPECT_EQ(answer("subscribe quick", bad), "You cannot subscribe to the list quick yourself.");  // LST-024
  EXPECT_EQ(answer("subscribe gone", bob), "There is no list \"gone\" here.");
  EXPECT_EQ(answer("subscribe team", bob), "There is no list \"team\" here.");  // no mailing list
  // LST-034, LST-041
  EXPECT_EQ(answer("unsubscribe+news", ann), "remove news ann@remote.example greet inform");
  EXPECT_EQ(answer("unsubscribe news", fred), "remove news fred greet inform");
  EXPECT_EQ(answer("unsubscribe news", bob), "bob@x.example is no member of the list news.");
  // LST-064
  EXPECT_EQ(answer("subscribe crm", bob), "You cannot subscribe to the list crm yourself.");
  EXPECT_EQ(answer("unsubscribe crm", bob), "Members of the list crm are kept elsewhere.");
  // LST-036
  EXPECT_EQ(answer("users closed", fred), "Members of the list closed:");
  EXPECT_EQ(answer("users closed", bob), "The members of the list closed are not shown to you.");
  EXPECT_EQ(answer("users news", fred), "The members of the list news are not shown to you.");
  // LST-037
  EXPECT_EQ(answer("add quick x@y.example", kate), "add quick x@y.example inform");
  EXPECT_EQ(answer("remove quick x@y.example", kate), "remove quick x@y.example inform");
  EXPECT_EQ(answer("add quick x@y.example", {"kate@example.com", {}}),
            "Log in to the mail server when you send this command: only then it knows who you are.");
  EXPECT_EQ(answer("add quick x@y.example", fred), "You may not change the members of the list quick.");
  EXPECT_EQ(answer("add news x@y.example", kate), "You may not change the members of the list news.");
  EXPECT_EQ(answer("add quick <x", kate), "\"<x\" is no address.");
  // LST-038
  EXPECT_EQ(answer("hello", bob), "alert This is no command of a list server.");
  // LST-047
  EXPECT_EQ(answer("unsubscribe own", bob), "There is no list \"own\" here.");
  EXPECT_EQ(answer("unsubscribe own", bob, "service@example.org"),
            "bob@x.example is no member of the list own.");
}

TEST(ListServer, ShowsNoConfidentialLists) {  // LST-035, LST-043
  const ListAnswer answer = answer_list_command(parse_list_command("lists"), {"bob@x.example", {}},
                                                "listserver@example.com", office());
  EXPECT_EQ(answer.text, "Lists:\nnews@example.com\nquick@example.com\ncrm@example.com\n");
}

TEST(ListServer, GreetsWithTheListsOwnTextOrOurs) {  // LST-044, LST-046
  MailList news = list("news", {}, ListType::mailing);
  EXPECT_NE(welcome_text(news, office()).find("unsubscribe news"), std::string::npos);
  EXPECT_NE(farewell_text(news).find("news"), std::string::npos);
  news.custom_welcome = news.custom_unsubscribe = true;
  news.welcome_text = "Hello!";
  news.unsubscribe_text = "Bye!";
  EXPECT_EQ(welcome_text(news, office()), "Hello!");
  EXPECT_EQ(farewell_text(news), "Bye!");
}

const struct {
  const char* data;
  const char* value;
} k_modifiers[] = {
    {"%m", "kate@example.com"},
    {"%O", "ann@remote.example"},
    {"%n <%l>", "\"Ann Smith\" <quick@example.com>"},
    {"[%L]", "[quick]"},
    {"%N", "Ann Smith"},
    {"100%%", "100%"},
    {"%x", "%x"},
    {"%", "%"},
};

TEST(ListPost, ExpandsHeaderModifiers) {  // LST-027, LST-029
  const Directory directory = office();
  const HeaderFields header{{"From", "Ann Smith <ann@remote.example>", {{"ann", "remote.example"}}}};
  for (const auto& [data, value] : k_modifiers)
    EXPECT_EQ(expand_modifier(data, *directory.find_list("quick"), header, "x@y.example", directory), value)
        << data;
}

std::string edits(const MailList& list) {
  const Directory directory = office();
  const HeaderFields header{{"From", "Ann <ann@remote.example>", {{"ann", "remote.example"}}}};
  std::string text;
  for (const HeaderEdit& edit : list_rendition(list, header, "x@y.example", directory).header)
    text += (edit.kind == HeaderEdit::Kind::remove ? "-" : "") + edit.name +
            (edit.value.empty() ? "" : "=" + edit.value) + "\n";
  return text;
}

TEST(ListPost, HasTheDefaultModifiersAndListFields) {  // LST-028, LST-030, LST-031, LST-059
  EXPECT_EQ(edits(*office().find_list("quick")),
            "Sender=kate@example.com\nReply-To=kate@example.com\nFrom=\"Ann\" <quick@example.com>\n"
            "-Disposition-Notification-To\n-Return-Receipt-To\n-Received\nPrecedence=bulk\n"
            "List-Id=<quick.example.com>\nList-Post=<mailto:quick@example.com>\n"
            "List-Subscribe=<mailto:listserver@example.com?subject=subscribe%20quick>\n"
            "List-Unsubscribe=<mailto:listserver@example.com?subject=unsubscribe%20quick>\n"
            "List-Help=<mailto:listserver@example.com?subject=help>\nX-Loop=quick@example.com\n");
  MailList plain = *office().find_list("news");
  plain.allow_subscribe = false;
  plain.posting = PostingPolicy::moderators;
  plain.header_modifiers = {"List-Id: <mine>"};
  EXPECT_EQ(edits(plain), "List-Id=<mine>\nList-Post=NO\nX-Loop=news@example.com\n");
}

TEST(ListPost, AppendsTheSignature) {  // LST-026
  MailList news = *office().find_list("news");
  news.signature = "To leave: unsubscribe news";
  EXPECT_EQ(list_rendition(news, {}, "", office()).footer.plain, "To leave: unsubscribe news");
}

}  // namespace
}  // namespace stagecoach::routing
