#include "actors/mailbox_care.h"

#include <deque>

#include "actors/admin_message.h"
#include "actors/database.h"
#include "actors/local_day.h"
#include "actors/prune_search.h"
#include "actors/serialisation.h"
#include "routing/list_rules.h"
#include "routing/prune_rules.h"
#include "storage/mailbox_usage_repository.h"
#include "storage/recycle_repository.h"

namespace stagecoach {

namespace {

using namespace std::chrono_literals;
using storage::MailboxSize;

constexpr auto k_first_look = 1s, k_interval = 120s;
constexpr std::int64_t k_purge_rows = 2000, k_hour_seconds = 3600;
constexpr std::int64_t k_prune_messages = 500;  // in one transaction

class MailboxCare : public MailboxCareActor::base {
 public:
  MailboxCare(caf::actor_config& config, Node& node) : MailboxCareActor::base(config), node_(node) {}

  behavior_type make_behavior() override {
    delayed_send(this, k_first_look, caf::tick_atom_v);
    return {[this](caf::tick_atom) { look(); }};
  }
  const char* name() const override { return "mailbox_care"; }

 private:
  void look() {
    const auto directory = node_.directory();
    delayed_send(this, directory ? std::chrono::seconds(k_interval) : k_first_look, caf::tick_atom_v);
    if (!directory) return;
    const std::string today = local_today();
    const bool new_day = std::exchange(day_, today) != today;
    measure(directory, new_day);
    if (!purging_) purge();
    if (new_day) {
      to_prune_.clear();
      for (const User& user : directory->users())
        if (!rules_of(user, *directory).empty()) to_prune_.push_back(user.name);
      if (!std::exchange(pruning_, true)) prune_next();
    }
  }

  void warn(const std::string& doing, const Error& error) {
    node_.log.warning("mailbox_care", "", doing + ": " + error.text());
  }

  // ---- quotas ----

  void measure(const DirectoryPtr& directory, bool new_day) {
    std::vector<std::int64_t> users;
    for (const User& user : directory->users())
      if (user.profile->quota_bytes > 0) users.push_back(user.id.value);
    if (users.empty()) return node_.set_usage(MailboxUsage{});
    ask_database<std::vector<MailboxSize>>(
        this, node_.handles()->database,
        [users](storage::Database& database) {
          return storage::MailboxUsageRepository(database).sizes(users);
        },
        [this, directory, new_day](Result<std::vector<MailboxSize>> sizes) {
          if (!sizes) return warn("measuring mailboxes", sizes.error());
          take(*directory, *sizes, new_day);
        });
  }

  void take(const routing::Directory& directory, const std::vector<MailboxSize>& sizes, bool new_day) {
    const auto before = node_.usage();
    MailboxUsage usage;
    for (const MailboxSize& size : sizes) usage.bytes[size.user.value] = size.size_bytes;
    for (const User& user : directory.users()) {
      if (!usage.bytes.contains(user.id.value)) continue;
      const auto known = before->bytes.find(user.id.value);
      const std::int64_t bytes = usage.bytes_of(user.id), quota = user.profile->quota_bytes;
      const auto& policy = directory.policy().quota;
      // A mailbox that is measured for the first time has not grown.
      if (known != before->bytes.end())
        tell(directory, user, bytes, routing::growth_warning(known->second, bytes, quota, policy));
      if (new_day) tell(directory, user, bytes, routing::daily_warning(bytes, quota, policy));
    }
    node_.set_usage(std::move(usage));
  }

  void tell(const routing::Directory& directory, const User& user, std::int64_t bytes,
            const std::optional<routing::QuotaWarning>& warning) {
    if (!warning) return;
    const auto text = [&](bool to_admin) {
      return quota_warning_text(user, *warning, bytes, user.profile->quota_bytes, to_admin);
    };
    if (warning->user) send_to_user(node_, directory, user, "quota warning", text(false));
    if (!warning->admin) return;
    if (const User* admin = routing::message_target(directory, "MailboxQuota"))
      send_to_user(node_, directory, *admin, "quota warning", text(true));
  }

  // ---- the recycle bin ----

  void purge() {
    const std::int64_t hours = node_.config()->policy.prune.recycle_bin_hours;
    const std::int64_t before = now_seconds() - hours * k_hour_seconds;
    purging_ = true;
    ask_database<std::int64_t>(
        this, node_.handles()->database,
        [before](storage::Database& database) {
          return storage::RecycleRepository(database).purge(before, k_purge_rows);
        },
        [this](Result<std::int64_t> purged) {
          purging_ = false;
          if (!purged) return warn("purging the recycle bin", purged.error());
          if (*purged == k_purge_rows) purge();
        });
  }

  // ---- prune rules ----

  void prune_next() {
    const auto directory = node_.directory();
    const User* user = nullptr;
    while (!to_prune_.empty() && !(user = directory->find_user(to_prune_.front()))) to_prune_.pop_front();
    if (!user) {
      pruning_ = false;
      if (const auto count = std::exchange(pruned_, 0); count > 0)
        node_.log.info("mailbox_care", "", "prune rules deleted " + std::to_string(count) + " messages");
      return;
    }
    search(directory, *user);
  }

  static std::span<const PruneRule> rules_of(const User& user, const routing::Directory& directory) {
    return routing::prune_rules_for(user.profile->prune, directory.policy().prune);
  }

  void search(const DirectoryPtr& directory, const User& user) {
    const auto found = rules_of(user, *directory);
    ask_database<std::vector<PrunableFolder>>(
        this, node_.handles()->database,
        [id = user.id,
         rules = std::vector<PruneRule>(found.begin(), found.end())](storage::Database& database) {
          return find_prunable(database, id, rules, now_seconds(), k_prune_messages);
        },
        [this, id = user.id](Result<std::vector<PrunableFolder>> folders) {
          if (!folders) warn("pruning", folders.error());
          if (!folders || folders->empty()) {
            to_prune_.pop_front();
            return prune_next();
          }
          expunge(id, *folders);
        });
  }

  /// The same user again afterwards: he may have more of them.
  void expunge(UserId user, const std::vector<PrunableFolder>& folders) {
    auto unit = std::make_shared<storage::WriteUnit>();
    for (const PrunableFolder& folder : folders) {
      unit->emplace_back(storage::ExpungeMessages{folder.id, folder.uids, false});
      pruned_ += static_cast<std::int64_t>(folder.uids.size());
    }
    const auto give_up = [this](const Error& error) {
      warn("pruning", error);
      to_prune_.clear();
      prune_next();
    };
    request(node_.handles()->writer, caf::infinite, WriteMail{unit, 0, user})
        .then(
            [this, give_up](const WriteAnswer& answer) {
              if (!*answer.result) return give_up(answer.result->error());
              prune_next();
            },
            [give_up](const caf::error&) { give_up(unavailable("the writer has ended")); });
  }

  Node& node_;
  std::string day_;
  std::deque<std::string> to_prune_;  // names; the first one is at work
  std::int64_t pruned_ = 0;
  bool pruning_ = false, purging_ = false;
};

}  // namespace

MailboxCareActor spawn_mailbox_care(caf::actor_system& system, Node& node) {
  return system.spawn<MailboxCare>(std::ref(node));
}

}  // namespace stagecoach
