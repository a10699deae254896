// [[lan_forward]], [lan_forwarding], [[lan_verification]].
#include <algorithm>
#include <set>
#include <tuple>

#include "conf/check_report.h"
#include "conf/lan_forwards.h"
#include "routing/lan_target.h"
#include "routing/wildcard.h"

namespace stagecoach::conf {
namespace {

constexpr std::size_t k_covering_max = 200;  // rules with wildcards that later ones are compared with

/// As the reader names the entry.
CheckReport::At at_of(const LanForwardSettings& rule) {
  return {rule.username.empty() ? "lan_forward" : "lan_forward." + rule.username, rule.where};
}

/// "server" or "server:port" without a log-in, and not TLS from the first byte.
std::string server_fault(std::string_view server) {
  if (server.find('@') != std::string_view::npos || !routing::is_route(server))
    return "\"" + std::string(server) + "\" is no host, host:port or lmtp:host";
  if (routing::with_port(server).ends_with(":465"))
    return "port 465 wants TLS from the first byte, which LAN forwarding does not speak: take 25 or 587, "
           "with "
           "STARTTLS";
  return {};
}

void check_server(const LanForwardSettings& rule, const CheckReport::At& at, CheckReport& report) {
  if (rule.server.empty()) return;  // reported as missing
  if (const std::string fault = server_fault(rule.server); !fault.empty()) {
    report.error(at, "server", fault);
  } else if (rule.port == 465) {
    report.error(at, "port", server_fault("a:465"));
  } else if (rule.port != 25 && !routing::is_route(rule.server + ":1")) {
    report.warning(at, "port", "has no effect: `server` names a port");
  }
  if (rule.username.find(':') != std::string::npos) report.error(at, "username", "cannot hold a colon");
  if (rule.username.empty() && !rule.password.empty())
    report.warning(at, "password", "has no effect without a user name");
}

void check_condition(const Config& config, const LanForwardSettings& rule, const CheckReport::At& at,
                     CheckReport& report) {
  for (const char* known : {"all", "pop3", "smtp"})
    if (equals_ignoring_case(rule.condition, known)) return;
  const bool named =
      std::any_of(config.collectors.begin(), config.collectors.end(), [&](const auto& collector) {
        return equals_ignoring_case(collector.name, rule.condition) ||
               std::to_string(collector.id) == rule.condition;
      });
  if (!named)
    report.error(at, "condition", "\"" + rule.condition + "\" is not all, pop3, smtp, and no collector");
}

void check_addresses(const Config& config, const LanForwardSettings& rule, const CheckReport::At& at,
                     CheckReport& report) {
  for (const std::string& address : rule.addresses) {
    const std::string fault = routing::lan_address_fault(address, config.lan_forwarding.allow_bare_user);
    if (!fault.empty()) report.error(at, "addresses", fault);
    if (address == "*" || address == "*@*")
      report.warning(at, "addresses", address + " takes all mail: also what strangers send to anybody");
  }
  if (const std::string fault = routing::lan_rewrite_fault(rule.rewrite); !fault.empty())
    report.error(at, "rewrite", fault);
}

/// Rules behind one that takes all of their mail.
class Covering {
 public:
  void check(const LanForwardSettings& rule, const CheckReport::At& at, CheckReport& report) {
    for (const std::string& text : rule.addresses) {
      const std::string address = to_lower(text);
      if (const Rule* other = before(address, rule.condition))
        report.warning(at, "addresses",
                       text + " never matches: " + other->address + " comes first (" + other->where + ")");
      Rule own{address, to_lower(rule.condition), rule.where.text()};
      if (routing::has_wildcard(address)) {
        if (patterns_.size() < k_covering_max) patterns_.push_back(std::move(own));
      } else {
        plain_.insert(std::move(own));
      }
    }
  }

 private:
  struct Rule {
    std::string address, condition, where;
    bool operator<(const Rule& other) const {
      return std::tie(address, condition) < std::tie(other.address, other.condition);
    }
  };

  static bool covers(const std::string& wider, const std::string& condition) {
    return wider == "all" || wider == condition ||
           (wider == "pop3" && condition != "all" && condition != "smtp");
  }
  /// A * is more than any one character.
  static bool covers_address(const std::string& wider, const std::string& address) {
    if (wider.starts_with("~@") != address.starts_with("~@")) return false;
    if (address.find('*') != std::string::npos && wider.find('?') != std::string::npos) return false;
    if (wider.find('@') == std::string::npos && address.find('@') != std::string::npos) return false;
    return routing::matches_wildcard(wider, address);
  }
  const Rule* before(const std::string& address, const std::string& given_condition) const {
    const std::string condition = to_lower(given_condition);
    for (auto rule = plain_.lower_bound({address, "", ""}); rule != plain_.end() && rule->address == address;
         ++rule)
      if (covers(rule->condition, condition)) return &*rule;
    const auto found = std::find_if(patterns_.begin(), patterns_.end(), [&](const Rule& rule) {
      return covers(rule.condition, condition) && covers_address(rule.address, address);
    });
    return found == patterns_.end() ? nullptr : &*found;
  }

  std::set<Rule> plain_;
  std::vector<Rule> patterns_;
};

void check_verifications(const Config& config, CheckReport& report) {
  std::set<std::string> servers;
  for (const LanVerificationSettings& verification : config.lan_verifications) {
    const CheckReport::At at{"lan_verification", verification.where};
    if (verification.server.empty()) continue;  // reported as missing
    if (const std::string fault = server_fault(verification.server); !fault.empty()) {
      report.error(at, "server", fault);
      continue;
    }
    if (!servers.insert(to_lower(verification.server)).second)
      report.error(at, "server", "has a verification already");
    bool named = false, open_ended = false;
    for (const LanForwardSettings& rule : config.lan_forwards) {
      const std::string route = lan_route(rule);
      if (!routing::names_server(verification.server, routing::route_without_login(route))) continue;
      named = true;
      open_ended =
          open_ended || std::any_of(rule.addresses.begin(), rule.addresses.end(), routing::is_open_ended);
    }
    if (!named)
      report.warning(at, "server", "no [[lan_forward]] names this server");
    else if (!open_ended)
      report.warning(at, "server", "has no effect: no rule of this server has *, ? or ~");
    if (verification.type == LanVerificationType::call_forward && !verification.secret.empty())
      report.warning(at, "secret", "has no effect with type call_forward");
  }
}

}  // namespace

void check_lan_forwarding(const Config& config, CheckReport& report) {
  Covering covering;
  for (const LanForwardSettings& rule : config.lan_forwards) {
    const CheckReport::At at = at_of(rule);
    check_server(rule, at, report);
    check_condition(config, rule, at, report);
    check_addresses(config, rule, at, report);
    covering.check(rule, at, report);
  }
  if (const auto rules = parse_thread_rules(config.lan_forwarding.thread_rules); !rules)
    report.error({"lan_forwarding", {}}, "thread_rules", rules.error().reason);
  check_verifications(config, report);
}

}  // namespace stagecoach::conf
