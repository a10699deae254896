#include "actors/admin_message.h"

#include <set>

#include "actors/generated_mail.h"
#include "actors/serialisation.h"
#include "routing/model/address.h"
#include "routing/text.h"

namespace stagecoach {

namespace {

constexpr std::int64_t k_megabyte = 1024 * 1024;
constexpr std::string_view k_subject_start = "<Subject:", k_default_subject = "Welcome to email";
constexpr std::string_view k_script_start = "{lua}", k_script_end = "{/lua}";
constexpr int k_nesting_max = 10;  // of lists in lists

std::string size_text(std::int64_t bytes) {
  if (bytes < 10 * k_megabyte) return std::to_string((bytes + 1023) / 1024) + " kB";
  return std::to_string(bytes / k_megabyte) + " MB";
}

/// Each replacement once, from left to right: what stands in a value is not replaced again.
std::string replaced(std::string_view text,
                     const std::function<std::optional<std::string>(std::string_view name)>& value) {
  std::string result;
  while (!text.empty()) {
    const auto open = text.find('{');
    result += text.substr(0, open);
    if (open == std::string_view::npos) break;
    text.remove_prefix(open);
    const auto close = text.find('}');
    const auto name = close == std::string_view::npos ? std::string_view{} : text.substr(1, close - 1);
    if (auto found = name.empty() ? std::nullopt : value(name)) {
      result += *found;
      text.remove_prefix(close + 1);
    } else {
      result += '{';
      text.remove_prefix(1);
    }
  }
  return result;
}

/// Of his entry in the address book; what every user has also without one.
std::string attribute(std::string_view name, const RecipientFacts& facts) {
  if (facts.attributes)
    for (const auto& [attribute, value] : *facts.attributes)
      if (equals_ignoring_case(attribute, name)) return value;
  if (equals_ignoring_case(name, "uid")) return facts.user;
  if (equals_ignoring_case(name, "cn") || equals_ignoring_case(name, "displayName")) return facts.full_name;
  if (equals_ignoring_case(name, "mail")) return facts.address;
  return {};
}

std::optional<std::string> fact(std::string_view name, const RecipientFacts& facts) {
  if (name == "username") return facts.user;
  if (name == "messagecount") return std::to_string(facts.inbox_messages);
  if (name == "mailboxsize") return size_text(facts.mailbox_bytes);
  if (name == "mailboxquota") return facts.quota_bytes == 0 ? "no limit" : size_text(facts.quota_bytes);
  if (name.starts_with("ldap_")) return attribute(name.substr(5), facts);
  return std::nullopt;
}

void add_members(const routing::Directory& directory, const MailList& list, std::set<std::string>& seen,
                 std::vector<const User*>& users, int depth) {
  for (const std::string& member : *list.members) {
    const Address address = directory.complete(split_address(member));
    if (!directory.is_local_domain(address) || !seen.insert(to_lower(member)).second) continue;
    if (const User* user = directory.find_login(member))
      users.push_back(user);
    else if (const MailList* inner = directory.find_list(address.local); inner && depth < k_nesting_max)
      add_members(directory, *inner, seen, users, depth + 1);
  }
}

}  // namespace

Arrival user_arrival(Node& node, const routing::Directory& directory, const User& user,
                     const std::string& purpose, const TextMessage& message) {
  Generated mail;
  mail.purpose = purpose;
  mail.recipients = {directory.address_of(user.name)};
  ComposedMail composed;
  composed.from = "Mail server <" + daemon_address(*node.config()) + ">";
  composed.to = mail.recipients;
  composed.subject = message.subject;
  composed.text = message.text;
  composed.header = {{HeaderEdit::Kind::set, "Auto-Submitted", "auto-generated"}};
  mail.composed = std::move(composed);
  return generated_arrival(node, mail, {}, {});
}

void send_to_user(Node& node, const routing::Directory& directory, const User& user,
                  const std::string& purpose, const TextMessage& message) {
  RouteMessage route;
  route.arrival = user_arrival(node, directory, user, purpose, message);
  caf::anon_send(node.handles()->router, std::move(route));
}

TextMessage quota_warning_text(const User& user, const routing::QuotaWarning& warning, std::int64_t bytes,
                               std::int64_t quota, bool to_admin) {
  const std::string whose = to_admin ? "The mailbox of " + user.name : "Your mailbox";
  const std::string percent = std::to_string(warning.percent) + " %";
  TextMessage message;
  message.subject = whose + " is " + percent + " full";
  message.text = whose + " holds " + size_text(bytes) + " of " + size_text(quota) + " (" + percent + ").\n" +
                 "New mail is still delivered, but sending may be blocked when it grows further.\n" +
                 (to_admin ? "" : "Please delete messages that are no longer needed.\n");
  return message;
}

std::optional<TextMessage> welcome_message(std::string_view text, std::string_view user,
                                           std::string_view password) {
  if (routing::trimmed(text).empty()) return std::nullopt;
  TextMessage message{std::string(k_default_subject), {}};
  const auto value = [&](std::string_view name) -> std::optional<std::string> {
    if (name == "username") return std::string(user);
    if (name == "password") return std::string(password);
    return std::nullopt;
  };
  bool found = false;
  while (!text.empty()) {
    const auto end = text.find('\n');
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    const std::string_view plain = routing::trimmed(line);
    if (!found && plain.starts_with(k_subject_start) && plain.ends_with('>')) {
      const auto inner = plain.substr(k_subject_start.size(), plain.size() - k_subject_start.size() - 1);
      message.subject = replaced(routing::trimmed(inner), value);
      found = true;
      continue;
    }
    message.text += replaced(line, value) + (end == std::string_view::npos ? "" : "\n");
  }
  return message;
}

void welcome_new_users(Node& node, const ChangeDirectory& change, const DirectoryAnswer& answer) {
  const auto directory = node.directory();
  if (!answer.outcome.ok || change.dry_run || !directory) return;
  std::set<std::int64_t> faulty;
  for (const ChangeFault& fault : answer.faults) faulty.insert(fault.index);
  for (std::size_t i = 0; i < change.changes.size(); ++i) {
    const EntryChange& one = change.changes[i];
    if (one.kind != EntryKind::user || one.verb != EntryChange::Verb::add ||
        faulty.contains(static_cast<std::int64_t>(i)))
      continue;
    const User* user = directory->find_user(one.name);
    auto message = welcome_message(node.config()->policy.welcome_message, one.name, one.password);
    if (user && message) send_to_user(node, *directory, *user, "welcome", *message);
  }
}

Result<std::optional<std::string>> fill_text(std::string_view text, const RecipientFacts& facts,
                                             const TextScript& script) {
  const auto value = [&](std::string_view name) { return fact(name, facts); };
  std::string result;
  while (!text.empty()) {
    const auto start = script ? text.find(k_script_start) : std::string_view::npos;
    const auto end =
        start == std::string_view::npos ? std::string_view::npos : text.find(k_script_end, start);
    if (end == std::string_view::npos) return std::optional(result + replaced(text, value));
    result += replaced(text.substr(0, start), value);
    const auto from = start + k_script_start.size();
    auto output = script(text.substr(from, end - from), facts);
    if (!output) return std::move(output.error());
    if (!*output) return std::optional<std::string>{};
    result += **output;
    text.remove_prefix(end + k_script_end.size());
  }
  return std::optional(std::move(result));
}

Result<std::vector<const User*>> local_members(const routing::Directory& directory, const std::string& name) {
  if (directory.is_group(name)) return directory.members_of_group(name);
  const MailList* list = directory.find_list(name);
  if (!list) return not_found("there is neither a group nor a list \"" + name + "\"");
  std::vector<const User*> users;
  std::set<std::string> seen;
  add_members(directory, *list, seen, users, 0);
  std::set<const User*> once;
  std::erase_if(users, [&](const User* user) { return !once.insert(user).second; });
  return users;
}

}  // namespace stagecoach
