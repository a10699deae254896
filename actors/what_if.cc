#include "actors/what_if.h"

#include <nlohmann/json.hpp>
#include <set>

#include "actors/json_values.h"
#include "actors/routing_facts.h"
#include "actors/script_hooks.h"
#include "actors/script_store.h"
#include "protocols/mime/header.h"
#include "routing/explain.h"
#include "routing/wildcard.h"
#include "storage/content_store.h"

namespace stagecoach {

namespace {

using nlohmann::json;

constexpr std::int64_t k_whole_bytes_max = 4
                                           << 20;  // of larger messages only the header section is looked at

// ---- addresses ----

void add_addresses(std::set<std::string>& addresses, const routing::Directory& directory) {
  const auto add = [&](const std::string& text) {
    if (routing::has_wildcard(text) || text.starts_with("~@")) return;
    addresses.insert(directory.complete(split_address(text)).key());
  };
  for (const User& user : directory.users()) add(user.name);
  for (const MailList& list : directory.lists()) add(list.name);
  for (const Group& group : directory.groups()) add(group.name);
  for (const Mapping& mapping : directory.mappings())
    if (mapping.type == MappingType::always || mapping.type == MappingType::smtp) add(mapping.address);
}

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : ", ") + word;
  return text;
}

/// "albert, x@y.example", "550 5.1.1 No such recipient here", "the list news", "nobody".
std::string destination(const WhatIf& world, const std::string& address, bool local) {
  Arrival arrival;
  arrival.envelope.reverse_path = local ? "" : "someone@elsewhere.invalid";
  arrival.envelope.recipients.push_back({address, notify_unset, {}});
  arrival.origin.source = local ? Source::system : Source::smtp;
  const Plan plan = route_dry(world, std::move(arrival));
  const routing::ExplainedRoute route = routing::explain(plan);
  std::vector<std::string> names = route.users;
  names.insert(names.end(), route.remote.begin(), route.remote.end());
  for (const ListWork& work : plan.list_work) names.push_back("the list " + work.list);
  if (!names.empty()) return joined(names);
  if (route.refused)
    return std::to_string(route.refused->code) + " " + route.refused->enhanced + " " + route.refused->text;
  return "nobody";
}

// ---- replay ----

Origin origin_of(const json& detail) {
  static const std::map<std::string, Source> k_sources = {{"smtp", Source::smtp},
                                                          {"submission", Source::submission},
                                                          {"lmtp", Source::lmtp},
                                                          {"collector", Source::collector},
                                                          {"system", Source::system}};
  Origin origin;
  if (const auto known = k_sources.find(detail.value("source", "")); known != k_sources.end())
    origin.source = known->second;
  origin.service = detail.value("service", "");
  origin.peer = detail.value("peer", "");
  origin.helo = detail.value("helo", "");
  origin.authenticated_user = detail.value("user", "");
  return origin;
}

std::vector<std::string> without(const std::vector<std::string>& steps,
                                 const std::vector<std::string>& other) {
  std::vector<std::string> rest;
  for (const std::string& step : steps)
    if (std::find(other.begin(), other.end(), step) == other.end()) rest.push_back(step);
  return rest;
}

class Replay {
 public:
  Replay(storage::Database& database, const WhatIf& world) : store_(database), world_(world) {}

  Result<void> look_at(const storage::TraceEntry& entry) {
    const json detail = json::parse(entry.detail, nullptr, false);
    if (!detail.is_object()) return {};
    auto described = store_.describe({entry.id.value}, storage::want_header);
    if (!described) return std::move(described.error());
    if (described->empty()) {
      ++report_.gone;
      return {};
    }
    auto bytes = bytes_of(described->front());
    if (!bytes) return std::move(bytes.error());
    Arrival arrival;
    arrival.id = entry.id;
    arrival.origin = origin_of(detail);
    arrival.received = Time(std::chrono::microseconds(entry.at));
    arrival.envelope.reverse_path = entry.reverse_path;
    if (arrival.origin.source != Source::collector)
      for (const std::string& recipient : entry.recipients)
        arrival.envelope.recipients.push_back({recipient, notify_unset, {}});
    Content content = content_of(*bytes);
    content.size_bytes = described->front().size_bytes;
    arrival.content = std::make_shared<const Content>(std::move(content));
    ++report_.messages;
    compare(entry, detail, std::move(arrival));
    return {};
  }

