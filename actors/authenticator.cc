#include "actors/authenticator.h"

#include <openssl/hmac.h>
#include <openssl/sha.h>

#include "actors/password.h"
#include "actors/serialisation.h"
#include "actors/service.h"
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
  std::string stored, password;
};
struct HashVerdict {
  bool right = false;
};

}  // namespace
}  // namespace stagecoach

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(stagecoach::HashJob)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(stagecoach::HashVerdict)

namespace stagecoach {
namespace {

using HasherActor = caf::typed_actor<caf::replies_to<HashJob>::with<HashVerdict>>;

HasherActor::behavior_type hasher() {
  return {[](const HashJob& job) { return HashVerdict{password_matches(job.stored, job.password)}; }};
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
    return {[this](const CheckPassword& check) -> caf::result<LoginAnswer> { return check_password(check); },
            [this](const FindVerifier& find) { return find_verifier(find); },
            [this](const LoginFailedNote& note) {
              failed(note.user, note.protocol, note.peer_ip, "wrong proof");
            },
            [this](const DirectoryChanged& change) {
              directory_ = change.directory;
              remembered_.clear();
            },
            [](const ConfigChanged&) {}};
  }
  void on_exit() override { hasher_ = nullptr; }
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

  static std::string failure_key(const std::string& user, const std::string& peer_ip) {
    return to_lower(user) + " " + peer_ip;
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

  /// Proves a password without keeping it: keyed with a secret of this process.
  std::string proof(const User& user, const std::string& password) const {
    const std::string text = user.name + '\0' + user.password + '\0' + password;
    unsigned char digest[SHA256_DIGEST_LENGTH];
    HMAC(EVP_sha256(), key_.data(), static_cast<int>(key_.size()),
         reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest, nullptr);
    return {reinterpret_cast<const char*>(digest), sizeof digest};
  }

  caf::result<LoginAnswer> check_password(const CheckPassword& check) {
    if (is_locked(check.user, check.peer_ip))
      return failed(check.user, check.protocol, check.peer_ip, "locked after too many failures");
    const User* user = directory_->find_login(check.user);
    if (user && !user->enabled)
      return failed(check.user, check.protocol, check.peer_ip, "the user is disabled");
    if (!check.apop_timestamp.empty()) return check_apop(user, check);
    if (user && remembered_.contains(proof(*user, check.password)))
      return accepted(*user, check.protocol, check.peer_ip);
    if (waiting_ >= k_waiting_max) {
      LoginAnswer answer = refused("too many log-ins wait");
      answer.kind = LoginAnswer::Kind::unavailable;
      return answer;
    }
    // An unknown user costs the same time as a wrong password: names cannot be probed.
    static const std::string k_nobody = hash_password("nobody");
    const User copy = user ? *user : User{};
    auto promise = make_response_promise<LoginAnswer>();
    ++waiting_;
    request(hasher_, caf::infinite,
            HashJob{user && !copy.password.empty() ? copy.password : k_nobody, check.password})
        .then(
            [this, promise, copy, known = user != nullptr, check](const HashVerdict& verdict) mutable {
              --waiting_;
              if (!known)
                return void(
                    promise.deliver(failed(check.user, check.protocol, check.peer_ip, "unknown user")));
              if (!verdict.right || copy.password.empty())
                return void(
                    promise.deliver(failed(check.user, check.protocol, check.peer_ip, "wrong password")));
              if (remembered_.size() > k_remembered_max) remembered_.clear();
              remembered_.insert(proof(copy, check.password));
              promise.deliver(accepted(copy, check.protocol, check.peer_ip));
            },
            [this, promise](const caf::error&) mutable {
              --waiting_;
              LoginAnswer answer = refused("the password check has ended");
              answer.kind = LoginAnswer::Kind::unavailable;
              promise.deliver(std::move(answer));
            });
    return promise;
  }

  /// APOP works only with a password that can be read.
  LoginAnswer check_apop(const User* user, const CheckPassword& check) {
    const bool readable = user && user->password.rfind(k_plain, 0) == 0;
    if (!readable) return failed(check.user, check.protocol, check.peer_ip, "APOP needs a {plain} password");
    if (!sasl::equal_in_constant_time(
            apop_digest(check.apop_timestamp, user->password.substr(k_plain.size())),
            to_lower(check.password)))
      return failed(check.user, check.protocol, check.peer_ip, "wrong digest");
    return accepted(*user, check.protocol, check.peer_ip);
  }

  /// SCRAM needs a verifier: stored with the password, or derived from a {plain} one on first use.
  LoginAnswer find_verifier(const FindVerifier& find) {
    const User* user = directory_->find_login(find.user);
    if (!user || !user->enabled || is_locked(find.user, find.peer_ip)) return refused("no such user");
    LoginAnswer answer;
    answer.kind = LoginAnswer::Kind::accepted;
    answer.user = user->name;
    answer.id = user->id;
    answer.verifier = user->scram;
    if (answer.verifier.empty() && user->password.rfind(k_plain, 0) == 0) {
      std::string& derived = derived_[user->password];
      if (derived.empty()) derived = scram_verifier_text(user->password.substr(k_plain.size()));
      answer.verifier = derived;
    }
    return answer;
  }

  Node& node_;
  std::string key_;
  DirectoryPtr directory_;
  HasherActor hasher_;
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
