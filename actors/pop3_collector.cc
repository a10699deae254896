#include "actors/pop3_collector.h"

#include <openssl/evp.h>

#include <deque>
#include <unordered_set>

#include "actors/connection.h"
#include "actors/database.h"
#include "actors/intake.h"
#include "actors/serialisation.h"
#include "protocols/mime/header.h"
#include "protocols/pop3/client_session.h"
#include "protocols/sasl/digest.h"
#include "protocols/smtp/received_field.h"
#include "storage/collector_repository.h"

namespace stagecoach {

namespace {

constexpr std::int64_t k_day = 24LL * 3600 * 1000000;
constexpr std::int64_t k_remember_days = 60;  // a UID that the server has not shown for so long is forgotten
constexpr auto k_timeout = std::chrono::seconds(300);

struct DigestFreer {
  void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};

/// SHA-256 of a stream, in hexadecimal.
class Digest {
 public:
  Digest() : context_(EVP_MD_CTX_new()) { EVP_DigestInit_ex(context_.get(), EVP_sha256(), nullptr); }
  void add(std::string_view bytes) { EVP_DigestUpdate(context_.get(), bytes.data(), bytes.size()); }
  std::string finish() {
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned length = 0;
    EVP_DigestFinal_ex(context_.get(), digest, &length);
    return sasl::hex({reinterpret_cast<const char*>(digest), length});
  }

 private:
  std::unique_ptr<EVP_MD_CTX, DigestFreer> context_;
};

std::shared_ptr<const pop3::ClientSettings> settings_of(const conf::Pop3CollectorSettings& pop3, bool tls) {
  auto settings = std::make_shared<pop3::ClientSettings>();
  settings->credentials = {pop3.username, pop3.password.value, {}};
  settings->normalise_line_ends = true;
  switch (pop3.encryption) {
    case conf::ClientTls::none: settings->tls = pop3::ClientTls::none; break;
    case conf::ClientTls::ssl: settings->tls = pop3::ClientTls::ssl; break;
    case conf::ClientTls::starttls: settings->tls = pop3::ClientTls::stls; break;
    case conf::ClientTls::starttls_if_available: settings->tls = pop3::ClientTls::stls_if_available; break;
  }
  if (!tls) settings->tls = pop3::ClientTls::none;
  if (pop3.auth == conf::CollectorAuth::apop) settings->auth = pop3::ClientAuth::apop;
  if (pop3.auth == conf::CollectorAuth::cram_md5) settings->auth = pop3::ClientAuth::cram_md5;
  return settings;
}

class Pop3Collector : public Connection<CollectorActor::base> {
 public:
  Pop3Collector(caf::actor_config& config, Reactor& reactor, int fd, Node& node, ResolverActor resolver,
                const conf::CollectorSettings& settings, TlsContext tls)
      : Connection(config, reactor, fd),
        node_(node),
        resolver_(std::move(resolver)),
        settings_(settings),
        tls_(std::move(tls)),
        session_(node.next_session('c')),
        engine_(settings_of(settings.pop3, tls_ != nullptr)),
        counted_(node.counters.client_sessions) {}

  behavior_type make_behavior() override {
    keep_alive();
    return {[this](const Collect& collect) -> caf::result<CollectReport> {
      progress_ = collect.progress;
      promise_ = make_response_promise<CollectReport>();
      load_memory();
      return promise_;
    }};
  }
  void on_exit() override {
    resolver_ = nullptr;
    if (promise_.pending()) finish(unavailable("the collector has ended"));
    Connection::on_exit();
  }
  const char* name() const override { return "pop3_collector"; }

 private:
  // ---- begin ----

  void load_memory() {
    ask_database<std::unordered_map<std::string, storage::SeenMessage>>(
        this, node_.handles()->database,
        [name = settings_.name](storage::Database& database) {
          return storage::CollectorRepository(database).seen(name);
        },
        [this](Result<std::unordered_map<std::string, storage::SeenMessage>> seen) {
          if (!seen) return end(std::move(seen.error()));
          seen_ = std::move(*seen);
          for (const auto& [uid, message] : seen_)
            if (!message.digest.empty()) digests_.emplace(message.digest, uid);
          resolve();
        });
  }

  void resolve() {
    const conf::HostPort server = settings_.pop3.server();
    say("connecting to " + server.host + ":" + std::to_string(server.port));
    request(resolver_, caf::infinite, ResolveHost{server.host})
        .then(
            [this](const HostAnswer& answer) {
              if (!answer.outcome.ok) return end(answer.outcome.error);
              addresses_.assign(answer.addresses.begin(), answer.addresses.end());
              next_address();
            },
            [this](const caf::error&) { end(unavailable("the resolver has ended")); });
  }

