#include "routing/list_server.h"

#include <algorithm>

namespace stagecoach::routing {
namespace {

using Verb = ListCommand::Verb;

constexpr std::size_t k_commands_max = 20;
constexpr std::size_t k_line_bytes_max = 500;
constexpr std::size_t k_members_shown_max = 10'000;

constexpr struct {
  std::string_view word;
  Verb verb;
  int words;  // behind the verb
} k_verbs[] = {{"subscribe", Verb::subscribe, 1},
               {"unsubscribe", Verb::unsubscribe, 1},
               {"lists", Verb::lists, 0},
               {"users", Verb::users, 1},
               {"add", Verb::add, 2},
               {"remove", Verb::remove, 2},
               {"confirm", Verb::confirm, 1},
               {"approve", Verb::approve, 1},
               {"reject", Verb::reject, 1},
               {"help", Verb::help, 0}};

constexpr const char* k_help =
    "Commands, one a line, in the subject or in the text of a message:\n"
    "subscribe <list>\nunsubscribe <list>\nlists\nusers <list>\n"
    "For moderators, where a list allows it: add <list> <address>, remove <list> <address>\n";

std::vector<std::string> words_of(std::string_view line) {
  std::vector<std::string> words;
  std::string word;
  for (const char c : line.substr(0, k_line_bytes_max)) {
    // "unsubscribe+news" comes from links of mail programs; in addresses a + stays.
    const bool separates = c == ' ' || c == '\t' || c == '\r' || (c == '+' && words.empty());
    if (!separates)
      word += c;
    else if (!word.empty())
      words.push_back(std::exchange(word, {}));
  }
  if (!word.empty()) words.push_back(std::move(word));
  return words;
}

class Answerer {
 public:
  Answerer(const ListCommand& command, const Poster& sender, std::string_view server,
           const Directory& directory)
      : command_(command), sender_(sender), server_(server), directory_(directory) {}

  ListAnswer run() {
    switch (command_.verb) {
      case Verb::lists: return text(directory_of_lists());
      case Verb::help: return text(k_help);
      case Verb::subscribe: return subscribe();
      case Verb::unsubscribe: return unsubscribe();
      case Verb::users: return users();
      case Verb::add:
      case Verb::remove: return administer();
      default: break;
    }
    ListAnswer unknown = text("This is no command of a list server.\n\n" + std::string(k_help));
    unknown.alert = true;
    return unknown;
  }

 private:
  ListAnswer text(std::string text) const {
    ListAnswer answer;
    answer.text = std::move(text);
    return answer;
  }

  /// The list, when this server manages it and a sender from outside may know of it.
  const MailList* find() const {
    const MailList* list = directory_.find_list(command_.list);
    if (!list || (list->type != ListType::mailing && list->type != ListType::external_db)) return nullptr;
    return is_mine(*list) ? list : nullptr;
  }

  bool is_mine(const MailList& list) const {
    if (list.list_server != "*" && !list.list_server.empty())
      return equals_ignoring_case(list_server_address(list, directory_), server_);
    return to_lower(server_).starts_with("listserver@");
  }

  ListAnswer no_list() const { return text("There is no list \"" + command_.list + "\" here."); }

  ListAnswer subscribe() const {
    const MailList* list = find();
    if (!list) return no_list();
    if (list->type != ListType::mailing || !list->allow_subscribe || is_banned(*list, sender_.address))
      return text("You cannot subscribe to the list " + list->name + " yourself.");
    if (is_member(*list, sender_, directory_))
      return text(sender_.address + " is a member of the list " + list->name + " already.");
    ListAnswer answer = change(*list, ListAnswer::Change::add, sender_.address);
    answer.confirm = list->verify_subscriptions;
    return answer;
  }

  ListAnswer unsubscribe() const {
    const MailList* list = find();
    if (!list) return no_list();
    if (list->type != ListType::mailing)
      return text("Members of the list " + list->name + " are kept elsewhere.");
    const std::string entry = entry_of(*list);
    if (entry.empty()) return text(sender_.address + " is no member of the list " + list->name + ".");
    return change(*list, ListAnswer::Change::remove, entry);
  }

  std::string entry_of(const MailList& list) const {
    for (const std::string& member : *list.members)
      if (is_same_person(member, sender_, directory_)) return member;
    return {};
  }

  ListAnswer change(const MailList& list, ListAnswer::Change change, std::string address) const {
    ListAnswer answer;
    answer.change = change;
    answer.list = list.name;
    answer.address = std::move(address);
    answer.greet = true;
    answer.inform_moderators = list.inform_moderators ||
                               (change == ListAnswer::Change::remove && list.inform_moderators_unsubscribe);
    return answer;
  }

