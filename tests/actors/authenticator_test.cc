// The authenticator with its hashing thread: which log-ins it accepts, what it upgrades, whom it locks.
#include "actors/authenticator.h"

#include <gtest/gtest.h>

#include <mutex>
#include <optional>
#include <thread>

#include "actors/password.h"
#include "actors/serialisation.h"

namespace stagecoach {
namespace {

class SystemConfig : public caf::actor_system_config {
 public:
  SystemConfig() {
    add_message_types<caf::id_block::stagecoach>();
    set("scheduler.policy", caf::atom("sharing"));
    set("scheduler.max-threads", std::size_t{2});
  }
};

/// Keeps what it is told, for the test's thread.
struct Told {
  std::mutex mutex;
  std::vector<PasswordUpgraded> upgrades;
};

class AuthenticatorTest : public ::testing::Test {
 protected:
  AuthenticatorTest() {
    prepare_passwords();
    node_.log.configure(LogLevel::error, false);
    conf::Config config;
    config.limits.lockout_attempts = 3;
    config.limits.lockout_loopback = true;
    for (const auto& [name, protocol] :
         {std::pair{"mail", conf::Protocol::imap}, {"pop", conf::Protocol::pop3}}) {
      config.services.emplace_back();
      config.services.back().name = name;
      config.services.back().protocol = protocol;
    }
    node_.set_config(std::make_shared<const conf::Config>(std::move(config)));
    Handles handles;
    handles.directory = system_.spawn([this]() -> DirectoryActor::behavior_type {
      return {[](const ListEntries&) { return EntryListing{}; },
              [](const ChangeDirectory&) { return DirectoryAnswer{}; }, [](const RefreshDirectory&) {},
              [this](const PasswordUpgraded& upgrade) {
                const std::lock_guard lock(told_.mutex);
                told_.upgrades.push_back(upgrade);
              }};
    });
    directory_actor_ = handles.directory;
    node_.set_handles(std::move(handles));
    authenticator_ = spawn_authenticator(system_, node_);
  }
  ~AuthenticatorTest() override {
    node_.set_handles({});
    self_->send_exit(authenticator_, caf::exit_reason::user_shutdown);
    self_->send_exit(directory_actor_, caf::exit_reason::user_shutdown);
  }

  void give(Credentials credentials, Profile profile = {}, Provenance where = {}) {
    User fred;
    fred.id = UserId{7};
    fred.name = "fred";
    fred.credentials = std::move(credentials);
    fred.profile = std::make_shared<const Profile>(std::move(profile));
    fred.where = std::move(where);
    routing::RoutingOptions options;
    options.local_domains = {"example.com"};
    self_->send(authenticator_, DirectoryChanged{std::make_shared<const routing::Directory>(
                                    routing::DirectoryEntries{{fred}, {}, {}, {}}, options)});
  }
  std::string log_in(const std::string& user, const std::string& password,
                     const std::string& service = "mail", const std::string& address = "192.0.2.1") {
    std::string result;
    self_
        ->request(authenticator_, std::chrono::seconds(30),
                  CheckPassword{user, password, service, address, {}})
        .receive(
            [&](const LoginAnswer& answer) {
              result = answer.kind == LoginAnswer::Kind::accepted ? "accepted " + answer.user : answer.reason;
            },
            [&](const caf::error& error) { result = "error: " + system_.render(error); });
    return result;
  }
  LockListing locks(FindLocks find) {
    LockListing listing;
    self_->request(authenticator_, std::chrono::seconds(30), std::move(find))
        .receive([&](const LockListing& locks) { listing = locks; }, [](const caf::error&) {});
    return listing;
  }
  /// The next upgrade that the directory was told, if it comes at all.
  std::optional<PasswordUpgraded> upgrade() {
    for (int i = 0; i < 500; ++i) {
      {
        const std::lock_guard lock(told_.mutex);
        if (!told_.upgrades.empty()) return told_.upgrades.front();
      }
      std::this_thread::sleep_for(std::chrono::milliseconds(2));
    }
    return std::nullopt;
  }

