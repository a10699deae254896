// One entry of the directory as text, by the declaration of its settings. The database keeps a user's
// Profile, a list and a group in this form, so that TOML and database know the same keys; commands, bulk
// edit, imports and exports reach single settings by their key path.
//
// Instantiated for Profile, MailList, Group, Mapping, MessageRule, AutoresponderDefinition,
// AutoresponderRule. Nothing throws. A text that does not fit gives invalid_input with the key and the
// reason; the entry is then as it was before. Texts are UTF-8.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "routing/model/profile.h"
#include "routing/model/result.h"

namespace stagecoach::conf {

/// TOML with the settings that differ from the default. Secrets are in it. Without identities and
/// provenances: MailList and Group write their name and a list its members (give it without them when they
/// are kept elsewhere).
template <class S>
std::string entry_text(const S& entry);

/// Reads it back: parse_entry<S>(entry_text(x)) is x again, without provenances. Keys that are not given keep
/// their default. Fails with all faults of the text in one reason.
template <class S>
Result<S> parse_entry(std::string_view text);

/// The same for a file that somebody wrote: a line for each fault, "answers.toml:3: rules.All.sender: …", and
/// the sections have their provenances. For Autoresponder; it knows entry_text() too.
template <class S>
Result<S> parse_entry_file(std::string_view text, const std::string& file);

/// Sets one key: set_key(profile, "routing.forward_to", "kate; bob@example.net"), "permissions.pop3" "off",
/// "quota" "2GB", "custom.colour" "red". Lists are split at their separators (addresses at ';', lines at the
/// line end), and "+a; b" adds, "-a" removes elements, without error when there is nothing to do; "=" at the
/// start replaces even so. Lists of sections (message_rules) take a TOML array of inline tables.
template <class S>
Result<void> set_key(S& entry, std::string_view key, std::string_view text);

/// The value of one key in the form that set_key takes.
template <class S>
Result<std::string> get_key(const S& entry, std::string_view key);

struct KeyInfo {
  std::string key;      // "routing.forward_to"; "custom.*" of a table with any keys
  std::string kind;     // "text", "on or off", "one of copy, redirect", "list of text"
  std::string initial;  // the default in the form that set_key takes
  std::string meaning;
  bool operator==(const KeyInfo&) const = default;
};

/// All keys of S, in the order of their declaration.
template <class S>
const std::vector<KeyInfo>& list_keys();

/// The settings of a new user who starts with those of another one: all but full name, comments and aliases.
Profile copied_settings(const Profile& from, Profile to);

}  // namespace stagecoach::conf
