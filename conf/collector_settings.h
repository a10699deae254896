// [[collector]]: fetches mail from a remote mailbox. Keys of [collector.pop3] and [collector.routing] may
// also stand in [[collector]] itself.
#pragma once

#include "conf/sender_settings.h"
#include "conf/setting.h"
#include "routing/collector_routing.h"

namespace stagecoach::conf {

enum class CollectorKind : std::uint8_t { pop3, imap, smtp_feed, odmr };
inline constexpr Choice<CollectorKind> k_collector_kinds[] = {{"pop3", CollectorKind::pop3},
                                                              {"imap", CollectorKind::imap},
                                                              {"smtp_feed", CollectorKind::smtp_feed},
                                                              {"odmr", CollectorKind::odmr}};

/// SPA and RPA are known names, so that they can be refused with an explanation.
enum class CollectorAuth : std::uint8_t { plain, apop, cram_md5, xoauth2, spa, rpa };
inline constexpr Choice<CollectorAuth> k_collector_auth[] = {
    {"plain", CollectorAuth::plain},     {"apop", CollectorAuth::apop}, {"cram-md5", CollectorAuth::cram_md5},
    {"xoauth2", CollectorAuth::xoauth2}, {"spa", CollectorAuth::spa},   {"rpa", CollectorAuth::rpa}};

struct Pop3CollectorSettings {
  std::string host;
  int port = 0;
  std::string username;
  Secret password;
  ClientTls encryption = ClientTls::starttls_if_available;
  CollectorAuth auth = CollectorAuth::plain;
  std::int64_t max_size_kb = 0;
  std::int64_t leave_days = 0;
  bool use_download_rules = false;
  bool remove_duplicates = false;
  bool tls_verify = false;

  /// host without a port, and the port in force: of `host`, else `port`, else 995 with ssl, else 110.
  HostPort server() const;

  static constexpr auto settings() {
    using S = Pop3CollectorSettings;
    return std::tuple{
        Setting{"host", &S::host, Anything{}, "Remote server, \"host\" or \"host:port\".", "server"},
        Setting{"port", &S::port, Range{0, 65535},
                "Port. 0: 110, or 995 with ssl; imap 143 or 993; odmr 366."},
        Setting{"username", &S::username, Anything{}, "Log-in name at the remote server."},
        Setting{"password", &S::password, Anything{}, "Password at the remote server; never logged."},
        Setting{"encryption", &S::encryption, Choices{k_client_tls},
                "none, ssl (from the first byte), stls (or nothing is fetched), stls_if_available."},
        Setting{"auth", &S::auth, Choices{k_collector_auth},
                "plain (USER and PASS; LOGIN; with odmr the best that is offered), apop, cram-md5 or xoauth2 "
                "(with [collector.oauth])."},
        Setting{"max_size_kb", &S::max_size_kb, Range{0, 2097152},
                "A larger message stays on the remote server. 0: no limit."},
        Setting{"leave_days", &S::leave_days, Range{0, 3650},
                "Days that messages stay on the remote server; with pop3 it needs UIDL. 0: deleted right "
                "after the "
                "download."},
        Setting{"use_download_rules", &S::use_download_rules,
                "Applies the download rules to this collector."},
        Setting{"remove_duplicates", &S::remove_duplicates,
                "Drops a message that equals another one of the same session in every detail."},
        Setting{"tls_verify", &S::tls_verify, "The server's certificate must be valid for its name."},
    };
  }
  bool operator==(const Pop3CollectorSettings&) const = default;
};

/// Besides those of Pop3CollectorSettings, which hold for IMAP as well.
struct ImapCollectorSettings {
  std::vector<std::string> folders{"INBOX"};
  bool idle = false;
  std::string move_to;

  static constexpr auto settings() {
    using S = ImapCollectorSettings;
    return std::tuple{
        Setting{"folders", &S::folders, Anything{},
                "Folders that are looked at, by their names at the remote server; \"*\" within a name stands "
                "for anything."},
        Setting{"idle", &S::idle,
                "Stays connected between runs and fetches new mail of the first folder as soon as the server "
                "tells of it (RFC 2177)."},
        Setting{"move_to", &S::move_to, Anything{},
                "Fetched messages are moved to this remote folder instead of being deleted."},
    };
  }
  bool operator==(const ImapCollectorSettings&) const = default;
};

/// kind smtp_feed: another server is made to send; nothing is fetched.
struct FeedCollectorSettings {
  std::chrono::seconds wait{20};
  bool use_etrn = false;
  std::string etrn_server;
  std::string etrn_parameters;

