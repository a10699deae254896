// [[sender]], [[collector]].
#include <algorithm>
#include <fstream>
#include <map>
#include <set>

#include "conf/check_report.h"
#include "routing/lan_target.h"
#include "routing/sending/domain_filter.h"

namespace stagecoach::conf {
namespace {

void check_pop3(const CollectorSettings& collector, const CheckReport::At& at, CheckReport& report) {
  const Pop3CollectorSettings& pop3 = collector.pop3;
  if (pop3.host.empty())
    report.error(at, "pop3.host", "is missing");
  else if (const auto parsed = parse_host_port(pop3.host, 110); !parsed)
    report.error(at, "pop3.host", parsed.error().reason);
  if (pop3.username.empty()) report.error(at, "pop3.username", "is missing");
  if (pop3.auth == CollectorAuth::xoauth2) {
    if (!collector.oauth.is_set()) report.error(at, "oauth.token_url", "is missing: auth is xoauth2");
  } else if (pop3.password.empty()) {
    report.error(at, "pop3.password", "is missing");
  }
  if (pop3.auth == CollectorAuth::spa || pop3.auth == CollectorAuth::rpa)
    report.error(at, "pop3.auth",
                 "SPA and RPA belong to services that no longer exist; plain, apop, cram-md5 and xoauth2 are "
                 "left");
  if (collector.kind == CollectorKind::pop3 && (collector.imap.idle || !collector.imap.move_to.empty()))
    report.warning(at, collector.imap.idle ? "imap.idle" : "imap.move_to", "has no effect with kind pop3");
}

/// Besides what check_pop3() says of the account.
void check_imap(const CollectorSettings& collector, const CheckReport::At& at, CheckReport& report) {
  const ImapCollectorSettings& imap = collector.imap;
  if (collector.pop3.auth == CollectorAuth::apop)
    report.error(at, "pop3.auth", "is not one of IMAP: plain, cram-md5 and xoauth2 are");
  if (imap.folders.empty()) report.error(at, "imap.folders", "is empty: nothing is fetched");
  for (const std::string& folder : imap.folders) {
    if (const std::string fault = one_line_fault(folder); folder.empty() || !fault.empty())
      report.error(at, "imap.folders", folder.empty() ? "a name is empty" : fault);
    if (!imap.move_to.empty() && folder == imap.move_to)
      report.error(at, "imap.move_to", "is one of the folders that are looked at");
  }
  if (imap.idle && !imap.folders.empty() && imap.folders.front().find('*') != std::string::npos)
    report.error(at, "imap.idle", "needs a single folder as the first of `folders`, without \"*\"");
  if (imap.move_to.find('*') != std::string::npos || !one_line_fault(imap.move_to).empty())
    report.error(at, "imap.move_to", "is no name of a single folder");
}

void check_feed(const Config& config, const CollectorSettings& collector, const CheckReport::At& at,
                CheckReport& report) {
  const FeedCollectorSettings& feed = collector.feed;
  if (feed.use_etrn) {
    if (feed.etrn_server.empty())
      report.error(at, "feed.etrn_server", "is missing");
    else if (const auto parsed = parse_host_port(feed.etrn_server, 25); !parsed)
      report.error(at, "feed.etrn_server", parsed.error().reason);
    if (feed.etrn_parameters.empty())
      report.error(at, "feed.etrn_parameters", "is missing: usually the domain whose mail is wanted");
    return;
  }
  if (!feed.etrn_server.empty()) report.warning(at, "feed.etrn_server", "has no effect without use_etrn");
  const bool waits =
      feed.wait.count() > 0 &&
      std::any_of(config.connections.begin(), config.connections.end(), [&](const auto& connection) {
        const auto& names = collector.connections;
        return connection.kind == ConnectionKind::command &&
               std::find(names.begin(), names.end(), connection.name) != names.end();
      });
  if (!waits)
    report.warning(at, "feed.use_etrn",
                   "is off, and no link has to be kept up for incoming mail: the collector does nothing");
}

/// Whether ATRN can carry it (RFC 2645 section 5.2.1).
bool is_atrn_domain(const std::string& domain) {
  const auto allowed = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.';
  };
  return domain.find('.') != std::string::npos && domain.front() != '.' && domain.back() != '.' &&
         std::all_of(domain.begin(), domain.end(), allowed);
}

/// Besides what check_pop3() says of the account.
void check_odmr(const CollectorSettings& collector, const CheckReport::At& at, CheckReport& report) {
  constexpr std::size_t k_command_bytes_max = 500;  // RFC 5321 section 4.5.3.1.4, with "ATRN " and CR LF
  if (collector.pop3.auth == CollectorAuth::apop)
    report.error(at, "pop3.auth", "is not one of SMTP: plain, cram-md5 and xoauth2 are");
  std::size_t length = 0;
  for (const std::string& domain : collector.odmr_domains) {
    length += domain.size() + 1;
    if (!is_atrn_domain(domain)) report.error(at, "domains", "\"" + domain + "\" is no domain");
  }
  if (length > k_command_bytes_max)
    report.error(at, "domains", "do not fit into one command; several collectors can share them");
}

/// A rule that ignores needs a time after which the message goes.
void check_use_of_rules(const Config& config, const CollectorSettings& collector, const CheckReport::At& at,
                        CheckReport& report) {
  const Pop3CollectorSettings& pop3 = collector.pop3;
  if (pop3.use_download_rules && config.download_rules.empty())
    report.warning(at, "pop3.use_download_rules", "there is no [[download_rule]]");
  const bool ignores = std::any_of(config.download_rules.begin(), config.download_rules.end(),
                                   [](const auto& rule) { return rule.action == DownloadAction::ignore; });
  if (pop3.use_download_rules && pop3.leave_days == 0 && ignores)
    report.warning(at, "pop3.leave_days",
                   "is 0: what a download rule ignores is deleted on the remote server after one day");
}

/// Five slots at most make sense, and one of them must find addresses before the processing stops.
void check_order(const CollectorRoutingOptions& options, const CheckReport::At& at, CheckReport& report) {
  bool looks = false, stopped = false;
  std::set<HeaderSlot> used;
  for (const HeaderSlot slot : options.order) {
    const bool is_stop = slot == HeaderSlot::stop || slot == HeaderSlot::stop_if_any;
    if (stopped) return report.error(at, "routing.options.order", "nothing is looked at behind stop");
    if (!is_stop && !used.insert(slot).second)
      return report.error(at, "routing.options.order",
                          "a slot is named twice: " + std::string(name_of(k_header_slots, slot)));
    if (is_stop && !looks)
      return report.error(at, "routing.options.order", "stops before anything is looked at");
    looks |= !is_stop;
    stopped = slot == HeaderSlot::stop;
  }
  if (!looks) report.error(at, "routing.options.order", "no header field is looked at");
}

void check_accepted(const CollectorRoutingSettings& routing, const CheckReport::At& at, CheckReport& report) {
  const stagecoach::routing::AddressSet accepted(routing.accepted_domains);
  if (accepted.empty())
    report.warning(at, "routing.accepted_domains", "is empty: only mappings find recipients");
  for (const std::string& entry : accepted.entries())
    if (entry == "*" || entry == "*@*")
      report.warning(at, "routing.accepted_domains", "* takes the addresses of other companies for our own");
}

void check_routing(const CollectorSettings& collector, const CheckReport::At& at, CheckReport& report) {
  const CollectorRoutingSettings& routing = collector.routing;
  switch (routing.method) {
    case RoutingMethod::parse_headers: check_accepted(routing, at, report); break;
    case RoutingMethod::single_user:
      if (routing.target_user.empty()) report.error(at, "routing.target_user", "is missing");
      break;
    case RoutingMethod::forward_smtp:
      if (routing.target_address.find('@') == std::string::npos)
        report.error(at, "routing.target_address", "needs exactly one address");
      if (!stagecoach::routing::is_route(routing.target_server))
        report.error(at, "routing.target_server", "is no [user:password@]host[:port]");
      break;
    case RoutingMethod::single_address_comment:
    case RoutingMethod::subject_marker: break;
  }
  const bool needs_target = routing.on_no_recipient == NoRecipientAction::error_to ||
                            routing.on_no_recipient == NoRecipientAction::message_to;
  if (needs_target && routing.on_no_recipient_target.empty())
    report.error(at, "routing.on_no_recipient_target", "is missing");
  for (const std::string& definition : routing.options.special_headers)
    if (const auto parsed = stagecoach::routing::SpecialHeader::parse(definition); !parsed)
      report.error(at, "routing.options.special_headers", parsed.error().text());
  check_order(routing.options, at, report);
}

/// With xoauth2 everything that a token is fetched with is needed.
void check_oauth(const OauthSettings& oauth, bool wanted, const CheckReport::At& at, CheckReport& report) {
  if (!wanted) {
    if (oauth.is_set()) report.warning(at, "oauth", "has no effect without xoauth2");
    return;
  }
  if (oauth.token_url.empty()) report.error(at, "oauth.token_url", "is missing");
  if (oauth.client_id.empty()) report.error(at, "oauth.client_id", "is missing");
  if (oauth.refresh_token.value.empty()) report.error(at, "oauth.refresh_token", "is missing");
  const auto begins = [&](std::string_view text) { return oauth.token_url.rfind(text, 0) == 0; };
  if (!oauth.token_url.empty() && !begins("https://") && !begins("http://127.0.0.1") &&
      !begins("http://localhost") && !begins("http://[::1]"))
    report.error(at, "oauth.token_url", "must be an https address: secrets are sent there");
}

void check_relay(const SenderSettings& sender, const CheckReport::At& at, CheckReport& report) {
  if (sender.relay.servers.empty()) report.warning(at, "relay.servers", "is empty: nothing is ever sent");
  for (const std::string& server : sender.relay.servers)
    if (const auto parsed = parse_host_port(server, 25); !parsed)
      report.error(at, "relay.servers", parsed.error().reason);
  if (sender.relay.auth_required && sender.relay.username.empty())
    report.error(at, "relay.username", "a login needs a user name");
  if (sender.relay.auth_required && sender.relay.encryption == ClientTls::none &&
      sender.relay.auth_method != SenderAuth::cram_md5)
    report.warning(at, "relay.encryption", "the password is sent without encryption");
  if (!sender.direct.dns_overrides.empty())
    report.warning(at, "direct.dns_overrides", "has no effect with kind relay");
}

void check_domain_filter(const Config& config, const SenderSettings& sender, const CheckReport::At& at,
                         CheckReport& report) {
  const SenderAdvanced& advanced = sender.advanced;
  const bool is_file = !advanced.domain_filtering_file.empty();
  if (is_file && !config.folder.empty() && !std::ifstream(config.resolve(advanced.domain_filtering_file)))
    return report.error(at, "advanced.domain_filtering_file",
                        "the file " + config.resolve(advanced.domain_filtering_file) + " cannot be read");
  if (const auto parsed = routing::DomainFilter::parse(advanced.domain_filtering); !parsed)
    report.error(at, is_file ? "advanced.domain_filtering_file" : "advanced.domain_filtering",
                 parsed.error().text());
}

void check_return_path(const Config& config, const SenderSettings& sender, const CheckReport::At& at,
                       CheckReport& report) {
  const ReturnPathSettings& rule = sender.return_path;
  if (rule.mode != ReturnPathMode::unchanged && rule.address.empty())
    report.error(at, "return_path.address", "is missing");
  if (rule.mode == ReturnPathMode::unchanged && !rule.address.empty())
    report.warning(at, "return_path.address", "has no effect with mode default");
  const routing::AddressSet local(config.local.domains);
  if (!rule.null_replacement.empty() && !local.contains(split_address(rule.null_replacement)))
    report.warning(at, "return_path.null_replacement",
                   "is not local: bounces of bounces can go round without end");
}

}  // namespace

