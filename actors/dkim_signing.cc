#include "actors/dkim_signing.h"

#include <map>

#include "protocols/mime/address_list.h"
#include "protocols/mime/header.h"

namespace stagecoach {

namespace {

std::string author_domain(std::string_view header, std::string_view reverse_path) {
  const auto section = mime::parse_header_section(header);
  if (const mime::Field* from = section.find("From"))
    for (const mime::ListedAddress& listed : mime::parse_address_list(from->body))
      if (listed.kind == mime::ListedAddress::Kind::mailbox) return listed.domain;
  return split_address(reverse_path).domain;
}

/// A hash for each canonical form that a key wants, all in one pass over the body.
Result<std::map<dkim::Form, std::string>> body_hashes(const std::vector<const DkimKey*>& keys,
                                                      const ReadBody& body) {
  std::map<dkim::Form, dkim::BodyHash> hashes;
  for (const DkimKey* key : keys) hashes.try_emplace(key->signer.body, key->signer.body);
  auto read = body([&](std::string_view piece) {
    for (auto& [form, hash] : hashes) hash.add(piece);
  });
  if (!read) return std::move(read.error());
  std::map<dkim::Form, std::string> result;
  for (auto& [form, hash] : hashes) result[form] = hash.finish();
  return result;
}

}  // namespace

std::vector<const DkimKey*> dkim_keys_for(const DkimKeys& keys, std::string_view header,
                                          std::string_view reverse_path, bool lan) {
  std::vector<const DkimKey*> chosen;
  for (const DkimKey& key : keys.of(author_domain(header, reverse_path)))
    if (!lan || key.lan) chosen.push_back(&key);
  return chosen;
}

Result<std::string> dkim_fields(const std::vector<const DkimKey*>& keys, std::string_view header,
                                const ReadBody& body, std::int64_t now) {
  if (keys.empty()) return std::string();
  // Sending makes CR LF of every line end: a stray CR may end the header section earlier for the receiver.
  const std::string sent = dkim::with_crlf(header);
  if (mime::parse_header_section(sent).size_bytes != sent.size()) return std::string();
  const auto hashes = body_hashes(keys, body);
  if (!hashes) return hashes.error();
  std::string fields;
  for (const DkimKey* key : keys) {
    auto field = dkim::signature_field(key->signer, sent, hashes->at(key->signer.body), now);
    if (!field) return std::move(field.error()).while_doing("signing for " + key->signer.domain);
    fields += *field;
  }
  return fields;
}

}  // namespace stagecoach
