// [[dkim]], [srs], [batv]. The keys themselves are read by whoever can sign with them.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>

#include "conf/check_report.h"
#include "routing/address_set.h"

namespace stagecoach::conf {
namespace {

// RFC 6376 section 5.4: they change on the way, or belong to whoever receives.
constexpr std::string_view k_unsigned[] = {"Return-Path", "Received", "DKIM-Signature",
                                           "Authentication-Results"};
constexpr std::size_t k_keys_of_a_domain_max = 5;

void check_key_file(const Config& config, const DkimSettings& dkim, const CheckReport::At& at,
                    CheckReport& report) {
  if (dkim.key.empty() || config.folder.empty()) return;
  const std::string path = config.resolve(dkim.key);
  if (!std::ifstream(path)) return report.error(at, "key", "the file " + path + " cannot be read");
  std::error_code error;
  const auto mode = std::filesystem::status(path, error).permissions();
  if (!error && (mode & std::filesystem::perms::others_read) != std::filesystem::perms::none)
    report.warning(at, "key", "everybody on this machine can read the file " + path);
}

void check_dkim_entry(const Config& config, const DkimSettings& dkim, const CheckReport::At& at,
                      CheckReport& report) {
  if (!dkim.domain.empty() && (!is_host_name(dkim.domain) || dkim.domain.find('.') == std::string::npos))
    report.error(at, "domain", "\"" + dkim.domain + "\" is no domain");
  if (!dkim.selector.empty() && !is_host_name(dkim.selector))
    report.error(at, "selector", "\"" + dkim.selector + "\" is no name in DNS");
  for (const std::string& name : dkim.headers)
    for (const std::string_view bad : k_unsigned)
      if (equals_ignoring_case(name, bad)) report.error(at, "headers", name + " changes on the way");
  check_key_file(config, dkim, at, report);
}

struct Keys {
  CheckReport::At first;
  std::size_t count = 0, active = 0;
};

void check_keys(const Config& config, CheckReport& report) {
  std::map<std::string, Provenance> names;
  std::map<std::string, Keys> domains;
  for (const DkimSettings& dkim : config.dkim_keys) {
    const CheckReport::At at{"dkim", dkim.where};
    check_dkim_entry(config, dkim, at, report);
    const auto [other, is_new] = names.emplace(to_lower(dkim.selector + "@" + dkim.domain), dkim.where);
    if (!is_new) report.error(at, "selector", "has a key already (" + other->second.text() + ")");
    Keys& keys = domains.try_emplace(to_lower(dkim.domain), Keys{at}).first->second;
    ++keys.count;
    keys.active += dkim.active;
  }
  for (const auto& [domain, keys] : domains) {
    if (keys.active == 0) report.warning(keys.first, "active", "no key of this domain signs");
    if (keys.active > k_keys_of_a_domain_max)
      report.error(keys.first, "active", "at most 5 keys of a domain can sign");
  }
}

}  // namespace

void check_dkim(const Config& config, CheckReport& report) { check_keys(config, report); }

void check_bounce_addresses(const Config& config, CheckReport& report) {
  const std::string domain =
      config.srs.domain.empty() ? config.local.effective_default_domain() : config.srs.domain;
  const CheckReport::At srs{"srs", {}}, batv{"batv", {}};
  const stagecoach::routing::AddressSet local(config.local.domains);
  if (config.srs.enabled && !local.contains("srs0=x", to_lower(domain)))
    report.error(srs, config.srs.domain.empty() ? "enabled" : "domain",
                 domain.empty() ? "needs a domain of ours"
                                : domain + " is no local domain: bounces would not come back");
  if (config.batv.enforce && !config.batv.enabled)
    report.error(batv, "enforce", "without enabled, no bounce would have a tag");
}

}  // namespace stagecoach::conf
