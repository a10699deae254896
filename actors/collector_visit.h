// A visit to a mailbox elsewhere, whatever its protocol: the way to the server and the log-in's secret, then
// for each message what rules and memory say, its bytes on their way to the router, and what becomes of the
// remote copy, which goes only after the commit. The kinds of collectors derive from it and speak their
// protocol.
#pragma once

#include <optional>
#include <string>

#include "actors/collector_work.h"
#include "actors/dialogue_log.h"
#include "actors/remote_connection.h"

namespace stagecoach {

class CollectorVisit : public RemoteConnection<CollectorActor::base> {
 public:
  static constexpr std::int64_t k_message_bytes_max = 1LL << 30;  // a server that does not end is left

  behavior_type make_behavior() override;
  void on_exit() override;

 protected:
  struct Protocol {
    const char* name = "";  // as Received fields name it
    DialogueProtocol dialogue = DialogueProtocol::pop3;
    conf::HostPort server;
  };
  /// Why a remote message goes.
  enum class Why : std::uint8_t { collected, unwanted };

  CollectorVisit(caf::actor_config& config, Reactor& reactor, Node& node, ResolverActor resolver,
                 const conf::CollectorSettings& settings, TlsContext tls, Protocol protocol);

  // ---- the protocol ----

  /// The line is there: a new session begins. `secret`: password or access token.
  virtual void begin_session(const std::string& secret) = 0;
  virtual void received(std::string_view bytes) = 0;
  virtual void tls_started() = 0;
  virtual void line_lost(Error why) = 0;
  virtual void timed_out() = 0;
  /// The header section of current() alone, or all of it: content() and message_ended() follow, or
  /// message_refused().
  virtual void ask_head() = 0;
  virtual void ask_whole() = 0;
  /// current() is to go. False: it waits for others, and the visit goes on at once.
  virtual bool erase(Why why) = 0;
  /// The next message, or the end.
  virtual void proceed() = 0;
  virtual bool knows_heads() const { return true; }  // the server gives header sections alone
  virtual void heads_failed() {}                     // it turns out that it does not

  // ---- what the protocol tells ----

  /// What the memory or the rules say of this message. False: nothing has to be waited for.
  bool consider(ListedMessage message);
  void content(std::string_view bytes);
  void message_ended();
  /// The server does not give it.
  void message_refused(const Error& why);
  /// Somebody else has deleted it meanwhile.
  void message_gone();
  void login_refused(Error error);
  /// Ends the visit; an empty reason: well.
  void end(Error error);
  /// The session has ended well; the server has deleted these.
  void leave(const std::vector<std::string>& gone);

  // ---- what it uses ----

  void say(const std::string& line);
  void write(std::string_view bytes);
  /// After the events of a session: reads on, unless an answer from inside is awaited.
  void read_on();
  Node& node() const { return node_; }
  const conf::CollectorSettings& settings() const { return settings_; }
  const std::string& session() const { return session_; }
  CollectorWork& work() { return work_; }
  CollectReport& report() { return report_; }
  const ListedMessage& current() const { return current_; }
  bool has_tls() const { return tls_ != nullptr; }
  bool is_over() const { return over_; }
  /// Goes into the result of a visit that is well otherwise.
  void remark(const std::string& text);

 private:
  void begin();
  void connect();
  void on_tcp() final { report_.connected = true; }
  void on_line() final;
  void on_no_way(const Error& why) final { end(why); }
  void on_lost(const Error& why) final;
  void on_tls() final { tls_started(); }
  void on_silence() final;
  void on_input(std::string_view bytes) final;

  void look();
  void retrieve();
  void begin_mail();
  void open_mail();
  void decide();
  void obey();
  void tell_too_large();
  void told(bool stored);
  void deliver_headers();
  void skip_duplicate();
  void upload();
  void deliver();
  void delivered(bool stored);
  void settled();
  void remove(Why why);
  void finish(const Error& error);

  Node& node_;
  conf::CollectorSettings settings_;
  TlsContext tls_;
  Protocol protocol_;
  std::string session_;
  CollectorWork work_;
  DialogueLog dialogue_;
  Counted counted_;
  caf::typed_response_promise<CollectReport> promise_;
  Collect task_;
  std::string secret_;
  CollectReport report_;
  std::string remarks_;
  // the message that is dealt with
  ListedMessage current_;
  std::optional<CollectedMail> mail_;
  std::optional<Judged> judged_;
  std::string content_digest_;
  bool wanted_ = false;  // somebody asked for it
  bool too_large_ = false;
  bool looking_ = false;  // only its header section comes
  bool drop_ = false;     // its body is not wanted
  bool ended_ = false, uploading_ = false;
  bool busy_ = false;  // an answer is awaited: the server has to wait
  bool asked_again_ = false, leaving_ = false, over_ = false;
};

}  // namespace stagecoach
