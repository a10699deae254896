// The whole configuration, as values. The TOML sections are the members; docs/reference/settings.md lists
// all.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "conf/collector_settings.h"
#include "conf/connector_settings.h"
#include "conf/database_settings.h"
#include "conf/directory_settings.h"
#include "conf/dkim_settings.h"
#include "conf/download_settings.h"
#include "conf/history_settings.h"
#include "conf/lan_settings.h"
#include "conf/list_settings.h"
#include "conf/policy_settings.h"
#include "conf/program_settings.h"
#include "conf/sender_settings.h"
#include "conf/server_settings.h"
#include "conf/service_settings.h"
#include "routing/directory.h"

namespace stagecoach::conf {

struct Config {
  ServerSettings server;
  StorageSettings storage;
  LocalSettings local;
  TlsSettings tls;
  DnsSettings dns;
  QueueSettings queue;
  LogSettings log;
  HistorySettings history;
  SummarySettings summary;
  LimitSettings limits;
  SecuritySettings security;
  ProgramsSettings programs;
  ProxySettings proxy;
  PipelineSettings pipeline;
  ScriptSettings scripts;
  Policy policy;
  ListOptions list_options;
  ScheduleOptions schedule_options;
  SenderTimeouts sender_timeouts;
  SrsSettings srs;
  BatvSettings batv;
  std::vector<ServiceSettings> services;
  std::vector<UserSettings> users;
  std::vector<DatabaseSettings> databases;
  std::vector<MailList> lists;
  std::vector<Group> groups;
  std::vector<Mapping> mappings;
  std::vector<ConnectionSettings> connections;
  std::vector<SenderSettings> senders;
  std::vector<CollectorSettings> collectors;
  std::vector<ScheduleSettings> schedules;
  CollectionSettings collection;
  std::vector<routing::DownloadRule> download_rules;
  std::vector<DkimSettings> dkim_keys;
  LanForwardingSettings lan_forwarding;
  std::vector<LanForwardSettings> lan_forwards;
  std::vector<LanVerificationSettings> lan_verifications;

  std::string folder;  // of the main file: where relative paths start; not a setting

  /// `path` as it stands, or below `folder` when it is relative. Empty stays empty.
  std::string resolve(const std::string& path) const;

  static constexpr auto settings() {
    using S = Config;
    return std::tuple{
        Setting{"server", &S::server, "The process."},
        Setting{"storage", &S::storage, "The database."},
        Setting{"local", &S::local, Anything{}, "Which addresses are ours.", "local_mail"},
        Setting{"tls", &S::tls, "Certificates and versions."},
        Setting{"dns", &S::dns, "Name servers."},
        Setting{"queue", &S::queue, "The outgoing queue."},
        Setting{"log", &S::log, "The log."},
        Setting{"history", &S::history, "What is remembered about messages and sessions."},
        Setting{"summary", &S::summary, "The report about each day."},
        Setting{"limits", &S::limits, "Limits of the whole server."},
        Setting{"security", &S::security, "Passwords."},
        Setting{"programs", &S::programs, "Other programs that look at messages."},
        Setting{"proxy", &S::proxy, "A way out through another server."},
        Setting{"pipeline", &S::pipeline, "The way of a message."},
        Setting{"scripts", &S::scripts, "Lua scripts."},
        Setting{"", &S::policy, Flat{}, ""},
        Setting{"lists", &S::list_options, "All lists."},
        Setting{"schedule_options", &S::schedule_options, "What starts connections besides the schedule."},
        Setting{"sender_timeouts", &S::sender_timeouts, "How long other servers may take to reply."},
        Setting{"srs", &S::srs, "Return paths of forwarded mail."},
        Setting{"batv", &S::batv, "Tags in the return paths of our own mail."},
        Setting{"service", &S::services, "What listens where."},
        Setting{"user", &S::users, "Users that are declared here; others live in the database."},
        Setting{"database", &S::databases, "Other databases that lists take their members from."},
        Setting{"list", &S::lists, "Lists that are declared here; others live in the database."},
        Setting{"group", &S::groups, "Groups that are declared here; others live in the database."},
        Setting{"mapping", &S::mappings, "Mappings that are declared here; others live in the database."},
        Setting{"connection", &S::connections, "Ways to reach the Internet."},
        Setting{"sender", &S::senders, "Delivers outgoing mail when its connection runs."},
        Setting{"collector", &S::collectors, "Fetches mail when one of its connections runs."},
        Setting{"schedule", &S::schedules, "When connections run."},
        Setting{"collection", &S::collection, "All collectors."},
        Setting{"download_rule", &S::download_rules,
                "What collectors do with a message before they fetch it; in this order."},
        Setting{"dkim", &S::dkim_keys, "Keys that sign our own mail."},
        Setting{"lan_forwarding", &S::lan_forwarding, "All mail to servers that are named."},
        Setting{"lan_forward", &S::lan_forwards, "Addresses whose mail goes to a server that is named."},
        Setting{"lan_verification", &S::lan_verifications,
                "How the server is asked whether an address of a rule with wildcards exists."},
    };
  }
};

/// The declared part of the directory.
std::vector<User> declared_users(const Config& config);
std::vector<MailList> declared_lists(const Config& config);
std::vector<Group> declared_groups(const Config& config);
std::vector<Mapping> declared_mappings(const Config& config);

/// What holds for all users: all global sections.
Policy policy_of(const Config& config);

/// What the directory snapshot needs to know besides its entries.
routing::RoutingOptions routing_options(const Config& config);

/// The connection string of the [[database]] with this name; nullptr when there is none.
const std::string* database_conninfo(const Config& config, std::string_view name);

/// Routing rules of the collector with this name; nullptr when there is none.
std::shared_ptr<const routing::CollectorRouting> collector_routing(const Config& config,
                                                                   std::string_view name);

/// "mail.example.com:25", "[2001:db8::1]:25" or "host" with the port that stands for none. Error when
/// malformed.
Result<HostPort> parse_host_port(std::string_view text, int default_port);

/// Entries of [[service]] listen. "*:25" and "25" give one address each of IPv4 and IPv6.
Result<std::vector<ListenAddress>> parse_listen(std::string_view text);

}  // namespace stagecoach::conf
