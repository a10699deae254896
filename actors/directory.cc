#include "actors/directory.h"

#include <deque>

#include "actors/database.h"
#include "actors/directory_changes.h"
#include "actors/directory_listing.h"
#include "actors/local_day.h"
#include "actors/password.h"
#include "actors/routing_options.h"
#include "actors/script_hooks.h"
#include "actors/script_store.h"
#include "actors/serialisation.h"

namespace stagecoach {

namespace {

constexpr std::size_t k_changes_max = 200'000;
// Argon2 takes 30 ms a password: beyond so many only the SCRAM verifiers are made, and the rest at the
// log-ins.
constexpr std::size_t k_hashes_at_once = 50;

using storage::DirectoryRepository;

/// A book that knows what is newer in the database, and with `declared` its entries instead of those so far.
struct Loaded {
  DirectoryBook book;
  std::vector<std::string> faults;
};
Result<Loaded> load_book(storage::Database& database, const DirectoryBook& before,
                         const std::optional<routing::DirectoryEntries>& declared) {
  DirectoryRepository repository(database);
  Loaded loaded{before, {}};
  const auto take = [&]() -> Result<void> {
    auto stored = repository.load(loaded.book.version());
    if (!stored) return std::move(stored.error());
    const bool everything = loaded.book.version() == 0;
    for (std::string& fault : loaded.book.take(std::move(*stored), everything))
      loaded.faults.push_back(std::move(fault));
    return {};
  };
  if (auto taken = take(); !taken) return std::move(taken.error());
  if (!declared) return loaded;
  // Nothing is numbered for a configuration that will not be in force.
  if (auto right = loaded.book.check_names(*declared); !right) return std::move(right.error());
  auto numbers = repository.number_declared(DirectoryBook::names_of(*declared));
  if (!numbers) return std::move(numbers.error());
  if (auto taken = take(); !taken) return std::move(taken.error());
  loaded.book.declare(*declared, *numbers);
  return loaded;
}

/// Puts the hashes in the place of passwords in clear.
void hash_passwords(std::vector<PlannedChange>& changes) {
  std::size_t passwords = 0;
  for (const PlannedChange& change : changes) passwords += change.password.empty() ? 0 : 1;
  const bool quickly = passwords > k_hashes_at_once;
  for (PlannedChange& change : changes) {
    Credentials& credentials = change.stored.user.credentials;
    if (!change.password.empty()) {
      credentials.password = quickly ? std::string() : hash_password(change.password);
      credentials.scram = scram_verifier_text(change.password);
    }
    if (!change.web_password.empty()) credentials.web_password = hash_password(change.web_password);
    for (std::size_t i = 0; i < change.app_passwords.size(); ++i)
      if (!change.app_passwords[i].empty())
        credentials.app_passwords[i].hash = hash_password(change.app_passwords[i]);
  }
}

class DirectoryKeeper : public LocalDirectoryActor::base {
 public:
  DirectoryKeeper(caf::actor_config& config, Node& node, DirectoryReaders readers)
      : LocalDirectoryActor::base(config), node_(node), readers_(std::move(readers)) {}

  behavior_type make_behavior() override {
    return {[this](const ListEntries& list) { return listing(list); },
            [this](const ChangeDirectory& change) -> caf::result<DirectoryAnswer> {
              auto promise = make_response_promise<DirectoryAnswer>();
              enqueue([this, change, promise] { this->change(change, promise); });
              return promise;
            },
            [this](const RefreshDirectory&) { enqueue([this] { refresh(nullptr, [](const Outcome&) {}); }); },
            [this](const PasswordUpgraded& upgrade) { enqueue([this, upgrade] { this->upgrade(upgrade); }); },
            [this](const LoadDirectory& load) -> caf::result<Outcome> {
              auto promise = make_response_promise<Outcome>();
              enqueue([this, config = load.config, promise]() mutable { this->load(config, promise); });
              return promise;
            },
            [this](const BuildDirectory& build) { return this->build(*build.config); }};
  }
  void on_exit() override {
    readers_ = {};
    waiting_.clear();
  }
  const char* name() const override { return "directory"; }

