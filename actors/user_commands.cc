// `stagecoach user …` but for import and export.
#include <iostream>
#include <map>
#include <set>

#include "actors/command_tools.h"
#include "actors/directory_change_command.h"
#include "actors/password.h"
#include "conf/directory_settings.h"
#include "routing/model/address.h"

namespace stagecoach {

using nlohmann::json;

namespace {

std::string joined(const json& list) {
  std::string text;
  for (const json& one : list) text += (text.empty() ? "" : ",") + one.get<std::string>();
  return text;
}

/// Settings that have an option of their own, then KEY=VALUE words.
Result<json> user_settings(const CommandLine& line) {
  auto settings = settings_of(line, 3);
  if (!settings) return settings;
  constexpr std::pair<const char*, const char*> k_texts[] = {
      {"full-name", "full_name"}, {"administrator", "administrator"}, {"enabled", "enabled"}};
  for (const auto& [option, key] : k_texts)
    if (line.has(option)) settings->push_back({key, line.value(option)});
  if (!line.has("alias")) return settings;
  std::string aliases = "=";  // all of them, whatever was there
  for (const std::string& alias : line.values("alias")) aliases += (aliases.size() == 1 ? "" : ";") + alias;
  settings->push_back({"aliases", aliases});
  return settings;
}

/// Sizes are rounded up: what waits is never shown as nothing.
void print_waiting(const json& count) {
  const std::int64_t messages = count.value("queued_messages", std::int64_t{0});
  std::cout << messages << (messages == 1 ? " message, " : " messages, ")
            << (count.value("queued_bytes", std::int64_t{0}) + 1023) / 1024 << " kB wait"
            << (messages == 1 ? "s" : "") << " in the outgoing queue (stagecoach queue list)\n";
}

int list_users(const CommandLine& line) {
  auto arguments = choice_of(line);
  if (!arguments) return wrong_usage(arguments.error().text());
  (*arguments)["filter"] = line.word(2);
  return ask(line, "user list", *arguments, [&](const json& users) {
    std::vector<std::vector<std::string>> rows;
    for (const json& user : users)
      rows.push_back({user.value("name", ""), user.value("active", true) ? "" : "inactive",
                      joined(user["marks"]), user.value("group", ""),
                      std::to_string(user.value("inbox_messages", 0LL)),
                      std::to_string(user.value("size_bytes", 0LL)), user.value("full_name", ""),
                      user.value("comments", ""), user.value("where", "")});
    print_table({"NAME", "STATE", "MARKS", "GROUP", "INBOX", "BYTES", "FULL NAME", "COMMENTS", "WHERE"},
                rows);
    std::cout << rows.size() << (rows.size() == 1 ? " user" : " users");
    auto count = call(line, "user count", json::object());
    if (count && count->value("max", 0LL) > 0)
      std::cout << "; " << count->value("users", 0LL) << " of at most " << count->value("max", 0LL)
                << " exist";
    std::cout << "\n";
    if (count && count->contains("queued_messages")) print_waiting(*count);
  });
}

/// --random-password makes one and shows it, otherwise it is asked for.
Result<std::string> wanted_password(const CommandLine& line) {
  return line.has("random-password") ? Result<std::string>(random_password()) : read_password(line);
}
void show_password(const CommandLine& line, const std::string& password, int status) {
  if (line.has("random-password") && status == 0) std::cerr << "password: " << password << "\n";
}

int add_user(const CommandLine& line) {
  if (line.word(2).empty()) return wrong_usage("user add needs a name");
  auto settings = user_settings(line);
  if (!settings) return wrong_usage(settings.error().text());
  auto password = wanted_password(line);
  if (!password) return failure(password.error());
  json one = change("add", "user", line.word(2));
  one["settings"] = std::move(*settings);
  one["copy_from"] = line.value("copy-from");
  one["password"] = *password;
  const int status = send_changes(line, json::array({one}), "user " + line.word(2));
  show_password(line, *password, status);
  return status;
}

int set_user(const CommandLine& line) {
  if (line.word(2).empty()) return wrong_usage("user set needs a name");
  auto settings = user_settings(line);
  if (!settings) return wrong_usage(settings.error().text());
  if (settings->empty()) return wrong_usage("user set needs KEY=VALUE (see `stagecoach user keys`)");
  json one = change("set", "user", line.word(2));
  one["settings"] = std::move(*settings);
  return send_changes(line, json::array({one}), "user " + line.word(2));
}

int set_password(const CommandLine& line) {
  if (line.word(2).empty()) return wrong_usage("user passwd needs a name");
  auto password = wanted_password(line);
  if (!password) return failure(password.error());
  json one = change("set", "user", line.word(2));
  one[line.has("web") ? "web_password" : "password"] = *password;
  const int status = send_changes(line, json::array({one}), "password of " + line.word(2));
  show_password(line, *password, status);
  return status;
}

Result<int> protocols_of(const CommandLine& line) {
  int bits = 0;
  for (const std::string& name : line.values("protocol")) {
    int bit = 0;
    for (const auto& choice : conf::k_login_protocols)
      if (equals_ignoring_case(choice.name, name)) bit = choice.value;
    if (bit == 0) return invalid_input("there is no protocol \"" + name + "\"");
    bits |= bit;
  }
  return bits == 0 ? int{protocol_all} : bits;
}

/// user app-password NAME add|delete LABEL
int app_password(const CommandLine& line) {
  const std::string action = line.word(3), label = line.word(4);
  if ((action != "add" && action != "delete") || label.empty())
    return wrong_usage("user app-password needs a user, add or delete, and a label");
  auto protocols = protocols_of(line);
  if (!protocols) return wrong_usage(protocols.error().text());
  const std::string password = action == "add" ? random_password() : "";
  json one = change("set", "user", line.word(2));
  one["app_passwords"] = {{{"name", label},
                           {"password", password},
                           {"protocols", *protocols},
                           {"expires_on", line.value("expires")}}};
  const int status = send_changes(line, json::array({one}), "application password " + label);
  if (status == 0 && action == "add") std::cerr << "password: " << password << "\n";
  return status;
}

int locks(const CommandLine& line, bool clear) {
  if (clear && line.word(2).empty()) return wrong_usage("user unlock needs a name");
  return ask(line, "user locks", {{"user", line.word(2)}, {"clear", clear}}, [clear](const json& list) {
    for (const json& lock : list)
      std::cout << lock.value("user", "") << " from " << lock.value("address", "")
                << (clear ? ": lifted" : " until " + lock.value("until", "")) << "\n";
    if (list.empty()) std::cout << "no account is locked\n";
  });
}

/// Once, what is in the INBOX now; the assistants get what comes later anyway.
int copy_inbox(const CommandLine& line) {
  if (line.word(2).empty()) return wrong_usage("user copy-inbox needs a name");
  return ask(line, "user copy-inbox", {{"user", line.word(2)}}, [](const json& copied) {
    std::cout << copied.value("messages", 0LL) << " messages copied to "
              << (copied["assistants"].empty() ? "nobody" : joined(copied["assistants"])) << "\n";
    for (const json& one : copied["left_out"])
      std::cerr << "stagecoach: " << one.get<std::string>() << " is not a local user: left out\n";
  });
}

/// The names that the conditions of --except choose.
Result<std::set<std::string>> excepted_users(const CommandLine& line) {
  std::set<std::string> names;
  if (!line.has("except")) return names;
  auto arguments = choice_of(line, "except");
  if (!arguments) return std::move(arguments.error());
  auto users = call(line, "user list", *arguments);
  if (!users) return std::move(users.error());
  for (const json& user : *users) names.insert(user.value("name", ""));
  return names;
}

/// The same settings for all users that the conditions choose; declared ones are left out.
int bulk(const CommandLine& line) {
  auto settings = settings_of(line, 2);
  if (!settings) return wrong_usage(settings.error().text());
  if (settings->empty()) return wrong_usage("user bulk needs KEY=VALUE (see `stagecoach user keys`)");
  if (!line.has("where") && !line.has("all"))
    return wrong_usage("user bulk needs --where COLUMN=EXPRESSION, or --all");
  auto arguments = choice_of(line);
  if (!arguments) return wrong_usage(arguments.error().text());
  auto users = call(line, "user list", *arguments);
  if (!users) return failure(users.error());
  auto excepted = excepted_users(line);
  if (!excepted) return failure(excepted.error());
  json changes = json::array();
  for (const json& user : *users) {
    if (user.value("where", "") != "database" || excepted->contains(user.value("name", ""))) continue;
    json one = change("set", "user", user.value("name", ""));
    one["settings"] = *settings;
    changes.push_back(std::move(one));
  }
  return send_changes(line, changes, std::to_string(changes.size()) + " users",
                      [&](std::size_t i) { return changes.at(i).value("name", ""); });
}

constexpr const char* k_user_help =
    "user list [PART OF A NAME] [--where COLUMN=EXPRESSION …] [--sort [-]COLUMN]\n"
    "user show NAME\n"
    "user add NAME [KEY=VALUE …] [--copy-from USER] [--password-stdin | --random-password]\n"
    "user set NAME KEY=VALUE …          lists: KEY=+VALUE adds, KEY=-VALUE removes\n"
    "user passwd NAME [--web] [--password-stdin | --random-password]\n"
    "user delete NAME … [--with-mail]\n"
    "user app-password NAME add|delete LABEL [--protocol P …] [--expires DATE]\n"
    "user locks [NAME] | unlock NAME\n"
    "user copy-inbox NAME               once, to his local assistants\n"
    "user bulk KEY=VALUE … --where COLUMN=EXPRESSION … | --all [--except COLUMN=EXPRESSION …]\n"
    "            [--dry-run] [--partial]\n"
    "user import FILE [--preview] [--columns A,B,…] [--titles yes|no] [--update] [--remove-missing]\n"
    "            [--passwords file|random|username|fixed] [--plain-passwords] [--log FILE]\n"
    "            [--dry-run] [--partial]\n"
    "user import-system [--group G] [--admins] [--update] [--welcome] [--remove-missing] [--guests]\n"
    "            [--with-mail] [--dry-run] [--forget] [--passwd FILE --group-file FILE]\n"
    "user export [FILE] [--with-passwords] [--brief] [--no-titles]\n"
    "user keys                          all settings with their meaning\n"
    "add and set also know --full-name TEXT, --alias A …, --administrator yes|no, --enabled yes|no.\n";

}  // namespace

int user_command(const CommandLine& line) {
  const std::string action = line.word(1);
  static const std::map<std::string, int (*)(const CommandLine&)> k_actions = {
      {"list", list_users},
      {"add", add_user},
      {"set", set_user},
      {"passwd", set_password},
      {"app-password", app_password},
      {"bulk", bulk},
      {"copy-inbox", copy_inbox},
      {"import", user_import},
      {"export", user_export},
      {"import-system", user_import_system},
      {"show", [](const CommandLine& line) { return show_entry(line, "user", line.word(2)); }},
      {"delete", user_delete},
      {"locks", [](const CommandLine& line) { return locks(line, false); }},
      {"unlock", [](const CommandLine& line) { return locks(line, true); }},
      {"keys", [](const CommandLine& line) { return print_keys(line, "user"); }},
      {"help",
       [](const CommandLine&) {
         std::cout << k_user_help;
         return 0;
       }},
  };
  const auto known = k_actions.find(action);
  if (known == k_actions.end()) return wrong_usage("there is no command \"user " + action + "\"");
  return known->second(line);
}

}  // namespace stagecoach