  void next_address() {
    if (addresses_.empty()) return end(std::move(last_failure_));
    const std::string ip = addresses_.front();
    addresses_.pop_front();
    socket().set_timeout(std::chrono::seconds(60));
    socket().connect(ip, settings_.pop3.server().port);
  }

  // ---- the socket ----

  void on_connected() override {
    report_.connected = true;
    socket().set_timeout(k_timeout);
    if (settings_.pop3.encryption == conf::ClientTls::ssl && tls_)
      socket().start_tls(tls_, false, settings_.pop3.server().host);
    else
      carry_out(engine_.connected());
  }
  void on_input(std::string_view bytes) override {
    socket().set_timeout(k_timeout);
    carry_out(engine_.receive(bytes));
  }
  void on_tls_ready() override {
    carry_out(settings_.pop3.encryption == conf::ClientTls::ssl ? engine_.connected()
                                                                : engine_.tls_started());
  }
  void on_timeout() override {
    if (!report_.connected) {
      socket().close();
      last_failure_ = unavailable("no answer to the connection");
      return next_address();
    }
    if (busy_) return socket().set_timeout(k_timeout);
    carry_out(engine_.timed_out());
  }
  void on_closed(const Error& why) override {
    if (!report_.connected) {
      last_failure_ = why;
      return next_address();
    }
    if (!over_) carry_out(engine_.connection_lost(why));
    if (!over_) end(why);
  }

  // ---- the engine ----

  void carry_out(pop3::ClientEvents events) {
    for (pop3::ClientEvent& event : events) {
      if (over_) return;
      std::visit([this](auto& one) { on(one); }, event);
    }
    if (!socket().is_open()) return;
    if (busy_)
      socket().pause();
    else
      socket().resume();
  }

  void on(pop3::Output& output) { socket().write(output.bytes); }
  void on(pop3::StartTls&) { socket().start_tls(tls_, false, settings_.pop3.server().host); }
  void on(pop3::Close&) { socket().close(); }
  void on(pop3::Failed& failed) { end(std::move(failed.error)); }
  /// QUIT has been answered: the server has deleted what it was told to. It may give those UIDs again.
  void on(pop3::Finished&) {
    ask_database<bool>(
        this, node_.handles()->database,
        [name = settings_.name, uids = erased_](storage::Database& database) -> Result<bool> {
          auto done = storage::CollectorRepository(database).retire(name, uids);
          if (!done) return std::move(done.error());
          return true;
        },
        [this](Result<bool>) { end(Error{}); });
  }

  void on(pop3::Ready& ready) {
    if (settings_.pop3.leave_days > 0 && !ready.has_uidl)
      return end(conflict("the server has no UIDL, so messages cannot be left on it: set leave_days = 0"));
    messages_ = std::move(ready.messages);
    say(std::to_string(messages_.size()) + " messages on the server");
    std::vector<std::string> uids;
    for (const pop3::RemoteMessage& message : messages_) {
      listed_.insert(message.uid);
      if (seen_.contains(message.uid)) uids.push_back(message.uid);
    }
    ask_database<bool>(
        this, node_.handles()->database,
        [name = settings_.name, uids](storage::Database& database) -> Result<bool> {
          const auto now = now_microseconds();
          auto done =
              storage::CollectorRepository(database).refresh(name, uids, now, now - k_remember_days * k_day);
          if (!done) return std::move(done.error());
          return true;
        },
        [this](Result<bool>) { next_message(); });
  }

  void next_message() {
    while (next_ < messages_.size()) {
      const pop3::RemoteMessage& message = messages_[next_++];
      if (const auto known = seen_.find(message.uid); !message.uid.empty() && known != seen_.end()) {
        if (is_due(known->second.first_seen)) return erase(message);
        ++report_.left;
        continue;
      }
      const std::int64_t limit = settings_.pop3.max_size_kb * 1024;
      if (limit > 0 && message.size_bytes > limit) {
        log("message " + std::to_string(message.number) + " of " + std::to_string(message.size_bytes) +
            " bytes is larger than max_size_kb and stays on the server");
        ++report_.left;
        continue;
      }
      return retrieve(message);
    }
    carry_out(engine_.quit());
  }

  /// Whether a fetched message has been on the server for long enough.
  bool is_due(std::int64_t first_seen) const {
    return now_microseconds() - first_seen >= settings_.pop3.leave_days * k_day;
  }

