// [server], [storage], [tls], [dns], [pipeline], [[service]].
#include <algorithm>
#include <fstream>
#include <map>
#include <set>

#include "conf/check_report.h"
#include "routing/pipeline.h"

namespace stagecoach::conf {

bool is_host_name(std::string_view name) {
  if (name.empty() || name.size() > 253 || name.front() == '.' || name.front() == '-') return false;
  for (const char c : name) {
    const char lower = to_lower(c);
    const bool fine = (lower >= 'a' && lower <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '-' ||
                      static_cast<unsigned char>(c) > 127;
    if (!fine) return false;
  }
  return true;
}

namespace {

/// Certificate and key belong together and can be read.
void check_pair(const Config& config, CheckReport& report, const CheckReport::At& at,
                const std::string& certificate, const std::string& key) {
  if (certificate.empty() != key.empty()) {
    report.error(at, certificate.empty() ? "key" : "certificate",
                 certificate.empty() ? "a key needs its certificate" : "a certificate needs its key");
    return;
  }
  if (config.folder.empty()) return;
  for (const auto& [name, path] : {std::pair{"certificate", certificate}, std::pair{"key", key}})
    if (!path.empty() && !std::ifstream(config.resolve(path)))
      report.error(at, name, "the file " + config.resolve(path) + " cannot be read");
}

void check_service(const Config& config, const ServiceSettings& service, CheckReport& report) {
  const CheckReport::At at{"service." + service.name, service.where};
  switch (service.protocol) {
    case Protocol::smtp:
    case Protocol::submission:
    case Protocol::lmtp:
    case Protocol::pop3:
    case Protocol::imap:
    case Protocol::http: break;
    default:
      report.error(at, "protocol", std::string(name_of(k_protocols, service.protocol)) + " is not built yet");
  }
  for (const std::string& text : service.listen)
    if (const auto parsed = parse_listen(text); !parsed) report.error(at, "listen", parsed.error().reason);
  if (service.require_tls && service.tls == ServiceTls::none)
    report.error(at, "require_tls", "needs tls = \"starttls\" or \"implicit\"");
  check_pair(config, report, at, service.certificate, service.key);
  for (const ListenAddress& address : service.addresses())
    if (service.protocol == Protocol::smtp && address.port == 25 &&
        (service.require_tls || service.require_auth || service.tls == ServiceTls::implicit)) {
      report.warning(at, "listen", "other mail servers cannot deliver to port 25 with these requirements");
      break;
    }
}

/// Two services cannot have the same port of the same address.
void check_conflicts(const Config& config, CheckReport& report) {
  std::map<std::pair<std::string, int>, const ServiceSettings*> taken;
  std::set<std::string> names;
  bool any = false;
  for (const ServiceSettings& service : config.services) {
    const CheckReport::At at{"service." + service.name, service.where};
    if (!names.insert(to_lower(service.name)).second)
      report.error(at, "name", "another service has the name " + service.name);
    if (!service.enabled) continue;
    any = true;
    for (const ListenAddress& address : service.addresses()) {
      if (address.port == 0) continue;
      const auto [other, is_new] = taken.insert({{address.host, address.port}, &service});
      if (!is_new)
        report.error(at, "listen",
                     address.host + " port " + std::to_string(address.port) + " is taken by service " +
                         other->second->name + " (" + other->second->where.text() + ")");
    }
  }
  if (!any) report.warning({"service", {}}, "", "no service is declared: nothing listens");
}

/// "https://lists.example.com" or "http://host:8080": scheme, host, maybe a port, and nothing behind.
bool is_base_url(std::string_view url) {
  const std::size_t scheme = url.starts_with("https://") ? 8 : url.starts_with("http://") ? 7 : 0;
  if (scheme == 0) return false;
  const auto server = parse_host_port(url.substr(scheme), 443);
  return server && (is_host_name(server->host) || url.substr(scheme).starts_with('['));
}

/// The links in the mail of lists lead somewhere, and nobody can read them on the way.
void check_unsubscribe_url(const Config& config, CheckReport& report) {
  const std::string& url = config.list_options.unsubscribe_url;
  if (url.empty()) return;
  const CheckReport::At at{"lists", {}};
  if (!is_base_url(url))
    report.error(at, "unsubscribe_url",
                 "\"" + url + "\" is not http:// or https:// with a host, maybe a port, and nothing behind");
  const bool served = std::any_of(
      config.services.begin(), config.services.end(),
      [](const ServiceSettings& service) { return service.enabled && service.protocol == Protocol::http; });
  if (!served)
    report.warning(at, "unsubscribe_url", "no service has the protocol http: the links lead nowhere");
  if (url.starts_with("http://"))
    report.warning(at, "unsubscribe_url",
                   "mail programs use the links only with https:// (RFC 8058), and others could read them");
}

}  // namespace

void check_server(const Config& config, CheckReport& report) {
  const CheckReport::At server{"server", {}};
  if (!is_host_name(config.server.hostname))
    report.error(server, "hostname", "\"" + config.server.hostname + "\" is no host name");
  if (config.server.main_administrator.find('@') != std::string::npos)
    report.error(server, "main_administrator", "is the name of a local user, not an address");
  if (config.summary.to.find('@') != std::string::npos)
    report.error({"summary", {}}, "to", "is the name of a local user, not an address");
  if (config.summary.enabled && !config.history.enabled && report.is_given("summary.enabled"))
    report.warning({"summary", {}}, "enabled", "there is no summary without history.enabled");
  if (config.storage.database != "managed" && config.storage.database.find('=') == std::string::npos &&
      !config.storage.database.starts_with("postgres"))
    report.error({"storage", {}}, "database", "is neither \"managed\" nor a libpq connection string");
  check_pair(config, report, {"tls", {}}, config.tls.certificate, config.tls.key);
  for (const std::string& text : config.dns.servers)
    if (const auto parsed = parse_host_port(text, 53);
        !parsed || parsed->host.find_first_not_of("0123456789abcdefABCDEF:.") != std::string::npos)
      report.error({"dns", {}}, "servers", "\"" + text + "\" is no address or address:port");
  // Whether a script exists is found out when the scripts are read.
  const auto any_script = [](std::string_view name) -> std::optional<stagecoach::routing::StageEntry> {
    if (!name.starts_with("lua:") || name.size() == 4) return std::nullopt;
    return stagecoach::routing::StageEntry{std::string(name), {}};
  };
  if (const auto pipeline = stagecoach::routing::Pipeline::of(config.pipeline.stages, any_script); !pipeline)
    report.error({"pipeline", {}}, "stages", pipeline.error().reason);
}

void check_services(const Config& config, CheckReport& report) {
  for (const ServiceSettings& service : config.services) check_service(config, service, report);
  check_conflicts(config, report);
  check_unsubscribe_url(config, report);
}

}  // namespace stagecoach::conf
