#include "actors/authenticator.h"

#include <openssl/hmac.h>
#include <openssl/sha.h>

#include "actors/local_day.h"
#include "actors/login_rules.h"
#include "actors/password.h"
#include "actors/saslauthd.h"
#include "actors/serialisation.h"
#include "actors/service.h"
#include "actors/service_access.h"
#include "protocols/sasl/digest.h"

namespace stagecoach {

namespace {

constexpr std::size_t k_remembered_max = 20000;  // successes; then all are forgotten
constexpr std::size_t k_failures_max = 50000;    // accounts × addresses
constexpr std::size_t k_waiting_max = 2000;      // checks before the hashing thread

constexpr std::string_view k_plain = "{plain}";

std::string apop_digest(const std::string& timestamp, const std::string& password) {
  return sasl::hex(sasl::md5(timestamp + password));
}

/// One check on the hashing thread.
struct HashJob {
  std::vector<std::string> stored;  // any of them may match
  std::string password;
  bool upgrade = false;       // the first may be given up for today's form
  bool has_verifier = false;  // for SCRAM
  bool make = false;          // nothing is compared: the password becomes the new one
};
struct HashVerdict {
  std::string matched;          // empty: none
  std::string password, scram;  // the new form of the first, if it is to be replaced
};

HashVerdict judge(const HashJob& job) {
  HashVerdict verdict;
  if (job.make) return {{}, hash_password(job.password), scram_verifier_text(job.password)};
  for (const std::string& stored : job.stored)
    if (verdict.matched.empty() && password_matches(stored, job.password)) verdict.matched = stored;
  if (!job.upgrade || verdict.matched.empty() || verdict.matched != job.stored.front() ||
      (job.has_verifier && !is_outdated(verdict.matched)))
    return verdict;
  verdict.password = is_outdated(verdict.matched) ? hash_password(job.password) : verdict.matched;
  verdict.scram = scram_verifier_text(job.password);
  return verdict;
}

}  // namespace
}  // namespace stagecoach

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(stagecoach::HashJob)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(stagecoach::HashVerdict)

namespace stagecoach {
namespace {

using HasherActor = caf::typed_actor<caf::replies_to<HashJob>::with<HashVerdict>>;

HasherActor::behavior_type hasher() {
  return {[](const HashJob& job) { return judge(job); }};
}

class Authenticator : public LocalAuthenticatorActor::base {
 public:
  Authenticator(caf::actor_config& config, Node& node)
      : LocalAuthenticatorActor::base(config),
        node_(node),
        key_(random_bytes(32)),
        directory_(std::make_shared<const routing::Directory>()) {}

  behavior_type make_behavior() override {
    hasher_ = spawn<caf::detached + caf::linked>(hasher);
    elsewhere_ = spawn_elsewhere(system());
    return {[this](const CheckPassword& check) -> caf::result<LoginAnswer> { return check_password(check); },
            [this](const FindVerifier& find) { return find_verifier(find); },
            [this](const LoginFailedNote& note) {
              failed(note.user, note.protocol, note.peer_ip, "wrong proof");
            },
            [this](const FindLocks& find) { return locks(find); },
            [this](const DirectoryChanged& change) { directory_ = change.directory; },
            [](const ConfigChanged&) {}};
  }
  void on_exit() override {
    hasher_ = nullptr;
    elsewhere_ = nullptr;
  }
  const char* name() const override { return "authenticator"; }

 private:
  struct Failures {
    int count = 0;
    std::chrono::steady_clock::time_point last;
  };

  static LoginAnswer refused(std::string reason) {
    LoginAnswer answer;
    answer.reason = std::move(reason);
    return answer;
  }

  LoginAnswer accepted(const User& user, const std::string& protocol, const std::string& peer_ip) {
    failures_.erase(failure_key(user.name, peer_ip));
    ++node_.counters.logins;
    if (node_.config()->log.log_successful_logins)
      node_.log.info("login", "", "user=" + user.name + " protocol=" + protocol + " address=" + peer_ip);
    LoginAnswer answer;
    answer.kind = LoginAnswer::Kind::accepted;
    answer.user = user.name;
    answer.id = user.id;
    return answer;
  }

  LoginAnswer failed(const std::string& user, const std::string& protocol, const std::string& peer_ip,
                     const std::string& reason) {
    ++node_.counters.logins_failed;
    if (failures_.size() > k_failures_max) failures_.clear();
    Failures& failures = failures_[failure_key(user, peer_ip)];
    ++failures.count;
    failures.last = std::chrono::steady_clock::now();
    node_.log.warning(
        "login", "",
        "failed: user=" + user + " protocol=" + protocol + " address=" + peer_ip + " reason=" + reason);
    return refused(reason);
  }

  /// Whatever spelling of the log-in name leads to a user counts for this user.
  std::string failure_key(const std::string& login, const std::string& peer_ip) const {
    const User* user = directory_->find_login(login);
    return to_lower(user ? user->name : login) + " " + peer_ip;
  }