  ReplayReport take() { return std::move(report_); }

 private:
  Result<std::string> bytes_of(const storage::ContentDescription& described) {
    if (described.size_bytes > k_whole_bytes_max) return described.bytes;
    return store_.read(described.id, 0, described.size_bytes);
  }

  void compare(const storage::TraceEntry& entry, const json& detail, Arrival arrival) {
    const std::string subject =
        mime::decode_words(mime::parse_header_section(arrival.content->head).text("Subject"));
    const auto before = detail.value("plan", std::vector<std::string>{});
    const auto after = routing::explain(route_dry(world_, std::move(arrival))).plan;
    Replayed one{entry.id.value,        entry.at,
                 entry.reverse_path,    subject,
                 entry.recipients,      without(before, after),
                 without(after, before)};
    if (!one.before.empty() || !one.after.empty()) report_.different.push_back(std::move(one));
  }

  storage::ContentStore store_;
  const WhatIf& world_;
  ReplayReport report_;
};

}  // namespace

json json_of(const ReplayReport& report) {
  json different = json::array();
  for (const Replayed& one : report.different)
    different.push_back({{"id", one.id},
                         {"at", json_time(one.at)},
                         {"from", one.from},
                         {"subject", one.subject},
                         {"to", one.recipients},
                         {"before", one.before},
                         {"after", one.after}});
  return {{"messages", report.messages}, {"gone", report.gone}, {"different", std::move(different)}};
}

Result<WhatIf> what_if(ConfigPtr config, DirectoryPtr directory, routing::ScriptSetPtr scripts) {
  auto pipeline = routing::Pipeline::of(config->pipeline.stages, find_script_stages(*config, scripts));
  if (!pipeline) return std::move(pipeline.error());
  return WhatIf{std::move(config), std::move(directory), std::move(*pipeline), std::move(scripts)};
}

Plan route_dry(const WhatIf& world, Arrival arrival) {
  const auto routed = prepare_routing(*world.config, world.directory, std::move(arrival), 1);
  ScriptHooks hooks(world.scripts, *world.config);
  if (routed->arrival.content) hooks.put_into(*routed, [](const Error&) {});
  return routing::run_pipeline(world.pipeline, *routed->input);
}

std::vector<std::string> address_changes(const WhatIf& before, const WhatIf& after, std::size_t lines_max) {
  std::set<std::string> addresses;
  add_addresses(addresses, *before.directory);
  add_addresses(addresses, *after.directory);
  std::vector<std::string> lines;
  std::size_t more = 0;
  for (const std::string& address : addresses) {
    for (const bool local : {false, true}) {
      const std::string was = destination(before, address, local);
      const std::string will = destination(after, address, local);
      if (was == will) continue;
      if (lines.size() == lines_max) {
        ++more;
        continue;
      }
      lines.push_back((local ? "mail of colleagues for " : "mail from outside for ") + address + ": " + was +
                      " -> " + will);
    }
  }
  if (more > 0) lines.push_back("and " + std::to_string(more) + " more");
  return lines;
}

Result<ReplayReport> replay(storage::Database& database, const WhatIf& world,
                            const std::vector<std::int64_t>& ids, std::int64_t since,
                            std::int64_t messages_max) {
  constexpr std::int64_t k_step = 200;
  Replay replay(database, world);
  storage::TraceRepository traces(database);
  std::int64_t after = 0, left = messages_max;
  while (left > 0) {
    auto entries = traces.accepted(ids, since, after, std::min(k_step, left));
    if (!entries) return std::move(entries.error());
    if (entries->empty()) break;
    for (const storage::TraceEntry& entry : *entries)
      if (auto done = replay.look_at(entry); !done) return std::move(done.error());
    after = entries->back().id.value;
    left -= static_cast<std::int64_t>(entries->size());
  }
  return replay.take();
}

}  // namespace stagecoach