  ListAnswer users() const {
    const MailList* list = find();
    if (!list) return no_list();
    if (!list->allow_users_command || !is_member(*list, sender_, directory_))
      return text("The members of the list " + list->name + " are not shown to you.");
    std::string names = "Members of the list " + list->name + ":\n";
    std::size_t count = 0;
    for (const std::string& member : *list->members)
      if (++count <= k_members_shown_max) names += member + "\n";
    return text(std::move(names));
  }

  ListAnswer administer() const {
    const MailList* list = find();
    if (!list) return no_list();
    if (list->type != ListType::mailing || !list->remote_administration ||
        !is_moderator(*list, sender_, directory_))
      return text("You may not change the members of the list " + list->name + ".");
    if (sender_.user.empty())
      return text("Log in to the mail server when you send this command: only then it knows who you are.");
    const bool add = command_.verb == Verb::add;
    const std::string& address = command_.argument;
    if (split_address(address).local.empty() || address.find_first_of(" <>,;\"") != std::string::npos)
      return text("\"" + address + "\" is no address.");
    ListAnswer answer = change(*list, add ? ListAnswer::Change::add : ListAnswer::Change::remove, address);
    answer.greet = add && list->welcome_on_moderator_add;
    answer.text =
        address + (add ? " is added to the list " : " is removed from the list ") + list->name + ".";
    return answer;
  }

  std::string directory_of_lists() const {
    std::string names = "Lists:\n";
    for (const MailList& list : directory_.lists())
      if ((list.type == ListType::mailing || list.type == ListType::external_db) && !list.confidential &&
          is_mine(list))
        names += list_address(list, directory_) + "\n";
    return names;
  }

  const ListCommand& command_;
  const Poster& sender_;
  std::string_view server_;
  const Directory& directory_;
};

}  // namespace

ListCommand parse_list_command(std::string_view line) {
  ListCommand command;
  command.line = std::string(line.substr(0, k_line_bytes_max));
  const auto words = words_of(line);
  for (const auto& [word, verb, count] : k_verbs) {
    if (words.empty() || !equals_ignoring_case(words.front(), word) ||
        words.size() != static_cast<std::size_t>(count) + 1)
      continue;
    command.verb = verb;
    const bool is_token = verb == Verb::confirm || verb == Verb::approve || verb == Verb::reject;
    if (count > 0) (is_token ? command.argument : command.list) = words[1];
    if (count > 1) command.argument = words[2];
  }
  return command;
}

std::vector<ListCommand> parse_list_commands(std::string_view subject, std::string_view body) {
  // An answer to a confirmation comes as "Re: confirm …".
  std::string_view words = subject;
  while (words.size() > 3 && equals_ignoring_case(words.substr(0, 3), "re:"))
    words = words.substr(std::min(words.find_first_not_of(' ', 3), words.size()));
  if (ListCommand command = parse_list_command(words); command.verb != Verb::unknown) return {command};
  std::vector<ListCommand> commands;
  while (!body.empty() && commands.size() < k_commands_max) {
    const auto end = std::min(body.find('\n'), body.size());
    std::string_view line = body.substr(0, end);
    body.remove_prefix(std::min(end + 1, body.size()));
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (line == "-- " || line == "--") break;
    const auto first = line.find_first_not_of(" \t");
    if (first == std::string_view::npos) {
      if (!commands.empty()) break;
      continue;
    }
    ListCommand command = parse_list_command(line);
    if (command.verb == Verb::unknown && !commands.empty()) break;
    const bool unknown = command.verb == Verb::unknown;
    commands.push_back(std::move(command));
    if (unknown) break;
  }
  if (commands.empty()) commands.push_back(parse_list_command(subject));
  return commands;
}

ListAnswer answer_list_command(const ListCommand& command, const Poster& sender, std::string_view server,
                               const Directory& directory) {
  return Answerer(command, sender, server, directory).run();
}

std::string welcome_text(const MailList& list, const Directory& directory) {
  if (list.custom_welcome) return list.welcome_text;
  return "Welcome to the list " + list.name + ".\n\nTo leave it, send a message to " +
         list_server_address(list, directory) + " with the single line\n\nunsubscribe " + list.name + "\n";
}

std::string farewell_text(const MailList& list) {
  if (list.custom_unsubscribe) return list.unsubscribe_text;
  return "You are no longer a member of the list " + list.name + ".\n";
}

}  // namespace stagecoach::routing
