#include "actors/tokens.h"

#include <map>
#include <nlohmann/json.hpp>

#include "actors/node.h"
#include "actors/serialisation.h"
#include "actors/token_answer.h"
#include "actors/web_fetch.h"

namespace stagecoach {

namespace {

using Clock = std::chrono::steady_clock;
using namespace std::chrono_literals;

constexpr auto k_before_end = 60s;     // a token is given up so long before it expires
constexpr auto k_after_failure = 30s;  // the provider is left alone
constexpr std::size_t k_kept_max = 1000;

class Tokens : public TokensActor::base {
 public:
  Tokens(caf::actor_config& config, Node& node) : TokensActor::base(config), node_(node) {}

  behavior_type make_behavior() override {
    web_ = spawn_web_fetch(system());
    return {[this](const FindToken& question) -> caf::result<TokenAnswer> {
      auto promise = make_response_promise<TokenAnswer>();
      find(question, promise);
      return promise;
    }};
  }
  void on_exit() override {
    web_ = nullptr;
    kept_.clear();
  }
  const char* name() const override { return "tokens"; }

 private:
  struct Kept {
    std::string token, refresh_token;  // the latter empty: as in the settings
    Clock::time_point until;
    Outcome failure;  // until `until`
    std::vector<caf::typed_response_promise<TokenAnswer>> waiting;
  };

  static std::string key_of(const conf::OauthSettings& settings) {
    std::string key;
    for (const std::string* part : {&settings.token_url, &settings.client_id, &settings.client_secret.value,
                                    &settings.refresh_token.value, &settings.scope})
      key += *part + '\0';
    return key;
  }

  void find(const FindToken& question, caf::typed_response_promise<TokenAnswer> promise) {
    if (kept_.size() > k_kept_max) forget_idle();
    Kept& kept = kept_[key_of(question.settings)];
    const bool in_force = Clock::now() < kept.until;
    if (in_force && !kept.failure.ok) return void(promise.deliver(TokenAnswer{kept.failure, {}}));
    if (in_force && !kept.token.empty() && kept.token != question.refused)
      return void(promise.deliver(TokenAnswer{{}, kept.token}));
    kept.waiting.push_back(promise);
    if (kept.waiting.size() == 1) fetch(question.settings, kept);
  }

  void forget_idle() {
    std::erase_if(kept_, [](const auto& one) { return one.second.waiting.empty(); });
  }

  void fetch(const conf::OauthSettings& settings, const Kept& kept) {
    std::vector<std::pair<std::string, std::string>> fields{
        {"grant_type", "refresh_token"},
        {"refresh_token", kept.refresh_token.empty() ? settings.refresh_token.value : kept.refresh_token},
        {"client_id", settings.client_id}};
    if (!settings.client_secret.value.empty())
      fields.push_back({"client_secret", settings.client_secret.value});
    if (!settings.scope.empty()) fields.push_back({"scope", settings.scope});
    const auto config = node_.config();
    request(web_, caf::infinite,
            FetchUrl{.url = settings.token_url,
                     .form = form_of(fields),
                     .ca_file = config->resolve(config->tls.ca_file)})
        .then([this, settings](const FetchedUrl& fetched) { fetched_token(settings, fetched); },
              [this, settings](const caf::error&) {
                fetched_token(settings, {Outcome::failure(unavailable("too many requests wait"))});
              });
  }

  void fetched_token(const conf::OauthSettings& settings, const FetchedUrl& fetched) {
    Kept& kept = kept_[key_of(settings)];
    auto read = fetched.outcome.ok ? read_token_answer(fetched.status, fetched.body)
                                   : Result<TokenGrant>(fetched.outcome.error);
    TokenAnswer answer;
    if (read) {
      kept.token = answer.token = read->access_token;
      if (!read->refresh_token.empty()) kept.refresh_token = read->refresh_token;
      kept.failure = {};
      const std::chrono::seconds lifetime(read->expires_in_seconds);
      kept.until = Clock::now() + std::max<std::chrono::seconds>(lifetime - k_before_end, lifetime / 2);
    } else {
      Error error = std::move(read.error());
      error.reason = "no access token from " + settings.token_url + ": " + error.reason;
      node_.log.error("tokens", "", error.text());
      kept.token.clear();
      answer.outcome = kept.failure = Outcome::failure(std::move(error));
      kept.until = Clock::now() + k_after_failure;
    }
    for (auto& promise : std::exchange(kept.waiting, {})) promise.deliver(answer);
  }

  Node& node_;
  WebFetchActor web_;
  std::map<std::string, Kept> kept_;
};

/// What a provider's words may bring into a log.
std::string printable(std::string text) {
  if (text.size() > 200) text.resize(200);
  for (char& c : text)
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = ' ';
  return text;
}

std::string text_of(const nlohmann::json& json, const char* name) {
  const auto found = json.find(name);
  return found != json.end() && found->is_string() ? found->get<std::string>() : std::string();
}

}  // namespace

Result<TokenGrant> read_token_answer(int status, std::string_view body) {
  const auto json = nlohmann::json::parse(body, nullptr, false);
  const std::string with_status = "status " + std::to_string(status);
  if (json.is_discarded() || !json.is_object()) {
    if (status >= 500 || status == 429) return unavailable(with_status);
    return invalid_input(with_status + ", and the answer is no JSON");
  }
  if (const std::string error = text_of(json, "error"); !error.empty() || status != 200) {
    const std::string words = printable(error + " " + text_of(json, "error_description"));
    if (status >= 500 || status == 429) return unavailable(with_status + ": " + words);
    return invalid_input(with_status + ": " + words);
  }
  TokenGrant grant{text_of(json, "access_token"), text_of(json, "refresh_token"), k_lifetime_default};
  const bool is_clean = std::all_of(grant.access_token.begin(), grant.access_token.end(),
                                    [](char c) { return c > ' ' && c < 0x7f; });
  if (grant.access_token.empty() || !is_clean) return invalid_input("there is no access_token in it");
  if (const auto expires = json.find("expires_in"); expires != json.end() && expires->is_number_integer())
    grant.expires_in_seconds = std::clamp<std::int64_t>(expires->get<std::int64_t>(), 1, k_lifetime_max);
  return grant;
}

TokensActor spawn_tokens(caf::actor_system& system, Node& node) {
  return system.spawn<Tokens>(std::ref(node));
}

}  // namespace stagecoach
