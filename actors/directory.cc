#include "actors/directory.h"

#include "actors/database.h"
#include "actors/password.h"
#include "actors/serialisation.h"
#include "conf/checks.h"
#include "storage/directory_repository.h"

namespace stagecoach {

namespace {

/// What the database adds to the configuration.
struct StoredEntries {
  std::vector<UserId> declared;  // numbers of the declared users, in their order
  std::vector<User> users;
  std::vector<Mapping> mappings;
};

Result<StoredEntries> load_entries(storage::Database& database, const std::vector<std::string>& declared) {
  storage::DirectoryRepository repository(database);
  auto numbers = repository.number_declared(declared);
  if (!numbers) return std::move(numbers.error());
  auto users = repository.users();
  if (!users) return std::move(users.error());
  auto mappings = repository.mappings();
  if (!mappings) return std::move(mappings.error());
  return StoredEntries{std::move(*numbers), std::move(*users), std::move(*mappings)};
}

class DirectoryKeeper : public LocalDirectoryActor::base {
 public:
  DirectoryKeeper(caf::actor_config& config, Node& node, DirectoryReaders readers)
      : LocalDirectoryActor::base(config), node_(node), readers_(std::move(readers)) {}

  behavior_type make_behavior() override {
    return {[this](const ListUsers& list) { return listing(list.filter); },
            [this](const ChangeUser& change) -> caf::result<Outcome> {
              auto promise = make_response_promise<Outcome>();
              change_user(change, promise);
              return promise;
            },
            [this](const LoadDirectory& load) -> caf::result<Outcome> {
              auto promise = make_response_promise<Outcome>();
              this->load(load.config, promise);
              return promise;
            }};
  }
  void on_exit() override { readers_ = {}; }
  const char* name() const override { return "directory"; }

 private:
  using Promise = caf::typed_response_promise<Outcome>;

  void load(const ConfigPtr& config, Promise promise) {
    auto declared = conf::declared_users(*config);
    std::vector<std::string> names;
    for (const User& user : declared) names.push_back(to_lower(user.name));
    ask_database<StoredEntries>(
        this, node_.handles()->database,
        [names](storage::Database& database) { return load_entries(database, names); },
        [this, config, declared = std::move(declared), promise](Result<StoredEntries> entries) mutable {
          if (!entries) return void(promise.deliver(Outcome::failure(entries.error())));
          swap_in(config, std::move(declared), std::move(*entries));
          promise.deliver(Outcome{});
        });
  }

  void swap_in(const ConfigPtr& config, std::vector<User> users, StoredEntries entries) {
    for (std::size_t i = 0; i < users.size(); ++i) users[i].id = entries.declared[i];
    users.insert(users.end(), std::make_move_iterator(entries.users.begin()),
                 std::make_move_iterator(entries.users.end()));
    auto mappings = conf::declared_mappings(*config);
    mappings.insert(mappings.end(), std::make_move_iterator(entries.mappings.begin()),
                    std::make_move_iterator(entries.mappings.end()));
    config_ = config;
    directory_ = std::make_shared<const routing::Directory>(std::move(users), std::move(mappings),
                                                            conf::routing_options(*config));
    send(readers_.router, DirectoryChanged{directory_});
    send(readers_.authenticator, DirectoryChanged{directory_});
    node_.log.info("directory", "",
                   std::to_string(directory_->users().size()) + " users, " +
                       std::to_string(directory_->mappings().size()) + " mappings");
  }

  UserListing listing(const std::string& filter) const {
    UserListing listing;
    if (!directory_) return listing;
    for (const User& user : directory_->users()) {
      if (!filter.empty() && to_lower(user.name).find(to_lower(filter)) == std::string::npos) continue;
      listing.users.push_back(user);
      listing.users.back().password = user.password.empty() ? "" : "***";
      listing.users.back().scram.clear();
    }
    return listing;
  }

  Result<User> changed_user(const ChangeUser& change) const {
    if (!directory_) return unavailable("the directory is not loaded yet");
    const User* present = directory_->find_user(change.user.name);
    if (present && !present->where.file.empty())
      return conflict("the user \"" + present->name + "\" is declared in " + present->where.text() +
                      ": change it there");
    if (change.kind == ChangeUser::Kind::add) {
      if (present) return conflict("the user \"" + present->name + "\" exists already");
      const std::int64_t users_max = node_.config()->limits.users_max;
      if (users_max > 0 && static_cast<std::int64_t>(directory_->users().size()) >= users_max)
        return limit_reached("there are " + std::to_string(users_max) +
                             " users already, as limits.users_max allows");
      if (!conf::user_name_fault(change.user.name).empty())
        return invalid_input("\"" + change.user.name +
                             "\" is no user name: 1 to 32 letters, digits, '.', '_' or '-'");
    } else if (!present) {
      return not_found("there is no user \"" + change.user.name + "\"");
    }
    User user = present ? *present : change.user;
    user.name = to_lower(change.user.name);
    for (const std::string& field : change.fields) {
      if (field == "full_name") user.full_name = change.user.full_name;
      if (field == "administrator") user.administrator = change.user.administrator;
      if (field == "enabled") user.enabled = change.user.enabled;
      if (field == "aliases") user.aliases = change.user.aliases;
    }
    if (change.kind == ChangeUser::Kind::add && change.password.empty())
      return invalid_input("a new user needs a password");
    if (!change.password.empty() &&
        static_cast<int>(change.password.size()) < node_.config()->limits.min_password_length)
      return limit_reached("the password is too short: at least " +
                           std::to_string(node_.config()->limits.min_password_length) + " characters");
    return user;
  }

  void change_user(const ChangeUser& change, Promise promise) {
    auto user = changed_user(change);
    if (!user) return void(promise.deliver(Outcome::failure(user.error())));
    const auto kind = change.kind;
    // Argon2 takes its time: it runs on the database worker's thread, not on the scheduler's.
    ask_database<std::int64_t>(
        this, node_.handles()->database,
        [kind, user = *user,
         password = change.password](storage::Database& database) mutable -> Result<std::int64_t> {
          if (!password.empty()) {
            user.password = hash_password(password);
            user.scram = scram_verifier_text(password);
          }
          storage::DirectoryRepository repository(database);
          if (kind == ChangeUser::Kind::add) {
            auto id = repository.add(user);
            if (!id) return std::move(id.error());
            return id->value;
          }
          auto done = kind == ChangeUser::Kind::set ? repository.set(user)
                                                    : repository.remove(user.name, now_microseconds());
          if (!done) return std::move(done.error());
          return 0;
        },
        [this, promise](Result<std::int64_t> done) mutable {
          if (!done) return void(promise.deliver(Outcome::failure(done.error())));
          load(config_, promise);
        });
  }

  Node& node_;
  DirectoryReaders readers_;
  ConfigPtr config_;
  DirectoryPtr directory_;
};

}  // namespace

LocalDirectoryActor spawn_directory(caf::actor_system& system, Node& node, DirectoryReaders readers) {
  return system.spawn<DirectoryKeeper>(std::ref(node), std::move(readers));
}

}  // namespace stagecoach
