#include "actors/resolver.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/epoll.h>
#include <unbound.h>
#include <unistd.h>

#include <algorithm>

#include "actors/serialisation.h"

namespace stagecoach {

namespace {

constexpr int k_type_a = 1, k_type_mx = 15, k_type_aaaa = 28, k_class_in = 1;
constexpr int k_rcode_nxdomain = 3;
constexpr std::size_t k_hosts_max = 50;  // MX records that are looked at
constexpr int k_addresses_max = 20;      // of one host and kind

using Answered = std::function<void(Error, const ub_result*)>;  // the result is null on failure

bool is_numeric(const std::string& name) {
  in6_addr buffer{};
  return inet_pton(AF_INET, name.c_str(), &buffer) == 1 || inet_pton(AF_INET6, name.c_str(), &buffer) == 1;
}

/// A domain name in wire form, uncompressed: libunbound gives rdata so.
std::string name_at(const char* data, int length, int offset) {
  std::string name;
  while (offset < length) {
    const int label = static_cast<unsigned char>(data[offset++]);
    if (label == 0 || offset + label > length) break;
    if (!name.empty()) name += '.';
    name.append(data + offset, static_cast<std::size_t>(label));
    offset += label;
  }
  return name;
}

class Resolver : public PinnedActor<ResolverActor::base>, public IoHandler {
 public:
  Resolver(caf::actor_config& config, Reactor& reactor, Node& node)
      : PinnedActor(config, reactor), node_(node) {}
  ~Resolver() override {
    if (context_) ub_ctx_delete(context_);
  }

  behavior_type make_behavior() override {
    self_ = caf::strong_actor_ptr{ctrl()};
    configure(node_.config()->dns);
    reactor_.add(ub_fd(context_), this, EPOLLIN);
    return {[this](const ResolveMx& question) -> caf::result<MxAnswer> {
              auto promise = make_response_promise<MxAnswer>();
              resolve_mx(question.domain, promise);
              return promise;
            },
            [this](const ResolveHost& question) -> caf::result<HostAnswer> {
              auto promise = make_response_promise<HostAnswer>();
              resolve_host(question.name, promise);
              return promise;
            }};
  }
  void on_exit() override {
    if (context_) {
      reactor_.cancel_deadline(*this);
      reactor_.remove(ub_fd(context_));
      ub_ctx_delete(context_);
      context_ = nullptr;
    }
    questions_.clear();
    if (self_) reactor_.retire(std::move(self_));
  }
  const char* name() const override { return "resolver"; }

 private:
  struct Question {
    Resolver* resolver;
    Answered then;
    std::chrono::steady_clock::time_point until;
    int number = 0;  // libunbound's
  };

  void on_io(std::uint32_t) override {
    in_context([this] {
      if (context_) ub_process(context_);
    });
  }

  void on_deadline() override {
    in_context([this] { give_up_old_questions(); });
  }
  /// libunbound itself goes on asking for a minute and longer.
  void give_up_old_questions() {
    const auto now = std::chrono::steady_clock::now();
    std::vector<Question*> old;
    for (const auto& [raw, question] : questions_)
      if (question->until <= now) old.push_back(raw);
    for (Question* raw : old) {
      const auto owned = questions_.extract(raw);
      if (owned.empty() || !context_) continue;
      ub_cancel(context_, raw->number);
      raw->then(unavailable("DNS: no answer within " + std::to_string(timeout_.count()) + " s"), nullptr);
    }
    watch_questions();
  }
  void watch_questions() {
    if (context_ && !questions_.empty()) reactor_.set_deadline(*this, std::chrono::seconds(1));
  }

  void configure(const conf::DnsSettings& settings) {
    timeout_ = settings.timeout;
    context_ = ub_ctx_create();
    ub_ctx_async(context_, 1);
    ub_ctx_set_option(context_, "do-not-query-localhost:", "no");
    ub_ctx_hosts(context_, nullptr);
    for (const std::string& server : settings.servers) {
      auto parsed = conf::parse_host_port(server, 53);
      if (!parsed) continue;
      ub_ctx_set_fwd(context_, (parsed->host + "@" + std::to_string(parsed->port)).c_str());
    }
    if (settings.servers.empty()) ub_ctx_resolvconf(context_, nullptr);
    constexpr const char* k_trust_anchor = "/usr/share/dns/root.key";
    // Without the file every question would fail: then answers are taken as they are.
    if (settings.dnssec && settings.servers.empty() && access(k_trust_anchor, R_OK) == 0)
      ub_ctx_add_ta_file(context_, k_trust_anchor);
  }

