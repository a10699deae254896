#include "actors/routing_facts.h"

#include <ctime>

#include "actors/intake.h"
#include "protocols/mime/address_list.h"
#include "protocols/mime/date.h"
#include "protocols/mime/decode.h"
#include "protocols/mime/header.h"
#include "protocols/mime/part_index.h"

namespace stagecoach {

namespace {

constexpr std::size_t k_text_bytes_max = 1024 * 1024;

bool has_addresses(std::string_view name) {
  for (const char* known : {"From", "Sender", "Reply-To", "To", "Cc", "Bcc", "Apparently-To", "Resent-To",
                            "Resent-Cc", "Resent-Bcc", "Resent-From", "Resent-Sender"})
    if (equals_ignoring_case(name, known)) return true;
  return false;
}

std::int64_t own_bytes(const Content& content, const mime::HeaderSection& section, Source source) {
  for (const mime::Field& field : section.fields) {
    if (static_cast<std::int64_t>(field.offset) < content.transmit_offset) continue;
    const bool ours = source != Source::system && equals_ignoring_case(field.name, "Received");
    return content.transmit_offset + (ours ? static_cast<std::int64_t>(field.size_bytes) : 0);
  }
  return content.transmit_offset;
}

std::string text_in_memory(const Content& content) {
  if (content.stored) return {};
  auto text = text_of(content, [&](std::int64_t offset, std::int64_t length) -> Result<std::string> {
    const auto begin = std::min(static_cast<std::size_t>(offset), content.head.size());
    return content.head.substr(begin, static_cast<std::size_t>(length));
  });
  return text ? std::move(*text) : std::string();
}

}  // namespace

std::int64_t own_bytes(const Content& content, Source source) {
  return own_bytes(content, mime::parse_header_section(content.head), source);
}

Result<std::string> text_of(const Content& content, const ReadBytes& read) {
  std::string text;
  const auto index = mime::parse_part_index(content.parts);
  if (!index) return text;
  for (const mime::PartIndex::Node& part : index->nodes) {
    if (part.kind != mime::PartIndex::Kind::text || text.size() >= k_text_bytes_max) continue;
    const auto size = std::min<std::uint64_t>(part.body.size_bytes, 2 * k_text_bytes_max);
    const auto raw = read(static_cast<std::int64_t>(part.body.offset), static_cast<std::int64_t>(size));
    if (!raw) return raw.error();
    const char* encoding = part.encoding == 'b'   ? "base64"
                           : part.encoding == 'q' ? "quoted-printable"
                                                  : "7bit";
    text += mime::to_utf8(part.charset, mime::decode_transfer(encoding, *raw));
    text += '\n';
  }
  return text;
}

routing::HeaderFields routing_fields(const mime::HeaderSection& section) {
  routing::HeaderFields fields;
  fields.reserve(section.fields.size());
  for (const mime::Field& field : section.fields) {
    std::string body = mime::unfold(field.body);
    if (body.find("=?") != std::string::npos) body = mime::decode_words(body);
    routing::HeaderField entry{std::string(field.name), std::move(body), {}};
    if (has_addresses(field.name))
      for (const mime::ListedAddress& listed : mime::parse_address_list(field.body))
        if (listed.kind == mime::ListedAddress::Kind::mailbox)
          entry.addresses.push_back({listed.local, listed.domain});
    fields.push_back(std::move(entry));
  }
  return fields;
}

Content content_of(std::string_view message) {
  Counter uncounted{0};
  Intake intake(MessageId{}, INT64_MAX, uncounted);
  intake.add(message);
  return *intake.finish();
}

std::chrono::seconds utc_offset(Time time) {
  const std::time_t seconds = std::chrono::floor<std::chrono::seconds>(time).time_since_epoch().count();
  std::tm local{};
  return localtime_r(&seconds, &local) ? std::chrono::seconds(local.tm_gmtoff) : std::chrono::seconds(0);
}

std::shared_ptr<Routed> prepare_routing(const conf::Config& config, DirectoryPtr directory, Arrival arrival,
                                        double chance) {
  auto routed = std::make_shared<Routed>();
  routed->arrival = std::move(arrival);
  routed->directory = std::move(directory);
  routing::Facts& facts = routed->facts;
  facts.now = current_time();
  facts.utc_offset = utc_offset(facts.now);
  facts.chance = chance;
  const Origin& origin = routed->arrival.origin;
  if (routed->arrival.content) {
    const auto section = mime::parse_header_section(routed->arrival.content->head);
    const int hops = static_cast<int>(section.find_all("Received").size());
    facts.has_message = true;
    facts.own_bytes = own_bytes(*routed->arrival.content, section, origin.source);
    facts.hops = origin.source == Source::system ? hops : std::max(0, hops - 1);
    facts.header = routing_fields(section);
    if (const auto date = mime::parse_date(section.text("Date"))) facts.message_date = Time(date->time);
    // Owned by `routed`, so that the function holds no pointer that keeps itself alive.
    facts.body = [routed = routed.get()]() -> std::string_view {
      if (!std::exchange(routed->has_text, true)) routed->text = text_in_memory(*routed->arrival.content);
      return routed->text;
    };
  }
  if (origin.source == Source::collector) facts.collector = conf::collector_routing(config, origin.service);
  routed->input.emplace(routing::RoutingInput{routed->arrival, *routed->directory, routed->facts});
  return routed;
}

}  // namespace stagecoach
