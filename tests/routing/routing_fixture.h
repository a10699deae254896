// Directories and arrivals in a line each, for the tests of routing.
#pragma once

#include <gtest/gtest.h>

#include <sstream>

#include "routing/pipeline.h"

namespace stagecoach::routing {

inline User user(std::string name, Profile profile = {}) {
  User result;
  result.name = std::move(name);
  result.profile = std::make_shared<const Profile>(std::move(profile));
  result.where = {"stagecoach.toml", 10};
  return result;
}

/// A user whose profile is changed by `edit`: user("fred", [](Profile& p) { p.enabled = false; }).
template <class Edit>
requires std::invocable<Edit, Profile&> User user(std::string name, Edit edit) {
  Profile profile;
  edit(profile);
  return user(std::move(name), std::move(profile));
}

inline MailList list(std::string name, Members members, ListType type = ListType::distribution) {
  MailList result;
  result.name = std::move(name);
  result.type = type;
  result.members = std::make_shared<const Members>(std::move(members));
  result.where = {"stagecoach.toml", 20};
  return result;
}

/// "fred -> kate", "smtp fred -> kate", "pop3:isp fred -> kate": [type[:collector]] address -> target
inline Mapping mapping(const std::string& text) {
  Mapping result;
  std::istringstream in(text);
  std::string word, arrow;
  in >> word >> arrow;
  if (arrow != "->") {
    const auto colon = word.find(':');
    if (colon != std::string::npos) result.collector = word.substr(colon + 1);
    const std::string type = word.substr(0, colon);
    result.type = type == "smtp"   ? MappingType::smtp
                  : type == "pop3" ? MappingType::pop3
                  : type == "from" ? MappingType::from
                                   : MappingType::always;
    word = arrow;
    in >> arrow;
  }
  result.address = word;
  in >> result.target;
  result.where = {"stagecoach.toml", 41};
  return result;
}

inline RoutingOptions local_options() {
  RoutingOptions options;
  options.local_domains = {"example.com", "example.org"};
  options.default_domain = "example.com";
  options.hostname = "mail.example.com";
  return options;
}

/// Users fred, kate, bob (receives no Internet mail), joe (sends none); local domains example.com,
/// example.org.
inline Directory directory_with(const std::vector<std::string>& mappings,
                                RoutingOptions options = local_options()) {
  DirectoryEntries entries;
  entries.users = {user("fred"), user("Kate"),
                   user("bob", [](Profile& profile) { profile.permissions.receive_internet = false; }),
                   user("joe", [](Profile& profile) { profile.permissions.send_internet = false; }),
                   user("boss", [](Profile& profile) { profile.administrator = true; })};
  for (const std::string& text : mappings) entries.mappings.push_back(mapping(text));
  return Directory(std::move(entries), std::move(options));
}

inline CollectorRouting isp_collector() {
  CollectorRouting rules;
  rules.name = "isp";
  rules.id = 7;
  rules.where = "stagecoach.toml:70";
  rules.accepted_domains = AddressSet({"example.net"});
  return rules;
}

/// A message on its way; `who` is "stranger", the name of a user who has logged in, "system" or "collector".
struct Trip {
  std::string who = "stranger";
  std::vector<std::string> to;
  HeaderFields header{};
  CollectorRouting collector = isp_collector();
  int hops = 0;
  bool relay_allowed = false;
  std::string from = "ann@remote.example";
  std::int64_t size_bytes = -1;  // -1: no message yet, only the envelope
};

inline Arrival arrival_of(const Trip& trip) {
  Arrival arrival;
  arrival.envelope.reverse_path = trip.from;
  for (const std::string& address : trip.to)
    arrival.envelope.recipients.push_back({address, notify_unset, {}});
  if (trip.who == "stranger") {
    arrival.origin.source = Source::smtp;
  } else if (trip.who == "system") {
    arrival.origin.source = Source::system;
  } else if (trip.who == "collector") {
    arrival.origin.source = Source::collector;
  } else {
    arrival.origin.source = Source::submission;
    arrival.origin.authenticated_user = trip.who;
  }
  if (trip.size_bytes >= 0) {
    auto content = std::make_shared<Content>();
    content->size_bytes = trip.size_bytes;
    arrival.content = std::move(content);
  }
  return arrival;
}

inline Facts facts_of(const Trip& trip) {
  Facts facts;
  facts.hops = trip.hops;
  facts.has_message = trip.size_bytes >= 0;
  facts.now = Time(std::chrono::sys_days(std::chrono::year(2026) / 11 / 20) + std::chrono::hours(12));
  facts.relay_allowed = trip.relay_allowed;
  facts.header = trip.header;
  if (trip.who == "collector") facts.collector = std::make_shared<CollectorRouting>(trip.collector);
  return facts;
}

inline Plan route(const Directory& directory, const Trip& trip) {
  const Arrival arrival = arrival_of(trip);
  const Facts facts = facts_of(trip);
  return run_pipeline(Pipeline(), {arrival, directory, facts});
}

/// "kate fred >x@y.example 550:z@example.com bounce:a notice:boss discard": the decisions in one line.
inline std::string outcome(const Plan& plan) {
  std::string text;
  const auto add = [&](const std::string& word) { text += (text.empty() ? "" : " ") + word; };
  for (const Delivery& delivery : plan.deliveries)
    add(delivery.folder == "INBOX" ? delivery.user : delivery.user + "/" + delivery.folder);
  for (const Enqueue& entry : plan.enqueue) add(">" + entry.recipient.address);
  for (const RefusedRecipient& refused : plan.refused)
    add(std::to_string(refused.refusal.code) + "/" + refused.refusal.enhanced + ":" + refused.recipient);
  for (const Bounce& bounce : plan.bounces) add("bounce:" + bounce.recipient.address);
  for (const Notice& notice : plan.notices) add("notice:" + notice.user);
  for (const ListWork& work : plan.list_work) {
    static constexpr const char* k_kinds[] = {"post", "moderate", "command", "bounce"};
    add(std::string(k_kinds[static_cast<std::size_t>(work.kind)]) + ":" + work.list);
  }
  for (const Generated& generated : plan.generated)
    add(generated.purpose + ":" + (generated.recipients.empty() ? "" : generated.recipients.front()));
  if (plan.discard) add("discard");
  return text;
}

inline HeaderField field(std::string name, std::string body) {
  HeaderField result{std::move(name), std::move(body), {}};
  for (const char* list : {"To", "Cc", "From", "Resent-To", "Resent-Cc", "Apparently-To"}) {
    if (result.name != list) continue;
    std::istringstream in(result.body);
    for (std::string word; in >> word;) result.addresses.push_back(split_address(word));
  }
  return result;
}

}  // namespace stagecoach::routing