  bool is_locked(const std::string& user, const std::string& peer_ip) {
    const auto& limits = node_.config()->limits;
    if (limits.lockout_attempts == 0 || (is_loopback(peer_ip) && !limits.lockout_loopback)) return false;
    const auto found = failures_.find(failure_key(user, peer_ip));
    if (found == failures_.end() || found->second.count < limits.lockout_attempts) return false;
    if (std::chrono::steady_clock::now() - found->second.last < limits.lockout_time) return true;
    failures_.erase(found);
    return false;
  }

  LockListing locks(const FindLocks& find) {
    const auto& limits = node_.config()->limits;
    const auto now = std::chrono::steady_clock::now();
    LockListing listing;
    for (auto one = failures_.begin(); one != failures_.end();) {
      const auto blank = one->first.find(' ');
      const std::string user = one->first.substr(0, blank);
      const auto left = limits.lockout_time - (now - one->second.last);
      const bool wanted = find.user.empty() || equals_ignoring_case(find.user, user);
      if (wanted && limits.lockout_attempts > 0 && one->second.count >= limits.lockout_attempts &&
          left.count() > 0)
        listing.locks.push_back(
            {user, one->first.substr(blank + 1),
             now_seconds() + std::chrono::duration_cast<std::chrono::seconds>(left).count()});
      one = wanted && find.clear ? failures_.erase(one) : std::next(one);
    }
    return listing;
  }

  /// What the service with this name speaks, as a permission.
  std::uint8_t protocol_of(const std::string& service) const {
    for (const conf::ServiceSettings& one : node_.config()->services)
      if (one.name == service) return protocol_bit(one.protocol);
    return 0;
  }

  /// Users who may not log in from here count as unknown ones.
  LoginAccount account_of(const std::string& login, const std::string& service, const std::string& peer_ip,
                          const std::string& today) {
    LoginAccount account = find_account(*directory_, login, protocol_of(service), today);
    if (account.user && !access_.allows(node_.config(), service, peer_ip, account.user->name))
      return {nullptr, "the user may not log in from this address"};
    return account;
  }

  /// Proves a password without keeping it: keyed with a secret of this process. It holds while the stored
  /// form is one of those that are accepted.
  std::string proof(const User& user, const std::string& stored, const std::string& password) const {
    const std::string text = user.name + '\0' + stored + '\0' + password;
    unsigned char digest[SHA256_DIGEST_LENGTH];
    HMAC(EVP_sha256(), key_.data(), static_cast<int>(key_.size()),
         reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest, nullptr);
    return {reinterpret_cast<const char*>(digest), sizeof digest};
  }
  bool is_remembered(const User& user, const std::vector<std::string>& accepted,
                     const std::string& password) const {
    for (const std::string& stored : accepted)
      if (remembered_.contains(proof(user, stored, password))) return true;
    return false;
  }

  caf::result<LoginAnswer> check_password(const CheckPassword& check) {
    const auto fail = [&](const std::string& reason) {
      return failed(check.user, check.protocol, check.peer_ip, reason);
    };
    if (is_locked(check.user, check.peer_ip)) return fail("locked after too many failures");
    const std::uint8_t protocol = protocol_of(check.protocol);
    const std::string today = local_today();
    const LoginAccount account = account_of(check.user, check.protocol, check.peer_ip, today);
    if (account.user && !account.fault.empty()) return fail(account.fault);
    if (!check.apop_timestamp.empty()) return check_apop(account.user, check);
    const std::vector<std::string> accepted =
        account.user ? accepted_passwords(*account.user, protocol, today) : std::vector<std::string>{};
    if (account.user && is_remembered(*account.user, accepted, check.password))
      return accepted_login(*account.user, check);
    if (waiting_ >= k_waiting_max) return unavailable_now("too many log-ins wait");
    return check_hash(account, accepted, check);
  }

  /// An unknown user costs the same time as a wrong password: names cannot be probed.
  caf::result<LoginAnswer> check_hash(const LoginAccount& account, const std::vector<std::string>& accepted,
                                      const CheckPassword& check) {
    static const std::string k_nobody = hash_password("nobody");
    const bool known = account.user && !accepted.empty();
    HashJob job{known ? accepted : std::vector<std::string>{k_nobody}, check.password,
                known && account.user->where.file.empty() && protocol_of(check.protocol) != protocol_webmail,
                known && !account.user->credentials.scram.empty()};
    auto promise = make_response_promise<LoginAnswer>();
    ++waiting_;
    request(hasher_, caf::infinite, std::move(job))
        .then(
            [this, promise, known, user = account.user ? *account.user : User{},
             fault = account.user ? "wrong password" : account.fault,
             check](const HashVerdict& verdict) mutable {
              --waiting_;
              if (!known || verdict.matched.empty()) {
                if (!user.name.empty() && node_.config()->security.os_passwords)
                  return check_elsewhere(user, check, promise);
                return void(promise.deliver(failed(check.user, check.protocol, check.peer_ip, fault)));
              }
              remember(user, verdict, check.password);
              promise.deliver(accepted_login(user, check));
            },
            [this, promise](const caf::error&) mutable {
              --waiting_;
              promise.deliver(unavailable_now("the password check has ended"));
            });
    return promise;
  }

