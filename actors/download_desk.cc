#include "actors/collector_work.h"
#include "actors/routing_facts.h"

namespace stagecoach {

namespace {

/// As it was sent: unfolded, encoded words left as they are.
routing::HeaderFields raw_fields(std::string_view head) {
  routing::HeaderFields fields;
  for (const mime::Field& field : mime::parse_header_section(head).fields)
    fields.push_back({std::string(field.name), mime::unfold(field.body), {}});
  return fields;
}

/// The message as it would arrive, as far as it is known.
Arrival arrival_of(const conf::CollectorSettings& settings, std::string_view head, std::int64_t size_bytes) {
  Arrival arrival;
  arrival.origin.source = Source::collector;
  arrival.origin.service = settings.name;
  arrival.envelope.reverse_path = collected_sender(head);
  arrival.received = current_time();
  Content content = content_of("Received: by this server\r\n" + std::string(head));
  content.size_bytes = std::max(content.size_bytes, size_bytes);
  arrival.content = std::make_shared<const Content>(std::move(content));
  return arrival;
}

std::string own_fields(const routing::DownloadDecision& decision) {
  std::string lines;
  if (const std::string field = decision.rules_field(); !field.empty())
    lines += "X-Stagecoach-Rules: " + field + "\r\n";
  for (const HeaderEdit& edit : decision.header) lines += edit.name + ": " + edit.value + "\r\n";
  return lines;
}

}  // namespace

Judged DownloadDesk::judge(std::string_view head, std::int64_t size_bytes) {
  if (const ConfigPtr config = node_.config(); rules_of_ != config || !rules_) {
    rules_.emplace(config->download_rules);
    rules_of_ = config;
  }
  const auto routed =
      prepare_routing(*rules_of_, node_.directory(), arrival_of(settings_, head, size_bytes), 1);
  // Not by name: a reload may have taken the collector away while its last visit goes on.
  routed->facts.collector = std::make_shared<const routing::CollectorRouting>(settings_.routing_rules());
  Judged judged;
  judged.audience = routing::collected_audience(*routed->input);
  const routing::HeaderFields fields = raw_fields(head);
  routing::DownloadFacts facts{.header = fields};
  facts.size_bytes = size_bytes;
  facts.now = routed->facts.local_now();
  facts.collector = settings_.name;
  facts.collector_id = settings_.id;
  facts.recipients = judged.audience.names(*routed->directory);
  facts.valid_recipients = judged.audience.valid;
  facts.invalid_recipients = judged.audience.invalid;
  judged.decision = rules_->decide(facts);
  judged.own_fields = own_fields(judged.decision);
  return judged;
}

}  // namespace stagecoach