  void erase(const pop3::RemoteMessage& message) {
    erased_.push_back(message.uid);
    carry_out(engine_.erase(message.number));
  }
  void on(pop3::Erased&) {
    ++report_.deleted;
    next_message();
  }
  void on(pop3::CommandFailed& failed) {
    log("the server refused: " + failed.error.text());
    ++report_.failed;
    intake_.reset();
    next_message();
  }

  void retrieve(const pop3::RemoteMessage& message) {
    say("message " + std::to_string(next_) + " of " + std::to_string(messages_.size()) + ", " +
        std::to_string(message.size_bytes) + " bytes");
    current_ = message;
    number_ = node_.numbers.take();
    digest_.emplace();
    head_.clear();
    intake_.emplace(number_, node_.config()->limits.message_in_memory_max.bytes, node_.counters.body_bytes);
    prefixed_ = false;
    carry_out(engine_.retrieve(message.number));
  }

  void on(pop3::ContentBytes& content) {
    if (!intake_) return;
    digest_->add(content.bytes);
    if (prefixed_) {
      intake_->add(content.bytes);
    } else {
      head_ += content.bytes;
      if (head_.find("\r\n\r\n") != std::string::npos || head_.size() > 256 * 1024) add_prefix();
    }
    upload();
  }

  /// The return path is known only when the header section is there.
  void add_prefix() {
    prefixed_ = true;
    std::string_view bytes = head_;
    if (settings_.routing.options.ignore_mbox_from && bytes.substr(0, 5) == "From ")
      bytes.remove_prefix(std::min(bytes.size(), bytes.find("\r\n") + 2));
    const auto section = mime::parse_header_section(bytes);
    std::string path = section.text("Return-Path");
    if (path.size() >= 2 && path.front() == '<' && path.back() == '>') path = path.substr(1, path.size() - 2);
    for (const char c : path)
      if (static_cast<unsigned char>(c) <= ' ' || c == '<' || c == '>') path.clear();
    reverse_path_ = path;
    // The provider's own Return-Path stays where it is; ours goes on top, as the final delivery's must.
    const std::string return_path = "Return-Path: <" + path + ">\r\n";
    intake_->add_prefix(return_path + received_field(), static_cast<std::int64_t>(return_path.size()));
    intake_->add(bytes);
    head_.clear();
  }

  std::string received_field() const {
    smtp::ReceivedField field;
    field.helo = settings_.pop3.server().host;
    field.hostname = node_.config()->server.hostname;
    field.id = std::to_string(number_.value);
    field.time = std::chrono::floor<std::chrono::seconds>(current_time());
    std::string text = smtp::to_wire(field);
    const auto with = text.find("with ");
    const auto id = text.find(" id ");
    if (with != std::string::npos && id != std::string::npos && with < id)
      text.replace(with + 5, text.find_first_of(" \r", with + 5) - with - 5, "POP3");
    return text;
  }

  void on(pop3::MessageEnd&) {
    if (!intake_) return;
    if (!prefixed_) add_prefix();
    ended_ = true;
    busy_ = true;
    content_digest_ = digest_->finish();
    if (is_duplicate()) return skip_duplicate();
    upload();
  }

  /// The same bytes under another UID: a copy of their own when the server still shows the first one, a
  /// renumbered message when it does not.
  bool is_duplicate() const {
    const auto known = digests_.find(content_digest_);
    if (known == digests_.end()) return false;
    return settings_.pop3.remove_duplicates || !listed_.contains(known->second);
  }

  /// The same bytes have been delivered before: the server has forgotten or renumbered its UIDs, or a run
  /// ended between the commit and the deletion.
  void skip_duplicate() {
    intake_.reset();
    ended_ = false;
    ++report_.duplicates;
    log("message " + std::to_string(current_.number) + " was collected before; it is not delivered again");
    auto unit = std::make_shared<storage::WriteUnit>();
    storage::AcceptMessage mark;
    mark.id = number_;
    mark.collected = storage::CollectedMark{settings_.name, storage::clean_text(uid_or_digest()),
                                            content_digest_, now_microseconds()};
    unit->emplace_back(std::move(mark));
    request(node_.handles()->writer, caf::infinite, WriteMail{std::move(unit), 0, {}})
        .then([this](const WriteAnswer&) { stored(); }, [this](const caf::error&) { stored(); });
  }
  std::string uid_or_digest() const {
    return current_.uid.empty() ? "sha256:" + content_digest_ : current_.uid;
  }