void load_domain_filters(Config& config) {
  if (config.folder.empty()) return;
  for (SenderSettings& sender : config.senders) {
    SenderAdvanced& advanced = sender.advanced;
    if (advanced.domain_filtering_file.empty()) continue;
    std::ifstream file(config.resolve(advanced.domain_filtering_file), std::ios::binary);
    std::string text(routing::DomainFilter::k_script_bytes_max + 1, '\0');
    file.read(text.data(), static_cast<std::streamsize>(text.size()));
    text.resize(static_cast<std::size_t>(file.gcount()));
    advanced.domain_filtering = std::move(text);
  }
}

void check_senders(const Config& config, CheckReport& report) {
  std::map<std::string, Provenance> taken;
  for (const SenderSettings& sender : config.senders) {
    const CheckReport::At at{"sender." + sender.connection, sender.where};
    if (sender.connection.empty()) continue;  // reported as missing
    if (!has_connection(config, sender.connection))
      report.error(at, "connection", unknown_connection(sender.connection));
    const auto [other, is_new] = taken.emplace(sender.connection, sender.where);
    if (!is_new) report.error(at, "connection", "has a sender already (" + other->second.text() + ")");
    check_domain_filter(config, sender, at, report);
    check_return_path(config, sender, at, report);
    const bool wants_token =
        sender.kind == SenderKind::relay && sender.relay.auth_method == SenderAuth::xoauth2;
    check_oauth(sender.oauth, wants_token, at, report);
    if (sender.kind == SenderKind::relay) check_relay(sender, at, report);
  }
}

void check_collectors(const Config& config, CheckReport& report) {
  std::set<std::string> names;
  std::set<std::int64_t> ids;
  for (const CollectorSettings& collector : config.collectors) {
    const CheckReport::At at{"collector." + collector.name, collector.where};
    if (!names.insert(to_lower(collector.name)).second)
      report.error(at, "name", "another collector has this name");
    if (!ids.insert(collector.id).second) report.error(at, "id", "another collector has this number");
    for (const std::string& name : collector.connections)
      if (!has_connection(config, name)) report.error(at, "connections", unknown_connection(name));
    if (collector.kind == CollectorKind::smtp_feed) {
      check_feed(config, collector, at, report);
      continue;
    }
    check_pop3(collector, at, report);
    if (collector.kind == CollectorKind::odmr) {
      check_odmr(collector, at, report);
      continue;
    }
    if (collector.kind == CollectorKind::imap) check_imap(collector, at, report);
    check_use_of_rules(config, collector, at, report);
    check_routing(collector, at, report);
  }
}

}  // namespace stagecoach::conf
