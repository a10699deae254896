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

constexpr int k_type_a = 1, k_type_mx = 15, k_type_txt = 16, k_type_aaaa = 28, k_type_tlsa = 52,
              k_class_in = 1;
constexpr int k_rcode_nxdomain = 3;
constexpr std::size_t k_hosts_max = 50;           // MX records that are looked at
constexpr int k_addresses_max = 20;               // of one host and kind
constexpr int k_records_max = 50;                 // of TLSA and text
constexpr std::int64_t k_bytes_of_answer = 1024;  // about what a kept answer takes

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
  Resolver(caf::actor_config& config, Reactor& reactor, conf::DnsSettings settings)
      : PinnedActor(config, reactor), settings_(std::move(settings)) {}
  ~Resolver() override {
    if (context_) ub_ctx_delete(context_);
  }

  behavior_type make_behavior() override {
    self_ = caf::strong_actor_ptr{ctrl()};
    configure(settings_);
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
            },
            [this](const ResolveTlsa& question) -> caf::result<TlsaAnswer> {
              auto promise = make_response_promise<TlsaAnswer>();
              resolve_tlsa(question, promise);
              return promise;
            },
            [this](const ResolveText& question) -> caf::result<TextAnswer> {
              auto promise = make_response_promise<TextAnswer>();
              resolve_text(question.name, promise);
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
    set_cache_size(settings.cache_size);
    // Without the file every question would fail: then answers are taken as they are.
    const std::string anchor = !settings.trust_anchor.empty() ? settings.trust_anchor
                               : settings.servers.empty()     ? "/usr/share/dns/root.key"
                                                              : std::string();
    if (settings.dnssec && !anchor.empty() && access(anchor.c_str(), R_OK) == 0)
      ub_ctx_add_ta_file(context_, anchor.c_str());
  }
  /// libunbound counts bytes, not answers.
  void set_cache_size(std::int64_t answers) {
    const auto option = [this](const char* name, std::int64_t value) {
      ub_ctx_set_option(context_, name, std::to_string(value).c_str());
    };
    if (answers == 0) {
      option("cache-max-ttl:", 0);
      option("cache-max-negative-ttl:", 0);
      return;
    }
    option("msg-cache-size:", answers * k_bytes_of_answer);
    option("rrset-cache-size:", answers * 2 * k_bytes_of_answer);
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
        answer.secure = result->secure != 0;
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

  /// Gives each record of the answer to `add`; that there is none is no failure.
  template <class Answer, class Add>
  void resolve_records(const std::string& name, int type, caf::typed_response_promise<Answer> promise,
                       Add add) {
    ask(name, type, [promise, add](Error error, const ub_result* result) mutable {
      Answer answer;
      if (!result && error.kind != Error::Kind::not_found)
        answer.outcome = Outcome::failure(std::move(error));
      for (int i = 0; result && result->data[i] && i < k_records_max; ++i)
        add(answer, std::string_view(result->data[i], static_cast<std::size_t>(result->len[i])));
      if constexpr (std::is_same_v<Answer, TlsaAnswer>) answer.secure = result && result->secure != 0;
      promise.deliver(std::move(answer));
    });
  }

  void resolve_tlsa(const ResolveTlsa& question, caf::typed_response_promise<TlsaAnswer> promise) {
    resolve_records("_" + std::to_string(question.port) + "._tcp." + question.host, k_type_tlsa, promise,
                    [](TlsaAnswer& answer, std::string_view record) {
                      if (record.size() < 4) return;
                      const auto octet = [&](std::size_t place) {
                        return static_cast<std::uint8_t>(record[place]);
                      };
                      answer.records.push_back({octet(0), octet(1), octet(2), std::string(record.substr(3))});
                    });
  }

  void resolve_text(const std::string& name, caf::typed_response_promise<TextAnswer> promise) {
    resolve_records(name, k_type_txt, promise, [](TextAnswer& answer, std::string_view record) {
      std::string text;
      while (!record.empty()) {
        const auto length = static_cast<std::size_t>(static_cast<unsigned char>(record.front()));
        text += record.substr(1, length);
        record.remove_prefix(std::min(record.size(), length + 1));
      }
      answer.texts.push_back(std::move(text));
    });
  }

  void resolve_host(const std::string& name, caf::typed_response_promise<HostAnswer> promise) {
    if (is_numeric(name)) {
      promise.deliver(HostAnswer{{}, false, {name}});
      return;
    }
    auto answer = std::make_shared<HostAnswer>();
    answer->secure = true;
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
    answer.secure = answer.secure && result && result->secure != 0;
    if (!result) return;
    for (int i = 0; result->data[i] && i < k_addresses_max; ++i) {
      if (result->len[i] != (family == AF_INET ? 4 : 16)) continue;
      char text[INET6_ADDRSTRLEN] = "";
      inet_ntop(family, result->data[i], text, sizeof text);
      answer.addresses.emplace_back(text);
    }
  }

  conf::DnsSettings settings_;
  ub_ctx* context_ = nullptr;
  std::chrono::seconds timeout_{10};
  std::unordered_map<Question*, std::unique_ptr<Question>> questions_;
  caf::strong_actor_ptr self_;
};

}  // namespace

ResolverActor spawn_resolver(Reactor& reactor, conf::DnsSettings settings) {
  return spawn_pinned<Resolver>(reactor, std::move(settings));
}

}  // namespace stagecoach
