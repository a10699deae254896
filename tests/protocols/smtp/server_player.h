// Plays a client against a ServerSession and writes down what happened, in words: "250 rcpt:b@c.example 250".
#pragma once

#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "protocols/sasl/scram.h"
#include "protocols/smtp/server_session.h"

namespace stagecoach::smtp {

/// An owner that accepts everything but the local parts no, later, full (550, 451, 421) and knows fred with
/// the password secret. '\1' in the client's words stands for a TLS handshake.
class ServerPlayer {
 public:
  explicit ServerPlayer(ServerSettings settings = {}, bool tls = false)
      : settings_(std::make_shared<ServerSettings>(complete(std::move(settings)))),
        session_(settings_, "random") {
    take(session_.greet(tls));
    log_.clear();  // the greeting has its own test
    raw_.clear();
  }

  ServerPlayer& say(std::string_view client, bool byte_by_byte) {
    const std::size_t step = byte_by_byte ? 1 : client.size();
    for (std::size_t at = 0; at < client.size();) {
      if (client[at] == '\1') {
        take(session_.tls_started());
        ++at;
        continue;
      }
      const auto end = client.find('\1', at);
      const std::size_t size = std::min(step, (end == std::string_view::npos ? client.size() : end) - at);
      take(session_.receive(client.substr(at, size)));
      at += size;
    }
    return *this;
  }

  const std::string& log() const { return log_; }
  const std::string& raw() const { return raw_; }
  const std::string& content() const { return content_; }
  ServerSession& session() { return session_; }

  void take(ServerEvents events) {
    std::deque<ServerEvent> queue(std::make_move_iterator(events.begin()),
                                  std::make_move_iterator(events.end()));
    while (!queue.empty()) {
      const ServerEvent event = std::move(queue.front());
      queue.pop_front();
      for (ServerEvent& answer : std::visit([this](const auto& e) { return on(e); }, event))
        queue.push_back(std::move(answer));
    }
  }

 private:
  static ServerSettings complete(ServerSettings settings) {
    if (settings.hostname.empty()) settings.hostname = "mx.example";
    settings.probe_secret = "probe";
    return settings;
  }
  void note(const std::string& word) { log_ += (log_.empty() ? "" : " ") + word; }
  static Reply verdict(std::string_view address, const char* enhanced) {
    if (address.starts_with("no@")) return {550, "5.1.1", "No"};
    if (address.starts_with("later@")) return {451, "4.3.0", "Later"};
    if (address.starts_with("full@")) return {421, "4.3.2", "Full"};
    return {250, enhanced, "OK"};
  }

  ServerEvents on(const Output& output) {
    raw_ += output.bytes;
    for (std::string_view rest = output.bytes; !rest.empty(); rest.remove_prefix(rest.find('\n') + 1))
      if (rest[3] == ' ') note(std::string(rest.substr(0, 3)));
    return {};
  }
  ServerEvents on(const StartTls&) { return note("starttls"), ServerEvents{}; }
  ServerEvents on(const HeloOffered& offer) {
    return session_.decided(offer.name == "bad" ? Reply{550, "5.7.1", "No"} : Reply{250, "", ""});
  }
  ServerEvents on(const PasswordOffered& offer) {
    note("password:" + offer.user + "/" + offer.password);
    if (offer.user == "down") return session_.password_checked(sasl::PasswordVerdict::unavailable);
    const bool right = offer.user == "fred" && offer.password == "secret";
    return session_.password_checked(right ? sasl::PasswordVerdict::accepted
                                           : sasl::PasswordVerdict::refused);
  }
  ServerEvents on(const VerifierWanted& offer) {
    if (offer.user != "fred") return session_.verifier_found(std::nullopt);
    return session_.verifier_found(sasl::derive_scram_verifier("secret", "salt", 4096));
  }
  ServerEvents on(const Authenticated& news) { return note("user:" + news.user), ServerEvents{}; }
  ServerEvents on(const AuthenticationFailed&) { return note("failed"), ServerEvents{}; }
  ServerEvents on(const SenderOffered& offer) {
    note("mail:" + offer.reverse_path);
    return session_.decided(verdict(offer.reverse_path, "2.1.0"));
  }
  ServerEvents on(const RecipientOffered& offer) {
    note("rcpt:" + offer.recipient.address);
    return session_.decided(verdict(offer.recipient.address, "2.1.5"));
  }
  ServerEvents on(const ContentBegun&) {
    content_.clear();
    return note("begin"), ServerEvents{};
  }
  ServerEvents on(const ContentBytes& content) { return content_ += content.bytes, ServerEvents{}; }
  ServerEvents on(const MessageOffered& offer) {
    note("message:" + std::to_string(offer.size_bytes));
    if (offer.size_bytes != static_cast<std::int64_t>(content_.size())) note("size-differs");
    if (settings_->flavour == Flavour::lmtp && content_ == "two\r\n")
      return session_.decided(std::vector<Reply>{{250, "2.0.0", "OK"}, {452, "4.2.2", "Full"}});
    return session_.decided({250, "2.0.0", "OK"});
  }
  ServerEvents on(const TransactionReset&) { return note("reset"), ServerEvents{}; }
  ServerEvents on(const Close&) { return note("close"), ServerEvents{}; }

  std::shared_ptr<const ServerSettings> settings_;
  ServerSession session_;
  std::string log_;
  std::string raw_;
  std::string content_;
};

}  // namespace stagecoach::smtp