  static constexpr auto settings() {
    using S = FeedCollectorSettings;
    return std::tuple{
        Setting{"wait_seconds", &S::wait, Range{0s, 3600s},
                "With a connection of kind command: the link stays this long for an incoming SMTP session, "
                "and until that session has ended."},
        Setting{"use_etrn", &S::use_etrn, "Asks etrn_server to send what waits there (RFC 1985)."},
        Setting{"etrn_server", &S::etrn_server, Anything{},
                "Server that is asked, \"host\" or \"host:port\" (25)."},
        Setting{"etrn_parameters", &S::etrn_parameters, Checked{one_line_fault},
                "What follows ETRN: usually the domain."},
    };
  }
  bool operator==(const FeedCollectorSettings&) const = default;
};

using routing::HeaderSlot;
using routing::NoRecipientAction;
using routing::ReadOrder;
using routing::RoutingMethod;

inline constexpr Choice<RoutingMethod> k_routing_methods[] = {
    {"parse_headers", RoutingMethod::parse_headers},
    {"single_user", RoutingMethod::single_user},
    {"forward_smtp", RoutingMethod::forward_smtp},
    {"single_address_comment", RoutingMethod::single_address_comment},
    {"subject_marker", RoutingMethod::subject_marker}};
inline constexpr Choice<ReadOrder> k_read_orders[] = {
    {"forwards", ReadOrder::forwards}, {"reversed", ReadOrder::reversed}, {"all", ReadOrder::all}};
inline constexpr Choice<HeaderSlot> k_header_slots[] = {{"special", HeaderSlot::special},
                                                        {"standard", HeaderSlot::standard},
                                                        {"received", HeaderSlot::received},
                                                        {"stop_if_any", HeaderSlot::stop_if_any},
                                                        {"stop", HeaderSlot::stop}};
inline constexpr Choice<NoRecipientAction> k_no_recipient_actions[] = {
    {"error_to_admin", NoRecipientAction::error_to_admin},
    {"message_to_admin", NoRecipientAction::message_to_admin},
    {"error_to", NoRecipientAction::error_to},
    {"message_to", NoRecipientAction::message_to},
    {"bounce", NoRecipientAction::bounce},
    {"ignore", NoRecipientAction::ignore}};

struct CollectorRoutingOptions {
  std::vector<std::string> special_headers;
  ReadOrder read_special = ReadOrder::forwards;
  ReadOrder read_received = ReadOrder::reversed;
  bool ignore_resent = true;
  bool ignore_received_without_at = true;
  bool ignore_standard_without_at = true;
  bool disable_default_mapping = false;
  bool ignore_mbox_from = true;
  std::vector<HeaderSlot> order{HeaderSlot::special, HeaderSlot::stop_if_any, HeaderSlot::standard,
                                HeaderSlot::stop_if_any, HeaderSlot::received};

  static constexpr auto settings() {
    using S = CollectorRoutingOptions;
    return std::tuple{
        Setting{"special_headers", &S::special_headers, Anything{},
                "Fields with the envelope recipient: \"Delivered-To\", \"Delivered-To: 547-* ~\", \"X-To: "
                "/<(.*)>/i\"."},
        Setting{"read_special", &S::read_special, Choices{k_read_orders},
                "forwards: the first matching field from the top; reversed: from the bottom; all."},
        Setting{"read_received", &S::read_received, Choices{k_read_orders}, "The same for Received fields."},
        Setting{"ignore_resent", &S::ignore_resent, "Resent-To, Resent-Cc and Resent-Bcc are not looked at."},
        Setting{"ignore_received_without_at", &S::ignore_received_without_at,
                "A for clause without @ is not looked at."},
        Setting{"ignore_standard_without_at", &S::ignore_standard_without_at,
                "Addresses without @ in To and Cc are not looked at."},
        Setting{"disable_default_mapping", &S::disable_default_mapping,
                "Users do not get <name>@<accepted domain> by themselves; only mappings count."},
        Setting{"ignore_mbox_from", &S::ignore_mbox_from, "A leading mbox \"From \" line is skipped."},
        Setting{
            "order", &S::order, Choices{k_header_slots},
            "Order of the slots special, standard, received, stop_if_any (valid recipients found), stop."},
    };
  }
  bool operator==(const CollectorRoutingOptions&) const = default;
};

struct CollectorRoutingSettings {
  RoutingMethod method = RoutingMethod::parse_headers;
  std::vector<std::string> accepted_domains;
  std::string target_user;
  std::string target_address;
  std::string target_server;
  NoRecipientAction on_no_recipient = NoRecipientAction::error_to_admin;
  std::string on_no_recipient_target;
  bool also_bounce = false;
  std::string bounce_template;
  int bounce_max_spam_score = 0;
  CollectorRoutingOptions options;