 private:
  using Then = std::function<void(const Outcome&)>;

  // ---- one thing after the other: each change is judged by the state that the one before has left ----

  void enqueue(std::function<void()> job) {
    waiting_.push_back(std::move(job));
    if (!busy_) next();
  }
  /// A job is done. Those that end at once follow each other here, not inside of each other.
  void next() {
    busy_ = false;
    if (in_next_) return;
    in_next_ = true;
    while (!busy_ && !waiting_.empty()) {
      const auto job = std::move(waiting_.front());
      waiting_.pop_front();
      busy_ = true;
      job();
    }
    in_next_ = false;
  }

  // ---- what if ----

  /// Entries that are new with this configuration have no number: nothing can be stored for them.
  DirectoryBuilt build(const conf::Config& config) const {
    routing::DirectoryEntries declared = declared_entries(config);
    storage::DeclaredNumbers numbers;
    for (const User& user : declared.users) {
      const User* known = book_.user(user.name);
      numbers.users.push_back(known ? known->id : UserId{});
    }
    for (const Group& group : declared.groups) {
      const Group* known = book_.group(group.name);
      numbers.groups.push_back(known ? known->id : GroupId{});
    }
    for (const MailList& list : declared.lists) {
      const MailList* known = book_.list(list.name);
      numbers.lists.push_back(known ? known->id : ListId{});
    }
    DirectoryBook book = book_;
    if (auto right = book.check_names(declared); !right) return {nullptr, Outcome::failure(right.error())};
    book.declare(std::move(declared), numbers);
    return {std::make_shared<const routing::Directory>(
                book.entries(), routing_options(config, node_.bounce_key), directory_.get()),
            {}};
  }

  static routing::DirectoryEntries declared_entries(const conf::Config& config) {
    return {conf::declared_users(config), conf::declared_mappings(config), conf::declared_lists(config),
            conf::declared_groups(config)};
  }

  // ---- loading ----

  void load(const ConfigPtr& config, caf::typed_response_promise<Outcome> promise) {
    refresh(config, [promise](const Outcome& outcome) mutable { promise.deliver(outcome); });
  }

  /// Reads what is newer, and with a configuration numbers its entries; then the new snapshot is in force.
  void refresh(const ConfigPtr& config, Then then) {
    std::optional<routing::DirectoryEntries> declared;
    if (config)
      declared = routing::DirectoryEntries{conf::declared_users(*config), conf::declared_mappings(*config),
                                           conf::declared_lists(*config), conf::declared_groups(*config)};
    ask_database<Loaded>(
        this, node_.handles()->database,
        [before = book_, declared = std::move(declared)](storage::Database& database) {
          return load_book(database, before, declared);
        },
        [this, config, then](Result<Loaded> loaded) {
          if (loaded) swap_in(config, std::move(*loaded));
          then(loaded ? Outcome{} : Outcome::failure(loaded.error()));
          next();
        });
  }

  void swap_in(const ConfigPtr& config, Loaded loaded) {
    for (const std::string& fault : loaded.faults) node_.log.warning("directory", "", fault);
    book_ = std::move(loaded.book);
    if (config) config_ = config;
    publish();
  }

  void publish() {
    if (!config_) return;
    directory_ = std::make_shared<const routing::Directory>(
        book_.entries(), routing_options(*config_, node_.bounce_key), directory_.get());
    node_.set_directory(directory_);
    send(readers_.router, DirectoryChanged{directory_});
    send(readers_.authenticator, DirectoryChanged{directory_});
    send(readers_.lists, DirectoryChanged{directory_});
    node_.log.info("directory", "",
                   std::to_string(book_.users().size()) + " users, " + std::to_string(book_.groups().size()) +
                       " groups, " + std::to_string(book_.lists().size()) + " lists, " +
                       std::to_string(book_.declared_mappings().size() + book_.stored_mappings().size()) +
                       " mappings");
  }

  EntryListing listing(const ListEntries& list) const {
    EntryListing listing;
    if (directory_) listing = list_entries(book_, *directory_, list, local_now());
    listing.count_max = node_.config()->limits.users_max;
    return listing;
  }