  void upload() {
    if (uploading_ || !intake_) return;
    auto chunk = intake_->take_chunk();
    if (!chunk && ended_) chunk = intake_->take_last_chunk();
    if (!chunk) {
      if (ended_) route();
      return;
    }
    uploading_ = busy_ = true;
    auto unit = std::make_shared<storage::WriteUnit>();
    unit->emplace_back(std::move(*chunk));
    request(node_.handles()->writer, caf::infinite, WriteMail{std::move(unit), 0, {}})
        .then(
            [this](const WriteAnswer& answer) {
              uploading_ = false;
              if (!*answer.result) return end(answer.result->error());
              if (!ended_) busy_ = false;
              upload();
              if (!busy_ && socket().is_open()) socket().resume();
            },
            [this](const caf::error&) { end(unavailable("the writer has ended")); });
  }

  void route() {
    ended_ = false;
    RouteMessage message;
    message.arrival.id = number_;
    message.arrival.envelope.reverse_path = reverse_path_;
    message.arrival.envelope.body = BodyType::eight_bit_mime;
    message.arrival.origin.source = Source::collector;
    message.arrival.origin.service = settings_.name;
    message.arrival.origin.session = session_;
    message.arrival.received = current_time();
    message.arrival.content = intake_->finish();
    message.collected = CollectedNote{settings_.name, uid_or_digest(), content_digest_};
    intake_.reset();
    request(node_.handles()->router, caf::infinite, std::move(message))
        .then(
            [this](const RouteResult& result) {
              if (!result.accepted) {
                log("not stored, stays on the server: " + result.reply.text);
                ++report_.failed;
                busy_ = false;
                return next_message();
              }
              digests_.emplace(content_digest_, uid_or_digest());
              seen_[current_.uid] = {content_digest_, now_microseconds(), now_microseconds()};
              ++report_.fetched;
              ++node_.counters.messages_collected;
              log("message " + std::to_string(number_.value) + ": collected, " +
                  std::to_string(result.deliveries) + " copies");
              stored();
            },
            [this](const caf::error&) { end(unavailable("the router has ended")); });
  }

  /// After the commit: now, and not earlier, the remote copy may go.
  void stored() {
    busy_ = false;
    if (over_) return;
    if (settings_.pop3.leave_days == 0) return erase(current_);
    ++report_.left;
    next_message();
  }

  // ---- end ----

  void end(Error error) {
    if (std::exchange(over_, true)) return;
    if (error.reason.empty()) {
      report_.last_result = "Connection successful";
    } else {
      report_.outcome = Outcome::failure(error);
      report_.last_result = error.text();
      ++node_.counters.collections_failed;
    }
    finish(std::move(error));
    quit();
  }
  void finish(Error error) {
    log(error.reason.empty() ? "finished: fetched=" + std::to_string(report_.fetched) + " deleted=" +
                                   std::to_string(report_.deleted) + " left=" + std::to_string(report_.left)
                             : "failed: " + error.text());
    if (promise_.pending()) promise_.deliver(report_);
  }

  void say(const std::string& line) {
    if (progress_) progress_(settings_.name + ": " + line);
  }
  void log(const std::string& text) { node_.log.info("collect", session_, settings_.name + ": " + text); }

  Node& node_;
  ResolverActor resolver_;
  conf::CollectorSettings settings_;
  TlsContext tls_;
  std::string session_;
  pop3::ClientSession engine_;
  Counted counted_;
  caf::typed_response_promise<CollectReport> promise_;
  std::function<void(const std::string&)> progress_;
  CollectReport report_;
  std::deque<std::string> addresses_;
  Error last_failure_ = unavailable("the server has no address");
  std::unordered_map<std::string, storage::SeenMessage> seen_;
  std::unordered_map<std::string, std::string> digests_;  // to the UID they were fetched under
  std::unordered_set<std::string> listed_;                // UIDs that the server shows now
  std::vector<pop3::RemoteMessage> messages_;
  std::size_t next_ = 0;
  std::vector<std::string> erased_;
  pop3::RemoteMessage current_;
  MessageId number_;
  std::optional<Intake> intake_;
  std::optional<Digest> digest_;
  std::string head_, content_digest_, reverse_path_;
  bool prefixed_ = false, ended_ = false, uploading_ = false, busy_ = false, over_ = false;
};

}  // namespace

CollectorActor spawn_pop3_collector(Reactor& reactor, Node& node, ResolverActor resolver,
                                    const conf::CollectorSettings& settings, TlsContext tls) {
  return spawn_pinned<Pop3Collector>(reactor, -1, std::ref(node), std::move(resolver), settings,
                                     std::move(tls));
}

}  // namespace stagecoach