  SystemConfig config_;
  Node node_;
  Told told_;
  caf::actor_system system_{config_};
  caf::scoped_actor self_{system_};
  DirectoryActor directory_actor_;
  LocalAuthenticatorActor authenticator_;
};

constexpr const char* k_legacy = "{SSHA}LhKrkM9Fy+zlstjdD7Kv2s6QvhBzYWx0";  // "correct horse"

TEST_F(AuthenticatorTest, AnOldFormIsReplacedAtTheFirstLogIn) {
  give({k_legacy, "", "", {}});
  EXPECT_EQ(log_in("fred", "wrong"), "wrong password");
  EXPECT_EQ(log_in("Fred@example.com", "correct horse"), "accepted fred");
  const auto upgraded = upgrade();
  ASSERT_TRUE(upgraded);
  EXPECT_EQ(upgraded->user, UserId{7});
  EXPECT_EQ(upgraded->before, k_legacy);
  EXPECT_FALSE(is_outdated(upgraded->password));
  EXPECT_TRUE(password_matches(upgraded->password, "correct horse"));
  EXPECT_TRUE(password_matches(upgraded->scram, "correct horse"));
  give({upgraded->password, upgraded->scram, "", {}});
  EXPECT_EQ(log_in("fred", "correct horse"), "accepted fred");
}

TEST_F(AuthenticatorTest, AMissingVerifierIsMadeAndTheHashStays) {
  const std::string hash = hash_password("correct horse");
  give({hash, "", "", {}});
  EXPECT_EQ(log_in("fred", "correct horse"), "accepted fred");
  const auto upgraded = upgrade();
  ASSERT_TRUE(upgraded);
  EXPECT_EQ(upgraded->password, hash);
  EXPECT_TRUE(password_matches(upgraded->scram, "correct horse"));
}

TEST_F(AuthenticatorTest, PasswordsOfTheConfigurationStayAsTheyAre) {
  give({k_legacy, "", "", {}}, {}, {"stagecoach.toml", 3});
  EXPECT_EQ(log_in("fred", "correct horse"), "accepted fred");
  const std::lock_guard lock(told_.mutex);
  EXPECT_TRUE(told_.upgrades.empty());
}

// USR-140 ACL-09 POP-13: an address that the service does not let the user in from beats his permission
TEST_F(AuthenticatorTest, TheServiceDecidesWhoMayLogInFromWhere) {
  routing::AccessEntry office;
  office.type = routing::AccessType::ipv4;
  office.address = "192.0.2.0";
  office.prefix = 24;
  office.users = {"kate"};
  routing::AccessEntry others;
  others.type = routing::AccessType::any;
  conf::Config config = *node_.config();
  config.services.front().access = {office, others};
  node_.set_config(std::make_shared<const conf::Config>(config));
  give({"{plain}secret", "", "", {}});
  EXPECT_EQ(log_in("fred", "secret", "mail", "192.0.2.7"), "the user may not log in from this address");
  EXPECT_EQ(log_in("fred", "secret", "mail", "198.51.100.1"), "accepted fred");
  EXPECT_EQ(log_in("fred", "secret", "pop", "192.0.2.7"), "accepted fred") << "the other service has no list";
  config.services.front().access.front().users = {"Fred"};
  node_.set_config(std::make_shared<const conf::Config>(config));
  EXPECT_EQ(log_in("fred@example.com", "secret", "mail", "192.0.2.8"), "accepted fred") << "after a reload";
}

// USR-139 USR-051
TEST_F(AuthenticatorTest, TheServiceDecidesAboutTheProtocol) {
  Profile profile;
  profile.permissions.pop3 = false;
  give({"{plain}secret", "", "", {{"phone", hash_password("phone-secret"), "", protocol_pop3, ""}}}, profile);
  EXPECT_EQ(log_in("fred", "secret", "mail"), "accepted fred");
  EXPECT_EQ(log_in("fred", "secret", "pop"), "the user may not use this protocol");
  EXPECT_EQ(log_in("fred", "phone-secret", "mail"), "wrong password");
  give({"{plain}secret", "", "", {{"phone", hash_password("phone-secret"), "", protocol_pop3, ""}}});
  EXPECT_EQ(log_in("fred", "phone-secret", "pop"), "accepted fred");
  profile.enabled = false;
  give({"{plain}secret", "", "", {}}, profile);
  EXPECT_EQ(log_in("fred", "secret", "mail"), "the user is disabled or has expired");
}

TEST_F(AuthenticatorTest, ARememberedPasswordIsForgottenWithItsStoredForm) {
  give({"{plain}secret", "", "", {}});
  EXPECT_EQ(log_in("fred", "secret"), "accepted fred");
  give({"{plain}other", "", "", {}});
  EXPECT_EQ(log_in("fred", "secret"), "wrong password");
}

// USR-044 USR-045 USR-046
TEST_F(AuthenticatorTest, AnAccountIsLockedForOneAddress) {
  give({"{plain}secret", "", "", {}});
  for (const char* spelling : {"fred", "FRED", "fred@example.com"}) log_in(spelling, "wrong");
  EXPECT_EQ(log_in("fred", "secret"), "locked after too many failures");
  EXPECT_EQ(log_in("fred", "secret", "mail", "192.0.2.2"), "accepted fred");
  const LockListing listing = locks({"Fred", false});
  ASSERT_EQ(listing.locks.size(), 1u);
  EXPECT_EQ(listing.locks[0].user, "fred");
  EXPECT_EQ(listing.locks[0].address, "192.0.2.1");
  EXPECT_TRUE(locks({"kate", true}).locks.empty());
  EXPECT_EQ(locks({"fred", true}).locks.size(), 1u);
  EXPECT_TRUE(locks({}).locks.empty());
  EXPECT_EQ(log_in("fred", "secret"), "accepted fred");
}

}  // namespace
}  // namespace stagecoach