  /// The user's own password did not fit: the one that another system knows may. It is asked each time, for
  /// it may take the right away at any time.
  void check_elsewhere(const User& user, const CheckPassword& check,
                       caf::typed_response_promise<LoginAnswer> promise) {
    const auto& security = node_.config()->security;
    const std::string& name = user.profile->advanced.external_username;
    request(elsewhere_, caf::infinite,
            CheckElsewhere{security.saslauthd_socket, security.saslauthd_service,
                           name.empty() ? user.name : name, check.password})
        .then(
            [this, user, check, promise](const ElsewhereAnswer& answer) mutable {
              if (!answer.outcome.ok) {
                node_.log.error("login", "", "user=" + user.name + ": " + answer.outcome.error.text());
                return void(promise.deliver(unavailable_now(answer.outcome.error.text())));
              }
              if (!answer.right)
                return void(promise.deliver(
                    failed(check.user, check.protocol, check.peer_ip, "wrong password, here and elsewhere")));
              if (node_.config()->security.cache_os_passwords) replace_password(user, check.password);
              promise.deliver(accepted_login(user, check));
            },
            [promise](const caf::error&) mutable {
              promise.deliver(unavailable_now("too many passwords are being checked elsewhere"));
            });
  }

  /// Declared users keep theirs.
  void replace_password(const User& user, const std::string& password) {
    if (!user.where.file.empty()) return;
    HashJob job{{}, password};
    job.make = true;
    request(hasher_, caf::infinite, std::move(job))
        .then(
            [this, id = user.id, before = user.credentials.password](const HashVerdict& verdict) {
              send(node_.handles()->directory, PasswordUpgraded{id, before, verdict.password, verdict.scram});
            },
            [](const caf::error&) {});
  }

  void remember(const User& user, const HashVerdict& verdict, const std::string& password) {
    if (remembered_.size() > k_remembered_max) remembered_.clear();
    remembered_.insert(proof(user, verdict.matched, password));
    if (verdict.password.empty()) return;
    remembered_.insert(proof(user, verdict.password, password));
    send(node_.handles()->directory,
         PasswordUpgraded{user.id, user.credentials.password, verdict.password, verdict.scram});
  }

  LoginAnswer accepted_login(const User& user, const CheckPassword& check) {
    return accepted(user, check.protocol, check.peer_ip);
  }
  static LoginAnswer unavailable_now(std::string reason) {
    LoginAnswer answer = refused(std::move(reason));
    answer.kind = LoginAnswer::Kind::unavailable;
    return answer;
  }

  /// APOP works only with a password that can be read.
  LoginAnswer check_apop(const User* user, const CheckPassword& check) {
    const std::string stored = user ? user->credentials.password : std::string();
    if (stored.rfind(k_plain, 0) != 0)
      return failed(check.user, check.protocol, check.peer_ip, "APOP needs a {plain} password");
    if (!sasl::equal_in_constant_time(apop_digest(check.apop_timestamp, stored.substr(k_plain.size())),
                                      to_lower(check.password)))
      return failed(check.user, check.protocol, check.peer_ip, "wrong digest");
    return accepted(*user, check.protocol, check.peer_ip);
  }

  /// SCRAM needs a verifier: stored with the password, or derived from a {plain} one on first use.
  LoginAnswer find_verifier(const FindVerifier& find) {
    const LoginAccount account = account_of(find.user, find.protocol, find.peer_ip, local_today());
    if (!account.user || !account.fault.empty() || is_locked(find.user, find.peer_ip))
      return refused("no such user");
    const User& user = *account.user;
    LoginAnswer answer;
    answer.kind = LoginAnswer::Kind::accepted;
    answer.user = user.name;
    answer.id = user.id;
    answer.verifier = user.credentials.scram;
    const std::string& password = user.credentials.password;
    if (answer.verifier.empty() && password.rfind(k_plain, 0) == 0) {
      std::string& derived = derived_[password];
      if (derived.empty()) derived = scram_verifier_text(password.substr(k_plain.size()));
      answer.verifier = derived;
    }
    return answer;
  }

  Node& node_;
  std::string key_;
  DirectoryPtr directory_;
  LoginAccess access_;
  HasherActor hasher_;
  ElsewhereActor elsewhere_;
  std::size_t waiting_ = 0;
  std::unordered_set<std::string> remembered_;
  std::unordered_map<std::string, std::string> derived_;
  std::unordered_map<std::string, Failures> failures_;
};

}  // namespace

LocalAuthenticatorActor spawn_authenticator(caf::actor_system& system, Node& node) {
  return system.spawn<Authenticator>(std::ref(node));
}

}  // namespace stagecoach
