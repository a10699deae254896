#include "conf/config.h"

#include <algorithm>
#include <charconv>

#include "conf/lan_forwards.h"
#include "conf/units.h"

namespace stagecoach::conf {
namespace {

Result<int> parse_port(std::string_view text) {
  int port = -1;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  if (error != std::errc() || end != text.data() + text.size() || port < 0 || port > 65535)
    return invalid_input("\"" + std::string(text) + "\" is no port");
  return port;
}

bool is_host(std::string_view host) {
  return !host.empty() && host.size() < 256 && host.find_first_of(" \t/@;,\"") == std::string_view::npos;
}

bool is_numeric_v4(std::string_view host) {
  return !host.empty() && host.find_first_not_of("0123456789.") == std::string_view::npos;
}

}  // namespace

Result<HostPort> parse_host_port(std::string_view text, int default_port) {
  const Error error = invalid_input("\"" + std::string(text) + "\" is no host or host:port");
  std::string_view host = text, port;
  if (text.starts_with('[')) {
    const auto end = text.find(']');
    if (end == std::string_view::npos) return error;
    host = text.substr(1, end - 1);
    port = text.substr(end + 1);
    if (!port.empty() && !port.starts_with(':')) return error;
    if (host.find_first_not_of("0123456789abcdefABCDEF:.%") != std::string_view::npos) return error;
  } else if (const auto colon = text.find(':'); colon != std::string_view::npos && text.rfind(':') == colon) {
    host = text.substr(0, colon);
    port = text.substr(colon);
  } else if (colon != std::string_view::npos &&
             text.substr(0, text.find('%')).find_first_not_of("0123456789abcdefABCDEF:.") !=
                 std::string_view::npos) {
    return error;
  }
  if (!is_host(host)) return error;
  if (port.empty()) return HostPort{std::string(host), default_port};
  const auto number = parse_port(port.substr(1));
  if (!number || *number == 0) return error;
  return HostPort{std::string(host), *number};
}

Result<std::vector<ListenAddress>> parse_listen(std::string_view text) {
  const Error error = invalid_input("\"" + std::string(text) +
                                    "\" is no address and port like \"0.0.0.0:25\", \"[::]:25\" or \"*:25\"");
  const auto colon = text.rfind(':');
  const std::string_view host = colon == std::string_view::npos ? "*" : text.substr(0, colon);
  const auto port = parse_port(colon == std::string_view::npos ? text : text.substr(colon + 1));
  if (!port) return error;
  if (host == "*") return std::vector<ListenAddress>{{"0.0.0.0", *port}, {"::", *port}};
  if (host == "localhost") return std::vector<ListenAddress>{{"127.0.0.1", *port}};
  if (host.starts_with('[') && host.ends_with(']') && host.size() > 2 &&
      host.find(':') != std::string_view::npos &&
      host.find_first_not_of("0123456789abcdefABCDEF:.[]%") == std::string_view::npos)
    return std::vector<ListenAddress>{{std::string(host.substr(1, host.size() - 2)), *port}};
  if (is_numeric_v4(host) && std::count(host.begin(), host.end(), '.') == 3)
    return std::vector<ListenAddress>{{std::string(host), *port}};
  return error;
}

std::vector<ListenAddress> ServiceSettings::addresses() const {
  std::vector<ListenAddress> result;
  for (const std::string& text : listen)
    if (const auto parsed = parse_listen(text)) result.insert(result.end(), parsed->begin(), parsed->end());
  return result;
}

std::chrono::seconds ServiceSettings::effective_idle_timeout() const {
  if (idle_timeout.count() > 0) return idle_timeout;
  switch (protocol) {
    case Protocol::imap: return 30min;  // RFC 9051 section 5.4
    case Protocol::pop3: return 10min;  // RFC 1939 section 3
    case Protocol::http: return 1min;
    default: return 5min;  // RFC 5321 section 4.5.3.2.7
  }
}

std::vector<HostPort> SenderSettings::relay_servers() const {
  std::vector<HostPort> result;
  for (const std::string& text : relay.servers)
    if (const auto server = parse_host_port(text, relay.encryption == ClientTls::ssl ? 465 : 25))
      result.push_back(*server);
  return result;
}

std::chrono::minutes SenderAdvanced::retry_after(std::int64_t attempts) const {
  if (retry.empty()) return 10min;
  const auto place = std::clamp<std::int64_t>(attempts - 1, 0, static_cast<std::int64_t>(retry.size()) - 1);
  return std::chrono::minutes(retry[static_cast<std::size_t>(place)]);
}

HostPort Pop3CollectorSettings::server() const {
  const int standard = port != 0 ? port : encryption == ClientTls::ssl ? 995 : 110;
  return parse_host_port(host, standard).value_or(HostPort{host, standard});
}

routing::CollectorRouting CollectorSettings::routing_rules() const {
  stagecoach::routing::CollectorRouting rules;
  rules.name = name;
  rules.id = id;
  rules.where = where.text();
  rules.method = routing.method;
  rules.accepted_domains = stagecoach::routing::AddressSet(routing.accepted_domains);
  rules.target_user = routing.target_user;
  rules.target_address = routing.target_address;
  rules.target_server = routing.target_server;
  rules.on_no_recipient = routing.on_no_recipient;
  rules.on_no_recipient_target = routing.on_no_recipient_target;
  rules.also_bounce = routing.also_bounce;
  rules.bounce_text = routing.bounce_template;
  rules.bounce_spam_score = routing.bounce_max_spam_score;
  const CollectorRoutingOptions& options = routing.options;
  for (const std::string& definition : options.special_headers)
    if (auto special = stagecoach::routing::SpecialHeader::parse(definition))
      rules.special_headers.push_back(std::move(*special));
  rules.read_special = options.read_special;
  rules.read_received = options.read_received;
  rules.ignore_resent = options.ignore_resent;
  rules.ignore_received_without_at = options.ignore_received_without_at;
  rules.ignore_standard_without_at = options.ignore_standard_without_at;
  rules.disable_default_mapping = options.disable_default_mapping;
  rules.order = options.order;
  return rules;
}

std::string LocalSettings::effective_default_domain() const {
  if (!default_domain.empty()) return default_domain.front();
  const stagecoach::routing::AddressSet set(domains);
  for (std::string entry : set.entries()) {
    if (entry.starts_with("*@")) entry.erase(0, 2);
    if (entry.find_first_of("*?@") == std::string::npos) return entry;
  }
  return {};
}

std::string ScheduleSettings::text() const {
  constexpr std::string_view k_days[] = {"Su", "M", "Tu", "W", "Th", "F", "Sa"};
  std::string result = once ? "Once at " + time_of_day_text(at)
                            : "Every " + std::to_string(every.count()) + " minutes between " +
                                  time_of_day_text(from) + " and " + time_of_day_text(to);
  const char* separator = " on ";
  for (const Weekday day : days) {
    result += separator + std::string(k_days[static_cast<std::size_t>(day)]);
    separator = ",";
  }
  if (min_queue == 1) result += " if at least 1 message is waiting to be sent";
  if (min_queue > 1)
    result += " if at least " + std::to_string(min_queue) + " messages are waiting to be sent";
  return result;
}

std::string Config::resolve(const std::string& path) const {
  if (path.empty() || path.front() == '/' || folder.empty()) return path;
  return folder + "/" + path;
}

namespace {

std::uint8_t bits_of(const std::vector<ProtocolBit>& protocols) {
  std::uint8_t bits = protocols.empty() ? protocol_all : 0;
  for (const ProtocolBit protocol : protocols) bits = static_cast<std::uint8_t>(bits | protocol);
  return bits;
}

}  // namespace

std::vector<User> declared_users(const Config& config) {
  std::vector<User> users;
  users.reserve(config.users.size());
  for (const UserSettings& settings : config.users) {
    User user;
    user.name = settings.name;
    user.credentials.password = settings.password.value;
    user.credentials.web_password = settings.web_password.value;
    for (const AppPasswordSettings& app : settings.app_passwords)
      user.credentials.app_passwords.push_back(
          {app.name, app.password.value, {}, bits_of(app.protocols), app.expires_on});
    user.profile = std::make_shared<const Profile>(settings.profile);
    user.where = settings.where;
    users.push_back(std::move(user));
  }
  return users;
}

std::vector<MailList> declared_lists(const Config& config) { return config.lists; }
std::vector<Group> declared_groups(const Config& config) { return config.groups; }
std::vector<Mapping> declared_mappings(const Config& config) { return config.mappings; }
Policy policy_of(const Config& config) { return config.policy; }

namespace {

/// Without the hashes, which need the key of the server.
routing::BounceAddresses bounce_addresses(const Config& config) {
  routing::BounceAddresses result;
  result.srs.enabled = config.srs.enabled;
  result.srs.domain = config.srs.domain.empty() ? config.local.effective_default_domain() : config.srs.domain;
  result.srs.max_age_days = config.srs.max_age_days;
  result.batv.enabled = config.batv.enabled;
  result.batv.enforce = config.batv.enforce;
  result.batv.lifetime_days = config.batv.lifetime_days;
  result.batv.exceptions = routing::AddressSet(config.batv.exceptions);
  return result;
}

}  // namespace

routing::RoutingOptions routing_options(const Config& config) {
  routing::RoutingOptions options;
  options.local_domains = config.local.domains;
  options.default_domain = config.local.effective_default_domain();
  options.hostname = config.server.hostname;
  options.main_administrator = config.server.main_administrator;
  options.disable_default_mapping = config.local.disable_default_mapping;
  options.unrecognised_local_to_outgoing = config.local.unrecognised_local_to_outgoing;
  options.unsubscribe_links = !config.list_options.unsubscribe_url.empty();
  options.hops_max = config.limits.hops_max;
  options.policy = config.policy;
  options.bounce_addresses = bounce_addresses(config);
  options.lan_rules = lan_rules(config);
  return options;
}

const std::string* database_conninfo(const Config& config, std::string_view name) {
  for (const DatabaseSettings& database : config.databases)
    if (equals_ignoring_case(database.name, name)) return &database.conninfo.value;
  return nullptr;
}

std::shared_ptr<const routing::CollectorRouting> collector_routing(const Config& config,
                                                                   std::string_view name) {
  for (const CollectorSettings& collector : config.collectors)
    if (collector.name == name) return std::make_shared<routing::CollectorRouting>(collector.routing_rules());
  return nullptr;
}

}  // namespace stagecoach::conf