  // ---- changes ----

  ChangeRules rules() const {
    const auto config = node_.config();
    ChangeRules rules;
    rules.users_max = config->limits.users_max;
    rules.password_length_min = config->limits.min_password_length;
    rules.password_script =
        [this, pool = std::make_shared<routing::LuaPool>(node_.scripts(), script_limits(*config))](
            const std::string& user, const std::string& password, const char* which) {
          const auto fault = routing::run_password_script(*pool, user, password, which, script_moment());
          if (fault) return fault->value_or("");
          node_.log.error("script", "", fault.error().text());
          return std::string();
        };
    rules.local_domains = config->local.domains;
    for (const conf::CollectorSettings& collector : config->collectors)
      rules.collectors.push_back(collector.name);
    return rules;
  }

  void change(const ChangeDirectory& request, caf::typed_response_promise<DirectoryAnswer> promise) {
    auto answer = [this, promise](DirectoryAnswer answer) mutable {
      promise.deliver(std::move(answer));
      next();
    };
    if (!directory_) return answer({Outcome::failure(unavailable("the directory is not loaded yet"))});
    if (request.changes.size() > k_changes_max)
      return answer({Outcome::failure(limit_reached("at most 200,000 changes at a time"))});
    ChangePlan plan = plan_changes(book_, request, rules());
    DirectoryAnswer result{{}, plan.accepted, std::move(plan.faults)};
    if (!result.faults.empty() && !request.partial) {
      result.outcome = Outcome::failure(conflict(result.faults.front().reason));
      result.changed = 0;
      return answer(std::move(result));
    }
    if (!plan.fault.empty())
      return answer({Outcome::failure(conflict(plan.fault)), 0, std::move(result.faults)});
    if (request.dry_run || plan.changes.empty()) return answer(std::move(result));
    commit(std::move(plan.changes), std::move(result), promise);
  }

  /// Hashing takes its time: it happens on the thread of the database, not on the scheduler's.
  void commit(std::vector<PlannedChange> changes, DirectoryAnswer result,
              caf::typed_response_promise<DirectoryAnswer> promise) {
    ask_database<bool>(
        this, node_.handles()->database,
        [changes = std::move(changes)](storage::Database& database) mutable -> Result<bool> {
          hash_passwords(changes);
          std::vector<storage::StoredChange> stored;
          for (const PlannedChange& change : changes) stored.push_back(change.stored);  // may be repeated
          auto done = DirectoryRepository(database).apply(stored, now_microseconds());
          if (!done) return std::move(done.error());
          return true;
        },
        [this, result = std::move(result), promise](Result<bool> done) mutable {
          if (!done) {
            promise.deliver(DirectoryAnswer{Outcome::failure(done.error()), 0, std::move(result.faults)});
            return next();
          }
          refresh(nullptr, [result, promise](const Outcome& outcome) mutable {
            if (!outcome.ok) result.outcome = outcome;
            promise.deliver(std::move(result));
          });
        });
  }

  void upgrade(const PasswordUpgraded& upgrade) {
    ask_database<bool>(
        this, node_.handles()->database,
        [upgrade](storage::Database& database) {
          return DirectoryRepository(database).upgrade_password(upgrade.user, upgrade.before,
                                                                upgrade.password, upgrade.scram);
        },
        [this](Result<bool> done) {
          if (!done) {
            node_.log.warning("directory", "", done.error().text());
            return next();
          }
          refresh(nullptr, [](const Outcome&) {});
        });
  }

  Node& node_;
  DirectoryReaders readers_;
  ConfigPtr config_;
  DirectoryBook book_;
  DirectoryPtr directory_;
  std::deque<std::function<void()>> waiting_;
  bool busy_ = false;  // a job is under way
  bool in_next_ = false;
};

}  // namespace

LocalDirectoryActor spawn_directory(caf::actor_system& system, Node& node, DirectoryReaders readers) {
  return system.spawn<DirectoryKeeper>(std::ref(node), std::move(readers));
}

}  // namespace stagecoach