  static void answered(void* data, int error, ub_result* result) {
    auto* question = static_cast<Question*>(data);
    Resolver& resolver = *question->resolver;
    const auto owned = resolver.questions_.extract(question);
    const std::unique_ptr<ub_result, decltype(&ub_resolve_free)> freer(result, &ub_resolve_free);
    if (owned.empty()) return;
    Answered then = std::move(owned.mapped()->then);
    if (error != 0 || !result) return then(unavailable(std::string("DNS: ") + ub_strerror(error)), nullptr);
    if (result->bogus) return then(unavailable("DNS: the answer fails DNSSEC validation"), nullptr);
    if (result->nxdomain || result->rcode == k_rcode_nxdomain)
      return then(not_found(std::string("no such domain: ") + result->qname), nullptr);
    if (result->rcode != 0)
      return then(
          unavailable("DNS: server failure " + std::to_string(result->rcode) + " for " + result->qname),
          nullptr);
    then({}, result);
  }

  void ask(const std::string& name, int type, Answered then) {
    auto question = std::make_unique<Question>(
        Question{this, std::move(then), std::chrono::steady_clock::now() + timeout_});
    Question* raw = question.get();
    questions_.emplace(raw, std::move(question));
    const int error =
        ub_resolve_async(context_, name.c_str(), type, k_class_in, raw, &answered, &raw->number);
    if (error != 0) return answered(raw, error, nullptr);
    if (questions_.size() == 1) watch_questions();
  }

  void resolve_mx(const std::string& domain, caf::typed_response_promise<MxAnswer> promise) {
    ask(domain, k_type_mx, [domain, promise](Error error, const ub_result* result) mutable {
      MxAnswer answer;
      if (!result) {
        answer.outcome = Outcome::failure(std::move(error));
      } else {
        for (int i = 0; result->data[i] && answer.hosts.size() < k_hosts_max; ++i) {
          if (result->len[i] < 3) continue;
          const auto* data = reinterpret_cast<const unsigned char*>(result->data[i]);
          answer.hosts.push_back({data[0] << 8 | data[1], name_at(result->data[i], result->len[i], 2)});
        }
        answer.null_mx = answer.hosts.size() == 1 && answer.hosts.front().name.empty();
        std::erase_if(answer.hosts, [](const MxHost& host) { return host.name.empty(); });
        std::stable_sort(answer.hosts.begin(), answer.hosts.end(),
                         [](const MxHost& a, const MxHost& b) { return a.preference < b.preference; });
        answer.implicit = answer.hosts.empty() && !answer.null_mx;
        if (answer.implicit) answer.hosts.push_back({0, domain});
      }
      promise.deliver(std::move(answer));
    });
  }

  void resolve_host(const std::string& name, caf::typed_response_promise<HostAnswer> promise) {
    if (is_numeric(name)) {
      promise.deliver(HostAnswer{{}, {name}});
      return;
    }
    auto answer = std::make_shared<HostAnswer>();
    ask(name, k_type_a, [this, name, answer, promise](Error first_error, const ub_result* result) mutable {
      add_addresses(*answer, result, AF_INET);
      ask(name, k_type_aaaa, [answer, promise, first_error](Error error, const ub_result* result) mutable {
        add_addresses(*answer, result, AF_INET6);
        if (answer->addresses.empty())
          answer->outcome =
              Outcome::failure(!first_error.reason.empty()
                                   ? first_error
                                   : (error.reason.empty() ? not_found("the host has no address") : error));
        promise.deliver(std::move(*answer));
      });
    });
  }

  static void add_addresses(HostAnswer& answer, const ub_result* result, int family) {
    if (!result) return;
    for (int i = 0; result->data[i] && i < k_addresses_max; ++i) {
      if (result->len[i] != (family == AF_INET ? 4 : 16)) continue;
      char text[INET6_ADDRSTRLEN] = "";
      inet_ntop(family, result->data[i], text, sizeof text);
      answer.addresses.emplace_back(text);
    }
  }

  Node& node_;
  ub_ctx* context_ = nullptr;
  std::chrono::seconds timeout_{10};
  std::unordered_map<Question*, std::unique_ptr<Question>> questions_;
  caf::strong_actor_ptr self_;
};

}  // namespace

ResolverActor spawn_resolver(Reactor& reactor, Node& node) {
  return spawn_pinned<Resolver>(reactor, std::ref(node));
}

}  // namespace stagecoach
