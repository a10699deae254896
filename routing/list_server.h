// The list server: an address that reads commands (docs/reference/lists.md). From the text of a message to
// commands, from a command to what is done and answered. Pure: members are changed by whoever asked.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "routing/list_rules.h"

namespace stagecoach::routing {

struct ListCommand {
  enum class Verb : std::uint8_t {
    subscribe,
    unsubscribe,
    lists,
    users,
    add,
    remove,
    confirm,
    approve,
    reject,
    help,
    unknown
  };
  Verb verb = Verb::unknown;
  std::string list;      // as written
  std::string argument;  // of add and remove: an address; of confirm, approve, reject: a token
  std::string line;      // as written, for the answer
  bool operator==(const ListCommand&) const = default;
};

/// One line: words separated by spaces or '+' ("unsubscribe+news").
ListCommand parse_list_command(std::string_view line);
/// The command of the subject when it is one, else those of the body's lines until a signature ("-- "), an
/// empty line behind a command, or a line that is no command. Nothing found: one `unknown`.
std::vector<ListCommand> parse_list_commands(std::string_view subject, std::string_view body);

struct ListAnswer {
  enum class Change : std::uint8_t { none, add, remove };
  Change change = Change::none;
  std::string list;      // its name
  std::string address;   // who becomes or was a member
  bool confirm = false;  // the change waits until the address has confirmed it
  bool greet = false;    // the address gets the welcome or farewell text of the list
  bool inform_moderators = false;
  bool alert = false;  // nobody could read the command: the administrator is told
  std::string text;    // for the sender
};

/// `server`: the list server's address; only its lists exist. Tokens (confirm, approve, reject) are not
/// decided here.
ListAnswer answer_list_command(const ListCommand& command, const Poster& sender, std::string_view server,
                               const Directory& directory);

/// The text that a new or former member gets, custom or built-in.
std::string welcome_text(const MailList& list, const Directory& directory);
std::string farewell_text(const MailList& list);

}  // namespace stagecoach::routing
