#include "actors/feed_collector.h"

#include <algorithm>

#include "actors/request_collector.h"

namespace stagecoach {

namespace {

using Since = IncomingSessions::Since;

constexpr auto k_look = std::chrono::seconds(1);  // how often the incoming sessions are looked at

class FeedCollector : public RequestCollector {
 public:
  FeedCollector(caf::actor_config& config, Reactor& reactor, Node& node, ResolverActor resolver,
                const conf::CollectorSettings& settings)
      : RequestCollector(config, reactor, node, std::move(resolver), settings, nullptr) {}
  const char* name() const override { return "feed_collector"; }

 private:
  void begin() override {
    mark_ = node().counters.incoming.last();
    began_ = std::chrono::steady_clock::now();
    const conf::FeedCollectorSettings& feed = settings().feed;
    if (!feed.use_etrn) return wait_if_needed("Nothing was asked for");
    ask({smtp::MailRequestKind::etrn, feed.etrn_parameters,
         std::make_shared<smtp::ClientSettings>(client_settings())});
  }

  void answered(Result<std::string> reply) override {
    if (!reply) return end(Error(reply.error()));
    say("the server says " + *reply);
    wait_if_needed("Connection successful");
  }
  void turned(const std::string&) override {}

  /// A link that is there for this run alone would be gone before the mail comes.
  void wait_if_needed(std::string result) {
    result_ = std::move(result);
    const ConfigPtr config = node().config();
    const bool on_demand =
        std::any_of(config->connections.begin(), config->connections.end(), [this](const auto& connection) {
          return connection.name == task().connection && connection.kind == conf::ConnectionKind::command;
        });
    if (!on_demand || settings().feed.wait.count() == 0) return end(Error{}, result_);
    say("waiting up to " + std::to_string(settings().feed.wait.count()) + " s for an incoming session");
    set_deadline(k_look);
  }

  void deadline_passed() override {
    const Since since = node().counters.incoming.since(mark_);
    if (since == Since::all_over) return end(Error{}, result_ + "; an incoming session came and ended");
    if (since == Since::none && std::chrono::steady_clock::now() - began_ >= settings().feed.wait)
      return end(Error{}, result_ + "; no incoming session came");
    set_deadline(k_look);
  }

  IncomingSessions::Number mark_ = 0;
  std::chrono::steady_clock::time_point began_;
  std::string result_;
};

}  // namespace

CollectorActor spawn_feed_collector(Reactor& reactor, Node& node, ResolverActor resolver,
                                    const conf::CollectorSettings& settings) {
  return spawn_pinned<FeedCollector>(reactor, std::ref(node), std::move(resolver), settings);
}

}  // namespace stagecoach
