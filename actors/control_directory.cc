#include "actors/control_directory.h"

#include <unordered_map>

#include "actors/json_values.h"
#include "actors/listing_filter.h"
#include "routing/model/address.h"

namespace stagecoach {

namespace {

using nlohmann::json;

std::optional<EntryKind> parse_kind(const std::string& text) {
  if (text == "user") return EntryKind::user;
  if (text == "group") return EntryKind::group;
  if (text == "list") return EntryKind::list;
  if (text == "mapping") return EntryKind::mapping;
  return std::nullopt;
}

std::optional<EntryChange::Verb> parse_verb(const std::string& text) {
  if (text == "add") return EntryChange::Verb::add;
  if (text == "set") return EntryChange::Verb::set;
  if (text == "remove") return EntryChange::Verb::remove;
  return std::nullopt;
}

std::vector<std::string> texts(const json& object, const char* key) {
  std::vector<std::string> list;
  for (const json& one : object.value(key, json::array()))
    list.push_back(storage::clean_text(one.get<std::string>()));
  return list;
}
std::string text(const json& object, const char* key) { return storage::clean_text(object.value(key, "")); }

/// Settings in an object, or in an array of pairs when their order or repetition counts.
std::vector<EntrySetting> settings_of(const json& settings) {
  std::vector<EntrySetting> list;
  const auto add = [&list](const json& key, const json& value) {
    list.push_back(
        {storage::clean_text(key.get<std::string>()), storage::clean_text(value.get<std::string>())});
  };
  if (settings.is_object())
    for (const auto& [key, value] : settings.items()) add(key, value);
  else
    for (const json& pair : settings) add(pair.at(0), pair.at(1));
  return list;
}

Result<EntryChange> change_of(const json& one) {
  const auto kind = parse_kind(one.at("kind").get<std::string>());
  const auto verb = parse_verb(one.at("verb").get<std::string>());
  if (!kind || !verb)
    return invalid_input("a change has a verb (add, set, remove) and a kind (user, group, list, mapping)");
  EntryChange change;
  change.kind = *kind;
  change.verb = *verb;
  change.name = text(one, "name");
  change.settings = settings_of(one.value("settings", json::object()));
  change.copy_from = text(one, "copy_from");
  change.password = text(one, "password");
  change.web_password = text(one, "web_password");
  change.password_hash = text(one, "password_hash");
  change.web_password_hash = text(one, "web_password_hash");
  for (const json& app : one.value("app_passwords", json::array()))
    change.app_passwords.push_back(
        {text(app, "name"), text(app, "password"), app.value("protocols", 0LL), text(app, "expires_on")});
  change.replace_members = one.value("replace_members", false);
  change.members_added = texts(one, "members_added");
  change.members_removed = texts(one, "members_removed");
  return change;
}

json settings_object(const EntryView& view) {
  json settings = json::object();
  for (const EntrySetting& setting : view.settings) settings[setting.key] = setting.value;
  return settings;
}

std::vector<std::string> split_lines(const std::string& value) {
  std::vector<std::string> parts;
  std::string part;
  for (const char c : value + ";") {
    if (c != ';' && c != '\n') {
      if (c != ' ' || !part.empty()) part += c;
    } else if (!part.empty()) {
      parts.push_back(std::move(part));
      part.clear();
    }
  }
  return parts;
}

// Keys of a row of `user list` and the settings behind them.
constexpr std::pair<const char*, const char*> k_user_texts[] = {{"full_name", "full_name"},
                                                                {"comments", "comments"},
                                                                {"group", "primary_group"},
                                                                {"expires_on", "expires_on"}};
constexpr const char* k_user_flags[] = {"administrator", "enabled"};

}  // namespace

Result<ListEntries> list_request(const json& arguments) {
  const auto kind = parse_kind(arguments.value("kind", ""));
  if (!kind) return invalid_input("the kind is one of user, group, list, mapping");
  return ListEntries{*kind, text(arguments, "name"), texts(arguments, "keys"),
                     arguments.value("members", false)};
}

Result<ChangeDirectory> change_request(const json& arguments) {
  ChangeDirectory request;
  request.partial = arguments.value("partial", false);
  request.dry_run = arguments.value("dry_run", false);
  request.by = text(arguments, "by");
  for (const json& one : arguments.at("changes")) {
    auto change = change_of(one);
    if (!change) return std::move(change.error());
    request.changes.push_back(std::move(*change));
  }
  return request;
}

ListEntries user_rows_request() {
  ListEntries list;
  for (const auto& [column, key] : k_user_texts) list.keys.emplace_back(key);
  for (const char* key : k_user_flags) list.keys.emplace_back(key);
  list.keys.emplace_back("aliases");
  return list;
}

std::vector<json> user_rows(const EntryListing& listing, const UserFacts& facts) {
  std::unordered_map<std::int64_t, const storage::MailboxTotals*> mailboxes;
  for (const storage::MailboxTotals& mailbox : facts.mailboxes)
    mailboxes.emplace(mailbox.user.value, &mailbox);
  std::unordered_multimap<std::string, const AccountLock*> locks;
  for (const AccountLock& lock : facts.locks) locks.emplace(lock.user, &lock);
  std::vector<json> rows;
  for (const EntryView& view : listing.entries) {
    const json settings = settings_object(view);
    json row = {{"name", view.name}, {"where", view.where}, {"active", view.active}, {"marks", view.marks}};
    for (const auto& [column, key] : k_user_texts) row[column] = settings.value(key, "");
    for (const char* key : k_user_flags) row[key] = settings.value(key, "") == "true";
    row["aliases"] = split_lines(settings.value("aliases", ""));
    const auto mailbox = mailboxes.find(view.id);
    row["inbox_messages"] = mailbox == mailboxes.end() ? 0 : mailbox->second->inbox_messages;
    row["size_bytes"] = mailbox == mailboxes.end() ? 0 : mailbox->second->size_bytes;
    row["locked_addresses"] = json::array();
    const auto [first, last] = locks.equal_range(to_lower(view.name));
    for (auto lock = first; lock != last; ++lock) row["locked_addresses"].push_back(lock->second->address);
    if (first != last) row["marks"].push_back("locked");
    rows.push_back(std::move(row));
  }
  return rows;
}

std::vector<json> entry_rows(const EntryListing& listing) {
  std::vector<json> rows;
  for (const EntryView& view : listing.entries) {
    json row = {{"id", view.id},
                {"name", view.name},
                {"where", view.where},
                {"active", view.active},
                {"marks", view.marks},
                {"settings", settings_object(view)},
                {"member_count", view.member_count},
                {"members", view.members}};
    if (!view.text.empty()) row["text"] = view.text;
    rows.push_back(std::move(row));
  }
  return rows;
}

json json_of(const DirectoryAnswer& answer) {
  json faults = json::array();
  for (const ChangeFault& fault : answer.faults)
    faults.push_back({{"index", fault.index}, {"reason", fault.reason}});
  json result = {{"changed", answer.changed}, {"faults", std::move(faults)}};
  if (!answer.outcome.ok) result["error"] = answer.outcome.error.text();
  return result;
}

json json_of(const LockListing& listing) {
  json locks = json::array();
  for (const AccountLock& lock : listing.locks)
    locks.push_back(
        {{"user", lock.user}, {"address", lock.address}, {"until", json_time(lock.until * 1000000)}});
  return locks;
}

Result<json> chosen_rows(std::vector<json> rows, const json& arguments) {
  const std::string part = to_lower(arguments.value("filter", ""));
  if (!part.empty())
    std::erase_if(rows, [&](const json& row) {
      return to_lower(row.value("name", "")).find(part) == std::string::npos;
    });
  auto chosen = filter_rows(std::move(rows), arguments.value("where", std::map<std::string, std::string>{}));
  if (!chosen) return std::move(chosen.error());
  auto sorted = sort_rows(std::move(*chosen), arguments.value("sort", ""));
  if (!sorted) return std::move(sorted.error());
  return json(std::move(*sorted));
}

}  // namespace stagecoach
