#include "actors/collector_server.h"

#include "conf/config.h"

namespace stagecoach {

namespace {

conf::HostPort with_port(const std::string& host, int port) {
  return conf::parse_host_port(host, port).value_or(conf::HostPort{host, port});
}

}  // namespace

conf::HostPort collector_server(const conf::CollectorSettings& collector) {
  const conf::Pop3CollectorSettings& account = collector.pop3;
  const bool ssl = account.encryption == conf::ClientTls::ssl;
  const auto port_or = [&](int standard) { return account.port != 0 ? account.port : standard; };
  switch (collector.kind) {
    case conf::CollectorKind::pop3: return account.server();
    case conf::CollectorKind::imap: return with_port(account.host, port_or(ssl ? 993 : 143));
    case conf::CollectorKind::odmr: return with_port(account.host, port_or(366));
    case conf::CollectorKind::smtp_feed: return with_port(collector.feed.etrn_server, 25);
  }
  return {};
}

}  // namespace stagecoach