  static constexpr auto settings() {
    using S = CollectorRoutingSettings;
    return std::tuple{
        Setting{"method", &S::method, Choices{k_routing_methods},
                "parse_headers: recipients are found in the header section. single_user: all goes to "
                "target_user. forward_smtp: all goes to target_address at target_server. "
                "single_address_comment, subject_marker: the name beside the address, or [name] in the "
                "subject, says who is meant."},
        Setting{"accepted_domains", &S::accepted_domains, Separated{";, "},
                "With parse_headers: domains, addresses and wildcards whose mail this mailbox gets. Other "
                "addresses "
                "in the header section are ignored."},
        Setting{"target_user", &S::target_user, Anything{}, "With single_user: who gets the mail."},
        Setting{"target_address", &S::target_address, Anything{},
                "With forward_smtp: the address that gets the mail."},
        Setting{"target_server", &S::target_server, Masked{},
                "With forward_smtp: \"[user:password@]host[:port]\"."},
        Setting{"on_no_recipient", &S::on_no_recipient, Choices{k_no_recipient_actions},
                "What happens to a message without a valid recipient."},
        Setting{"on_no_recipient_target", &S::on_no_recipient_target, Anything{},
                "User for error_to and message_to."},
        Setting{"also_bounce", &S::also_bounce, "Besides that, the message is returned to its sender."},
        Setting{"bounce_template", &S::bounce_template, Anything{},
                "What the sender reads as the reason. Empty: that there is no such recipient."},
        Setting{"bounce_max_spam_score", &S::bounce_max_spam_score, Range{0, 1000000},
                "From this spam score on nothing is returned. 0: no limit."},
        Setting{"options", &S::options, "Which header fields are looked at."},
    };
  }
  bool operator==(const CollectorRoutingSettings&) const = default;
};

struct CollectorSettings {
  std::int64_t id = 0;
  std::string name;
  std::vector<std::string> connections;
  CollectorKind kind = CollectorKind::pop3;
  bool enabled = true;
  int priority = 0;
  bool log_data = false;
  Pop3CollectorSettings pop3;
  ImapCollectorSettings imap;
  FeedCollectorSettings feed;
  std::vector<std::string> odmr_domains;
  OauthSettings oauth;
  CollectorRoutingSettings routing;
  Provenance where;

  /// The form that the routing stages use.
  stagecoach::routing::CollectorRouting routing_rules() const;

  static constexpr auto settings() {
    using S = CollectorSettings;
    return std::tuple{
        Setting{"id", &S::id, Range{0, 1000000}, "Number for mappings and rules. 0: its place in the file."},
        Setting{"name", &S::name, Required{}, "Names the collector in status, log and mappings."},
        Setting{"connections", &S::connections, Required{}, "The connections that run it, at least one."},
        Setting{"kind", &S::kind, Choices{k_collector_kinds}, "How mail is fetched.", "protocol"},
        Setting{"enabled", &S::enabled, "Off: it never runs."},
        Setting{"priority", &S::priority, Range{-1000000, 1000000},
                "Within a run, smaller numbers come first."},
        Setting{"log_data", &S::log_data, "Logs the dialogue with the remote server."},
        Setting{"pop3", &S::pop3, Flat{}, "With kind pop3, imap and odmr."},
        Setting{"imap", &S::imap, Flat{}, "With kind imap."},
        Setting{"feed", &S::feed, Flat{}, "With kind smtp_feed."},
        Setting{
            "domains", &S::odmr_domains, Separated{", "},
            "With kind odmr: the domains whose mail is asked for (RFC 2645). Empty: those that the log-in "
            "stands for."},
        Setting{"oauth", &S::oauth, "With auth xoauth2."},
        Setting{"routing", &S::routing, Flat{}, "Who gets the collected messages."},
    };
  }
  bool operator==(const CollectorSettings&) const = default;
};

}  // namespace stagecoach::conf
