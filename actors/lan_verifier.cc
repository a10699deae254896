#include "actors/lan_verifier.h"

#include <map>

#include "actors/lan_answers.h"
#include "actors/lan_probe.h"
#include "actors/queue_route.h"
#include "actors/serialisation.h"
#include "conf/lan_forwards.h"

namespace stagecoach {

namespace {

constexpr auto k_probe_timeout = std::chrono::seconds(10);
constexpr std::size_t k_probes_max = 100;  // at the same time; then strangers have to come again

class LanVerifier : public LanVerifierActor::base {
 public:
  LanVerifier(caf::actor_config& config, Node& node) : LanVerifierActor::base(config), node_(node) {}

  behavior_type make_behavior() override {
    return {[this](const VerifyRecipient& question) -> caf::result<RecipientAnswer> {
      const std::string server = route_server(question.route);
      const auto known = answers_.look_up(server, question.address, now_seconds());
      if (known != Known::ask) return answer_of(known);
      const Key key{question.route, question.address};
      if (!waiting_.contains(key) && waiting_.size() >= k_probes_max)
        return RecipientAnswer{false, {451, "4.4.5", "Too many recipients to verify, try again later"}};
      auto promise = make_response_promise<RecipientAnswer>();
      auto& waiting = waiting_[key];
      waiting.push_back(promise);
      if (waiting.size() == 1) begin(key);
      return promise;
    }};
  }
  void on_exit() override {
    waiting_.clear();
    if (resolver_) anon_send_exit(resolver_, caf::exit_reason::user_shutdown);
    resolver_ = nullptr;
  }
  const char* name() const override { return "lan_verifier"; }

 private:
  using Known = LanAnswers::Known;
  using Promise = caf::typed_response_promise<RecipientAnswer>;
  using Key = std::pair<std::string, std::string>;  // route, address

  /// Not 5.1.1: a service that judges unknown recipients at the end of the message would take it after all.
  static RecipientAnswer answer_of(Known known) {
    if (known == Known::exists) return {true, {}};
    return {false, {550, "5.1.0", "No such recipient at the server that it is for"}};
  }

  /// Reached as the configuration in force says.
  void begin(const Key& key) {
    const ConfigPtr config = node_.config();
    const conf::LanVerificationSettings* how = conf::lan_verification(*config, key.first);
    if (!how) return finish(key, Known::exists);  // a reload has taken it away
    if (!resolver_) resolver_ = spawn_resolver(node_.next_reactor(), node_.config()->dns);
    LanProbeTask task{key.first, key.second, *how, tls(*config)};
    const bool by_minger = how->type == conf::LanVerificationType::minger;
    const LanProbeActor probe =
        by_minger ? spawn_minger_probe(node_.next_reactor(), node_, resolver_, std::move(task))
                  : spawn_lan_probe(node_.next_reactor(), node_, resolver_, std::move(task));
    request(probe, k_probe_timeout, BeginLanProbe{})
        .then([this, key](const LanProbeAnswer& answer) { learn(key, answer); },
              [this, key, probe](const caf::error&) {
                anon_send_exit(probe, caf::exit_reason::kill);
                learn(key, {LanProbeAnswer::Kind::down, "no answer in time"});
              });
  }

  TlsContext tls(const conf::Config& config) {
    auto made = make_client_tls(config.tls, false);
    if (made) return std::move(*made);
    node_.log.error("lan", "", made.error().text());
    return nullptr;
  }

  void learn(const Key& key, const LanProbeAnswer& answer) {
    using Kind = LanProbeAnswer::Kind;
    const std::string server = route_server(key.first);
    const std::int64_t now = now_seconds();
    Known known = answer.kind == Kind::exists ? Known::exists : Known::unknown;
    if (answer.kind == Kind::exists || answer.kind == Kind::unknown)
      answers_.learn(server, key.second, answer.kind == Kind::exists, now);
    else
      known = answers_.without_answer(server, key.second, answer.kind == Kind::down, now);
    node_.log.info("lan", "",
                   key.second + " at " + server + (known == Known::exists ? ": accepted" : ": refused") +
                       (answer.kind == Kind::down        ? ", the server does not answer ("
                        : answer.kind == Kind::undecided ? ", the server does not say ("
                                                         : " (") +
                       answer.reason + ")");
    finish(key, known);
  }

  void finish(const Key& key, Known known) {
    const auto found = waiting_.find(key);
    if (found == waiting_.end()) return;
    auto promises = std::move(found->second);
    waiting_.erase(found);
    for (Promise& promise : promises) promise.deliver(answer_of(known));
  }

  Node& node_;
  ResolverActor resolver_;
  LanAnswers answers_;
  std::map<Key, std::vector<Promise>> waiting_;  // questions under way
};

}  // namespace

LanVerifierActor spawn_lan_verifier(caf::local_actor* parent, Node& node) {
  return parent->system().spawn<LanVerifier>(std::ref(node));
}

}  // namespace stagecoach
