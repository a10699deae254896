#include "actors/system_users.h"

#include <grp.h>
#include <pwd.h>
#include <sys/types.h>

#include <algorithm>
#include <cstdio>
#include <fstream>
#include <memory>
#include <set>
#include <sstream>

#include "routing/model/address.h"

namespace stagecoach {

namespace {

constexpr std::size_t k_entries_max = 200'000;
constexpr const char* k_admin_groups[] = {"sudo", "adm", "wheel"};

struct PasswdEntry {
  std::string name, comment, shell;
  std::uint64_t uid = 0, gid = 0;
};
struct GroupEntry {
  std::string name;
  std::uint64_t gid = 0;
  std::vector<std::string> members;
};

struct CloseFile {
  void operator()(std::FILE* file) const { std::fclose(file); }
};
using File = std::unique_ptr<std::FILE, CloseFile>;

std::string text(const char* c) { return c ? c : ""; }

PasswdEntry entry_of(const passwd& one) {
  return {text(one.pw_name), text(one.pw_gecos), text(one.pw_shell), one.pw_uid, one.pw_gid};
}
GroupEntry entry_of(const group& one) {
  GroupEntry entry{text(one.gr_name), one.gr_gid, {}};
  for (char** member = one.gr_mem; member && *member; ++member) entry.members.emplace_back(*member);
  return entry;
}

/// All entries of a file, or with an empty path those that `next` gives.
template <class Entry, class Next, class NextOfFile>
Result<std::vector<Entry>> read_all(const std::string& path, Next next, NextOfFile next_of_file) {
  std::vector<Entry> entries;
  const File file(path.empty() ? nullptr : std::fopen(path.c_str(), "re"));
  if (!path.empty() && !file) return not_found("cannot read " + path);
  while (const auto* one = file ? next_of_file(file.get()) : next()) {
    entries.push_back(entry_of(*one));
    if (entries.size() > k_entries_max) return limit_reached("the system has too many accounts or groups");
  }
  return entries;
}

Result<std::vector<PasswdEntry>> read_passwd(const std::string& path) {
  ::setpwent();
  auto entries = read_all<PasswdEntry>(path, ::getpwent, ::fgetpwent);
  ::endpwent();
  return entries;
}
Result<std::vector<GroupEntry>> read_groups(const std::string& path) {
  ::setgrent();
  auto entries = read_all<GroupEntry>(path, ::getgrent, ::fgetgrent);
  ::endgrent();
  return entries;
}

struct UidRange {
  std::uint64_t min = 1000, max = 60000;
};
UidRange uid_range(const std::string& login_defs) {
  UidRange range;
  std::ifstream file(login_defs);
  for (std::string line; std::getline(file, line);) {
    std::istringstream words(line);
    std::string key;
    std::uint64_t value = 0;
    if (!(words >> key >> value)) continue;
    if (key == "UID_MIN") range.min = value;
    if (key == "UID_MAX") range.max = value;
  }
  return range;
}

bool is_member(const PasswdEntry& account, const GroupEntry& group) {
  return account.gid == group.gid ||
         std::find(group.members.begin(), group.members.end(), account.name) != group.members.end();
}

bool is_administrator(const PasswdEntry& account, const std::vector<GroupEntry>& groups) {
  return std::any_of(groups.begin(), groups.end(), [&](const GroupEntry& group) {
    return std::any_of(std::begin(k_admin_groups), std::end(k_admin_groups),
                       [&](const char* name) { return group.name == name; }) &&
           is_member(account, group);
  });
}

bool is_guest(const PasswdEntry& account) {
  return to_lower(account.name).find("guest") != std::string::npos ||
         to_lower(account.comment).find("guest") != std::string::npos ||
         account.shell.ends_with("/nologin") || account.shell.ends_with("/false");
}

/// The first part of the comment field: behind it come room and telephone.
std::string full_name(const PasswdEntry& account) {
  return account.comment.substr(0, account.comment.find(','));
}

}  // namespace

Result<std::vector<SystemAccount>> system_accounts(const SystemSources& sources, const SystemChoice& choice) {
  auto accounts = read_passwd(sources.passwd_file);
  if (!accounts) return std::move(accounts.error());
  auto groups = read_groups(sources.group_file);
  if (!groups) return std::move(groups.error());
  const auto wanted = std::find_if(groups->begin(), groups->end(),
                                   [&](const GroupEntry& group) { return group.name == choice.group; });
  if (!choice.group.empty() && wanted == groups->end())
    return not_found("the system has no group \"" + choice.group + "\"");
  const UidRange range = uid_range(sources.login_defs);
  std::set<std::string> seen;
  std::vector<SystemAccount> chosen;
  for (const PasswdEntry& account : *accounts) {
    if (account.uid < range.min || account.uid > range.max) continue;
    if (!choice.group.empty() && !is_member(account, *wanted)) continue;
    if ((is_guest(account) && !choice.guests) || !seen.insert(to_lower(account.name)).second) continue;
    chosen.push_back(
        {account.name, full_name(account), is_administrator(account, *groups), is_guest(account)});
  }
  return chosen;
}

}  // namespace stagecoach
