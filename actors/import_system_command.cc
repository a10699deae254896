// `stagecoach user import-system`: accounts of the operating system become users. They are read here, on the
// administrator's machine; the server gets changes, and keeps the options for the next time.
#include <pwd.h>
#include <unistd.h>

#include <cstdlib>
#include <iostream>
#include <map>

#include "actors/command_tools.h"
#include "actors/directory_change_command.h"
#include "actors/password.h"
#include "actors/system_users.h"
#include "protocols/sasl/base64.h"
#include "routing/model/address.h"

namespace stagecoach {

using nlohmann::json;

namespace {

constexpr const char* k_mark = "custom.imported_from";  // of users that an import made
constexpr const char* k_system = "system";

struct ImportOptions {
  std::string group;
  bool admins = false, update = false, welcome = false, remove_missing = false, guests = false;
};
constexpr std::pair<const char*, bool ImportOptions::*> k_flags[] = {
    {"admins", &ImportOptions::admins},
    {"update", &ImportOptions::update},
    {"welcome", &ImportOptions::welcome},
    {"remove-missing", &ImportOptions::remove_missing},
    {"guests", &ImportOptions::guests}};

json json_of(const ImportOptions& options) {
  json object = {{"group", options.group}};
  for (const auto& [name, flag] : k_flags) object[name] = options.*flag;
  return object;
}
ImportOptions options_of(const json& object) {
  ImportOptions options;
  options.group = object.value("group", "");
  for (const auto& [name, flag] : k_flags) options.*flag = object.value(name, false);
  return options;
}
std::string text_of(const ImportOptions& options) {
  std::string text = options.group.empty() ? "" : " --group " + options.group;
  for (const auto& [name, flag] : k_flags)
    if (options.*flag) text += std::string(" --") + name;
  return text.empty() ? " none" : text;
}

/// Those of the command; when it has none, those of the last import.
Result<ImportOptions> wanted_options(const CommandLine& line) {
  ImportOptions given;
  given.group = line.value("group");
  bool any = line.has("group");
  for (const auto& [name, flag] : k_flags) any |= given.*flag = line.has(name);
  if (any || line.has("forget")) return given;
  auto saved = call(line, "saved list", {{"kind", "import"}});
  if (!saved) return std::move(saved.error());
  for (const json& one : *saved)
    if (one.value("name", "") == k_system)
      if (const json object = json::parse(one.value("text", ""), nullptr, false); object.is_object())
        return options_of(object);
  return given;
}

/// Who gives the command: never removed, and never without his rights.
std::string acting_user() {
  if (const char* sudo = std::getenv("SUDO_USER")) return sudo;
  const passwd* own = ::getpwuid(::getuid());
  return own ? own->pw_name : "";
}

/// A hash whose password nobody knows: the user can log in when he has been given one.
std::string unknown_password() {
  std::string digest;
  while (digest.size() < 64) digest += random_password();
  return "{SHA512}" + sasl::encode_base64(digest.substr(0, 64));
}

struct Present {
  bool stored = false, administrator = false, imported = false;
  std::string full_name;
};

/// Makes the changes of an import.
class SystemImport {
 public:
  SystemImport(ImportOptions options, std::string acting, const json& present)
      : options_(std::move(options)), acting_(std::move(acting)) {
    for (const json& user : present) {
      const json& settings = user.at("settings");
      present_[to_lower(user.value("name", ""))] = {
          user.value("where", "") == "database", settings.value("administrator", "") == "true",
          settings.value(k_mark, "") == k_system, settings.value("full_name", "")};
    }
  }

  void take(const SystemAccount& account) {
    const auto found = present_.find(to_lower(account.name));
    if (found == present_.end()) return add(account);
    const Present before = found->second;
    present_.erase(found);
    if (before.stored && options_.update) update(account, before);
  }
  /// What is left of those that were there is missing in the system.
  void remove_missing() {
    for (const auto& [name, user] : present_) {
      if (!user.stored || !user.imported) continue;
      if (equals_ignoring_case(name, acting_)) {
        std::cerr << name << " gives this command and is not removed\n";
        continue;
      }
      note(change("remove", "user", name));
      ++removed_;
    }
  }

  const json& changes() const { return changes_; }
  std::string summary() const {
    return std::to_string(added_) + " added, " + std::to_string(updated_) + " updated, " +
           std::to_string(removed_) + " removed";
  }

 private:
  void add(const SystemAccount& account) {
    json one = change("add", "user", account.name);
    one["password_hash"] = unknown_password();
    one["settings"] = {{k_mark, k_system}, {"full_name", account.full_name}};
    if (options_.admins && account.administrator) one["settings"]["administrator"] = "yes";
    note(std::move(one));
    ++added_;
  }
  void update(const SystemAccount& account, const Present& before) {
    json settings = json::object();
    if (account.full_name != before.full_name) settings["full_name"] = account.full_name;
    const bool loses = before.administrator && !account.administrator;
    const bool himself = equals_ignoring_case(account.name, acting_);
    if (options_.admins && account.administrator != before.administrator && !(loses && himself))
      settings["administrator"] = account.administrator ? "yes" : "no";
    if (settings.empty()) return;
    json one = change("set", "user", account.name);
    one["settings"] = std::move(settings);
    note(std::move(one));
    ++updated_;
  }
  void note(json one) { changes_.push_back(std::move(one)); }

  ImportOptions options_;
  std::string acting_;
  std::map<std::string, Present> present_;  // by name in lower case
  json changes_ = json::array();
  std::size_t added_ = 0, updated_ = 0, removed_ = 0;
};

Result<void> forget_options(const CommandLine& line) {
  auto saved = call(line, "saved list", {{"kind", "import"}});
  if (!saved) return std::move(saved.error());
  if (saved->empty()) return {};
  auto done = call(line, "saved delete", {{"kind", "import"}, {"name", k_system}});
  if (!done) return std::move(done.error());
  return {};
}

int run_import(const CommandLine& line, const ImportOptions& options) {
  SystemSources sources;
  sources.passwd_file = line.value("passwd");
  sources.group_file = line.value("group-file");
  if (sources.passwd_file.empty() != sources.group_file.empty())
    return wrong_usage("--passwd and --group-file go together");
  auto accounts = system_accounts(sources, {options.group, options.guests});
  if (!accounts) return failure(accounts.error());
  auto present =
      call(line, "directory list", {{"kind", "user"}, {"keys", {"full_name", "administrator", k_mark}}});
  if (!present) return failure(present.error());
  const std::string acting = acting_user();
  SystemImport import(options, acting, *present);
  for (const SystemAccount& account : *accounts) import.take(account);
  if (options.remove_missing) import.remove_missing();
  const int status = send_changes(line, import.changes(), import.summary(),
                                  [&](std::size_t i) { return import.changes().at(i).value("name", ""); },
                                  {{"by", acting}, {"welcome", options.welcome}});
  if (status != 0 || line.has("dry-run")) return status;
  auto saved =
      call(line, "saved save", {{"kind", "import"}, {"name", k_system}, {"text", json_of(options).dump()}});
  return saved ? 0 : failure(saved.error());
}

}  // namespace

int user_import_system(const CommandLine& line) {
  auto options = wanted_options(line);
  if (!options) return failure(options.error());
  if (line.has("forget")) {
    if (auto done = forget_options(line); !done) return failure(done.error());
    std::cerr << "the options of the last import are forgotten\n";
    return 0;
  }
  std::cerr << "options:" << text_of(*options) << "\n";
  return run_import(line, *options);
}

}  // namespace stagecoach
