// Where a sending session connects: the servers of its destination in their order (MX records, DNS overrides,
// relay servers), the addresses of each, and what its certificate must show (DANE RFC 7672, MTA-STS RFC
// 8461). An object of the session's actor; answers come in its context.
#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "actors/sending_hooks.h"
#include "actors/smtp_client.h"
#include "actors/tls_check.h"
#include "protocols/mta_sts/policy.h"

namespace stagecoach {

/// One server that may take the mail.
struct MailServer {
  std::string name;
  int port = 25;
  std::string user = {}, password = {};  // of this server alone; empty: as the sender is set
  bool name_is_proved = false;           // by DNSSEC or a policy, or an administrator wrote it
  bool may_have_tlsa = false;            // DNSSEC or an administrator says that this is the server
  bool tls_required = false;             // by a policy
  TlsPolicyKind policy = TlsPolicyKind::none;
  bool is_test = false;                        // MTA-STS mode testing: failures are only counted
  std::vector<std::string> policy_lines = {};  // for reports
  TlsCheck check = {};
  routing::ServerChange change = {};  // by mxout.lua or relayout.lua
};

/// A server and one of its addresses.
struct ServerAddress {
  MailServer server;
  std::string ip;
};

class ServerSearch {
 public:
  using Self = SmtpClientActor::base;
  /// Why there is no server at all: the text begins with an enhanced status code.
  struct Nothing {
    std::string failure;
    bool permanent = false;
  };

  ServerSearch(Self* self, Node& node, ResolverActor resolver, const SmtpClientTask& task,
               SendingHooks& hooks)
      : self_(self), node_(node), resolver_(std::move(resolver)), task_(task), hooks_(hooks) {}

  /// Finds the servers; nothing: next() gives them.
  void begin(std::function<void(std::optional<Nothing>)> then);
  /// The next address to try, or nothing: then last_failure() says why it is the last.
  void next(std::function<void(std::optional<ServerAddress>)> then);
  bool is_exhausted() const { return servers_.empty() && addresses_.empty(); }

  void note_failure(std::string text) { last_failure_ = std::move(text); }
  const std::string& last_failure() const { return last_failure_; }
  void count(const MailServer& server, const std::string& ip, std::string failure_type);
  void end() { resolver_ = nullptr; }

 private:
  using Found = std::function<void(std::optional<Nothing>)>;
  using Next = std::function<void(std::optional<ServerAddress>)>;

  void find_mx(const std::string& domain, Found then);
  void take_mx(const std::string& domain, const MxAnswer& answer, Found then);
  std::vector<MxHost> preferred_to_us(const std::vector<MxHost>& hosts) const;
  void take_servers(const routing::OverrideAnswer& overridden, const MxAnswer& real, Found then);
  void find_policy(const std::string& domain, Found then);
  bool may_use_policies() const;
  bool obey_policy(MailServer& server);
  bool obey_script(MailServer& server);
  void find_addresses(Next then);
  void take_addresses(const HostAnswer& answer, Next then);
  void find_tlsa(Next then);
  void take_tlsa(const TlsaAnswer& answer);

  Self* self_;
  Node& node_;
  ResolverActor resolver_;
  const SmtpClientTask& task_;
  SendingHooks& hooks_;
  std::string domain_;  // of a direct destination
  std::shared_ptr<const mta_sts::Policy> policy_;
  std::deque<MailServer> servers_;
  std::deque<std::string> addresses_;  // of current_
  MailServer current_;
  std::string last_failure_;
};

}  // namespace stagecoach
