// A visit that asks a server for the mail that waits there (protocols/smtp/mail_request.h): the way to the
// server, TLS, time-outs, the report. What is asked, and what follows, is up to the kind of collector.
#pragma once

#include <optional>
#include <string>

#include "actors/collector_work.h"
#include "actors/dialogue_log.h"
#include "actors/remote_connection.h"
#include "protocols/smtp/mail_request.h"

namespace stagecoach {

class RequestCollector : public RemoteConnection<CollectorActor::base> {
 public:
  behavior_type make_behavior() override;
  void on_exit() override;

 protected:
  struct Question {
    smtp::MailRequestKind kind = smtp::MailRequestKind::etrn;
    std::string argument;
    std::shared_ptr<const smtp::ClientSettings> settings;
  };

  RequestCollector(caf::actor_config& config, Reactor& reactor, Node& node, ResolverActor resolver,
                   const conf::CollectorSettings& settings, TlsContext tls);

  // ---- what a kind of collector does ----

  virtual void begin() = 0;
  /// The connection to the server is over: with a reply, or with what went wrong.
  virtual void answered(Result<std::string> reply) = 0;
  /// The connection is turned: the other side waits for our greeting on socket(). answered() does not come.
  virtual void turned(const std::string& reply) = 0;
  /// set_deadline() has passed.
  virtual void deadline_passed() {}

  // ---- what it may use ----

  void ask(Question question);
  void set_deadline(std::chrono::seconds after) { socket().set_timeout(after); }
  /// Ends the visit; an empty reason: well.
  void end(const Error& error, const std::string& result = "Connection successful");
  void say(const std::string& line);

  Node& node() const { return node_; }
  const conf::CollectorSettings& settings() const { return settings_; }
  const TlsContext& tls() const { return tls_; }
  const Collect& task() const { return task_; }
  CollectReport& report() { return report_; }
  /// The timeouts of [sender_timeouts] and our name.
  smtp::ClientSettings client_settings() const;

 private:
  void on_tcp() final { report_.connected = true; }
  void on_line() final;
  void on_no_way(const Error& why) final;
  void on_lost(const Error& why) final;
  void on_tls() final;
  void on_silence() final;
  void on_input(std::string_view bytes) final;

  void carry_out(smtp::RequestEvents events);
  void on(smtp::Output& output);
  void on(smtp::StartTls&);
  void on(smtp::RequestAnswered& answer) { answer_ = std::move(answer.result); }
  void on(smtp::RequestTurned&);
  void on(smtp::Close&);

  Node& node_;
  conf::CollectorSettings settings_;
  TlsContext tls_;
  std::string session_;
  CollectorWork work_;
  Counted counted_;
  DialogueLog dialogue_;
  caf::typed_response_promise<CollectReport> promise_;
  Collect task_;
  CollectReport report_;
  std::optional<smtp::MailRequest> engine_;
  std::optional<Result<std::string>> answer_;
  bool asking_ = false, over_ = false;
};

}  // namespace stagecoach
